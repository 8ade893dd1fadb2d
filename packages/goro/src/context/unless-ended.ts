// An Op that a context can end.

import type { Waiter } from "../ds/wait-queue.js";
import { select } from "../chan/select.js";
import { Operation } from "../runtime/operation.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Selected } from "../types.js";
import type { BaseContext } from "./context.js";

type Choice<T> = Selected<{ ended: Op<void>; op: Op<T> }>;

/** A select of two is what waits; where op is ready there is none. */
class UnlessEnded<T> extends Operation<T> {
  readonly #ctx: BaseContext;
  readonly #op: Operation<T>;
  readonly #either: Operation<Choice<T>>;

  constructor(ctx: BaseContext, op: Operation<T>) {
    super();
    this.#ctx = ctx;
    this.#op = op;
    this.#either = select({ ended: ctx.done(), op }, { ordered: true }) as unknown as Operation<Choice<T>>;
  }
  get reason(): WaitReason {
    return this.#op.reason;
  }
  poll(): boolean {
    const ended = this.#ctx.err();
    if (ended !== undefined) throw ended;
    return this.#op.poll();
  }
  enlist(w: Waiter): void {
    this.#either.enlist(w);
  }
  withdraw(w: Waiter): void {
    this.#either.withdraw(w);
  }
  finish(outcome: unknown): T {
    const got = this.#either.finish(outcome);
    if (got.case === "ended") throw this.#ctx.err()!;
    return got.value;
  }
}

/**
 * Does what op does, or throws ctx.err() where ctx ends first: also where op is ready and ctx has ended. Not for an Op that has
 * something left to do when a select returns, as cond.wait has, nor for one that runs as a generator.
 */
export function unlessEnded<T>(ctx: BaseContext, op: Op<T>): Op<T> {
  return ctx.node === null ? op : new UnlessEnded(ctx, op as Operation<T>);
}
