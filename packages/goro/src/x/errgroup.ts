// "goro/errgroup": goroutines that work on one task and end it with the first error. Go: golang.org/x/sync/errgroup

import { typeError } from "../ds/type-error.js";
import { withCancelCause, type CancelCauseFunc } from "../context/with.js";
import type { Context } from "../context/context.js";
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

/** What fn threw, also where that was undefined. */
interface Failure {
  readonly error: unknown;
}

/**
 * A group of goroutines. The first error is what `wait` throws; with {@link withContext} it also cancels the others.
 *
 * @example
 * const [group, ctx] = withContext(background());
 * for (const url of urls) group.go(function* () { yield* fetchOne(ctx, url); });
 * yield* group.wait();
 */
export class Group {
  #limit = Infinity;
  #running = 0;
  #failure: Failure | null = null;
  readonly #queued = new Ring<Fn>();
  readonly #waiters = new WaitQueue();
  readonly #wait: Wait = new Wait(this, this.#waiters);
  readonly #cancel: CancelCauseFunc | null;

  constructor();
  /** @internal */
  constructor(cancel: CancelCauseFunc);
  constructor(cancel: CancelCauseFunc | null = null) {
    this.#cancel = cancel;
  }

  /**
   * Starts fn; where the limit is reached, as soon as one ends. (Go blocks the caller there; here it is queued, so no `yield*`
   * is owed.)
   * @throws TypeError where fn is not a function.
   */
  go(fn: Fn): void {
    checkBody("errgroup.Group.go", fn);
    if (this.#running < this.#limit) this.#start(fn);
    else this.#queued.push(fn);
  }

  /** Starts fn if the limit allows it now, and says whether it did. @throws TypeError where fn is not a function. */
  tryGo(fn: Fn): boolean {
    checkBody("errgroup.Group.tryGo", fn);
    if (this.#running >= this.#limit) return false;
    this.#start(fn);
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
    if (this.#running > 0) {
      throw new Panic(`errgroup: modify limit while ${this.#running} goroutines in the group are still active`);
    }
    this.#limit = n < 0 ? Infinity : n;
    this.#startQueued();
  }

  /** Waits for all, the queued ones too, then throws the first error; every call does. */
  wait(): Op<void> {
    return this.#wait;
  }

  #start(fn: Fn): void {
    const g = start("errgroup.Group.go", fn, []);
    this.#running++;
    g.more.claimed = true;
    g.more.watcher = this;
  }

  #startQueued(): void {
    while (this.#queued.length > 0 && this.#running < this.#limit) this.#start(this.#queued.shift()!);
  }

  /** @internal */
  ended(g: Goroutine): void {
    this.#running--;
    if (g.state === State.threw) {
      untaken.delete(g);
      this.#fail(g.value);
    }
    this.#startQueued();
    if (this.isIdle) this.#waiters.wakeAll(undefined);
  }

  #fail(error: unknown): void {
    if (this.#failure !== null) return;
    this.#failure = { error };
    this.#cancel?.(error instanceof Error ? error : new Error(String(error), { cause: error }));
  }

  /** @internal */
  get isIdle(): boolean {
    return this.#running === 0 && this.#queued.length === 0;
  }

  /** @internal What wait does once all have ended. */
  conclude(): void {
    this.#cancel?.();
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.errgroup;
  }
}

class Wait extends Operation<void> {
  readonly #group: Group;
  readonly #waiters: WaitQueue;

  constructor(group: Group, waiters: WaitQueue) {
    super();
    this.#group = group;
    this.#waiters = waiters;
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
    this.#waiters.push(w);
  }
  withdraw(w: Waiter): void {
    this.#waiters.remove(w);
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
  const [ctx, cancel] = withCancelCause(parent);
  return [new Group(cancel), ctx];
}
