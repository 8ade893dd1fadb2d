// What the methods of arrays and typed arrays read and write.
//
// Those that call back announce each element when they come to it: a search that ends early has not read the rest, and what
// the callback does may order what follows. They do so by wrapping the callback, which nobody else can see. Only true arrays
// and typed arrays are announced; of the methods' other uses, on things that merely look like arrays, nothing is.
import { accesses, type Site } from "../accesses.js";
import { after, before, define, twinOf, type Callable } from "./builtins.js";
import { readAll, remember, spreadIterable } from "./iteration.js";
import { clamp, isObject, isPlainArray, isTypedArray, lengthOf } from "./kinds.js";
import { call } from "./stack.js";

type List = unknown[] | Uint8Array;
type Methods = Record<string | symbol, unknown>;

const { apply } = Reflect;
const arrays = Array.prototype as unknown as Methods;
const typed = Object.getPrototypeOf(Int8Array.prototype) as Methods;
const both = [arrays, typed];

function isList(value: unknown): value is List {
  return isPlainArray(value) || isTypedArray(value);
}

function readRange(list: List, from: number, to: number, site: Site): void {
  if (from < to) accesses.readRange(list, from, to, site);
}

function writeRange(list: List, from: number, to: number, site: Site): void {
  if (from < to) accesses.writeRange(list, from, to, site);
}

/** Reads and writes the length of an array; that of a typed array never changes. */
function resize(list: List, site: Site): void {
  accesses.read(list, "length", site);
  accesses.write(list, "length", site);
}

function onLists(name: string, announce: (list: List, args: unknown[], site: Site) => void): void {
  for (const methods of both)
    before(methods[name], (list, args, site) => {
      if (isList(list)) announce(list, args, site);
    });
}

// Those that change the length

before(arrays["push"], (list, args, site) => {
  if (!isPlainArray(list)) return;
  resize(list, site);
  writeRange(list, lengthOf(list), lengthOf(list) + args.length, site);
});

before(arrays["pop"], (list, _, site) => {
  if (!isPlainArray(list)) return;
  resize(list, site);
  if (lengthOf(list) > 0) accesses.write(list, lengthOf(list) - 1, site);
});

for (const name of ["shift", "unshift"])
  before(arrays[name], (list, args, site) => {
    if (!isPlainArray(list)) return;
    resize(list, site);
    writeRange(list, 0, lengthOf(list) + (name === "unshift" ? args.length : 0), site);
  });

before(arrays["splice"], (list, args, site) => {
  if (!isPlainArray(list)) return;
  resize(list, site);
  const length = lengthOf(list);
  const start = clamp(args[0], length, 0);
  const removed = args.length < 2 ? length - start : Math.min(clamp(args[1], length, 0), length - start);
  const added = Math.max(0, args.length - 2);
  readRange(list, start, start + removed, site);
  writeRange(list, start, added === removed ? start + added : Math.max(length, length + added - removed), site);
});

// Those that write elements

for (const name of ["sort", "reverse"])
  onLists(name, (list, _, site) => {
    readAll(list, site);
    writeRange(list, 0, lengthOf(list), site);
  });

onLists("fill", (list, args, site) => {
  accesses.read(list, "length", site);
  writeRange(list, clamp(args[1], lengthOf(list), 0), clamp(args[2], lengthOf(list), lengthOf(list)), site);
});

onLists("copyWithin", (list, args, site) => {
  const length = lengthOf(list);
  accesses.read(list, "length", site);
  const to = clamp(args[0], length, 0);
  const from = clamp(args[1], length, 0);
  const count = Math.min(clamp(args[2], length, length) - from, length - to);
  readRange(list, from, from + count, site);
  writeRange(list, to, to + count, site);
});

before(typed["set"], (list, args, site) => {
  if (!isTypedArray(list)) return;
  const [source, offset] = args;
  if (isList(source)) readAll(source, site);
  const from = clamp(offset, lengthOf(list), 0);
  if (isList(source)) writeRange(list, from, Math.min(from + lengthOf(source), lengthOf(list)), site);
});

