// Announces what a destructuring pattern is about to read of a value: `const { a, b: [c] } = D(value, shape, 7)`.
import { accesses, type Site } from "../accesses.js";
import type { Shape } from "../transform/patterns.js";
import { fresh, iterated, readProperties } from "./iteration.js";
import { isObject, isPlainArray, isProxy } from "./kinds.js";
import { locate } from "./locations.js";

/** Gives the value back, or something that is iterated just like it. */
export function destructure<T>(value: T, shape: Shape, site: Site): T {
  if (!isObject(value) || (value === fresh && simple(shape)) || isProxy(value)) return value;
  if ("items" in shape) return items(value, shape, site);
  for (const [key, inner] of shape.keys) {
    accesses.read(value, key, site);
    if (inner !== 0) deeper(value, key, inner, site);
  }
  if (shape.rest) readProperties(value, site);
  return value;
}

function items<T extends object>(value: T, { items, rest }: Extract<Shape, { items: unknown }>, site: Site): T {
  if (isPlainArray(value)) {
    items.forEach((inner, index) => {
      if (inner !== 0 && index < value.length) deeper(value, index, inner, site);
    });
    if (!rest && iterated(value, site) !== value) {
      // As the pattern is about to take them, one after the other.
      accesses.read(value, "length", site);
      for (let index = 0; index < items.length && index < value.length; index++) accesses.read(value, index, site);
      return value;
    }
  }
  return iterated(value, site);
}

function deeper(value: object, key: string | number, inner: Shape, site: Site): void {
  if (locate(value, key) !== true) return;
  destructure((value as Record<string | number, unknown>)[key], inner, site);
}

function simple(shape: Shape): boolean {
  return "items" in shape && shape.items.every((item) => item === 0);
}
