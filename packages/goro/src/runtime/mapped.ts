// An Op whose result is another's, put into another form: most of the Ops that are made of others.

import type { Waiter } from "../ds/wait-queue.js";
import type { Op, Suspend } from "../types.js";
import { done, Operation } from "./operation.js";
import type { WaitReason } from "./wait-reason.js";

class Mapped<T, U> extends Operation<U> {
  readonly #op: Operation<T>;
  readonly #form: (value: T) => U;
  readonly #reason: WaitReason;
  readonly #runsIt: boolean;

  constructor(op: Operation<T>, form: (value: T) => U, reason: WaitReason, runsIt: boolean) {
    super();
    this.#runsIt = runsIt;
    this.#op = op;
    this.#form = form;
    this.#reason = reason;
  }
  get reason(): WaitReason {
    return this.#reason;
  }
  override [Symbol.iterator](): Iterator<Suspend, U, unknown> {
    const iterator = this.#op[Symbol.iterator]();
    return iterator === (this.#op as unknown) && !this.#runsIt ? super[Symbol.iterator]() : this.#runSteps(iterator);
  }
  /** Of an Op that runs as a generator. */
  *#runSteps(iterator: Iterator<Suspend, T, unknown>): Generator<Suspend, U, unknown> {
    return this.#form(yield* { [Symbol.iterator]: () => iterator });
  }
  poll(): boolean {
    if (!this.#op.poll()) return false;
    done.value = this.#form(done.value as T);
    return true;
  }
  enlist(w: Waiter): void {
    this.#op.enlist(w);
  }
  withdraw(w: Waiter): void {
    this.#op.withdraw(w);
  }
  finish(outcome: unknown): U {
    return this.#form(this.#op.finish(outcome));
  }
}

/**
 * `form` may throw: then the mapped Op does. With `runsIt` a goroutine runs op itself, in a generator: for a select of anything,
 * which may have a lock to take back before it returns.
 */
export function mapOp<T, U>(op: Op<T>, form: (value: T) => U, reason: WaitReason, runsIt = false): Op<U> {
  return new Mapped(op as Operation<T>, form, reason, runsIt);
}
