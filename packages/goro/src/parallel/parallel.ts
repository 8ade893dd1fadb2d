// parallel: functions that any core can run. In this version all of them run on the one core there is, with what they are
// given and what they return copied as if they ran elsewhere: a program that works now will work on many.

import { typeError } from "../ds/type-error.js";
import type { Routine } from "../types.js";
import { launch, type Body, type Launch } from "../runtime/goroutine.js";
import { exit } from "../runtime/operation.js";
import { isGeneratorFunction } from "../runtime/scheduler.js";
import { copyArguments, copyResult, parallelFunctions } from "./copy.js";

export { move } from "./copy.js";

declare const parallelBrand: unique symbol;

/** A generator function that any core can run. Called directly, it runs inline like any other. */
export interface Parallel<A extends unknown[], T> {
  (...args: A): Routine<T>;
  readonly [parallelBrand]: true;
}

/**
 * Declares, at the top level of a module, a function that goroutines on any core may run.
 *
 * Arguments and results are copied (structured clone) whichever core runs it, except what is shared by nature: channels, sync
 * primitives, atomics, contexts, SharedArrayBuffer and views of it, parallel functions; and buffers wrapped in
 * {@link move}, which are transferred. Anything else (a closure, a socket) throws a TypeError at the `go` that passed it,
 * naming the argument.
 *
 * @param url `import.meta.url` of the declaring module.
 * @throws TypeError where url is no string, or fn no generator function.
 * @example
 * export const isPrime = parallel(import.meta.url, function* isPrime(n: number) {
 *   for (let d = 2; d * d <= n; d++) if (n % d === 0) return false;
 *   return n > 1;
 * });
 */
export function parallel<A extends unknown[], T>(url: string, fn: (...args: A) => Routine<T>): Parallel<A, T> {
  if (typeof url !== "string" || url === "") {
    throw new TypeError("parallel: url must be import.meta.url of the module that declares the function");
  }
  if (!isGeneratorFunction(fn)) throw typeError("parallel: fn", "a generator function (function*)", fn);
  const inline = (...args: A): Routine<T> => fn(...args);
  Object.defineProperty(inline, "name", { value: fn.name, configurable: true });
  Object.defineProperty(inline, launch, {
    value: (args: A): Launch => ({ body: copying(fn), args: copyArguments(args) }),
  });
  parallelFunctions.add(inline);
  return inline as Parallel<A, T>;
}

/** fn as a body whose result and error are copies. */
function copying<A extends unknown[], T>(fn: (...args: A) => Routine<T>): Body {
  return function* (...args: A): Routine<unknown> {
    let result: T;
    try {
      result = yield* fn(...args);
    } catch (error) {
      throw error === exit ? error : copyResult(error);
    }
    return copyResult(result);
  };
}
