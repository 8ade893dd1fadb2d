// Calls a function of the user that may be a routine or plain.

import type { Routine } from "../types.js";
import { isGenerator } from "./scheduler.js";

/** Runs fn to its end; what it returns is the result. `what` names the call in the TypeError for an async function. */
export function* callRoutine<T>(what: string, fn: () => Routine<T> | T): Routine<T> {
  const made = fn();
  if (isGenerator(made)) return yield* made;
  if (made instanceof Promise) {
    throw new TypeError(`${what}: fn returned a promise: use a generator function, and until() for promises in it`);
  }
  return made;
}
