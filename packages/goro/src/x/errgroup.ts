// "goro/errgroup": goroutines that work on one task and end it with the first error. Go: golang.org/x/sync/errgroup

import { typeError } from "../ds/type-error.js";
import { withCancelCause } from "../context/with.js";
import type { CancelContext, Context } from "../context/context.js";
import { canceled } from "../context/errors.js";
import { Ring } from "../ds/ring.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { State, type Goroutine } from "../runtime/goroutine.js";
import { done, Operation } from "../runtime/operation.js";
import { untaken } from "../runtime/outcome.js";
import { Panic } from "../runtime/panic.js";
import { checkBody, start } from "../runtime/scheduler.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Routine } from "../types.js";

type Fn = () => Routine<unknown> | PromiseLike<unknown> | void;

/** @internal What fn threw, also where that was undefined. */
export interface Failure {
  readonly error: unknown;
}

/** @internal The state of a group that other cores know. See cores/errgroup.ts. */
export interface SharedGroup {
  readonly isIdle: boolean;
  readonly failure: Failure | null;
  go(fn: Fn): void;
  tryGo(fn: Fn): boolean;
  setLimit(n: number): void;
  /** True where it is the first. */
  fail(failure: Failure): boolean;
  /** One that was started here has ended. */
  ended(): void;
  enlist(w: Waiter): void;
  withdraw(w: Waiter): void;
}

/**
 * A group of goroutines. The first error is what `wait` throws; with {@link withContext} it also cancels the others. Passed to
 * parallel functions it is one group on all cores, with one limit and one first error; each fn runs on the core that calls `go`.
 *
 * @example
 * const [group, ctx] = withContext(background());
 * for (const url of urls) group.go(function* () { yield* fetchOne(ctx, url); });
 * yield* group.wait();
 */
export class Group {
  /** @internal */
  limit = Infinity;
  /** @internal */
  running = 0;
  /** @internal */
  failure: Failure | null = null;
  /** @internal */
  readonly queued = new Ring<Fn>();
  /** @internal */
  readonly waiters = new WaitQueue();
  /** @internal */
  shared: SharedGroup | null = null;
  /** @internal */
  readonly ctx: CancelContext | null;
  readonly #wait: Wait = new Wait(this);

  constructor();
  /** @internal */
  constructor(ctx: CancelContext | null);
  constructor(ctx: CancelContext | null = null) {
    this.ctx = ctx;
  }

  /**
   * Starts fn; where the limit is reached, as soon as one ends. (Go blocks the caller there; here it is queued, so no `yield*`
   * is owed.)
   * @throws TypeError where fn is not a function.
   */
  go(fn: Fn): void {
    checkBody("errgroup.Group.go", fn);
    if (this.shared !== null) this.shared.go(fn);
    else if (this.running < this.limit) this.#count(fn);
    else this.queued.push(fn);
  }

  /** Starts fn if the limit allows it now, and says whether it did. @throws TypeError where fn is not a function. */
  tryGo(fn: Fn): boolean {
    checkBody("errgroup.Group.tryGo", fn);
    if (this.shared !== null) return this.shared.tryGo(fn);
    if (this.running >= this.limit) return false;
    this.#count(fn);
    return true;
  }

  /**
   * At most n at once; negative: no limit.
   * @throws Panic "errgroup: modify limit while N goroutines in the group are still active"; TypeError, RangeError where n is no
   * whole number.
   */
  setLimit(n: number): void {
    if (typeof n !== "number") throw typeError("errgroup.Group.setLimit: n", "a number", n);
    if (!Number.isInteger(n)) throw new RangeError(`errgroup.Group.setLimit: n must be a whole number, got ${n}`);
    if (this.shared !== null) return this.shared.setLimit(n);
    if (this.running > 0) throw stillActive(this.running);
    this.limit = n < 0 ? Infinity : n;
    this.#startQueued();
  }

  /** Waits for all, the queued ones too, then throws the first error; every call does. */
  wait(): Op<void> {
    return this.#wait;
  }

  #count(fn: Fn): void {
    this.start(fn);
    this.running++;
  }

  /** @internal */
  start(fn: Fn): void {
    const g = start("errgroup.Group.go", fn, []);
    g.more.claimed = true;
    g.more.watcher = this;
  }

  #startQueued(): void {
    while (this.queued.length > 0 && this.running < this.limit) this.#count(this.queued.shift()!);
  }

  /** @internal */
  ended(g: Goroutine): void {
    if (g.state === State.threw) {
      untaken.delete(g);
      this.fail(g.value);
    }
    if (this.shared !== null) return this.shared.ended();
    this.running--;
    this.#startQueued();
    if (this.isIdle) this.waiters.wakeAll(undefined);
  }

  /** @internal */
  fail(error: unknown): void {
    const failure = { error };
    if (this.shared !== null) {
      if (!this.shared.fail(failure)) return;
    } else if (this.failure === null) this.failure = failure;
    else return;
    this.ctx?.end(canceled, error instanceof Error ? error : new Error(String(error), { cause: error }));
  }

  /** @internal */
  get isIdle(): boolean {
    return this.shared === null ? this.running === 0 && this.queued.length === 0 : this.shared.isIdle;
  }

  /** @internal What wait does once all have ended. */
  conclude(): void {
    this.ctx?.end(canceled, undefined);
    const failure = this.shared === null ? this.failure : this.shared.failure;
    if (failure !== null) throw failure.error;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.errgroup;
  }
}

/** @internal */
export function stillActive(running: number): Panic {
  return new Panic(`errgroup: modify limit while ${running} goroutines in the group are still active`);
}

class Wait extends Operation<void> {
  readonly #group: Group;

  constructor(group: Group) {
    super();
    this.#group = group;
  }
  get reason(): WaitReason {
    return "sync.WaitGroup.Wait";
  }
  poll(): boolean {
    if (!this.#group.isIdle) return false;
    this.#group.conclude();
    done.value = undefined;
    return true;
  }
  enlist(w: Waiter): void {
    const { shared, waiters } = this.#group;
    if (shared !== null) shared.enlist(w);
    else waiters.push(w);
  }
  withdraw(w: Waiter): void {
    const { shared, waiters } = this.#group;
    if (shared !== null) shared.withdraw(w);
    else waiters.remove(w);
  }
  finish(): void {
    this.#group.conclude();
  }
}

/**
 * A group and a context that is cancelled, with the error as its cause, at the first error or when wait returns. Go:
 * `errgroup.WithContext(ctx)`.
 * @throws TypeError where parent is no Context.
 */
export function withContext(parent: Context): [group: Group, ctx: Context] {
  const [ctx] = withCancelCause(parent);
  return [new Group(ctx as CancelContext), ctx];
}
