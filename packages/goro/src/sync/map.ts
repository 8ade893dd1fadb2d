// A map for many goroutines. Go: sync/map.go
//
// On one core every method is one step anyway: what it offers beyond a Map is the compound operations, and that it can be
// passed to other cores. Then its entries are in the memory that the cores share: see cores/map.ts.

import { typeError } from "../ds/type-error.js";
import { shareable, ShareKind } from "../ds/shareable.js";

const NativeMap = globalThis.Map;
export const absent = Object.freeze([undefined, false] as const);

/** As Map compares keys: NaN is NaN. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || (a !== a && b !== b);
}

/** The entries of a map that other cores know: the same methods. See cores/map.ts. */
export type SharedEntries<K, V> = Pick<
  Map<K, V>,
  | "load"
  | "store"
  | "loadOrStore"
  | "loadAndDelete"
  | "delete"
  | "swap"
  | "compareAndSwap"
  | "compareAndDelete"
  | "range"
  | "clear"
>;

/**
 * A map with the compound operations of Go's `sync.Map`. Keys and values are compared as Map compares keys.
 *
 * Once it is passed to another core, keys are primitives, parallel functions and what is shared by nature (others are a
 * TypeError), and values are copied as arguments are: each load gives a copy of its own, and `old` must not be an object that
 * is copied, which nothing equals.
 */
export class Map<K, V> {
  readonly #entries = new NativeMap<K, V>();
  #shared: SharedEntries<K, V> | null = null;

  /** `[value, true]`, or `[undefined, false]` where there is none. */
  load(key: K): readonly [value: V, ok: true] | readonly [value: undefined, ok: false] {
    if (this.#shared !== null) return this.#shared.load(key);
    const value = this.#entries.get(key);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-assertion -- the compiler wants it
    return value !== undefined || this.#entries.has(key) ? [value as V, true] : absent;
  }

  store(key: K, value: V): void {
    if (this.#shared !== null) return this.#shared.store(key, value);
    this.#entries.set(key, value);
  }

  /** The value that is there (loaded true), or value, now stored. */
  loadOrStore(key: K, value: V): readonly [actual: V, loaded: boolean] {
    if (this.#shared !== null) return this.#shared.loadOrStore(key, value);
    const [actual, loaded] = this.load(key);
    if (loaded) return [actual, true];
    this.#entries.set(key, value);
    return [value, false];
  }

  loadAndDelete(key: K): readonly [value: V, loaded: true] | readonly [value: undefined, loaded: false] {
    if (this.#shared !== null) return this.#shared.loadAndDelete(key);
    const found = this.load(key);
    this.#entries.delete(key);
    return found;
  }

  delete(key: K): void {
    if (this.#shared !== null) return this.#shared.delete(key);
    this.#entries.delete(key);
  }

  /** Stores value and gives what was there before. */
  swap(key: K, value: V): readonly [previous: V | undefined, loaded: boolean] {
    if (this.#shared !== null) return this.#shared.swap(key, value);
    const previous = this.load(key);
    this.#entries.set(key, value);
    return previous;
  }

  /** Stores value where old is there, and says whether it was. */
  compareAndSwap(key: K, old: V, value: V): boolean {
    if (this.#shared !== null) return this.#shared.compareAndSwap(key, old, value);
    if (!this.#holds(key, old)) return false;
    this.#entries.set(key, value);
    return true;
  }

  /** Deletes the key where old is there, and says whether it was. */
  compareAndDelete(key: K, old: V): boolean {
    if (this.#shared !== null) return this.#shared.compareAndDelete(key, old);
    return this.#holds(key, old) && this.#entries.delete(key);
  }

  /**
   * Calls fn for each entry until it returns false. Each key at most once, and it ends, whatever fn stores: keys that come
   * meanwhile are not visited, those that are deleted before their turn neither.
   * @throws TypeError where fn is not a function.
   */
  range(fn: (key: K, value: V) => boolean): void {
    if (typeof fn !== "function") throw typeError("Map.range: fn", "a function", fn);
    if (this.#shared !== null) return this.#shared.range(fn);
    for (const key of [...this.#entries.keys()]) {
      const [value, ok] = this.load(key);
      if (ok && !fn(key, value)) return;
    }
  }

  clear(): void {
    if (this.#shared !== null) return this.#shared.clear();
    this.#entries.clear();
  }

  #holds(key: K, old: V): boolean {
    const [value, ok] = this.load(key);
    return ok && same(value, old);
  }

  /** @internal Lets other cores know it; `move` takes each entry along. Where it throws, nothing has changed. */
  share(shared: SharedEntries<K, V>, move: (key: K, value: V) => void): void {
    this.#entries.forEach((value, key) => move(key, value));
    this.#entries.clear();
    this.#shared = shared;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.map;
  }
}
