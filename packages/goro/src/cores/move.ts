// move: what is transferred to another core instead of copied.

import { typeError } from "../ds/type-error.js";

const toMove = new WeakSet<object>();
let anyMoved = false;

/**
 * Marks a buffer, port or view for transfer instead of copy; it is unusable here afterwards.
 *
 * @throws TypeError where the value is no object.
 * @example
 * go(parse, move(bytes));
 */
export function move<T extends object>(value: T): T {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) {
    throw typeError("move: value", "an ArrayBuffer, a view of one, or a port", value);
  }
  toMove.add(value);
  anyMoved = true;
  return value;
}

/** Whether it was wrapped in move. Costs nothing in a program that never moves. */
export function isMoved(value: object): boolean {
  return anyMoved && toMove.has(value);
}
