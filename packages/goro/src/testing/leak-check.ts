// leakCheck and verifyNone.

import { run } from "../main/run.js";
import { processor } from "../runtime/processor.js";
import { numGoroutine } from "../runtime/scheduler.js";
import { sightEverywhere, type Sighting } from "../runtime/where.js";
import type { Routine } from "../types.js";
import { leakError } from "./leak-error.js";
import { settle, Tracker, type LeakOptions } from "./tracker.js";

export type { LeakOptions };

/**
 * Runs fn as a goroutine and gives its result; rejects with {@link LeakError} naming every goroutine that fn started, and those
 * started, and that is still there `settle` ms after fn ended (100 where nothing is said). What fn throws is thrown, leaks or
 * not. Goroutines that code outside goroutines starts meanwhile, such as a timer's callback, count as fn's. Those that
 * a `parallel` function starts on another core do not: `verifyNone` finds them. Go: `goleak.VerifyNone(t)` at the end of a test.
 *
 * @throws TypeError where fn is not a function.
 * @example
 * test("the pool ends with its jobs", () => leakCheck(function* () {
 *   const jobs = chan<number>();
 *   startPool(jobs);
 *   jobs.close();
 * }));
 */
export async function leakCheck<T>(fn: () => Routine<T>, options: LeakOptions = {}): Promise<T> {
  const tracker = new Tracker();
  let failed = true;
  try {
    const result = await tracker.include(() => run(fn));
    failed = false;
    return result;
  } finally {
    const left = await tracker.end(failed ? { settle: 0 } : options);
    // eslint-disable-next-line no-unsafe-finally -- only where fn has not thrown
    if (!failed && left.length > 0) throw leakError("leakCheck", left);
  }
}

/** Of those that are gone, how many have been told of. */
let told = 0;

/**
 * Rejects with {@link LeakError} if any goroutine but the caller is alive, on any core, once all have had `settle` ms to end
 * (100 where nothing is said). One that nothing can wake, and nothing refers to, may be gone, and is told of by number, once. Go:
 * `goleak.Find()`.
 *
 * @example
 * after(() => verifyNone());
 */
export async function verifyNone(options: LeakOptions = {}): Promise<void> {
  const { ignore } = options;
  const caller = processor.current.id;
  let left: readonly Sighting[] = [];
  let gone = 0;
  await settle(options, async (isLast) => {
    left = [];
    gone = numGoroutine() - (caller === 0 ? 0 : 1) - told;
    if (gone <= 0) return true;
    if (!isLast && ignore === undefined) return false; // to name them takes time
    const others = (await sightEverywhere()).filter((s) => s.info.id !== caller);
    gone = Math.max(0, gone - others.length);
    left = others.filter((s) => ignore?.(s.info) !== true);
    return left.length === 0 && gone === 0;
  });
  gone = Math.max(0, gone);
  told += gone;
  if (left.length > 0 || gone > 0) throw leakError("verifyNone", left, gone);
}
