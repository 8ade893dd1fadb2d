// Which goroutines have been started since, and are still there: by those that the tracker knows already, or by code outside
// goroutines. It holds them, so that what nothing else refers to can be named too.

import type { Goroutine } from "../runtime/goroutine.js";
import { processor, type Watch } from "../runtime/processor.js";
import { captureStack } from "../runtime/stack.js";
import { addWatch, removeWatch } from "../runtime/watchers.js";
import { sightEverywhere, sightThese, type Sighting } from "../runtime/where.js";
import type { GoroutineInfo } from "../types.js";

export interface LeakOptions {
  /** Milliseconds that goroutines are given to end by themselves; 100 where nothing is said. */
  readonly settle?: number;
  /** Those for which it says true may stay. */
  readonly ignore?: (g: GoroutineInfo) => boolean;
}

const SETTLE_MS = 100;
const FEW = 1024;

/** Looks again and again, in growing steps, until it is as it should be or the time is over; says when it is the last time. */
export async function settle(
  { settle: forMs = SETTLE_MS }: LeakOptions,
  isClean: (isLast: boolean) => Promise<boolean>,
): Promise<void> {
  const until = performance.now() + forMs;
  for (let pause = 1; ; pause *= 2) {
    const remaining = until - performance.now();
    if ((await isClean(remaining <= 0)) || remaining <= 0) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, Math.max(1, remaining))));
  }
}

export class Tracker implements Watch {
  #goroutines = new Set<Goroutine>();
  #sweepAt = FEW;
  #takesAll = false;

  constructor() {
    addWatch(this);
  }

  started(g: Goroutine): void {
    const parent = processor.current;
    if (!this.#takesAll && parent.id !== 0 && !this.#goroutines.has(parent)) return;
    g.more.created ??= captureStack();
    this.#goroutines.add(g);
    if (this.#goroutines.size < this.#sweepAt) return;
    this.#forgetEnded();
    this.#sweepAt = Math.max(FEW, this.#goroutines.size * 2);
  }

  /** What `start` starts while it runs counts, whoever calls this. */
  include<T>(start: () => T): T {
    this.#takesAll = true;
    try {
      return start();
    } finally {
      this.#takesAll = false;
    }
  }

  #forgetEnded(): void {
    // A new set, and not deleted one by one: what has ended since is a parent no more.
    this.#goroutines = new Set([...this.#goroutines].filter((g) => !g.hasEnded));
  }

  async #left({ ignore }: LeakOptions): Promise<readonly Sighting[]> {
    this.#forgetEnded();
    if (this.#goroutines.size === 0) return [];
    const ids = new Set([...this.#goroutines].map((g) => g.id));
    // Of one that runs on another core, that core knows where it is.
    const seen =
      processor.cores === null
        ? sightThese([...this.#goroutines])
        : (await sightEverywhere()).filter((s) => ids.has(s.info.id));
    return ignore === undefined ? seen : seen.filter((s) => !ignore(s.info));
  }

  /** Who is left once all have had time to end. It looks on no more. */
  async end(options: LeakOptions): Promise<readonly Sighting[]> {
    try {
      let left: readonly Sighting[] = [];
      await settle(options, async () => (left = await this.#left(options)).length === 0);
      return left;
    } finally {
      removeWatch(this);
      this.#goroutines.clear();
    }
  }
}
