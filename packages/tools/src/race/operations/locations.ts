// Whether a property is a place in memory. An accessor is code, a proxy is code, and an export of a module is a variable.
import { types } from "node:util";
import type { Cell } from "../accesses.js";
import { exportedCell } from "./exports.js";

const { isProxy, isModuleNamespaceObject } = types;
const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn } = Object;

const privateKeys = new Set<PropertyKey>();

/** The key under which a private field is announced. */
export function privateKey(name: string): symbol {
  const key = Symbol(name);
  privateKeys.add(key);
  return key;
}

/**
 * What `object` has under `key`: true for a place of its own, false for code, and for an export of an instrumented module
 * the variable it stands for. Ask once and keep the answer: this walks up the prototypes.
 */
export function locate(object: object, key: PropertyKey): boolean | Cell {
  if (isProxy(object)) return false;
  if (typeof key === "symbol" && privateKeys.has(key)) return true;
  let parent = getPrototypeOf(object) as object | null;
  // Before it is asked for a property: that throws where an export has no value yet.
  if (parent === null && isModuleNamespaceObject(object)) return exportedCell(object, key) ?? false;
  let found = getOwnPropertyDescriptor(object, key);
  while (found === undefined && parent !== null) {
    if (isProxy(parent)) return false;
    found = getOwnPropertyDescriptor(parent, key);
    parent = getPrototypeOf(parent) as object | null;
  }
  return found === undefined || (found.get === undefined && found.set === undefined);
}

/** Whether `object` has the key itself, asked without running any code. */
export function hasKey(object: object, key: PropertyKey): boolean {
  return isProxy(object) || (typeof key === "symbol" && privateKeys.has(key)) || hasOwn(object, key);
}
