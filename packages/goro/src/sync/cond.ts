// A condition variable. Go: sync/cond.go
//
// Between unlocking and enlisting nobody runs, so no signal is lost. In a select it is the select that gives the lock up and
// takes it again, whichever case wins: the caller holds it before and after, as with a wait by itself.

import { shareable } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { givenUp, Operation } from "../runtime/operation.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Suspend } from "../types.js";
import type { Locker } from "./locker.js";

/**
 * Lets goroutines wait for a condition that a lock guards. Go: `sync.Cond`.
 *
 * @example
 * yield* cond.l.lock();
 * while (queue.length === 0) yield* cond.wait();
 * const job = queue.shift();
 * cond.l.unlock();
 */
export class Cond {
  readonly l: Locker;
  readonly #waiters = new WaitQueue();
  readonly #wait: Wait;

  /** @throws TypeError where locker has no lock and unlock. */
  constructor(locker: Locker) {
    if (typeof locker?.lock !== "function" || typeof locker.unlock !== "function") {
      throw new TypeError("Cond: locker must have lock() and unlock(), such as a Mutex");
    }
    this.l = locker;
    this.#wait = new Wait(locker, this.#waiters);
  }

  /** Unlocks `l`, parks until signalled, locks `l` again before it returns. Go: `c.Wait()`. */
  wait(): Op<void> {
    return this.#wait;
  }

  /** Wakes the one who has waited longest, if any. Go: `c.Signal()`. */
  signal(): void {
    this.#waiters.shift()?.wake();
  }

  /** Wakes all who wait. Go: `c.Broadcast()`. */
  broadcast(): void {
    this.#waiters.wakeAll(undefined);
  }

  /** @internal */
  get [shareable](): true {
    return true;
  }
}

class Wait extends Operation<void> {
  readonly #locker: Locker;
  readonly #waiters: WaitQueue;
  readonly #parked: Parked;

  constructor(locker: Locker, waiters: WaitQueue) {
    super();
    this.#locker = locker;
    this.#waiters = waiters;
    this.#parked = new Parked(locker, waiters);
  }
  get reason(): WaitReason {
    return "sync.Cond.Wait";
  }
  override [Symbol.iterator](): Iterator<Suspend, void, unknown> {
    return this.#steps();
  }
  *#steps(): Generator<Suspend, void, unknown> {
    yield* this.#parked;
    yield* this.#locker.lock();
  }
  poll(): boolean {
    return false;
  }
  /** By a select only: see above. */
  enlist(w: Waiter): void {
    this.#waiters.push(w);
    givenUp.push(this.#locker);
  }
  withdraw(w: Waiter): void {
    this.#waiters.remove(w);
  }
  finish(): void {}
}

/** The first step of a wait by itself: gives the lock up and parks. */
class Parked extends Operation<void> {
  readonly #locker: Locker;
  readonly #waiters: WaitQueue;

  constructor(locker: Locker, waiters: WaitQueue) {
    super();
    this.#locker = locker;
    this.#waiters = waiters;
  }
  get reason(): WaitReason {
    return "sync.Cond.Wait";
  }
  poll(): boolean {
    return false;
  }
  enlist(w: Waiter): void {
    this.#locker.unlock();
    this.#waiters.push(w);
  }
  withdraw(w: Waiter): void {
    this.#waiters.remove(w);
  }
  finish(): void {}
}
