// "goro/semaphore": a weighted semaphore. Go: golang.org/x/sync/semaphore
//
//   I1  the first waiter cannot be served now, so nobody waits without need;
//   I2  whoever comes while somebody waits, waits behind them: a large request is not starved by small ones;
//   I3  who asks for more than there is stands in no queue and holds nobody up: only the end of their context frees them.

import { typeError } from "../ds/type-error.js";
import type { Context } from "../context/context.js";
import { contextOf } from "../context/from-signal.js";
import { unlessEnded } from "../context/unless-ended.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, heldBack, Operation } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";

/** @internal The state of one that other cores know. See cores/semaphore.ts. */
export interface SharedSemaphore {
  take(n: number): boolean;
  release(n: number): void;
  enlist(w: Waiter, n: number): void;
  /** While no other core knows it. */
  enlistEarly(w: Waiter, n: number): void;
  withdraw(w: Waiter): void;
  /** Serves who can be served, after one has been withdrawn. */
  serve(): void;
}

function checkAmount(what: string, name: string, n: unknown): asserts n is number {
  if (typeof n !== "number") throw typeError(`${what}: ${name}`, "a number", n);
  if (!Number.isSafeInteger(n) || n < 0)
    throw new RangeError(`${what}: ${name} must be a whole number from 0, got ${n}`);
}

/**
 * So many units of something, which goroutines take and give back.
 *
 * @example
 * const sem = new Weighted(10);
 * yield* sem.acquire(ctx, 3);
 * using _ = defer(() => sem.release(3));
 */
export class Weighted {
  readonly #size: number;
  #held = 0;
  #shared: SharedSemaphore | null = null;
  /** Each waiter's value is how many it asks for. */
  readonly #waiters = new WaitQueue();

  /** @throws TypeError, RangeError where size is no whole number from 0. */
  constructor(size: number) {
    checkAmount("Weighted", "size", size);
    this.#size = size;
  }

  /**
   * Takes n units; parks until there are. First come, first served. More than the size waits for ctx to end.
   *
   * @throws ctx.err() where ctx ends first, holding nothing then; TypeError, RangeError for a bad n or ctx.
   */
  acquire(ctx: Context, n: number): Op<void> {
    const ours = contextOf("Weighted.acquire", "ctx", ctx);
    checkAmount("Weighted.acquire", "n", n);
    return unlessEnded(ours, new Acquire(this, n));
  }

  /** Takes n units if that needs no waiting, and says whether it did. */
  tryAcquire(n: number): boolean {
    checkAmount("Weighted.tryAcquire", "n", n);
    return this.take(n);
  }

  /** Gives n units back. @throws Panic "semaphore: released more than held". */
  release(n: number): void {
    checkAmount("Weighted.release", "n", n);
    if (this.#shared !== null) return this.#shared.release(n);
    if (n > this.#held) throw new Panic("semaphore: released more than held");
    this.#held -= n;
    this.serve();
  }

  /** @internal */
  take(n: number): boolean {
    if (this.#shared !== null) return this.#shared.take(n);
    if (this.#waiters.head !== null || n > this.#size - this.#held) return false;
    this.#held += n;
    return true;
  }

  /** @internal */
  wait(w: Waiter, n: number): void {
    if (n > this.#size) return;
    if (this.#shared !== null) return this.#shared.enlist(w, n);
    w.value = n;
    this.#waiters.push(w);
  }

  /** @internal A large request that gives up no longer holds back those behind it. */
  withdraw(w: Waiter, n: number): void {
    if (n > this.#size) return;
    if (this.#shared !== null) {
      this.#shared.withdraw(w);
      heldBack.push(this.#shared);
      return;
    }
    this.#waiters.remove(w);
    heldBack.push(this);
  }

  /** @internal Serves from the front as many as there is enough for. */
  serve(): void {
    for (let w = this.#waiters.head; w !== null; w = this.#waiters.head) {
      const n = w.value as number;
      if (n > this.#size - this.#held) return;
      this.#waiters.shift();
      w.value = undefined;
      // Before it is woken: a select that has won serves whom its other cases held back, here too.
      this.#held += n;
      if (!w.wake()) this.#held -= n;
    }
  }

  /** @internal Lets other cores know it; `begin` is told how much there is and how much of it is held. */
  share(shared: SharedSemaphore, begin: (size: number, held: number) => void): void {
    begin(this.#size, this.#held);
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) {
      const n = w.value as number;
      w.value = undefined;
      shared.enlistEarly(w, n);
    }
    this.#shared = shared;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.semaphore;
  }
}

class Acquire extends Operation<void> {
  readonly #semaphore: Weighted;
  readonly #n: number;

  constructor(semaphore: Weighted, n: number) {
    super();
    this.#semaphore = semaphore;
    this.#n = n;
  }
  get reason(): WaitReason {
    return "semaphore.Acquire";
  }
  poll(): boolean {
    done.value = undefined;
    return this.#semaphore.take(this.#n);
  }
  enlist(w: Waiter): void {
    this.#semaphore.wait(w, this.#n);
  }
  withdraw(w: Waiter): void {
    this.#semaphore.withdraw(w, this.#n);
  }
  finish(): void {}
}
