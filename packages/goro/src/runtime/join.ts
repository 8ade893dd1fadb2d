// join: waits for the end of a goroutine.

import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import type { Op } from "../types.js";
import { Goroutine } from "./goroutine.js";
import { done, Operation } from "./operation.js";
import { takeOutcome } from "./outcome.js";
import type { WaitReason } from "./wait-reason.js";

class Join<T> extends Operation<T> {
  readonly goroutine: Goroutine;

  constructor(goroutine: Goroutine) {
    super();
    this.goroutine = goroutine;
  }
  get reason(): WaitReason {
    return "join";
  }
  poll(): boolean {
    if (!this.goroutine.hasEnded) return false;
    done.value = takeOutcome(this.goroutine);
    return true;
  }
  enlist(w: Waiter): void {
    (this.goroutine.more.joiners ??= new WaitQueue()).push(w);
  }
  withdraw(w: Waiter): void {
    this.goroutine.extra!.joiners!.remove(w);
  }
  finish(outcome: unknown): T {
    return takeOutcome(outcome as Goroutine) as T;
  }
}

/** Claims the outcome now: see the public `Goroutine.join`. */
export function join<T>(g: Goroutine): Op<T> {
  g.more.claimed = true;
  return new Join<T>(g);
}
