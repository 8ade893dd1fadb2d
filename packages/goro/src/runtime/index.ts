// "goro/runtime": what a program may ask of the scheduler. Go: package runtime

import { typeError } from "../ds/type-error.js";
import type { GoroutineInfo } from "../types.js";
import { builtin } from "./builtin.js";
import { nodeProcess } from "./host.js";
import { processor } from "./processor.js";
import { sightAll, sightCurrent } from "./where.js";

export { goexit } from "./goexit.js";
export { gosched } from "./gosched.js";
export { gc, readMemStats, type MemStats } from "./memory.js";
export { numGoroutine } from "./scheduler.js";

/** Logical processors of this machine. Go: `runtime.NumCPU()`. */
export function numCPU(): number {
  const os = builtin<{ availableParallelism?: () => number }>("node:os");
  const navigator = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator;
  return os?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

let procs: number | undefined;

function initialProcs(): number {
  let text: string | undefined;
  try {
    text = nodeProcess?.env["GOMAXPROCS"];
  } catch {
    // Deno without permission to read the environment
  }
  const n = Number(text);
  return Number.isInteger(n) && n > 0 ? n : numCPU();
}

/**
 * How many processors may run goroutines in parallel; the first is the main thread. Given n > 0, sets it. In this version
 * all goroutines run on the first. Go: `runtime.GOMAXPROCS(n)`.
 *
 * @returns the value before. Starts from GOMAXPROCS in the environment, else numCPU().
 * @throws TypeError for what is no number, RangeError for a fraction or NaN.
 */
export function gomaxprocs(n?: number): number {
  const before = (procs ??= initialProcs());
  if (n === undefined) return before;
  if (typeof n !== "number") throw typeError("gomaxprocs: n", "a number", n);
  if (!Number.isInteger(n)) throw new RangeError(`gomaxprocs: n must be a whole number, got ${n}`);
  if (n > 0) procs = n;
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
