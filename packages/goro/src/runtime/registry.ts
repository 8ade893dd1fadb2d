// Weak references to goroutines, where the heap cannot be asked for them (all but Node). Kept only where GORODEBUG asks for
// anything: 100 ns a goroutine. Without it, the youngest that have parked are known all the same: see scheduler.ts.

import type { Goroutine } from "./goroutine.js";
import { versions } from "./host.js";
import type { Watch } from "./processor.js";

/** Can the heap be asked? */
export const hasInspector: boolean = versions["node"] !== undefined && !("bun" in versions) && !("deno" in versions);

let refs: WeakRef<Goroutine>[] | undefined;
let sweepAt = 1024;

function register(g: Goroutine): void {
  refs!.push(new WeakRef(g));
  if (refs!.length < sweepAt) return;
  refs = refs!.filter((ref) => ref.deref()?.hasEnded === false);
  sweepAt = Math.max(1024, refs.length * 2);
}

/** Begins with those that there are. */
export function openRegistry(early: readonly Goroutine[]): Watch {
  refs = [];
  for (const g of early) register(g);
  return { started: register };
}

/** All goroutines that have not ended, and some that have; undefined where nothing is kept. */
export function registered(): Goroutine[] | undefined {
  return refs?.map((ref) => ref.deref()).filter((g) => g !== undefined);
}
