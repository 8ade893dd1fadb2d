// Announces what a destructuring pattern is about to read of a value: `const { a, b: [c] } = D(value, shape, 7)`.
import { accesses, Size, type Site } from "../accesses.js";
import type { Shape } from "../transform/patterns.js";
import { siteOf } from "../sites.js";
import { checkIterable, fresh, iterated, readProperties, spreadIterable } from "./iteration.js";
import { isCollection, isObject, isPlainArray, isProxy } from "./kinds.js";
import { locate } from "./locations.js";

/** Gives the value back: it is the value of the assignment too. */
export function destructure<T>(value: T, shape: Shape, site: Site): T {
  if ("items" in shape) checkIterable(value, site, true);
  else if (value === null || value === undefined) throw notDestructurable(value as null | undefined, shape, site);
  return destructured(value, shape, site);
}

/** The same for what has been destructured already, by the parameters of a function. */
export function destructured<T>(value: T, shape: Shape, site: Site): T {
  if (!isObject(value) || (value === fresh && simple(shape)) || isProxy(value)) return value;
  if ("items" in shape) return items(value, shape, site);
  for (const [key, inner] of shape.keys) {
    accesses.read(value, key === "size" && isCollection(value) ? Size : key, site);
    if (inner !== 0) deeper(value, key, inner, site);
  }
  if (shape.rest) readProperties(value, site);
  return value;
}

function items<T extends object>(value: T, { items, rest }: Extract<Shape, { items: unknown }>, site: Site): T {
  if (!isPlainArray(value) || rest) spreadIterable(value, site);
  else if (iterated(value, site) !== value) {
    accesses.read(value, "length", site);
    for (let index = 0; index < items.length && index < value.length; index++) accesses.read(value, index, site);
  }
  if (isPlainArray(value)) {
    items.forEach((inner, index) => {
      if (inner !== 0 && index < value.length) deeper(value, index, inner, site);
    });
  }
  return value;
}

function deeper(value: object, key: string | number, inner: Shape, site: Site): void {
  if (locate(value, key) !== true) return; // what is not data is not read before its time
  const found = (value as Record<string | number, unknown>)[key];
  if (isObject(found) && ("keys" in inner || isPlainArray(found))) destructured(found, inner, site);
}

/** What the engine would throw, with the words of the program. */
function notDestructurable(value: null | undefined, shape: Shape, site: Site): TypeError {
  const name = siteOf(site)?.name || (value === null ? "object null" : "undefined");
  const key = "keys" in shape ? shape.keys[0]?.[0] : undefined;
  const what = key === undefined ? `'${name}'` : `property '${key}' of '${name}'`;
  return new TypeError(`Cannot destructure ${what} as it is ${String(value)}.`);
}

function simple(shape: Shape): boolean {
  return "items" in shape && shape.items.every((item) => item === 0);
}
