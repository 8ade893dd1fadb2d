// "goro/runtime": what a program may ask of the scheduler. Go: package runtime

import { typeError } from "../ds/type-error.js";
import type { GoroutineInfo } from "../types.js";
import { cycles, paragraphs } from "./dump.js";
import { maxProcs, setMaxProcs } from "./max-procs.js";
import { processor } from "./processor.js";
import { sightCurrent, sightEverywhereNow } from "./where.js";

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
 * Every goroutine of every core: who it is, what it waits for, where. Found by asking the heap, which collects garbage first:
 * for looking inside, not for every request. This thread waits for the other cores, which answer between two goroutines: one
 * that has not done so within half a second, because a goroutine computes there, is left out. On Bun, Deno and in browsers
 * the youngest 1,024 that have parked are known, and with GORODEBUG=created=1 all; in browsers those of this core.
 */
export function goroutines(): readonly GoroutineInfo[] {
  return sightEverywhereNow().sightings.map((s) => s.info);
}

/**
 * The stack of this goroutine, or of all on every core, in Go's dump format: "goroutine 7 [chan receive]:", its frames, and what
 * it waits for. Those that are alike are one paragraph. Which goroutines are known, and how long this takes: as
 * {@link goroutines}. Go: `runtime.Stack(buf, all)`.
 */
export function stack(all = false): string {
  if (!all) return processor.current.id === 0 ? "\n" : `${paragraphs([sightCurrent()]).join("")}\n`;
  const { sightings, silent } = sightEverywhereNow();
  const busy = silent.map((id) => `processor ${id} is busy`);
  return `${[...paragraphs(sightings), ...busy, ...cycles(sightings)].join("\n\n")}\n`;
}
