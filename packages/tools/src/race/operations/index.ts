// What instrumented code calls, under the short names that the transform writes. Each announces an access and, where it
// stands in an expression, gives back the value that the expression goes on with.
import * as operations from "./index.js";
import { accesses, Size, type AsyncCall, type Cell, type Site } from "../accesses.js";
import { addSites, siteOf } from "../sites.js";
import { twinOf, twinOfClass } from "./builtins.js";
import { allPassedOn, exported, exportedCell, importedCell, passedOn } from "./exports.js";
import { checkIterable, iterated, iteratedAsync, spread, spreadCall, spreadObject } from "./iteration.js";
import { Key } from "./key.js";
import { privateKey } from "./locations.js";
import { destructure, destructured } from "./destructure.js";
import { isCollection, isObject } from "./kinds.js";
import { back, calling, enter, exit, Frame, nowhere, setStack } from "./stack.js";
import "./twins-of-arrays.js";
import "./twins-of-console.js";
import "./twins-of-collections.js";
import "./twins-of-functions.js";
import "./twins-of-objects.js";
import { SloppyReference, StrictReference } from "./reference.js";

const { isArray } = Array;
type Callable = (this: unknown, ...args: unknown[]) => unknown;

const { call: nativeCall } = Function.prototype;

// Properties

/** `o(a, "b", site).b` reads. */
export function o<T>(object: T, key: PropertyKey, site: Site): T {
  if (isObject(object)) accesses.read(object, key, site);
  return object;
}

/** The same for a computed key. */
export function ok<T>(object: T, key: PropertyKey | Key, site: Site): T {
  if (isObject(object)) accesses.read(object, key instanceof Key ? key.name : key, site);
  return object;
}

/** `z(a, "size", site).size`: of a Map or Set an accessor, but one that reads memory. */
export function z<T>(object: T, key: PropertyKey, site: Site): T {
  if (!isObject(object)) return object;
  if (isCollection(object)) accesses.read(object, Size, site);
  else accesses.read(object, key, site);
  return object;
}

/** A computed key, in a form that is converted to a property key once, when the language does it. */
export function k(key: unknown): unknown {
  return isObject(key) ? new Key(key) : key;
}

/** `a.b = w(a, "b", value, site)` writes. */
export function w<T>(object: unknown, key: PropertyKey, value: T, site: Site): T {
  if (isObject(object)) accesses.write(object, key, site);
  return value;
}

/** The same for a computed key: past the end of an array its length is written too. */
export function wk<T>(object: unknown, key: PropertyKey | Key, value: T, site: Site): T {
  if (!isObject(object)) return value;
  const name = key instanceof Key ? key.name : key;
  if (isArray(object)) {
    if (name === "length") return wl(object, name, value, site);
    if (Number(typeof name === "symbol" ? -1 : name) >= object.length) accesses.write(object, "length", site);
  }
  accesses.write(object, name, site);
  return value;
}

/** The same for `length`: of an array it is cut off. */
export function wl<T>(object: unknown, key: PropertyKey, value: T, site: Site): T {
  if (!isObject(object)) return value;
  if (isArray(object) && typeof value === "number" && value < object.length)
    accesses.writeRange(object, value, object.length, site);
  accesses.write(object, key, site);
  return value;
}

/** `delete d(a, "b", site).b`. */
export function d<T>(object: T, key: PropertyKey | Key, site: Site): T {
  if (!isObject(object)) return object;
  const name = key instanceof Key ? key.name : key;
  accesses.write(object, name, site);
  accesses.write(object, Size, site);
  accesses.forget(object, name);
  return object;
}

/** `key in h(key, a, site)`. */
export function h<T>(key: PropertyKey | Key, object: T, site: Site): T {
  if (isObject(object)) accesses.read(object, key instanceof Key ? key.name : key, site);
  return object;
}

/** `q(a, "b", site).value` is what a pattern assigns to; `Q` in sloppy code. */
export function q(object: unknown, key: unknown, site: Site): StrictReference {
  return new StrictReference(object, key, site);
}

export function Q(object: unknown, key: unknown, site: Site): SloppyReference {
  return new SloppyReference(object, key, site);
}

// Calls

/**
 * `m(a, a.b, "b", site).call(a, ...)` calls a method. That a list has a method `push` is not looked up in the list: of a
 * built-in function only what it does is announced.
 */
