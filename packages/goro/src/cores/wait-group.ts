// A WaitGroup that several cores know. Go: sync/waitgroup.go
//
// Its counter is one word, which changes by compare-and-swap where it does not become zero; to zero it goes under the lock of
// the cell, so that exactly those who wait then are woken.

import { ShareKind } from "../ds/shareable.js";
import type { Waiter } from "../ds/wait-queue.js";
import { mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliverAll } from "../arena/wait-list.js";
import { Panic } from "../runtime/panic.js";
import { WaitGroup, type SharedWaitGroup } from "../sync/wait-group.js";
import { registerKind } from "./handles.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  count: 4,
  waiters: 6,
  WORDS: 8,
} as const;
const MOST = 2 ** 31 - 1;

class InArena implements SharedWaitGroup, SharedWait {
  readonly cell: Addr;
  /** The address of the counter. */
  readonly count: Addr;

  constructor(cell: Addr) {
    this.cell = cell;
    this.count = cell + Cell.count;
  }

  get isZero(): boolean {
    return Atomics.load(mem, this.count) === 0;
  }

  change(delta: number): void {
    for (;;) {
      const count = Atomics.load(mem, this.count);
      const next = count + delta;
      if (next === 0) {
        if (this.#changeToZero(count)) return;
        continue;
      }
      checkCount(next);
      if (Atomics.compareExchange(mem, this.count, count, next) === count) return;
    }
  }

  #changeToZero(from: number): boolean {
    const { cell } = this;
    lock(cell);
    const changed = Atomics.compareExchange(mem, this.count, from, 0) === from;
    if (changed) deliverAll(cell + Cell.waiters, MessageKind.nothing);
    unlock(cell);
    return changed;
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

  prepare(): void {}
  attempt(): number {
    return this.isZero ? MessageKind.nothing : 0;
  }
  list(): Addr {
    return this.cell + Cell.waiters;
  }
  receive(): undefined {}
  discard(): void {}
}

function checkCount(count: number): void {
  if (count < 0) throw new Panic("sync: negative WaitGroup counter");
  if (count > MOST) throw new RangeError(`WaitGroup: between cores the counter ends at ${MOST}, got ${count}`);
}

registerKind<WaitGroup>(ShareKind.waitGroup, {
  share(group) {
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    group.share(new InArena(cell), (count) => {
      if (count > MOST) free(cell, Cell.WORDS);
      checkCount(count);
      mem[cell + Cell.count] = count;
    });
    return cell;
  },
  adopt(cell) {
    const group = new WaitGroup();
    group.share(new InArena(cell), () => undefined);
    return group;
  },
  destroy(cell) {
    free(cell, Cell.WORDS);
  },
});
