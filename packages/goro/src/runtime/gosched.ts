// Gosched: to the end of the run queue. Go: runtime.Gosched

import type { Waiter } from "../ds/wait-queue.js";
import type { Op, Suspend } from "../types.js";
import { Goroutine, State } from "./goroutine.js";
import { doneVoid, irregular, Operation, suspended } from "./operation.js";
import { processor } from "./processor.js";
import type { WaitReason } from "./wait-reason.js";

class Gosched extends Operation<void> {
  get reason(): WaitReason {
    return "runnable";
  }
  override next(): IteratorResult<Suspend, void> {
    const g = processor.current;
    if (g.op === null) {
      g.op = this;
      g.since = processor.clock;
      processor.runQueue.push(g);
      return suspended;
    }
    if (g.op !== this) return irregular(g);
    g.op = null;
    return doneVoid;
  }
  poll(): boolean {
    return false;
  }
  /** As a case: ready when a goroutine that goes to the end of the run queue now has its turn. */
  enlist(w: Waiter): void {
    const turn: Goroutine = new Goroutine(
      0,
      () => {
        if (w.value === turn) w.wake();
      },
      [],
    );
    turn.since = State.freshOther;
    w.value = turn;
    processor.runQueue.push(turn);
  }
  withdraw(w: Waiter): void {
    w.value = undefined;
  }
  finish(): void {}
}

const op = new Gosched();

/** Lets the other runnable goroutines run first. Go: `runtime.Gosched()`. */
export function gosched(): Op<void> {
  return op;
}
