// What kind of thing an object is, asked without running any of its code.
import { types } from "node:util";

export const { isProxy } = types;
export const isMap = types.isMap as (value: unknown) => value is Map<unknown, unknown>;
export const isSet = types.isSet as (value: unknown) => value is Set<unknown>;
export const isTypedArray = types.isTypedArray as (value: unknown) => value is Uint8Array;

/** Whether it has a size and entries. */
export function isCollection(object: object): boolean {
  return isMap(object) || isSet(object);
}

/** A true array, no proxy for one. */
export function isPlainArray(value: unknown): value is unknown[] {
  return Array.isArray(value) && !isProxy(value);
}

export function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
