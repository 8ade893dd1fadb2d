// A lock for many readers or one writer. Go: sync/rwmutex.go
//
//   I1  a writer holds it alone; readers hold it together;
//   I2  readers and writers wait in one queue, in order, and the first of them cannot be served now;
//   I3  whoever comes while somebody waits, waits behind them: a blocked writer holds back later readers, so it does not
//       starve, and neither do readers behind it;
//   I4  one that other cores know has its state in the memory they share (SharedRWMutex), and is, here, held by a writer for
//       good, so that the ways of one core end there and look on.

import { shareable, ShareKind } from "../ds/shareable.js";
import { WaitQueue, type Waiter } from "../ds/wait-queue.js";
import { done, heldBack, Operation, spent, suspended } from "../runtime/operation.js";
import { Panic } from "../runtime/panic.js";
import { processor } from "../runtime/processor.js";
import type { Subject } from "../runtime/subject.js";
import type { WaitReason } from "../runtime/wait-reason.js";
import type { Op, Suspend } from "../types.js";
import { Guard, LostHolder, type Locker } from "./locker.js";

export type Kind = "read" | "write";

/** The state of one that other cores know. See cores/rw-mutex.ts. */
export interface SharedRWMutex {
  acquire(kind: Kind): boolean;
  /** As acquire, but looks on for a moment where another core is in the way. */
  acquireSoon(kind: Kind): boolean;
  release(kind: Kind): void;
  enlist(w: Waiter, kind: Kind): void;
  /** While no other core knows it. */
  enlistEarly(w: Waiter, kind: Kind): void;
  withdraw(w: Waiter): void;
  /** Serves who can be served, after one has been withdrawn. */
  serve(): void;
  /** The goroutine that began to write last. */
  writer: number;
  readonly readers: number;
  /** Throws where it is not held so, as release would. */
  mustBeHeld(kind: Kind): void;
}

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
  /** The goroutine that began to write last. */
  #writer = 0;
  /** The goroutines that read. Kept only where somebody looks on. */
  #readerIds: number[] = [];
  /** @internal */
  shared: SharedRWMutex | null = null;
  /** Each waiter's value says what it waits for. */
  readonly #waiters = new WaitQueue();
  readonly #write: Acquire<void> = new Acquire<void>(this, "write");
  readonly #read: Acquire<void> = new Acquire<void>(this, "read");
  #readLocker: ReadLocker | null = null;

  /**
   * Locks for writing; parks while anybody holds it. Go: `mu.Lock()`.
   * @throws Error where a worker was lost while it held the lock for writing, as all of these do; unlock frees it.
   */
  lock(): Op<void> {
    return this.#write;
  }

  /** Locks for writing if that needs no waiting. Go: `mu.TryLock()`. */
  tryLock(): boolean {
    return this.#try("write");
  }

  /**
   * Ends writing. Go: `mu.Unlock()`.
   * @throws Panic "sync: Unlock of unlocked RWMutex".
   */
  unlock(): void {
    if (!this.#isWriting) throw new Panic("sync: Unlock of unlocked RWMutex");
    if (this.shared !== null) return this.shared.release("write");
    this.#letGo("write");
    this.serve();
  }

  /** Locks for reading; parks while a writer holds it or waits for it. Go: `mu.RLock()`. */
  rLock(): Op<void> {
    return this.#read;
  }

  /** Locks for reading if that needs no waiting. Go: `mu.TryRLock()`. */
  tryRLock(): boolean {
    return this.#try("read");
  }

  #try(kind: Kind): boolean {
    if (!this.acquire(kind)) return false;
    this.heldBy(kind);
    return true;
  }

  /**
   * Ends one reading. Go: `mu.RUnlock()`.
   * @throws Panic "sync: RUnlock of unlocked RWMutex".
   */
  rUnlock(): void {
    const ids = this.#readerIds;
    if (ids.length > 0) ids.splice(Math.max(ids.indexOf(processor.current.id), 0), 1);
    if (this.#readers === 0) return this.#rUnlockElsewhere();
    this.#letGo("read");
    this.serve();
  }

  /** @internal The goroutine that runs holds it now. */
  heldBy(kind: Kind): void {
    const { id } = processor.current;
    if (kind === "read") {
      if (processor.watch !== null) this.#readerIds.push(id);
    } else if (this.shared === null) this.#writer = id;
    else this.shared.writer = id;
  }

  /** @internal */
  get subject(): Subject {
    const readers = this.shared?.readers ?? this.#readers;
    const ids = this.#readerIds;
    const writer = (this.shared?.writer ?? this.#writer) * Number(readers === 0);
    const detail =
      readers === 0 ? "" : `held by ${readers} reading${ids.length === readers ? `: ${ids.join(" ")}` : ""}`;
    return { kind: "sync.RWMutex", thing: this, detail, holder: readers === 1 ? (ids[0] ?? 0) : writer };
  }

  #rUnlockElsewhere(): void {
    if (this.shared === null) throw new Panic("sync: RUnlock of unlocked RWMutex");
    this.shared.release("read");
  }

  /** A Locker whose lock and unlock are rLock and rUnlock. Go: `mu.RLocker()`. */
  rLocker(): Locker {
    return (this.#readLocker ??= new ReadLocker(this));
  }

  /** Locks for writing now and unlocks when the block ends. */
  guard(): Op<Disposable> {
    return new Guarded(this, "write");
  }

  /** Locks for reading now and unlocks when the block ends. */
  rGuard(): Op<Disposable> {
    return new Guarded(this, "read");
  }

  /** @internal Takes the lock if nobody is in the way. */
  acquire(kind: Kind): boolean {
    if (this.#isWriting || this.#waiters.head !== null || (kind === "write" && this.#readers > 0)) {
      return this.shared !== null && this.shared.acquire(kind);
    }
    this.#hold(kind);
    return true;
  }

  /** @internal */
  wait(w: Waiter, kind: Kind): void {
    if (this.shared !== null) return this.shared.enlist(w, kind);
    w.value = kind;
    this.#waiters.push(w);
  }

  /** @internal A writer that gives up no longer holds back those behind it. */
  withdraw(w: Waiter): void {
    if (this.shared !== null) {
      this.shared.withdraw(w);
      heldBack.push(this.shared);
      return;
    }
    this.#waiters.remove(w);
    heldBack.push(this);
  }

  /** @internal Lets other cores know it; `begin` is told who holds it. */
  share(shared: SharedRWMutex, begin: (readers: number, isWriting: boolean) => void): void {
    begin(this.#readers, this.#isWriting);
    if (this.#isWriting) shared.writer = this.#writer;
    for (let w = this.#waiters.shift(); w !== null; w = this.#waiters.shift()) {
      const kind = w.value as Kind;
      w.value = undefined;
      shared.enlistEarly(w, kind);
    }
    this.#readers = 0;
    this.#isWriting = true;
    this.shared = shared;
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
      // Before it is woken: a select that has won serves whom its other cases held back, here too.
      this.#hold(kind);
      if (!w.wake()) this.#letGo(kind);
    }
  }

  #letGo(kind: Kind): void {
    if (kind === "read") this.#readers--;
    else this.#isWriting = false;
  }
}

/** What rLocker gives. */
export class ReadLocker implements Locker {
  /** @internal */
  readonly mutex: RWMutex;

  constructor(mutex: RWMutex) {
    this.mutex = mutex;
  }
  lock(): Op<void> {
    return this.mutex.rLock();
  }
  unlock(): void {
    this.mutex.rUnlock();
  }

  /** @internal */
  get [shareable](): ShareKind {
    return ShareKind.readLocker;
  }
}

class Acquire<T> extends Operation<T> {
  readonly mutex: RWMutex;
  readonly kind: Kind;

  constructor(mutex: RWMutex, kind: Kind) {
    super();
    this.mutex = mutex;
    this.kind = kind;
  }
  get reason(): WaitReason {
    return this.kind === "read" ? "sync.RWMutex.RLock" : "sync.RWMutex.Lock";
  }
  get subject(): Subject {
    return this.mutex.subject;
  }
  // Operation.next written out, to look on for a moment where other cores know it. A case of a select does not.
  override next(): IteratorResult<Suspend, T> {
    const g = processor.current;
    if (g.op !== null) return super.next();
    const { mutex, kind } = this;
    if (!mutex.acquire(kind) && (mutex.shared === null || !mutex.shared.acquireSoon(kind))) {
      mutex.wait(g, kind);
      g.op = this;
      g.since = processor.clock;
      return suspended;
    }
    done.value = this.finish(undefined);
    return --processor.ticks >= 0 ? (done as IteratorReturnResult<T>) : spent(g, done as IteratorReturnResult<T>);
  }
  poll(): boolean {
    if (!this.mutex.acquire(this.kind)) return false;
    done.value = this.finish(undefined);
    return true;
  }
  enlist(w: Waiter): void {
    this.mutex.wait(w, this.kind);
  }
  withdraw(w: Waiter): void {
    this.mutex.withdraw(w);
  }
  finish(outcome: unknown): T {
    if (outcome instanceof LostHolder) throw outcome.error;
    this.mutex.heldBy(this.kind);
    return undefined as T;
  }
}

class Guarded extends Acquire<Disposable> {
  override finish(outcome: unknown): Disposable {
    super.finish(outcome);
    const { mutex } = this;
    return new Guard(this.kind === "read" ? () => mutex.rUnlock() : () => mutex.unlock());
  }
}
