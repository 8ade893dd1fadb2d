// The seam between instrumented programs and the detector: what a program does to memory, one call per access.
//
// Instrumented code calls the functions of operations/, which know JavaScript; those call the functions here, which know
// only places in memory. Until a detector sets its own, every one of them does nothing. What holds for all of them:
//
// - The access is announced by the code that is running, at the moment it happens: nothing else runs between the
//   announcement and the access. Writes are announced before they take place, so that the detector can see what was there.
// - Nothing is announced of primitive values, and `object` is never one.
// - `site` is the place of the access itself. The calls that led to it are `stackOf(frame, site)` of operations/stack.ts,
//   where `frame` is the live binding exported there: whoever keeps an access keeps that one reference with it.

/** One place in the source; sites.ts says where it is. */
export type Site = number;

/** What the detector keeps for one variable, that is for one binding each time it comes to life. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- opaque on purpose
export interface Cell {}

/** What the detector keeps for one call of an async function (or one module with an await at its top). */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- opaque on purpose
export interface AsyncCall {}

/**
 * The size of a Map or Set and the order of its entries; of any other object the set of its own keys. Deleting writes it,
 * iterating and asking for the size or for the keys read it; `insertSize` is for adding. It is given as the key.
 */
export const Size: unique symbol = Symbol("size");

export interface Accesses {
  /** A binding that an inner function captures, or an exported one, comes to life. The result is handed back as `cell`. */
  variable(name: string): Cell;
  readVariable(cell: Cell, site: Site): void;
  writeVariable(cell: Cell, site: Site): void;

  /**
   * A property is read, present or not; or an element of an array or typed array (key: a number), a private field (key: a
   * symbol made for the field), a `Size`. Where the property is an accessor it is no access at all, but finding that out at
   * each access would cost too much. So the detector asks `locate(object, key)` of operations/locations.ts when it first
   * sees the pair, and keeps the answer until `forget(object, key)`. Keys are numbers or strings: 1 and "1" are one key.
   */
  read(object: object, key: PropertyKey, site: Site): void;
  /**
   * A property is about to be written; `locate` as for `read`. If the detector does not know yet that the object has the key
   * it asks `hasKey(object, key)` of locations.ts, and if not this is an insertion, as if by `insertSize`.
   */
  write(object: object, key: PropertyKey, site: Site): void;
  /** What the detector remembers of the pair is not true any more: it is being deleted or defined anew. */
  forget(object: object, key: PropertyKey): void;

  /** An entry of a Map, Set, WeakMap or WeakSet, present or not. */
  readEntry(map: object, key: unknown, site: Site): void;
  writeEntry(map: object, key: unknown, site: Site): void;

  /** Elements from `from` up to but not including `to` of an array or typed array; of a DataView or ArrayBuffer, bytes. */
  readRange(object: object, from: number, to: number, site: Site): void;
  writeRange(object: object, from: number, to: number, site: Site): void;

  /** A key is added: unordered with another insertion this is no race, with a read or write of `Size` it is. */
  insertSize(object: object, site: Site): void;

  /**
   * An async function is called: `site` is the function. Up to its first await it runs as part of its caller, with the
   * caller's goroutine. The result is handed back below.
   */
  asyncEnter(site: Site): AsyncCall;
  /** The function is about to wait for `awaited`, any value. (Also `for await`, and `yield` in an async generator.) */
  asyncAwait(call: AsyncCall, awaited: unknown, site: Site): void;
  /** It goes on after an await, whether with a value or an exception. May be said twice. */
  asyncResume(call: AsyncCall, site: Site): void;
  /** It ends, with a value or an exception. */
  asyncExit(call: AsyncCall): void;
}

const nothing = () => {};
const none = Object.freeze({});

/** What is told when nobody listens. */
export const silent: Accesses = {
  variable: () => none,
  readVariable: nothing,
  writeVariable: nothing,
  read: nothing,
  write: nothing,
  forget: nothing,
  readEntry: nothing,
  writeEntry: nothing,
  readRange: nothing,
  writeRange: nothing,
  insertSize: nothing,
  asyncEnter: () => none,
  asyncAwait: nothing,
  asyncResume: nothing,
  asyncExit: nothing,
};

/** Where all accesses go: read at each access, so that a detector may be set while the program runs. */
export let accesses: Accesses = silent;

export function setAccesses(to: Accesses): void {
  accesses = to;
}
