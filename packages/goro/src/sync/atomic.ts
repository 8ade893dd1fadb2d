// "goro/sync/atomic": Go's sync/atomic. One that is passed to another core moves into the memory that the cores share, and
// this object looks there from then on.

import { typeError } from "../ds/type-error.js";
import { shareable, ShareKind } from "../ds/shareable.js";

/** A buffer costs more than the eight bytes of one atomic: so many share one. */
const SLAB_BYTES = 4096;
const CELL_BYTES = 8;
let slab = new ArrayBuffer(SLAB_BYTES);
let used = 0;

/** The next free cell of its own: buffer and offset. */
function cell(): [memory: ArrayBuffer, offset: number] {
  if (used === SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  used += CELL_BYTES;
  return [slab, used - CELL_BYTES];
}

/** How a machine type is stored, checked and wrapped around. */
interface Kind<N> {
  words(memory: ArrayBufferLike, offset: number): Words;
  /** Throws where value is not of the type; wraps it around like the machine. */
  of(what: string, name: string, value: N): N;
  add(a: N, b: N): N;
}
type Words = Int32Array | Uint32Array | BigInt64Array | BigUint64Array;

function whole(what: string, name: string, value: unknown): number {
  if (typeof value !== "number") throw typeError(`${what}: ${name}`, "a number", value);
  if (!Number.isInteger(value)) throw new RangeError(`${what}: ${name} must be a whole number, got ${value}`);
  return value;
}

function big(what: string, name: string, value: unknown): bigint {
  if (typeof value !== "bigint") throw typeError(`${what}: ${name}`, "a bigint", value);
  return value;
}

const int32: Kind<number> = {
  words: (memory, offset) => new Int32Array(memory, offset, 1),
  of: (what, name, value) => whole(what, name, value) | 0,
  add: (a, b) => (a + b) | 0,
};
const uint32: Kind<number> = {
  words: (memory, offset) => new Uint32Array(memory, offset, 1),
  of: (what, name, value) => whole(what, name, value) >>> 0,
  add: (a, b) => (a + b) >>> 0,
};
const int64: Kind<bigint> = {
  words: (memory, offset) => new BigInt64Array(memory, offset, 1),
  of: (what, name, value) => BigInt.asIntN(64, big(what, name, value)),
  add: (a, b) => BigInt.asIntN(64, a + b),
};
const uint64: Kind<bigint> = {
  words: (memory, offset) => new BigUint64Array(memory, offset, 1),
  of: (what, name, value) => BigInt.asUintN(64, big(what, name, value)),
  add: (a, b) => BigInt.asUintN(64, a + b),
};

/** The language's Atomics, whose types do not know that one word type has one number type. */
interface AtomicsOf<N> {
  load(words: Words, i: number): N;
  store(words: Words, i: number, value: N): N;
  add(words: Words, i: number, value: N): N;
  exchange(words: Words, i: number, value: N): N;
  compareExchange(words: Words, i: number, old: N, value: N): N;
  and(words: Words, i: number, mask: N): N;
  or(words: Words, i: number, mask: N): N;
}

/** An integer that every operation reads or changes in one step. Wraps around like the machine type. */
abstract class Integer<N extends number | bigint> {
  readonly #kind: Kind<N>;
  #words: Words;
  readonly #atomics = Atomics as unknown as AtomicsOf<N>;

  /** @internal */
  constructor(kind: Kind<N>, initial: N) {
    this.#kind = kind;
    this.#words = kind.words(...cell());
    this.#atomics.store(this.#words, 0, kind.of(this.constructor.name, "initial", initial));
  }

  #of(method: string, name: string, value: N): N {
    return this.#kind.of(`${this.constructor.name}.${method}`, name, value);
  }

  load(): N {
    return this.#atomics.load(this.#words, 0);
  }

  store(value: N): void {
    this.#atomics.store(this.#words, 0, this.#of("store", "value", value));
  }

  /** Returns the new value, as Go does. */
  add(delta: N): N {
    const by = this.#of("add", "delta", delta);
    return this.#kind.add(this.#atomics.add(this.#words, 0, by), by);
  }

  /** Returns the old value. */
  swap(value: N): N {
    return this.#atomics.exchange(this.#words, 0, this.#of("swap", "value", value));
  }

  /** Stores value where old is there, and says whether it was. */
  compareAndSwap(old: N, value: N): boolean {
    const expected = this.#of("compareAndSwap", "old", old);
    const next = this.#of("compareAndSwap", "value", value);
    return this.#atomics.compareExchange(this.#words, 0, expected, next) === expected;
  }

  /** Returns the old value, as Go does. */
  and(mask: N): N {
    return this.#atomics.and(this.#words, 0, this.#of("and", "mask", mask));
  }

  /** Returns the old value, as Go does. */
  or(mask: N): N {
    return this.#atomics.or(this.#words, 0, this.#of("or", "mask", mask));
  }

  /** @internal Goes on with the eight bytes there. */
  moveTo(memory: ArrayBufferLike, offset: number): void {
    const words = this.#kind.words(memory, offset);
    this.#atomics.store(words, 0, this.load());
    this.#words = words;
  }

  /** @internal Goes on with what stands there. */
  standFor(memory: ArrayBufferLike, offset: number): void {
    this.#words = this.#kind.words(memory, offset);
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.integer;
  }
}

