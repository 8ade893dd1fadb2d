// A mutual exclusion lock. Go: sync/mutex.go
//
//   I1  somebody waits only while it is locked;
//   I2  unlock hands the lock to the one who has waited longest: it stays locked, so nobody can come in between.
//
// Go lets a running goroutine overtake the waiters, because to hand over there means to wait for a thread to wake; it then
// needs a starvation mode to be fair. Here the next waiter is one place in the run queue away, so order costs nothing.

import { keepShape } from "../ds/shape.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, doneVoid, irregular, Operation, spent, suspended } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { processor } from "../runtime/processor.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Suspend } from "../types.js";
import { guardOf, type Locker } from "./locker.js";

/**
 * A mutual exclusion lock. Waiters are served in order; one that is withdrawn leaves the order of the others as it was. It
 * belongs to no goroutine: one may lock it and another unlock it. Go: `sync.Mutex`.
 *
 * @example
 * const mu = new Mutex();
 * {
 *   using _ = yield* mu.guard();
 *   total = total + (yield* cost());
 * }
 */
export class Mutex implements Locker {
  /** @internal */
  isLocked = false;
  /** @internal */
  readonly waiters = new WaitQueue();
  readonly #lock: Lock = new Lock(this);

  /** Locks; parks while somebody else holds it. Go: `mu.Lock()`. */
  lock(): Op<void> {
    return this.#lock;
  }

  /** Locks if that needs no waiting, and says whether it did. Go: `mu.TryLock()`. */
  tryLock(): boolean {
    if (this.isLocked) return false;
    this.isLocked = true;
    return true;
  }

  /**
   * Unlocks, and hands over to the one who has waited longest. Go: `mu.Unlock()`.
   * @throws Panic "sync: unlock of unlocked mutex".
   */
  unlock(): void {
    if (!this.isLocked) throw new Panic("sync: unlock of unlocked mutex");
    for (let next = this.waiters.shift(); next !== null; next = this.waiters.shift()) if (next.wake()) return;
    this.isLocked = false;
  }

  /** Locks now and unlocks when the block ends: `using _ = yield* mu.guard()`. */
  guard(): Op<Disposable> {
    return guardOf(this.#lock, () => this.unlock(), "sync.Mutex.Lock");
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.mutex;
  }
}

class Lock extends Operation<void> {
  readonly mutex: Mutex;

  constructor(mutex: Mutex) {
    super();
    this.mutex = mutex;
  }
  get reason(): WaitReason {
    return "sync.Mutex.Lock";
  }
  // Operation.next written out: see there.
  override next(): IteratorResult<Suspend, void> {
    const g = processor.current;
    const { mutex } = this;
    if (g.op === null) {
      if (!mutex.isLocked) {
        mutex.isLocked = true;
        return --processor.ticks >= 0 ? doneVoid : spent(g, doneVoid);
      }
      g.op = this;
      g.since = processor.clock;
      mutex.waiters.push(g);
      return suspended;
    }
    if (g.op !== this) return irregular(g);
    g.op = null;
    return doneVoid;
  }
  poll(): boolean {
    done.value = undefined;
    return this.mutex.tryLock();
  }
  enlist(w: Waiter): void {
    this.mutex.waiters.push(w);
  }
  withdraw(w: Waiter): void {
    this.mutex.waiters.remove(w);
  }
  finish(): void {}
}

keepShape(new Mutex());
