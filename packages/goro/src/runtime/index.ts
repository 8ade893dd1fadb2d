// "goro/runtime": what a program may ask of the scheduler. Go: package runtime

import { typeError } from "../ds/type-error.js";
import type { GoroutineInfo } from "../types.js";
import { maxProcs, setMaxProcs } from "./max-procs.js";
import { processor } from "./processor.js";
import { sightAll, sightCurrent } from "./where.js";

export { goexit } from "./goexit.js";
export { gosched } from "./gosched.js";
export { gc, readMemStats, type MemStats } from "./memory.js";
export { numCPU } from "./max-procs.js";
export { numGoroutine } from "./scheduler.js";

/**
 * How many processors may run goroutines in parallel; the first is the main thread. Given n > 0, sets it: more are started
 * when there is work for them; those beyond finish what they have started and take no more. Go: `runtime.GOMAXPROCS(n)`.
 *
 * @returns the value before. Starts from GOMAXPROCS in the environment, else from the container's CPU quota, else numCPU().
 * @throws TypeError for what is no number, RangeError for a fraction or NaN.
 */
export function gomaxprocs(n?: number): number {
  const before = maxProcs();
  if (n === undefined) return before;
  if (typeof n !== "number") throw typeError("gomaxprocs: n", "a number", n);
  if (!Number.isInteger(n)) throw new RangeError(`gomaxprocs: n must be a whole number, got ${n}`);
  if (n > 0) setMaxProcs(n);
  return before;
}

/** Id of the goroutine that is running now; 0 outside any. */
export function goid(): number {
  return processor.current.id;
}

/**
 * Every goroutine: who it is, what it waits for, where. Found by asking the heap, which collects garbage first: for looking
 * inside, not for every request.
 */
export function goroutines(): readonly GoroutineInfo[] {
  return sightAll().map((s) => s.info);
}

/** The stack of this goroutine, or of all, in Go's dump format: "goroutine 7 [chan receive]:" and its frames. */
export function stack(all = false): string {
  const sightings = all ? sightAll() : processor.current.id === 0 ? [] : [sightCurrent()];
  return sightings.map((s) => s.text).join("\n\n") + "\n";
}
