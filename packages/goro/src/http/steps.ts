// An Op of several steps: a routine as an Op, each run of which is a goroutine of its own.

import type { Goroutine } from "../runtime/goroutine.js";
import { Operation } from "../runtime/operation.js";
import { takeOutcome } from "../runtime/outcome.js";
import { start } from "../runtime/scheduler.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Waiter } from "../ds/wait-queue.js";
import type { Op, Routine } from "../types.js";

class Steps<T> extends Operation<T> {
  readonly #routine: () => Routine<T>;

  constructor(routine: () => Routine<T>) {
    super();
    this.#routine = routine;
  }
  get reason(): WaitReason {
    return "IO wait";
  }
  poll(): boolean {
    return false;
  }
  enlist(w: Waiter): void {
    const g = start("serve", this.#routine, []);
    g.more.claimed = true;
    w.value = g;
    g.more.watcher = {
      ended: () => {
        if (w.value === g) w.wake();
      },
    };
  }
  /** The routine goes on by itself: nobody hears of its end. */
  withdraw(w: Waiter): void {
    w.value = undefined;
  }
  finish(outcome: unknown): T {
    return takeOutcome(outcome as Goroutine) as T;
  }
}

/** In a select that another case wins the routine goes on to its end. */
export function steps<T>(routine: () => Routine<T>): Op<T> {
  return new Steps(routine);
}
