// "goro/sync": Go's sync. Every class here works within one core and, once passed to a parallel goroutine, across cores.
import type { Goroutine, Op, Routine } from "./index.js";

export declare class WaitGroup {
  /** Throws Panic("sync: negative WaitGroup counter") below zero. */
  add(delta: number): void;
  done(): void;
  wait(): Op<void>;
  /** add(1), start fn, done() when it ends, however it ends. */
  go<A extends unknown[], T>(fn: (...args: A) => Routine<T> | PromiseLike<T> | T, ...args: A): Goroutine<T>;
}
export interface Locker {
  lock(): Op<void>;
  unlock(): void;
}
export declare class Mutex implements Locker {
  lock(): Op<void>;
  tryLock(): boolean;
  /** Throws Panic("sync: unlock of unlocked mutex"). */
  unlock(): void;
  /** Waiters are served in order; one that is withdrawn leaves the order of the others as it was. `using _ = yield* mu.guard()`: locks now, unlocks when the block ends. */
  guard(): Op<Disposable>;
}
/** A blocked lock() holds back later rLock()s, so writers do not starve. */
export declare class RWMutex implements Locker {
  lock(): Op<void>;
  tryLock(): boolean;
  unlock(): void;
  rLock(): Op<void>;
  tryRLock(): boolean;
  /** Throws Panic("sync: RUnlock of unlocked RWMutex"). unlock: Panic("sync: Unlock of unlocked RWMutex"). */
  rUnlock(): void;
  rLocker(): Locker;
  guard(): Op<Disposable>;
  rGuard(): Op<Disposable>;
}
/** fn runs once, also where callers overlap: later callers wait until it has returned. If it throws, it counts as done and only the first caller sees the error. */
export declare class Once {
  do(fn: () => Routine<void> | void): Op<void>;
}
/** onceFunc, onceValue: where fn throws, every caller gets that error. fn is let go of once it has run. */
export declare function onceFunc(fn: () => Routine<void> | void): () => Op<void>;
export declare function onceValue<T>(fn: () => Routine<T> | T): () => Op<T>;
export declare class Cond {
  constructor(locker: Locker);
  readonly l: Locker;
  /** Unlocks l, parks, locks l again before it returns. */
  wait(): Op<void>;
  signal(): void;
  broadcast(): void;
}
export declare class Map<K, V> {
  load(key: K): readonly [value: V, ok: true] | readonly [value: undefined, ok: false];
  store(key: K, value: V): void;
  loadOrStore(key: K, value: V): readonly [actual: V, loaded: boolean];
  loadAndDelete(key: K): readonly [value: V, loaded: true] | readonly [value: undefined, loaded: false];
  delete(key: K): void;
  swap(key: K, value: V): readonly [previous: V | undefined, loaded: boolean];
  compareAndSwap(key: K, old: V, value: V): boolean;
  compareAndDelete(key: K, old: V): boolean;
  /** Stops when fn returns false. Each key at most once, and it ends, whatever fn stores. */
  range(fn: (key: K, value: V) => boolean): void;
  clear(): void;
}
export declare class Pool<T> {
  constructor(create: () => T);
  get(): T;
  put(value: T): void;
}
