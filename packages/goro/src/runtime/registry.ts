// Weak references to all goroutines, for engines where the heap cannot be asked (all but Node). Costs about 100 ns a
// goroutine there, nothing on Node.

import type { Goroutine } from "./goroutine.js";
import { nodeProcess } from "./host.js";

const versions = nodeProcess?.versions;
const isNode = versions?.node !== undefined && versions["bun"] === undefined && versions["deno"] === undefined;

class Registry {
  readonly on: boolean = !isNode && typeof WeakRef === "function";
  #refs: WeakRef<Goroutine>[] = [];
  #sweepAt = 1024;

  add(g: Goroutine): void {
    this.#refs.push(new WeakRef(g));
    if (this.#refs.length < this.#sweepAt) return;
    this.#refs = this.#refs.filter((ref) => ref.deref()?.hasEnded === false);
    this.#sweepAt = Math.max(1024, this.#refs.length * 2);
  }

  all(): Goroutine[] {
    return this.#refs.map((ref) => ref.deref()).filter((g) => g !== undefined);
  }
}

export const registry = new Registry();
