// What kind of thing an object is, asked without running any of its code.
import { types } from "node:util";

export const { isProxy } = types;
const { isArray } = Array;
export const isMap = types.isMap as (value: unknown) => value is Map<unknown, unknown>;
export const isSet = types.isSet as (value: unknown) => value is Set<unknown>;
export const isTypedArray = types.isTypedArray as (value: unknown) => value is Uint8Array;

const { get: typedLength } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array.prototype), "length")!;

/** How many elements, whatever the program says that "length" is. */
export function lengthOf(list: unknown[] | Uint8Array): number {
  return isArray(list) ? list.length : (Reflect.apply(typedLength!, list, []) as number);
}

/** Whether it has a size and entries. */
export function isCollection(object: object): boolean {
  return isMap(object) || isSet(object);
}

/** A true array, no proxy for one. */
export function isPlainArray(value: unknown): value is unknown[] {
  return isArray(value) && !isProxy(value);
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** An index as slice and its like take it: negative from the end, kept within the list. Runs no code. */
export function clamp(index: unknown, length: number, otherwise: number): number {
  if (index === undefined) return otherwise;
  const number =
    isObject(index) || typeof index === "symbol" || typeof index === "bigint" ? 0 : Math.trunc(Number(index)) || 0;
  return number < 0 ? Math.max(0, length + number) : Math.min(number, length);
}
