// Whether a property is a place in memory. An accessor is code, a proxy is code, and an export of a module is a variable.
import { types } from "node:util";
import type { Cell } from "../accesses.js";
import { exportedCell } from "./exports.js";

// eslint-disable-next-line @typescript-eslint/unbound-method -- called with another this
const getter = (Object.prototype as unknown as Record<"__lookupGetter__", (key: PropertyKey) => unknown>)
  .__lookupGetter__;
// eslint-disable-next-line @typescript-eslint/unbound-method
const setter = (Object.prototype as unknown as Record<"__lookupSetter__", (key: PropertyKey) => unknown>)
  .__lookupSetter__;
const apply = Reflect.apply;
const { hasOwn } = Object;

const privateKeys = new Set<PropertyKey>();

/** The key under which a private field is announced. */
export function privateKey(name: string): symbol {
  const key = Symbol(name);
  privateKeys.add(key);
  return key;
}

/**
 * What `object` has under `key`: true for a place of its own, false for code, and for an export of an instrumented module
 * the variable it stands for. Costs about a microsecond: ask once and keep the answer.
 */
export function locate(object: object, key: PropertyKey): boolean | Cell {
  if (typeof key === "number" && (Array.isArray(object) || ArrayBuffer.isView(object))) return !types.isProxy(object);
  if (privateKeys.has(key)) return true;
  if (types.isModuleNamespaceObject(object)) return exportedCell(object, key) ?? false;
  for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    if (types.isProxy(holder)) return false;
    if (hasOwn(holder, key)) {
      return apply(getter, holder, [key]) === undefined && apply(setter, holder, [key]) === undefined;
    }
  }
  return true;
}

/** Whether `object` has the key itself, asked without running any code. */
export function hasKey(object: object, key: PropertyKey): boolean {
  return types.isProxy(object) || privateKeys.has(key) || hasOwn(object, key);
}
