// Iterating over what the language itself knows how to iterate: announced element by element.
//
// A loop over an array gets another iterable, which does what the array's own iterator does and announces each step. Where
// a program has changed how arrays are iterated, that is code like any other and nothing is done here. Iterators that the
// program holds itself (map.keys()) are remembered by the collection they came from.
import { accesses, Size, type Site } from "../accesses.js";
import { siteOf } from "../sites.js";
import { isMap, isObject, isPlainArray, isProxy, isSet, isTypedArray, lengthOf } from "./kinds.js";

type Next = () => IteratorResult<unknown>;
const { apply, getPrototypeOf, ownKeys } = Reflect;
const { hasOwn } = Object;

/** The prototype of a kind of collection, and how it is iterated as the language has it. */
interface Kind {
  readonly prototype: object;
  readonly iterate: unknown;
  readonly iterator: { next: Next };
  readonly next: unknown;
}

function kindOf(prototype: object, made: Iterator<unknown>): Kind {
  const iterator = getPrototypeOf(made) as { next: Next };
  const { [Symbol.iterator]: iterate } = prototype as Record<symbol, unknown>;

  return { prototype, iterate, iterator, next: iterator.next };
}

const arrays = kindOf(Array.prototype, [][Symbol.iterator]());
const maps = kindOf(Map.prototype, new Map()[Symbol.iterator]());
const sets = kindOf(Set.prototype, new Set()[Symbol.iterator]());
const typedArrays = kindOf(getPrototypeOf(Int8Array.prototype)!, [][Symbol.iterator]());

function pristine(value: object, { prototype, iterate, iterator, next }: Kind): boolean {
  if ((prototype as Record<symbol, unknown>)[Symbol.iterator] !== iterate || iterator.next !== next) return false;
  for (let at: object | null = value; at !== prototype; at = getPrototypeOf(at)) {
    if (at === null || isProxy(at) || hasOwn(at, Symbol.iterator)) return false;
  }
  return true;
}

/** What an iterator that the program holds goes over. */
interface Source {
  readonly object: object;
  readonly what: "keys" | "values" | "entries";
  index: number;
}

const sources = new WeakMap<object, Source>();

/** Remembers where an iterator comes from. */
export function remember<T extends object>(iterator: T, object: object, what: Source["what"]): T {
  sources.set(iterator, { object, what, index: 0 });
  return iterator;
}

export const nexts: readonly Next[] = [arrays, maps, sets].map(({ next }) => next as Next);

/** A step of an iterator that may be one of those, to be announced. */
export function step(iterator: object, next: Next, site: Site): IteratorResult<unknown> {
  const source = isObject(iterator) ? sources.get(iterator) : undefined;
  if (source === undefined) return apply(next, iterator, []);
  const { object, what } = source;
  const index = source.index++;
  if (isMap(object) || isSet(object)) {
    accesses.read(object, Size, site);
    const result = apply(next, iterator, []);
    if (!result.done) {
      // The key of a value alone is not to be had; whoever goes over values looks at all entries.
      if (what === "keys" || isSet(object))
        accesses.readEntry(object, what === "entries" ? pairKey(result.value) : result.value, site);
      else if (what === "entries") accesses.readEntry(object, pairKey(result.value), site);
      if (what === "entries") fresh = result.value;
      if (what === "values" && isMap(object)) announceValue(object, index, site);
    }
    return result;
  }
  const list = object as unknown[];
  accesses.read(list, "length", site);
  if (index < list.length && what !== "keys") accesses.read(list, index, site);
  const result = apply(next, iterator, []);
  if (!result.done && what === "entries") fresh = result.value;
  return result;
}

function pairKey(pair: unknown): unknown {
  return (pair as unknown[])[0];
}

/** An iterator over a map's values says no keys: the entry is looked up by its place. */
function announceValue(map: Map<unknown, unknown>, index: number, site: Site): void {
  let at = 0;
  for (const key of apply(mapKeys, map, []) as IterableIterator<unknown>) {
    if (at++ === index) {
      accesses.readEntry(map, key, site);
      return;
    }
  }
}

const mapKeys = Map.prototype.keys;

const mapEntries = Map.prototype.entries;

const setValues = Set.prototype.values;

/** The pair that an iterator has just made, which nobody else can have seen: taking it apart is no access. */
export let fresh: unknown;

class ArrayWalk {
  #list: unknown[] | Uint8Array | undefined;
  readonly #site: Site;
  #index = 0;

