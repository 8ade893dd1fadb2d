// parallel: functions that any core can run.

import { typeError } from "../ds/type-error.js";
import type { Routine } from "../types.js";
import { launch, launchEach, type Body, type Each, type Launch } from "../runtime/goroutine.js";
import { now } from "../runtime/host.js";
import { exit } from "../runtime/operation.js";
import { isGeneratorFunction, start } from "../runtime/scheduler.js";
import { declare, type Declared } from "../cores/functions.js";
import "../cores/arrive.js";
import "../cores/kinds.js";
import { openCores, taskLeft } from "../cores/processors.js";
import { launchTask } from "../cores/tasks.js";
import { copyAll } from "../cores/codec.js";

export { move } from "../cores/move.js";

declare const parallelBrand: unique symbol;

/** A generator function that any core can run. Called directly, it runs inline like any other. */
export interface Parallel<A extends unknown[], T> {
  (...args: A): Routine<T>;
  readonly [parallelBrand]: true;
}

/**
 * Declares, at the top level of a module, a function that goroutines on any core may run. Another core loads the module by
 * its URL and finds the function by its name.
 *
 * Arguments and results are copied (structured clone) whichever core runs it, except what is shared by nature: channels, sync
 * primitives, atomics, contexts, SharedArrayBuffer and views of it, parallel functions; and buffers wrapped in
 * {@link move}, which are transferred. Anything else (a closure, a socket) throws a TypeError at the `go` that passed it,
 * naming the argument.
 *
 * @param url `import.meta.url` of the declaring module.
 * @throws TypeError where url is no string, or fn no generator function or one without a name; Error where the module has
 *   declared one of that name before.
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
  if (fn.name === "") {
    throw new TypeError(
      "parallel: fn must have a name, by which other cores find it: parallel(url, function* name() {...})",
    );
  }
  const inline = (...args: A): Routine<T> => fn(...args);
  Object.defineProperty(inline, "name", { value: fn.name, configurable: true });
  const entry = declare(url, fn.name, fn as unknown as Declared["fn"], inline);
  const byValue = eachOf(fn as unknown as (value: unknown) => Routine<unknown>);
  // Under a name that no function has: another core finds it where it finds fn.
  const each = launcher(declare(url, `${fn.name}, for each`, byValue as unknown as Declared["fn"], byValue), byValue);
  Object.defineProperty(inline, launch, { value: launcher(entry, fn) });
  Object.defineProperty(inline, launchEach, { value: (values: readonly unknown[]) => each([values]) });
  return inline as Parallel<A, T>;
}

/** Starts fn on whichever core is free. */
function launcher<A extends unknown[], T>(entry: Declared, fn: (...args: A) => Routine<T>): Launch {
  const copying: Body = copiesOf(fn);
  return (args) => {
    if (!openCores()) return start("go", copying, copyAll(args, argument));
    const g = launchTask(entry, args);
    taskLeft();
    return g;
  };
}

/** Many small calls in one goroutine. */
function eachOf(fn: (value: unknown) => Routine<unknown>): (values: readonly unknown[]) => Routine<Each> {
  return function* (values) {
    const began = now();
    const results: unknown[] = [];
    for (const value of values) results.push(yield* fn(value));
    return { results, ms: now() - began };
  };
}

/** Where there is one core only: fn as a body whose result and error are copies, as if it ran on another. */
function copiesOf<A extends unknown[], T>(fn: (...args: A) => Routine<T>): Body {
  return function* (...args: A): Routine<unknown> {
    let result: T;
    try {
      result = yield* fn(...args);
    } catch (error) {
      throw error === exit ? error : copyOf(error, "error");
    }
    return copyOf(result, "result");
  };
}

const argument = (i: number): string => `argument ${i + 1}`;

function copyOf(value: unknown, path: string): unknown {
  return copyAll([value], () => path)[0];
}