/** Go: `atomic.Int32`. @throws TypeError for what is no number, RangeError for a fraction, NaN or Infinity. */
export class Int32 extends Integer<number> {
  constructor(initial = 0) {
    super(int32, initial);
  }
}

/** Go: `atomic.Uint32`. @throws as {@link Int32}. */
export class Uint32 extends Integer<number> {
  constructor(initial = 0) {
    super(uint32, initial);
  }
}

/** Go: `atomic.Int64`. @throws TypeError for what is no bigint. */
export class Int64 extends Integer<bigint> {
  constructor(initial = 0n) {
    super(int64, initial);
  }
}

/** Go: `atomic.Uint64`. @throws TypeError for what is no bigint. */
export class Uint64 extends Integer<bigint> {
  constructor(initial = 0n) {
    super(uint64, initial);
  }
}

function bit(what: string, name: string, value: boolean): number {
  if (typeof value !== "boolean") throw typeError(`${what}: ${name}`, "a boolean", value);
  return value ? 1 : 0;
}

/** Go: `atomic.Bool`. @throws TypeError for what is no boolean. */
export class Bool {
  /** @internal */
  readonly word: Int32;

  constructor(initial = false) {
    this.word = new Int32(bit("Bool", "initial", initial));
  }
  load(): boolean {
    return this.word.load() === 1;
  }
  store(value: boolean): void {
    this.word.store(bit("Bool.store", "value", value));
  }
  /** Returns the old value. */
  swap(value: boolean): boolean {
    return this.word.swap(bit("Bool.swap", "value", value)) === 1;
  }
  /** Stores value where old is there, and says whether it was. */
  compareAndSwap(old: boolean, value: boolean): boolean {
    return this.word.compareAndSwap(bit("Bool.compareAndSwap", "old", old), bit("Bool.compareAndSwap", "value", value));
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.integer;
  }
}

/** Any value, within one core: it cannot be sent to another. Compared as Map compares keys. Go: `atomic.Value`. */
export class Value<T> {
  #value: T | undefined;

  constructor(initial?: T) {
    this.#value = initial;
  }
  /** undefined before the first store. */
  load(): T | undefined {
    return this.#value;
  }
  store(value: T): void {
    this.#value = value;
  }
  /** Returns the old value. */
  swap(value: T): T | undefined {
    const old = this.#value;
    this.#value = value;
    return old;
  }
  /** Stores value where old is there, and says whether it was. */
  compareAndSwap(old: T | undefined, value: T): boolean {
    const current = this.#value;
    if (current !== old && (current === current || old === old)) return false;
    this.#value = value;
    return true;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.atomicValue;
  }
}
