// An Op of several steps, which end with a context: a routine that is given one.
//
// A goroutine that runs it runs the steps itself. As a case of a select they have a goroutine of their own, whose context ends
// where the select goes elsewhere: what that goroutine waits for is withdrawn at that moment.

import type { Waiter } from "../ds/wait-queue.js";
import { State, type Goroutine } from "../runtime/goroutine.js";
import { goexit } from "../runtime/goexit.js";
import { Operation } from "../runtime/operation.js";
import { untaken } from "../runtime/outcome.js";
import { start } from "../runtime/scheduler.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Routine, Suspend } from "../types.js";
import { type BaseContext, CancelContext } from "./context.js";
import { canceled } from "./errors.js";

/** One run as a case of a select. */
class Run {
  readonly ctx: CancelContext;
  readonly goroutine: Goroutine;

  constructor(what: string, parent: BaseContext, body: (ctx: BaseContext) => Routine<unknown>, waiter: Waiter) {
    this.ctx = new CancelContext(parent);
    this.goroutine = start(what, body, [this.ctx]);
    this.goroutine.more.claimed = true;
    this.goroutine.more.watcher = {
      ended: (g) => {
        untaken.delete(g);
        if (waiter.value !== this) return; // withdrawn
        waiter.wake();
        this.leave();
      },
    };
  }

  leave(): void {
    this.ctx.end(canceled, undefined);
  }
}

class Steps<T> extends Operation<T> {
  readonly #what: string;
  readonly #ctx: BaseContext;
  readonly #body: (ctx: BaseContext) => Routine<T>;

  constructor(what: string, ctx: BaseContext, body: (ctx: BaseContext) => Routine<T>) {
    super();
    this.#what = what;
    this.#ctx = ctx;
    this.#body = body;
  }
  get reason(): WaitReason {
    return "select";
  }
  override [Symbol.iterator](): Iterator<Suspend, T, unknown> {
    return this.#body(this.#ctx);
  }
  poll(): boolean {
    const ended = this.#ctx.err();
    if (ended !== undefined) throw ended;
    return false;
  }
  enlist(w: Waiter): void {
    w.value = new Run(this.#what, this.#ctx, this.#body, w);
  }
  withdraw(w: Waiter): void {
    const run = w.value as Run;
    w.value = undefined;
    run.leave();
  }
  finish(outcome: unknown): T {
    const g = (outcome as Run).goroutine;
    if (g.state === State.threw) throw g.value;
    if (g.state === State.exited) goexit();
    return g.value as T;
  }
}

/** The Op of a routine, which stops where the context that it is given ends: that one is ctx, or ends with it. */
export function stepsOp<T>(what: string, ctx: BaseContext, body: (ctx: BaseContext) => Routine<T>): Op<T> {
  return new Steps(what, ctx, body);
}