  constructor(list: unknown[] | Uint8Array, site: Site) {
    this.#list = list;
    this.#site = site;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<unknown> {
    const list = this.#list;
    if (list === undefined) return { done: true, value: undefined };
    accesses.read(list, "length", this.#site);
    const index = this.#index;
    if (index >= lengthOf(list)) {
      this.#list = undefined;
      return { done: true, value: undefined };
    }
    this.#index = index + 1;
    accesses.read(list, index, this.#site);
    return { done: false, value: list[index] };
  }
}

/** Over a Map or Set, or over what is left of an iterator of one. */
class NativeWalk {
  readonly #next: Next;

  constructor(next: Next) {
    this.#next = next;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<unknown> {
    return this.#next();
  }
}

/** Throws what the engine would, with the words of the program; it would speak of our helpers. */
export function checkIterable(value: unknown, site: Site, pattern = false): void {
  if (typeof value === "string") return;
  // Asking a proxy would be seen.
  const object: unknown = value === null || value === undefined ? undefined : Object(value);
  const known = object === undefined || (!throughProxy(object as object) && !(Symbol.iterator in (object as object)));
  if (known) throw notIterable(siteOf(site)?.name ?? "", value, pattern);
}

function throughProxy(value: object): boolean {
  for (let at: object | null = value; at !== null; at = getPrototypeOf(at)) if (isProxy(at)) return true;
  return false;
}

function notIterable(name: string, value: unknown, pattern: boolean): TypeError {
  const unnamed = name === "" || (pattern && name.includes(".") && name !== ".for" && !name.endsWith(")"));
  if (unnamed && value === undefined)
    return new TypeError(`${String(value)} is not iterable (cannot read property Symbol(Symbol.iterator))`);
  const called = /^(.*)\(\.\.\.\)$/.exec(name)?.[1];
  return new TypeError(
    called === undefined
      ? `${name} is not iterable`
      : `${called} is not a function or its return value is not iterable`,
  );
}

/** What a loop is to go over instead of `value`: the same, announced. */
export function iterated<T>(value: T, site: Site): T {
  checkIterable(value, site);
  if (typeof value !== "object" || value === null) return value;
  if (isPlainArray(value)) return pristine(value, arrays) ? (new ArrayWalk(value, site) as T) : value;
  if (isMap(value) && pristine(value, maps)) return walkMap(value, site) as T;
  if (isSet(value) && pristine(value, sets)) return walkSet(value, site) as T;
  if (isTypedArray(value) && pristine(value, typedArrays) && lengthOf(value) > 0)
    return new ArrayWalk(value, site) as T;
  const source = sources.get(value);
  if (source === undefined || Symbol.iterator in ownOf(value)) return value;
  const { next } = value as unknown as { next: Next };
  if (!nexts.includes(next)) return value;
  return new NativeWalk(() => step(value, next, site)) as T;
}

function ownOf(value: object): object {
  return Object.fromEntries(ownKeys(value).map((key) => [key, 0]));
}

function walkMap(map: Map<unknown, unknown>, site: Site): NativeWalk {
  const iterator = apply(mapEntries, map, []) as object;
  return new NativeWalk(() => {
    accesses.read(map, Size, site);
    const result = apply(maps.next as Next, iterator, []);
    if (!result.done) {
      accesses.readEntry(map, pairKey(result.value), site);
      fresh = result.value;
    }
    return result;
  });
}

function walkSet(set: Set<unknown>, site: Site): NativeWalk {
  const iterator = apply(setValues, set, []) as object;
  return new NativeWalk(() => {
    accesses.read(set, Size, site);
    const result = apply(sets.next as Next, iterator, []);
    if (!result.done) accesses.readEntry(set, result.value, site);
    return result;
  });
}

/** What `for await` is to go over. */
export function iteratedAsync<T>(value: T, site: Site): T {
  const sync = isPlainArray(value) || isMap(value) || isSet(value);
  return sync && !(Symbol.asyncIterator in (value as object)) ? iterated(value, site) : value;
}

/** `[...spread(value, site)]`. */
export function spread<T>(value: T, site: Site): T {
  checkIterable(value, site);
  return spreadIterable(value, site);
}

/** `f(...spreadCall(value, site))`. */
export function spreadCall<T>(value: T, site: Site): T {
  if (value === null || value === undefined)
    throw new TypeError("Spread syntax requires ...iterable[Symbol.iterator] to be a function");
  return spreadIterable(value, site);
}

/** Announces that all of `value` is about to be iterated: `new Set(value)`. */
export function spreadIterable<T>(value: T, site: Site): T {
  if (typeof value !== "object" || value === null) return value;
  if (isPlainArray(value)) {
    if (pristine(value, arrays)) readAll(value, site);
  } else if (isMap(value)) {
    if (pristine(value, maps)) readEntries(value, site);
  } else if (isSet(value)) {
    if (pristine(value, sets)) readEntries(value, site);
  } else if (isTypedArray(value)) {
    if (pristine(value, typedArrays)) readAll(value, site);
  } else {
    const source = sources.get(value);
    if (source === undefined) return value;
    if (isMap(source.object) || isSet(source.object)) {
      if (source.what === "keys") accesses.read(source.object, Size, site);
      else readEntries(source.object, site);
    } else readAll(source.object as unknown[], site);
  }
  return value;
}

export function readAll(list: unknown[] | Uint8Array, site: Site): void {
  accesses.read(list, "length", site);
  const length = lengthOf(list);
  if (length > 0) accesses.readRange(list, 0, length, site);
}

export function readEntries(collection: Map<unknown, unknown> | Set<unknown>, site: Site): void {
  accesses.read(collection, Size, site);
  const keys = isMap(collection) ? apply(mapKeys, collection, []) : apply(setValues, collection, []);
  for (const key of keys as Iterable<unknown>) accesses.readEntry(collection, key, site);
}

/** Announces that all own enumerable properties of `value` are about to be read: `{ ...value }`. */
export function spreadObject<T>(value: T, site: Site): T {
  if (isObject(value)) readProperties(value, site);
  return value;
}

export function readProperties(object: object, site: Site): void {
  if (isProxy(object)) return;
  if (isPlainArray(object) || isTypedArray(object)) {
    readAll(object, site);
    return;
  }
  accesses.read(object, Size, site);
  for (const key of ownKeys(object)) accesses.read(object, key, site);
}
