// What an error consists of: a class, which both sides know by its place in a list, and what it has of its own but hides.

import { Panic } from "../../runtime/panic.js";

type ErrorClass = new (message: string) => Error;

const DOM_EXCEPTION = 8;
const classes: readonly ErrorClass[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  Panic,
];
const AGGREGATE = 9;

/** Members that are not enumerable: of AggregateError, of SuppressedError, and of all. */
export const hiddenMembers: readonly string[] = ["cause", "errors", "error", "suppressed"];

const hasDomException = typeof DOMException === "function";

export function errorClass(value: Error): number {
  if (hasDomException && value instanceof DOMException) return DOM_EXCEPTION;
  if (value instanceof AggregateError) return AGGREGATE;
  for (let i = 1; i < classes.length; i++) if (value instanceof classes[i]!) return i;
  return 0;
}

export function makeError(number: number, message: string, stack: string | undefined, name: string): Error {
  const error =
    number === DOM_EXCEPTION
      ? new DOMException(message, name)
      : number === AGGREGATE
        ? new AggregateError([], message)
        : new classes[number]!(message);
  if (error.message !== message || !Object.hasOwn(error, "message")) {
    if (number !== DOM_EXCEPTION) hide(error, "message", message);
  }
  hide(error, "stack", stack);
  if (error.name !== name) hide(error, "name", name);
  return error;
}

export function hide(error: object, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true, enumerable: false });
}
