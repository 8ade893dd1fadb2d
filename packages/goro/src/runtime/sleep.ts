// sleep: waits for a while. Go: time.Sleep

import { typeError } from "../ds/type-error.js";
import { keepShape } from "../ds/shape.js";
import type { Waiter } from "../ds/wait-queue.js";
import type { Op } from "../types.js";
import { done, Operation } from "./operation.js";
import { addTimer, removeTimer } from "./timers.js";
import type { WaitReason } from "./wait-reason.js";

/** Throws where ms is no duration. `what` names the call, `name` its argument. */
export function checkDuration(what: string, name: string, ms: unknown): asserts ms is number {
  if (typeof ms !== "number") throw typeError(`${what}: ${name}`, "a number of milliseconds", ms);
  if (Number.isNaN(ms)) throw new RangeError(`${what}: ${name} must be a number of milliseconds, got NaN`);
}

class Sleep extends Operation<void> {
  readonly ms: number;

  constructor(ms: number) {
    super();
    this.ms = ms;
  }
  get reason(): WaitReason {
    return "sleep";
  }
  poll(): boolean {
    done.value = undefined;
    return this.ms <= 0;
  }
  enlist(w: Waiter): void {
    addTimer(this.ms, w);
  }
  withdraw(w: Waiter): void {
    removeTimer(w);
  }
  finish(): void {}
}

/**
 * Waits for so many milliseconds; the clock starts when the Op runs. Zero and less is now, Infinity never comes.
 * Go: `time.Sleep`.
 *
 * @throws RangeError for NaN, TypeError for what is no number.
 * @example
 * yield* sleep(250);
 */
export function sleep(ms: number): Op<void> {
  checkDuration("sleep", "ms", ms);
  return new Sleep(ms);
}

keepShape(new Sleep(0));
