// A condition variable. Go: sync/cond.go
//
// Between unlocking and enlisting nobody runs, so no signal is lost. In a select it is the select that gives the lock up and
// takes it again, whichever case wins: the caller holds it before and after, as with a wait by itself.

import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { crash } from "../runtime/crash.js";
import { givenUp, Operation } from "../runtime/operation.js";
import { processor } from "../runtime/processor.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Suspend } from "../types.js";
import type { Locker } from "./locker.js";

/** The waiters of one that other cores know. See cores/cond.ts. */
export interface SharedCond {
  /** Throws, and changes nothing, where the lock is not held. */
  mustBeLocked(): void;
  enlist(w: Waiter): void;
  /** While no other core knows it. */
  enlistEarly(w: Waiter): void;
  withdraw(w: Waiter): void;
  signal(): void;
  broadcast(): void;
}

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
  #shared: SharedCond | null = null;

  /** @throws TypeError where locker has no lock and unlock. */
  constructor(locker: Locker) {
    if (typeof locker?.lock !== "function" || typeof locker.unlock !== "function") {
      throw new TypeError("Cond: locker must have lock() and unlock(), such as a Mutex");
    }
    this.l = locker;
    this.#wait = new Wait(this);
  }

  /** Unlocks `l`, parks until signalled, locks `l` again before it returns. Go: `c.Wait()`. */
  wait(): Op<void> {
    return this.#wait;
  }

  /** Wakes the one who has waited longest, if any. Go: `c.Signal()`. */
  signal(): void {
    if (this.#shared !== null) return this.#shared.signal();
    for (let w = this.#waiters.shift(); w !== null && !w.wake();) w = this.#waiters.shift();
  }

  /** Wakes all who wait. Go: `c.Broadcast()`. */
  broadcast(): void {
    if (this.#shared !== null) this.#shared.broadcast();
    else this.#waiters.wakeAll(undefined);
  }

  /** @internal Unlocks `l` and waits. */
  park(w: Waiter): void {
    if (this.#shared === null) {
      this.l.unlock();
      this.#waiters.push(w);
      return;
    }
    // The other way round: another core may signal as soon as it is unlocked.
    this.#shared.mustBeLocked();
    this.#shared.enlist(w);
    try {
      this.l.unlock();
    } catch (error) {
      crash(processor.current, error); // unlocked twice at once: it cannot be taken back any more
    }
  }

  /** @internal */
  enlist(w: Waiter): void {
    if (this.#shared !== null) this.#shared.enlist(w);
    else this.#waiters.push(w);
  }

  /** @internal */
  withdraw(w: Waiter): void {
    if (this.#shared !== null) this.#shared.withdraw(w);
    else this.#waiters.remove(w);
  }

  /** @internal Lets other cores know it. */
  share(shared: SharedCond): void {
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) shared.enlistEarly(w);
    this.#shared = shared;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.cond;
  }
}

class Wait extends Operation<void> {
  readonly #cond: Cond;
  readonly #parked: Parked;

  constructor(cond: Cond) {
    super();
    this.#cond = cond;
    this.#parked = new Parked(cond);
  }
  get reason(): WaitReason {
    return "sync.Cond.Wait";
  }
  override [Symbol.iterator](): Iterator<Suspend, void, unknown> {
    return this.#steps();
  }
  *#steps(): Generator<Suspend, void, unknown> {
    yield* this.#parked;
    yield* this.#cond.l.lock();
  }
  poll(): boolean {
    return false;
  }
  /** By a select only: see above. */
  enlist(w: Waiter): void {
    this.#cond.enlist(w);
    givenUp.push(this.#cond.l);
  }
  withdraw(w: Waiter): void {
    this.#cond.withdraw(w);
  }
  finish(): void {}
}

/** The first step of a wait by itself: gives the lock up and parks. */
class Parked extends Operation<void> {
  readonly #cond: Cond;

  constructor(cond: Cond) {
    super();
    this.#cond = cond;
  }
  get reason(): WaitReason {
    return "sync.Cond.Wait";
  }
  poll(): boolean {
    return false;
  }
  enlist(w: Waiter): void {
    this.#cond.park(w);
  }
  withdraw(w: Waiter): void {
    this.#cond.withdraw(w);
  }
  finish(): void {}
}
