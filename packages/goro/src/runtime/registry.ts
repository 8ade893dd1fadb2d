// Weak references to all goroutines, for engines where the heap cannot be asked (all but Node). Costs about 100 ns a
// goroutine there, nothing on Node.

import type { Goroutine } from "./goroutine.js";
import { versions } from "./host.js";

export const hasRegistry: boolean = versions["node"] === undefined || "bun" in versions || "deno" in versions;

/** To all goroutines that have not ended, and some that have. */
export let refs: WeakRef<Goroutine>[] = [];
let sweepAt = 1024;

export function register(g: Goroutine): void {
  refs.push(new WeakRef(g));
  if (refs.length < sweepAt) return;
  refs = refs.filter((ref) => ref.deref()?.hasEnded === false);
  sweepAt = Math.max(1024, refs.length * 2);
}
