// "goro/sync/atomic": in shared memory from birth, so they can be passed to any core.
declare abstract class Integer<N> {
  constructor(initial?: N);
  load(): N;
  store(value: N): void;
  /** Returns the new value, as Go does. Wraps around like the machine type. */
  add(delta: N): N;
  swap(value: N): N;
  compareAndSwap(old: N, value: N): boolean;
  /** and, or: return the old value, as Go does. */
  and(mask: N): N;
  or(mask: N): N;
}
export declare class Int32 extends Integer<number> {}
export declare class Uint32 extends Integer<number> {}
export declare class Int64 extends Integer<bigint> {}
export declare class Uint64 extends Integer<bigint> {}
export declare class Bool {
  constructor(initial?: boolean);
  load(): boolean;
  store(value: boolean): void;
  swap(value: boolean): boolean;
  compareAndSwap(old: boolean, value: boolean): boolean;
}
/** Any value, within one core. */
export declare class Value<T> {
  constructor(initial?: T);
  load(): T | undefined;
  store(value: T): void;
  swap(value: T): T | undefined;
  compareAndSwap(old: T | undefined, value: T): boolean;
}
// Here only: what is not exported above stays in.
export {};
