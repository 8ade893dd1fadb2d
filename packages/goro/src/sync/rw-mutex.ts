// A lock for many readers or one writer. Go: sync/rwmutex.go
//
//   I1  a writer holds it alone; readers hold it together;
//   I2  readers and writers wait in one queue, in order, and the first of them cannot be served now;
//   I3  whoever comes while somebody waits, waits behind them: a blocked writer holds back later readers, so it does not
//       starve, and neither do readers behind it.

import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, heldBack, Operation } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op } from "../types.js";
import { guardOf, type Locker } from "./locker.js";

type Kind = "read" | "write";

/**
 * A lock that any number of readers may hold, or one writer. A blocked `lock()` holds back later `rLock()`s, so writers do
 * not starve; so a goroutine must not read-lock it twice. Go: `sync.RWMutex`.
 *
 * @example
 * using _ = yield* mu.rGuard();
 * return table.get(key);
 */
export class RWMutex implements Locker {
  #readers = 0;
  #isWriting = false;
  /** Each waiter's value says what it waits for. */
  readonly #waiters = new WaitQueue();
  readonly #write: Acquire = new Acquire(this, "write");
  readonly #read: Acquire = new Acquire(this, "read");

  /** Locks for writing; parks while anybody holds it. Go: `mu.Lock()`. */
  lock(): Op<void> {
    return this.#write;
  }

  /** Locks for writing if that needs no waiting. Go: `mu.TryLock()`. */
  tryLock(): boolean {
    return this.acquire("write");
  }

  /**
   * Ends writing. Go: `mu.Unlock()`.
   * @throws Panic "sync: Unlock of unlocked RWMutex".
   */
  unlock(): void {
    if (!this.#isWriting) throw new Panic("sync: Unlock of unlocked RWMutex");
    this.#isWriting = false;
    this.serve();
  }

  /** Locks for reading; parks while a writer holds it or waits for it. Go: `mu.RLock()`. */
  rLock(): Op<void> {
    return this.#read;
  }

  /** Locks for reading if that needs no waiting. Go: `mu.TryRLock()`. */
  tryRLock(): boolean {
    return this.acquire("read");
  }

  /**
   * Ends one reading. Go: `mu.RUnlock()`.
   * @throws Panic "sync: RUnlock of unlocked RWMutex".
   */
  rUnlock(): void {
    if (this.#readers === 0) throw new Panic("sync: RUnlock of unlocked RWMutex");
    this.#readers--;
    this.serve();
  }

  /** A Locker whose lock and unlock are rLock and rUnlock. Go: `mu.RLocker()`. */
  rLocker(): Locker {
    return { lock: () => this.#read, unlock: () => this.rUnlock() };
  }

  /** Locks for writing now and unlocks when the block ends. */
  guard(): Op<Disposable> {
    return guardOf(this.#write, () => this.unlock(), "sync.RWMutex.Lock");
  }

  /** Locks for reading now and unlocks when the block ends. */
  rGuard(): Op<Disposable> {
    return guardOf(this.#read, () => this.rUnlock(), "sync.RWMutex.RLock");
  }

  /** @internal Takes the lock if nobody is in the way. */
  acquire(kind: Kind): boolean {
    if (this.#isWriting || this.#waiters.head !== null || (kind === "write" && this.#readers > 0)) return false;
    this.#hold(kind);
    return true;
  }

  /** @internal */
  wait(w: Waiter, kind: Kind): void {
    w.value = kind;
    this.#waiters.push(w);
  }

  /** @internal A writer that gives up no longer holds back those behind it. */
  withdraw(w: Waiter): void {
    this.#waiters.remove(w);
    heldBack.push(this);
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.rwMutex;
  }

  #hold(kind: Kind): void {
    if (kind === "read") this.#readers++;
    else this.#isWriting = true;
  }

  /** @internal Serves from the front as many as can hold it together. */
  serve(): void {
    for (let w = this.#waiters.head; w !== null && !this.#isWriting; w = this.#waiters.head) {
      const kind = w.value as Kind;
      if (kind === "write" && this.#readers > 0) return;
      this.#waiters.shift();
      w.value = undefined;
      if (w.wake()) this.#hold(kind);
    }
  }
}

class Acquire extends Operation<void> {
  readonly #mutex: RWMutex;
  readonly #kind: Kind;

  constructor(mutex: RWMutex, kind: Kind) {
    super();
    this.#mutex = mutex;
    this.#kind = kind;
  }
  get reason(): WaitReason {
    return this.#kind === "read" ? "sync.RWMutex.RLock" : "sync.RWMutex.Lock";
  }
  poll(): boolean {
    done.value = undefined;
    return this.#mutex.acquire(this.#kind);
  }
  enlist(w: Waiter): void {
    this.#mutex.wait(w, this.#kind);
  }
  withdraw(w: Waiter): void {
    this.#mutex.withdraw(w);
  }
  finish(): void {}
}
