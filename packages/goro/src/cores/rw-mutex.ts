// An RWMutex that several cores know. Go: sync/rwmutex.go
//
// Its state is one word: two flags, and above them the tag of the writer plus one, or the number of readers. Where nobody waits,
// one compare-and-swap acquires or releases it. Once somebody waits, all is done under the lock of the cell, and served in
// order as on one core: nobody comes before those who wait, so that there is no starvation to be ended.
//
//   I1  WAITING is set and cleared under the lock of the cell, and while it is set the state changes under that lock alone;
//   I2  somebody is in the list only while WAITING is set (it may be set for nobody);
//   I3  the first of those who wait cannot be served now.

import { ShareKind } from "../ds/shareable.js";
import type { Waiter } from "../ds/wait-queue.js";
import { isAlive, mem, myTag, processorOf, ProcState, stateOf, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { claimNode, deliver, Node, removeNode } from "../arena/wait-list.js";
import { Panic } from "../runtime/panic.js";
import { processor } from "../runtime/processor.js";
import { LostHolder } from "../sync/locker.js";
import { ReadLocker, RWMutex, type Kind, type SharedRWMutex } from "../sync/rw-mutex.js";
import { adoptReference, dropReference, Cell as AnyCell, referenceTo, registerKind } from "./handles.js";
import { deliverLost, lossOf, pause, removeLost, setLost, SPINS, waits, waitsNoMore, type Lossy } from "./locks.js";
import { freeTally, Tally } from "./tally.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  state: 4,
  /** Who reads: see tally.ts. */
  readers: 5,
  /** The goroutine that began to write last, for dumps. */
  writer: 6,
  waiters: 8,
  WORDS: 16,
} as const;

const WAITING = 1;
const WRITING = 2;
const COUNT = 2;
const ONE = 1 << COUNT;

/** In Node.extra. */
const READ = 0;
const WRITE = 1;

class Waiting implements SharedWait {
  readonly cell: Addr;
  readonly mutex: InArena;
  readonly kind: number;

  constructor(mutex: InArena, kind: number) {
    this.cell = mutex.cell;
    this.mutex = mutex;
    this.kind = kind;
  }
  prepare(_w: Waiter, node: Addr): void {
    mem[node + Node.extra] = this.kind;
    waits(this.mutex);
  }
  attempt(_w: Waiter, node: Addr): number {
    const { state: at } = this.mutex;
    for (;;) {
      if (this.mutex.acquireNow(this.kind)) return MessageKind.nothing;
      const state = Atomics.load(mem, at);
      const lost = lostWriter(state);
      if (lost >= 0) {
        setLost(node, lost);
        return MessageKind.lost;
      }
      if (this.mutex.dropLostReaders()) continue;
      if ((state & WAITING) !== 0) return 0;
      if (!isInTheWay(this.kind, state)) continue; // it has just been released
      if (Atomics.compareExchange(mem, at, state, state | WAITING) === state) return 0;
    }
  }
  list(): Addr {
    return this.cell + Cell.waiters;
  }
  receive(kind: number, node: Addr): unknown {
    waitsNoMore(this.mutex);
    if (kind === MessageKind.nothing && this.kind === READ) this.mutex.tally.add(1);
    return kind === MessageKind.lost ? lossOf("sync.RWMutex", node) : undefined;
  }
  discard(): void {
    waitsNoMore(this.mutex);
  }
}

/** Is somebody in the way, where nobody waits? */
function isInTheWay(kind: number, state: number): boolean {
  return kind === WRITE ? state !== 0 : (state & WRITING) !== 0;
}

/** The tag of a writer who is gone; -1 where there is none. */
function lostWriter(state: number): number {
  if ((state & WRITING) === 0) return -1;
  const tag = (state >>> COUNT) - 1;
  return isAlive(tag) ? -1 : tag;
}

const numberOf = (kind: Kind): number => (kind === "read" ? READ : WRITE);

class InArena implements SharedRWMutex, Lossy {
  readonly cell: Addr;
  /** Its address. */
  readonly state: Addr;
  /** The state in which this core writes and nobody waits. */
  readonly written = ((myTag + 1) << COUNT) | WRITING;
  readonly tally: Tally;
  readonly #reading: Waiting;
  readonly #writing: Waiting;

  constructor(cell: Addr) {
    this.cell = cell;
    this.state = cell + Cell.state;
    this.tally = new Tally(cell + Cell.readers);
    this.#reading = new Waiting(this, READ);
    this.#writing = new Waiting(this, WRITE);
  }

  get writer(): number {
    return mem[this.cell + Cell.writer]!;
  }

  set writer(id: number) {
    mem[this.cell + Cell.writer] = id;
  }

  get readers(): number {
    const state = Atomics.load(mem, this.state);
    return (state & WRITING) === 0 ? state >>> COUNT : 0;
  }

  acquireNow(kind: number): boolean {
    const { state: at } = this;
    if (kind === WRITE) return Atomics.compareExchange(mem, at, 0, this.written) === 0;
    for (;;) {
      const state = Atomics.load(mem, at);
      if ((state & (WAITING | WRITING)) !== 0) return false;
      if (Atomics.compareExchange(mem, at, state, state + ONE) === state) return true;
    }
  }

