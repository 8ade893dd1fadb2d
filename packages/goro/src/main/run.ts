// run: one goroutine, started from async code.

import type { Routine } from "../types.js";
import { awaited, watchForDeadlock, type AwaitedRun } from "./deadlock.js";
import { takeOutcome } from "../runtime/outcome.js";
import { start } from "../runtime/scheduler.js";

/**
 * Runs one goroutine from async code and gives its result. Other goroutines that it starts may go on after it.
 *
 * Rejects with what it throws, or with {@link DeadlockError} when the event loop runs empty while it is parked. Where
 * anything, async code included, could still wake it, that is no deadlock.
 *
 * @throws TypeError where fn is not a function, or is an async generator function.
 * @example
 * const sum = await run(function* (a: number, b: number) { yield* sleep(10); return a + b; }, 1, 2);
 */
export function run<A extends unknown[], T>(fn: (...args: A) => Routine<T>, ...args: A): Promise<T> {
  watchForDeadlock();
  const g = start("run", fn, args);
  return new Promise<T>((resolve, reject) => {
    const entry: AwaitedRun = { goroutine: g, reject };
    awaited.add(entry);
    g.more.claimed = true;
    g.more.watcher = {
      ended: () => {
        awaited.delete(entry);
        try {
          resolve(takeOutcome(g) as T);
        } catch (error) {
          reject(error); // eslint-disable-line @typescript-eslint/prefer-promise-reject-errors -- whatever it threw
        }
      },
    };
  });
}
