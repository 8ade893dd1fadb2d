// A mutual exclusion lock. Go: sync/mutex.go
//
//   I1  somebody waits only while it is locked;
//   I2  unlock hands the lock to the one who has waited longest: it stays locked, so nobody can come in between.
//
// Go lets a running goroutine overtake the waiters, because to hand over there means to wait for a thread to wake; it then
// needs a starvation mode to be fair. Here the next waiter is one place in the run queue away, so order costs nothing. Between
// cores it is as in Go: see cores/mutex.ts.
//
//   I3  a mutex that other cores know has its state in the memory they share: then nobody waits here.

import { keepShape } from "../ds/shape.js";
import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, doneVoid, irregular, Operation, spent, suspended } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { processor } from "../runtime/processor.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Goroutine } from "../runtime/goroutine.js";
import type { Subject } from "../runtime/subject.js";
import type { Op, Suspend } from "../types.js";
import { Guard, LostHolder, type Locker } from "./locker.js";

/** What stands in a mutex's state where no goroutine's id does: the one that locked it last, 0 for async code. */
const State = { unlocked: -1, shared: -2 } as const;

/** The state of a mutex that other cores know. See cores/mutex.ts. */
export interface SharedMutex {
  tryLock(): boolean;
  /** As tryLock, but looks on for a moment where another core holds it. */
  lock(): boolean;
  unlock(): void;
  /** Waits, to be woken as the holder. */
  enlist(w: Waiter): void;
  /** Waits, to be woken as the holder, or with the time since when it waits, to try again. */
  enlistToTry(g: Goroutine): void;
  /** As lock, for the one who was woken to try again. */
  lockAgain(): boolean;
  /** Where that was in vain. */
  enlistAgain(g: Goroutine, since: number): void;
  withdraw(w: Waiter): void;
  /** Throws where it is not locked, as unlock would. */
  mustBeLocked(): void;
  /** The goroutine that locked it last. */
  holder: number;
}

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
  state: number = State.unlocked;
  /** @internal */
  readonly waiters = new WaitQueue();
  /** @internal */
  shared: SharedMutex | null = null;
  readonly #lock: Lock<void> = new Lock<void>(this);
  #guard: Guarded | null = null;

  /**
   * Locks; parks while somebody else holds it. Go: `mu.Lock()`.
   * @throws Error where a worker was lost while it held the lock; unlock frees it.
   */
  lock(): Op<void> {
    return this.#lock;
  }

  /** Locks if that needs no waiting, and says whether it did. Go: `mu.TryLock()`. @throws as lock. */
  tryLock(): boolean {
    if (this.state === State.unlocked) this.state = processor.current.id;
    else if (this.shared?.tryLock() !== true) return false;
    else this.heldBy(processor.current);
    return true;
  }

  /**
   * Unlocks, and hands over to the one who has waited longest. Go: `mu.Unlock()`.
   * @throws Panic "sync: unlock of unlocked mutex".
   */
  unlock(): void {
    if (this.state < 0) return this.#unlockElsewhere();
    for (let next = this.waiters.shift(); next !== null; next = this.waiters.shift()) if (next.wake()) return;
    this.state = State.unlocked;
  }

  #unlockElsewhere(): void {
    if (this.shared === null) throw new Panic("sync: unlock of unlocked mutex");
    this.shared.unlock();
  }

  /** Locks now and unlocks when the block ends: `using _ = yield* mu.guard()`. @throws as lock. */
  guard(): Op<Disposable> {
    return (this.#guard ??= new Guarded(this));
  }

  /** @internal Lets other cores know it. */
  share(shared: SharedMutex): void {
    if (this.isLocked) shared.holder = this.state;
    this.shared = shared;
    this.state = State.shared;
  }

  /** @internal g has been handed it, unless it has been unlocked since. */
  heldBy(g: Goroutine): void {
    if (this.state >= 0) this.state = g.id;
    else if (this.shared !== null) this.shared.holder = g.id;
  }

  /** @internal */
  get isLocked(): boolean {
    return this.state >= 0;
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.mutex;
  }
}

class Lock<T> extends Operation<T> {
  readonly mutex: Mutex;

  constructor(mutex: Mutex) {
    super();
    this.mutex = mutex;
  }
  get reason(): WaitReason {
    return "sync.Mutex.Lock";
  }
  get subject(): Subject {
    const { mutex } = this;
    return { kind: "sync.Mutex", thing: mutex, holder: mutex.shared?.holder ?? mutex.state };
  }
  // Operation.next written out: see there.
  override next(): IteratorResult<Suspend, T> {
    const g = processor.current;
    const { mutex } = this;
    if (g.op === null) {
      if (mutex.state === State.unlocked) mutex.state = g.id;
      else if (mutex.shared === null) {
        g.op = this;
        g.since = processor.clock;
        mutex.waiters.push(g);
        return suspended;
      } else if (!mutex.shared.lock()) {
        mutex.shared.enlistToTry(g);
        g.op = this;
        g.since = processor.clock;
        return suspended;
      } else mutex.shared.holder = g.id;
      return --processor.ticks >= 0 ? doneVoid : spent(g, doneVoid);
    }
    if (g.op !== this) return irregular(g);
    if (g.value !== undefined && this.#triesInVain(g)) return suspended;
    g.op = null;
    mutex.heldBy(g);
    return doneVoid;
  }

  /** Woken by another core: as the holder, or not. */
  #triesInVain(g: Goroutine): boolean {
    const outcome = g.value;
    g.value = undefined;
    if (typeof outcome !== "number") {
      g.op = null;
      this.finish(outcome);
      return false;
    }
    const shared = this.mutex.shared!;
    if (shared.lockAgain()) return false;
    shared.enlistAgain(g, outcome);
    return true;
  }
  poll(): boolean {
    if (!this.mutex.tryLock()) return false;
    done.value = this.finish(undefined);
    return true;
  }
  enlist(w: Waiter): void {
    if (this.mutex.shared !== null) this.mutex.shared.enlist(w);
    else this.mutex.waiters.push(w);
  }
  withdraw(w: Waiter): void {
    if (this.mutex.shared !== null) this.mutex.shared.withdraw(w);
    else this.mutex.waiters.remove(w);
  }
  finish(outcome: unknown): T {
    if (outcome instanceof LostHolder) throw outcome.error;
    this.mutex.heldBy(processor.current);
    return undefined as T;
  }
}

class Guarded extends Lock<Disposable> {
  override next(): IteratorResult<Suspend, Disposable> {
    const step = super.next();
    if (step.done !== true) return step;
    done.value = this.finish(undefined);
    return done as IteratorReturnResult<Disposable>;
  }
  override finish(outcome: unknown): Disposable {
    super.finish(outcome);
    return new Guard(() => this.mutex.unlock());
  }
}

keepShape(new Mutex());