// Those that read elements

onLists("slice", (list, args, site) => {
  accesses.read(list, "length", site);
  readRange(list, clamp(args[0], lengthOf(list), 0), clamp(args[1], lengthOf(list), lengthOf(list)), site);
});

for (const name of ["join", "toString", "toLocaleString", "toReversed", "toSorted", "toSpliced", "with"])
  onLists(name, (list, _, site) => readAll(list, site));

before(arrays["flat"], (list, args, site) => {
  const depth = clamp(args[0], Infinity, 1);
  const flatten = (list: unknown, depth: number): void => {
    if (!isPlainArray(list)) return;
    readAll(list, site);
    if (depth >= 1) for (const each of list) flatten(each, depth - 1);
  };
  flatten(list, depth);
});

before(arrays["concat"], (list, args, site) => {
  for (const each of [list, ...args]) if (isPlainArray(each)) readAll(each, site);
});

for (const methods of both) {
  before(methods["at"], (list, args, site) => {
    if (!isList(list)) return;
    accesses.read(list, "length", site);
    const index = Math.trunc(Number(isObject(args[0]) ? 0 : args[0])) || 0;
    const at = index < 0 ? lengthOf(list) + index : index;
    if (at >= 0) accesses.read(list, at, site);
  });
  // What is found says how far was looked.
  for (const name of ["indexOf", "includes"])
    after(methods[name], (list, args, site, result) => {
      if (!isList(list) || lengthOf(list) === 0) return;
      accesses.read(list, "length", site);
      const from = clamp(args[1], lengthOf(list), 0);
      const found =
        name === "indexOf" ? (result as number) : result === true ? (list as unknown[]).indexOf(args[0], from) : -1;
      readRange(list, from, found < 0 ? lengthOf(list) : found + 1, site);
    });
  after(methods["lastIndexOf"], (list, args, site, result) => {
    if (!isList(list)) return;
    accesses.read(list, "length", site);
    const from = args.length < 2 ? lengthOf(list) : clamp(args[1], lengthOf(list), 0) + 1;
    readRange(list, Math.max(0, result as number), Math.min(from, lengthOf(list)), site);
  });

  for (const name of [
    "forEach",
    "map",
    "filter",
    "some",
    "every",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flatMap",
  ])
    callingBack(methods[name], 1);
  for (const name of ["reduce", "reduceRight"]) callingBack(methods[name], 2);

  for (const what of ["keys", "values", "entries"] as const) iterator(methods[what], what);
  iterator(methods[Symbol.iterator], "values");
}

/** A method whose callback gets the element at `position` - 1, its index and the list. */
function callingBack(fn: unknown, position: number): void {
  if (typeof fn !== "function") return;
  define(fn, function (...args) {
    const site = call;
    const [callback] = args;
    if (!isList(this) || typeof callback !== "function") return apply(fn, this, args) as unknown;
    accesses.read(this, "length", site);
    const inner = (twinOf(callback) ?? callback) as Callable;
    let first = position === 2 && args.length < 2; // the first element is taken without a call
    const announced: Callable = function (...given) {
      const list = given[position + 1];
      const index = given[position] as number;
      if (first) {
        first = false;
        accesses.read(list as object, index === 1 ? 0 : index + 1, site);
      }
      accesses.read(list as object, index, site);
      return apply(inner, this, given);
    };
    return apply(fn, this, args.length > 1 ? [announced, args[1]] : [announced]) as unknown;
  });
}

function iterator(fn: unknown, what: "keys" | "values" | "entries"): void {
  if (typeof fn !== "function") return;
  define(fn, function () {
    const made = apply(fn, this, []) as object;
    return isList(this) ? remember(made, this, what) : made;
  });
}

before(Array.from, (_, [from], site) => {
  spreadIterable(from, site);
});
