// go: starts a goroutine.

import type { Goroutine as PublicGoroutine, Routine } from "../types.js";
import { noArgs, start } from "./scheduler.js";

/**
 * Starts `fn(...args)` as a goroutine and returns at once; it first runs when the caller next blocks or yields, or when
 * async code returns to the event loop. Go: `go fn(args)`.
 *
 * A generator function runs here, on this processor. A function made by `parallel` runs on whichever processor gets to it
 * first. An async or plain function is accepted too and counts as a goroutine until it settles. An error that it throws ends
 * the program as a panic, unless somebody has called `join()`.
 *
 * @throws TypeError where fn is not a function (a generator object is none), or is an async generator function.
 * @example
 * go(function* (name: string) { yield* sleep(10); console.log("hello", name); }, "world");
 */
export function go<A extends unknown[], T>(fn: (...args: A) => Routine<T>, ...args: A): PublicGoroutine<T>;
export function go<A extends unknown[], T>(fn: (...args: A) => PromiseLike<T>, ...args: A): PublicGoroutine<Awaited<T>>;
export function go<A extends unknown[], T>(
  fn: (
    ...args: A
  ) => T extends Generator<unknown, unknown, never> | AsyncGenerator<unknown, unknown, never> ? never : T,
  ...args: A
): PublicGoroutine<T>;
export function go(fn: (...args: never[]) => unknown): PublicGoroutine<unknown> {
  // Not a rest parameter: that is an array for every goroutine, also where there are no arguments.
  // eslint-disable-next-line prefer-rest-params
  return arguments.length === 1 ? start("go", fn, noArgs) : startWith(...(arguments as unknown as [unknown]));
}

function startWith(fn: unknown, ...args: unknown[]): PublicGoroutine<unknown> {
  return start("go", fn, args);
}
