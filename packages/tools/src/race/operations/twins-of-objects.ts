// What the functions of Object and Reflect read and write of the objects they are given, and the functions that walk whole
// structures: JSON.stringify, structuredClone.
import { types } from "node:util";
import { accesses, Size, type Site } from "../accesses.js";
import { after, before } from "./builtins.js";
import { readEntries, readProperties } from "./iteration.js";
import { hasKey, locate } from "./locations.js";
import { clamp, isMap, isObject, isPlainArray, isProxy, isSet, isTypedArray } from "./kinds.js";

type Methods = Record<string, unknown>;

/** A property key that needs no conversion, which could run code. */
function keyOf(value: unknown): PropertyKey | undefined {
  return isObject(value) ? undefined : typeof value === "symbol" ? value : String(value);
}

function readKeys(object: unknown, site: Site): void {
  if (isObject(object) && !isProxy(object)) accesses.read(object, isPlainArray(object) ? "length" : Size, site);
}

function readAll(object: unknown, site: Site): void {
  if (isObject(object)) readProperties(object, site);
}

function read(object: unknown, key: unknown, site: Site): void {
  const name = keyOf(key);
  if (isObject(object) && name !== undefined) accesses.read(object, name, site);
}

function write(object: unknown, key: unknown, site: Site): void {
  const name = keyOf(key);
  if (!isObject(object) || name === undefined) return;
  if (isPlainArray(object) && Number(String(name)) >= object.length) accesses.write(object, "length", site);
  accesses.write(object, name, site);
}

/** A property is defined anew: it may be an accessor afterwards. */
function defines(object: unknown, key: unknown, descriptor: unknown, site: Site): void {
  const name = keyOf(key);
  if (!isObject(object) || name === undefined || isProxy(object)) return;
  if (isObject(descriptor) && (Object.hasOwn(descriptor, "value") || !hasKey(object, name))) write(object, name, site);
  accesses.forget(object, name);
}

function removes(object: unknown, key: unknown, site: Site): void {
  const name = keyOf(key);
  if (!isObject(object) || name === undefined || isProxy(object)) return;
  accesses.write(object, name, site);
  accesses.write(object, Size, site);
  accesses.forget(object, name);
}

for (const fn of [Object.keys, Object.getOwnPropertyNames, Object.getOwnPropertySymbols, Reflect.ownKeys] as unknown[])
  before(fn, (_, [object], site) => readKeys(object, site));
for (const fn of [Object.values, Object.entries, Object.getOwnPropertyDescriptors] as unknown[])
  before(fn, (_, [object], site) => readAll(object, site));

before(Object.assign, (_, [target, ...sources], site) => {
  for (const source of sources) {
    if (!isObject(source) || isProxy(source)) continue;
    readProperties(source, site);
    for (const key of Object.getOwnPropertyNames(source)) if (locate(source, key) !== false) write(target, key, site);
  }
});

const methods = Object.prototype as unknown as Methods;
for (const name of ["hasOwnProperty", "propertyIsEnumerable"])
  before(methods[name], (object, [key], site) => read(object, key, site));
for (const fn of [
  Object.hasOwn,
  Object.getOwnPropertyDescriptor,
  Reflect.getOwnPropertyDescriptor,
  Reflect.has,
] as unknown[])
  before(fn, (_, [object, key], site) => read(object, key, site));
before(Reflect.get, (_, [object, key], site) => read(object, key, site));
before(Reflect.set, (_, args, site) => write(args.length > 3 ? args[3] : args[0], args[1], site));
before(Reflect.deleteProperty, (_, [object, key], site) => removes(object, key, site));

for (const fn of [Object.defineProperty, Reflect.defineProperty] as unknown[])
  before(fn, (_, [object, key, descriptor], site) => defines(object, key, descriptor, site));
before(Object.defineProperties, (_, [object, descriptors], site) => {
  if (!isObject(descriptors) || isProxy(descriptors)) return;
  for (const key of Reflect.ownKeys(descriptors)) defines(object, key, { value: 0 }, site);
});

// Whole structures

/** Announces everything that can be reached without running code. `depth` bounds what a cycle of getters could not. */
function readDeep(value: unknown, site: Site, seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value) || isProxy(value)) return;
  seen.add(value);
  if (isTypedArray(value)) {
    accesses.readRange(value, 0, value.length, site);
    return;
  }
  if (isMap(value) || isSet(value)) {
    readEntries(value, site);
    for (const [key, each] of Map.prototype.entries.call(isMap(value) ? value : new Map())) {
      readDeep(key, site, seen);
      readDeep(each, site, seen);
    }
    if (isSet(value)) for (const each of Set.prototype.values.call(value)) readDeep(each, site, seen);
    return;
  }
  readProperties(value, site);
  for (const key of Object.keys(value)) {
    if (locate(value, key) === true) readDeep((value as Methods)[key], site, seen);
  }
}

// Not JSON's own way through Maps, but those it writes as {}.
before(JSON.stringify, (_, [value], site) => {
  if (!isMap(value) && !isSet(value)) readDeep(value, site, new Set());
});
before(structuredClone, (_, [value], site) => readDeep(value, site, new Set()));

for (const name of Object.getOwnPropertyNames(DataView.prototype)) {
  const [, verb, bits] = /^([gs]et)\D+(\d+)$/.exec(name) ?? [];
  if (verb === undefined) continue;
  const bytes = Number(bits) / 8;
  after((DataView.prototype as unknown as Methods)[name], (view, [offset], site) => {
    const from = isObject(offset) ? 0 : Math.trunc(Number(offset)) || 0;
    if (verb === "get") accesses.readRange(view as object, from, from + bytes, site);
    else accesses.writeRange(view as object, from, from + bytes, site);
  });
}

before(ArrayBuffer.prototype.slice, (buffer, [from, to], site) => {
  if (!types.isArrayBuffer(buffer)) return;
  const { byteLength } = buffer;
  const start = clamp(from, byteLength, 0);
  const end = clamp(to, byteLength, byteLength);
  if (start < end) accesses.readRange(buffer, start, end, site);
});