  #acquireHere(kind: number): boolean {
    if (!this.acquireNow(kind)) return false;
    if (kind === READ) this.tally.add(1);
    return true;
  }

  acquire(kind: Kind): boolean {
    if (this.#acquireHere(numberOf(kind))) return true;
    const lost = lostWriter(Atomics.load(mem, this.state));
    if (lost >= 0) throw new LostHolder("sync.RWMutex", processorOf(lost)).error;
    return false;
  }

  acquireSoon(kind: Kind): boolean {
    const number = numberOf(kind);
    if (this.#acquireHere(number)) return true;
    if (processor.runQueue.length > 0) return false;
    for (let i = 0; i < SPINS; i++) {
      const state = Atomics.load(mem, this.state);
      if ((state & WAITING) !== 0 || state === this.written) return false;
      if ((state & WRITING) !== 0 && stateOf(processorOf((state >>> COUNT) - 1)) !== ProcState.running) return false;
      pause();
      if (this.#acquireHere(number)) return true;
    }
    return false;
  }

  release(kind: Kind): void {
    const { state: at, written } = this;
    if (kind === "write" && Atomics.compareExchange(mem, at, written, 0) === written) return;
    const released = numberOf(kind);
    for (;;) {
      const state = Atomics.load(mem, at);
      mustBeHeld(released, state);
      if ((state & WAITING) !== 0) return this.#releaseSlowly(released);
      if (Atomics.compareExchange(mem, at, state, without(released, state)) === state) break;
    }
    if (released === READ) this.tally.add(-1);
  }

  #releaseSlowly(kind: number): void {
    const { cell, state: at } = this;
    lock(cell);
    try {
      for (;;) {
        const state = Atomics.load(mem, at);
        mustBeHeld(kind, state);
        if (Atomics.compareExchange(mem, at, state, without(kind, state)) === state) break;
      }
      if (kind === READ) this.tally.add(-1);
      this.#serve();
    } finally {
      unlock(cell);
    }
  }

  /** Under the lock of the cell: a reader who is gone with its core reads no more. Says whether there was one. */
  dropLostReaders(): boolean {
    const { state: at } = this;
    if ((Atomics.load(mem, at) & WRITING) !== 0) return false;
    const lost = this.tally.takeLost();
    if (lost > 0) Atomics.sub(mem, at, lost << COUNT);
    return lost > 0;
  }

  /** Under the lock of the cell: serves from the front as many as can hold it together. */
  #serve(): void {
    const { state: at } = this;
    const list = this.cell + Cell.waiters;
    let state = Atomics.load(mem, at);
    while ((state & (WAITING | WRITING)) === WAITING) {
      const node = mem[list]!;
      const kind = node === 0 ? READ : mem[node + Node.extra]!;
      if (kind === WRITE && state >>> COUNT !== 0) return;
      let served = 0;
      if (node !== 0) {
        removeNode(list, node);
        if (claimNode(node)) served = node;
      }
      if (served !== 0) {
        state = kind === READ ? state + ONE : ((mem[node + Node.processor]! + 1) << COUNT) | WRITING | WAITING;
      }
      if (mem[list] === 0) state &= ~WAITING;
      Atomics.store(mem, at, state); // before it is delivered: who is served may release at once
      if (served !== 0) deliver(served, MessageKind.nothing);
    }
  }

  enlist(w: Waiter, kind: Kind): void {
    enlist(w, kind === "read" ? this.#reading : this.#writing);
  }

  /** From this core alone. */
  enlistEarly(w: Waiter, kind: Kind): void {
    mem[this.state]! |= WAITING;
    enlistEarly(w, kind === "read" ? this.#reading : this.#writing);
  }

  withdraw(w: Waiter): void {
    withdraw(w);
  }

  serve(): void {
    lock(this.cell);
    this.#serve();
    unlock(this.cell);
  }

  lose(tag: number): void {
    const { cell, state: at } = this;
    lock(cell);
    if (lostWriter(Atomics.load(mem, at)) === tag) deliverLost(cell + Cell.waiters, tag);
    else {
      removeLost(cell + Cell.waiters, tag);
      this.dropLostReaders();
      this.#serve();
    }
    unlock(cell);
  }

  mustBeHeld(kind: Kind): void {
    mustBeHeld(numberOf(kind), Atomics.load(mem, this.state));
  }
}

function mustBeHeld(kind: number, state: number): void {
  if (kind === WRITE) {
    if ((state & WRITING) === 0) throw new Panic("sync: Unlock of unlocked RWMutex");
  } else if ((state & WRITING) !== 0 || state >>> COUNT === 0) {
    throw new Panic("sync: RUnlock of unlocked RWMutex");
  }
}

/** The state without one who held it. */
function without(kind: number, state: number): number {
  return kind === WRITE ? state & WAITING : state - ONE;
}

registerKind<RWMutex>(ShareKind.rwMutex, {
  share(mutex) {
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    const shared = new InArena(cell);
    mutex.share(shared, (readers, isWriting) => {
      mem[shared.state] = isWriting ? shared.written : readers << COUNT;
      shared.tally.add(readers);
    });
    return cell;
  },
  adopt(cell) {
    const mutex = new RWMutex();
    mutex.share(new InArena(cell), () => undefined);
    return mutex;
  },
  destroy(cell) {
    freeTally(cell + Cell.readers);
    free(cell, Cell.WORDS);
  },
});

/** The cell of what rLocker gives leads to that of its mutex. */
const Locker = { mutex: 4, WORDS: 8 } as const;

registerKind<ReadLocker>(ShareKind.readLocker, {
  share({ mutex }) {
    const cell = allocate(Locker.WORDS);
    mem[cell] = 0;
    mem[cell + Locker.mutex] = referenceTo(mutex);
    return cell;
  },
  adopt(cell) {
    const mutex = mem[cell + Locker.mutex]!;
    Atomics.add(mem, mutex + AnyCell.references, 1);
    return (adoptReference(mutex) as RWMutex).rLocker() as ReadLocker;
  },
  destroy(cell) {
    dropReference(mem[cell + Locker.mutex]!);
    free(cell, Locker.WORDS);
  },
});
