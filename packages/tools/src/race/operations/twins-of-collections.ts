// What the methods of Map, Set, WeakMap and WeakSet read and write, and what constructing one reads.
import { accesses, Size, type Site } from "../accesses.js";
import { after, before, constructing, define, twinOf, type Callable } from "./builtins.js";
import { nexts, readEntries, remember, spreadIterable, step } from "./iteration.js";
import { isMap, isSet } from "./kinds.js";
import { call } from "./stack.js";

type Methods = Record<string | symbol, unknown>;

const { apply } = Reflect;

for (const [Class, isOne] of [
  [Map, isMap],
  [Set, isSet],
] as const) {
  const methods = Class.prototype as unknown as Methods;
  const has = methods["has"] as Callable;

  before(methods[Class === Map ? "set" : "add"], (object, [key], site) => {
    if (!isOne(object)) return;
    if (apply(has, object, [key]) !== true) accesses.insertSize(object, site);
    // Adding what is there already changes nothing of a Set.
    else if (isSet(object)) {
      accesses.readEntry(object, key, site);
      return;
    }
    accesses.writeEntry(object, key, site);
  });
  for (const name of ["get", "has"])
    before(methods[name], (object, [key], site) => {
      if (isOne(object)) accesses.readEntry(object, key, site);
    });
  before(methods["delete"], (object, [key], site) => {
    if (!isOne(object)) return;
    if (apply(has, object, [key]) === true) {
      accesses.writeEntry(object, key, site);
      accesses.write(object, Size, site);
    } else accesses.readEntry(object, key, site);
  });
  before(methods["clear"], (object, _, site) => {
    if (!isOne(object)) return;
    for (const key of apply(methods["keys"] as Callable, object, []) as Iterable<unknown>)
      accesses.writeEntry(object, key, site);
    accesses.write(object, Size, site);
  });
  forEach(methods["forEach"], isOne);
  for (const what of ["keys", "values", "entries"] as const) iterator(methods[what], isOne, what);
  iterator(methods[Symbol.iterator], isOne, Class === Map ? "entries" : "values");
}

for (const name of [
  "union",
  "intersection",
  "difference",
  "symmetricDifference",
  "isSubsetOf",
  "isSupersetOf",
  "isDisjointFrom",
])
  before((Set.prototype as unknown as Methods)[name], (set, [other], site) => {
    for (const each of [set, other]) if (isMap(each) || isSet(each)) readEntries(each, site);
  });

for (const Class of [WeakMap, WeakSet]) {
  const methods = Class.prototype as unknown as Methods;
  for (const name of ["get", "has"])
    after(methods[name], (object, [key], site) => accesses.readEntry(object as object, key, site));
  for (const name of ["set", "add", "delete"])
    after(methods[name], (object, [key], site) => accesses.writeEntry(object as object, key, site));
}

function forEach(fn: unknown, isOne: (value: unknown) => boolean): void {
  if (typeof fn !== "function") return;
  define(fn, function (...args) {
    const site = call;
    const [callback] = args;
    const object = this as object;
    if (!isOne(object) || typeof callback !== "function") return apply(fn, this, args) as unknown;
    const inner = (twinOf(callback) ?? callback) as Callable;
    accesses.read(object, Size, site);
    const announced: Callable = function (...given) {
      accesses.read(object, Size, site);
      accesses.readEntry(object, given[1], site);
      return apply(inner, this, given);
    };
    return apply(fn, this, [announced, args[1]]) as unknown;
  });
}

function iterator(fn: unknown, isOne: (value: unknown) => boolean, what: "keys" | "values" | "entries"): void {
  if (typeof fn !== "function") return;
  define(fn, function () {
    const made = apply(fn, this, []) as object;
    return isOne(this) ? remember(made, this as object, what) : made;
  });
}

for (const next of nexts)
  define(next, function () {
    return step(this as object, next, call);
  });

const ofIterable = (args: unknown[], site: Site): unknown[] => {
  spreadIterable(args[0], site);
  return args;
};
for (const Class of [Map, Set, WeakMap, WeakSet]) constructing(Class, ofIterable);
for (const Class of [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
])
  constructing(Class, ofIterable);

for (const fn of [
  Object.fromEntries,
  (Object as unknown as Methods)["groupBy"],
  (Map as unknown as Methods)["groupBy"],
])
  before(fn, (_, [from], site) => {
    spreadIterable(from, site);
  });

for (const fn of [Promise.all, Promise.allSettled, Promise.race, Promise.any] as unknown[])
  before(fn, (_, [from], site) => {
    spreadIterable(from, site);
  });

// Of the methods of iterators those that certainly go through to the end.
const { Iterator } = globalThis as unknown as { Iterator?: { readonly prototype: Methods } };
for (const name of ["toArray", "reduce", "forEach"])
  before(Iterator?.prototype[name], (iterator, _, site) => {
    spreadIterable(iterator, site);
  });