export function m(object: unknown, fn: unknown, key: PropertyKey, site: Site): Callable {
  calling(site);
  if (typeof fn === "function") {
    const twin = twinOf(fn);
    if (twin !== undefined) return twin;
  }
  if (isObject(object)) accesses.read(object, key, site);
  return callable(fn, site);
}

/** The same for a computed key. */
export function mk(object: unknown, fn: unknown, key: PropertyKey | Key, site: Site): Callable {
  return m(object, fn, key instanceof Key ? key.name : key, site);
}

/** `F(fn, site).call(a, ...)`: what has been read already. */
export function F(fn: unknown, site: Site): Callable {
  calling(site);
  return (typeof fn === "function" ? twinOf(fn) : undefined) ?? callable(fn, site);
}

/** `f(fn, site)(...)`. */
export function f(fn: unknown, site: Site): Callable {
  calling(site);
  if (typeof fn !== "function") return notCallable(site, "function");
  return (twinOf(fn) ?? fn) as Callable;
}

/** `c(fn, site)(...)` of a function that certainly is the program's own; or the last argument of a call, as before. */
export function c<T>(value: T, site: Site): T {
  calling(site);
  return value;
}

/** `new (n(Class, site))(...)`. */
export function n(constructor: unknown, site: Site): new (...args: unknown[]) => unknown {
  calling(site);
  if (typeof constructor !== "function") return notCallable(site, "constructor") as never;
  return (twinOfClass(constructor) ?? constructor) as never;
}

/** `(t = u(() => {}))`: a function that takes no name from where it is kept. */
export function u<T>(fn: T): T {
  return fn;
}

function callable(fn: unknown, site: Site): Callable {
  if (typeof fn !== "function") return notCallable(site, "function");
  if (fn.call === nativeCall) return fn as Callable;
  return function (...args) {
    return Reflect.apply(fn, this, args) as unknown;
  };
}

/** Throws when it is called: the arguments are evaluated before. */
function notCallable(site: Site, what: string): Callable {
  return function () {
    throw new TypeError(`${siteOf(site)?.name ?? "(intermediate value)"} is not a ${what}`);
  };
}

// Variables

export function V(name: string): Cell {
  return accesses.variable(name);
}

/** Reads. The cell of a variable of a module may not be there yet when another calls its functions, in a cycle. */
export function r(cell: Cell | undefined, site: Site): void {
  if (cell !== undefined) accesses.readVariable(cell, site);
}

/** Writes `value`. */
export function v<T>(cell: Cell | undefined, value: T, site: Site): T {
  if (cell !== undefined) accesses.writeVariable(cell, site);
  return value;
}

/** Reads an import whose cell is looked for until it is known. */
export function I(cell: Cell | undefined, namespace: object, name: string, site: Site): Cell | undefined {
  const found = cell ?? exportedCell(namespace, name);
  if (found !== undefined) accesses.readVariable(found, site);
  return found;
}

// Functions

/** The beginning of a module: nobody's callee. */
export function T(): Frame {
  const top = new Frame(null, nowhere, 0);
  setStack(top, nowhere);
  return top;
}

export function aE(site: Site): AsyncCall {
  return accesses.asyncEnter(site);
}

export function aA<T>(call: AsyncCall, value: T, site: Site): T {
  accesses.asyncAwait(call, value, site);
  return value;
}

export function aR<T>(call: AsyncCall, own: Frame, value: T, site: Site): T {
  setStack(own, own.site);
  accesses.asyncResume(call, site);
  return value;
}

export function aX(call: AsyncCall): void {
  accesses.asyncExit(call);
}

/** Functions enter in the frame of who called them. */
export { enter as e, exit as x, back as b };
/** Iteration and destructuring. */
export {
  iterated as it,
  iteratedAsync as ia,
  spread as sp,
  spreadCall as sc,
  spreadObject as so,
  destructure as D,
  destructured as Da,
};
/** Modules. */
export { exported as X, importedCell as i, passedOn as A, allPassedOn as L, privateKey as P, addSites as S };
export const G = globalThis;

/** `for (key in fi(object, site))`. */
export function fi<T>(object: T, site: Site): T {
  if (isObject(object)) accesses.read(object, isArray(object) ? "length" : Size, site);
  return object;
}

/** `yield* yi(value, site)`: of what can be delegated to only arrays are memory. */
export function yi<T>(value: T, site: Site): T {
  if (value === null || value === undefined) checkIterable(value, nowhere);
  return isArray(value) ? iterated(value, site) : value;
}

/** Where scripts find all this. */
Object.defineProperty(globalThis, Symbol.for("goro.race"), { value: operations, configurable: true });
