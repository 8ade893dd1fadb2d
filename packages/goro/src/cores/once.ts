// A Once that several cores know. Go: sync/once.go

import { ShareKind } from "../ds/shareable.js";
import type { Waiter } from "../ds/wait-queue.js";
import { isAlive, mem, myTag, processorOf, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliverAll } from "../arena/wait-list.js";
import { LostHolder } from "../sync/locker.js";
import { Once, type SharedOnce } from "../sync/once.js";
import { registerKind } from "./handles.js";
import { deliverLost, lossOf, setLost, waits, waitsNoMore, type Lossy } from "./locks.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  /** FRESH, DONE, or the tag of who runs fn plus two. */
  phase: 4,
  waiters: 6,
  WORDS: 8,
} as const;
const FRESH = 0;
const DONE = 1;
const running = (tag: number): number => tag + 2;
const runnerOf = (phase: number): number => phase - 2;

const DID = "ran the function";

class InArena implements SharedOnce, SharedWait, Lossy {
  readonly cell: Addr;
  /** The address of the phase. */
  readonly phase: Addr;

  constructor(cell: Addr) {
    this.cell = cell;
    this.phase = cell + Cell.phase;
  }

  get isFresh(): boolean {
    return Atomics.load(mem, this.phase) === FRESH;
  }

  get isDone(): boolean {
    const lost = this.#lostRunner();
    if (lost >= 0) throw new LostHolder("sync.Once", processorOf(lost), DID).error;
    return Atomics.load(mem, this.phase) === DONE;
  }

  /** The tag of one who will not end it; -1 where there is none. */
  #lostRunner(): number {
    const phase = Atomics.load(mem, this.phase);
    return phase === FRESH || phase === DONE || isAlive(runnerOf(phase)) ? -1 : runnerOf(phase);
  }

  begin(): boolean {
    return Atomics.compareExchange(mem, this.phase, FRESH, running(myTag)) === FRESH;
  }

  end(): void {
    const { cell } = this;
    lock(cell);
    Atomics.store(mem, this.phase, DONE);
    deliverAll(cell + Cell.waiters, MessageKind.nothing);
    unlock(cell);
  }

  enlist(w: Waiter): void {
    enlist(w, this);
  }
  enlistEarly(w: Waiter): void {
    enlistEarly(w, this);
  }
  withdraw(w: Waiter): void {
    withdraw(w);
  }
  lose(tag: number): void {
    lock(this.cell);
    if (this.#lostRunner() === tag) deliverLost(this.cell + Cell.waiters, tag);
    unlock(this.cell);
  }

  prepare(): void {
    waits(this);
  }
  attempt(_w: Waiter, node: Addr): number {
    if (Atomics.load(mem, this.phase) === DONE) return MessageKind.nothing;
    const lost = this.#lostRunner();
    if (lost < 0) return 0;
    setLost(node, lost);
    return MessageKind.lost;
  }
  list(): Addr {
    return this.cell + Cell.waiters;
  }
  receive(kind: number, node: Addr): unknown {
    waitsNoMore(this);
    return kind === MessageKind.lost ? lossOf("sync.Once", node, DID) : undefined;
  }
  discard(): void {
    waitsNoMore(this);
  }
}

registerKind<Once>(ShareKind.once, {
  share(once) {
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    once.share(new InArena(cell), (phase) => {
      mem[cell + Cell.phase] = phase === "fresh" ? FRESH : phase === "done" ? DONE : running(myTag);
    });
    return cell;
  },
  adopt(cell) {
    const once = new Once();
    once.share(new InArena(cell), () => undefined);
    return once;
  },
  destroy(cell) {
    free(cell, Cell.WORDS);
  },
});
