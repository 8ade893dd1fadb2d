// What printing reads: console.log and its like look into what they are given, as far as they show it. So do dates, whose
// time is memory too.
import { inspect } from "node:util";
import { accesses, Size, type Site } from "../accesses.js";
import { after, before } from "./builtins.js";
import { isMap, isObject, isPlainArray, isProxy, isSet, isTypedArray, lengthOf } from "./kinds.js";
import { locate, privateKey } from "./locations.js";

type Methods = Record<string, unknown>;

/** How deep, and how many elements, is shown. */
const { depth: shownDepth, maxArrayLength: shownElements } = inspect.defaultOptions;

function readShown(value: unknown, site: Site, depth: number): void {
  if (typeof value !== "object" || value === null || isProxy(value)) return;
  if (inspect.custom in value) return; // it shows itself
  const few = shownElements ?? Infinity;
  if (isPlainArray(value) || isTypedArray(value)) {
    accesses.read(value, "length", site);
    const shown = Math.min(few, lengthOf(value));
    if (shown > 0) accesses.readRange(value, 0, shown, site);
    if (isPlainArray(value) && depth > 0) for (let i = 0; i < shown; i++) readShown(value[i], site, depth - 1);
    return;
  }
  accesses.read(value, Size, site);
  if (isMap(value) || isSet(value)) {
    let left = few;
    Map.prototype.forEach.call(isMap(value) ? value : new Map([...value].map((each) => [each, each])), (each, key) => {
      if (left-- <= 0) return;
      accesses.readEntry(value, key, site);
      if (depth === 0) return;
      readShown(key, site, depth - 1);
      readShown(each, site, depth - 1);
    });
    return;
  }
  if (value instanceof Error || value instanceof Promise) return;
  for (const key of Object.keys(value)) {
    if (locate(value, key) !== true) continue;
    accesses.read(value, key, site);
    if (depth > 0) readShown((value as Methods)[key], site, depth - 1);
  }
}

const shown = shownDepth ?? Infinity;
for (const name of ["log", "info", "debug", "warn", "error", "trace", "dir", "table"])
  before((console as unknown as Methods)[name], (_, args, site) => {
    for (const each of args) readShown(each, site, shown);
  });
before(inspect, (_, [value], site) => readShown(value, site, shown));

const time = privateKey("time");
for (const name of Object.getOwnPropertyNames(Date.prototype)) {
  const method = (Date.prototype as unknown as Methods)[name];
  if (name === "constructor") continue;
  if (name.startsWith("set"))
    after(method, (date, _, site) => accesses.write(date as object, time, site)); // what is no date has thrown
  else if (name === "toJSON")
    continue; // calls toISOString, whosever
  else
    after(method, (date, _, site) => {
      if (isObject(date)) accesses.read(date, time, site);
    });
}
