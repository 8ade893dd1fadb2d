// A Cond that several cores know. Go: sync/cond.go
//
// Its locker goes with it: the cell holds a reference to the locker's.

import { isShareable, type shareable, ShareKind } from "../ds/shareable.js";
import type { Waiter } from "../ds/wait-queue.js";
import { mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliver, deliverAll, shiftNode } from "../arena/wait-list.js";
import { Cond, type SharedCond } from "../sync/cond.js";
import type { Locker } from "../sync/locker.js";
import { Mutex } from "../sync/mutex.js";
import { ReadLocker, RWMutex } from "../sync/rw-mutex.js";
import { adoptReference, Cell as AnyCell, dropReference, referenceTo, registerKind } from "./handles.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  /** The cell of its locker. */
  locker: 4,
  waiters: 6,
  WORDS: 8,
} as const;

class InArena implements SharedCond, SharedWait {
  readonly cell: Addr;
  readonly #locker: Locker;

  constructor(cell: Addr, locker: Locker) {
    this.cell = cell;
    this.#locker = locker;
  }

  mustBeLocked(): void {
    const locker = this.#locker;
    if (locker instanceof Mutex) locker.shared!.mustBeLocked();
    else if (locker instanceof RWMutex) locker.shared!.mustBeHeld("write");
    else if (locker instanceof ReadLocker) locker.mutex.shared!.mustBeHeld("read");
  }

  signal(): void {
    const { cell } = this;
    lock(cell);
    const node = shiftNode(cell + Cell.waiters);
    unlock(cell);
    if (node !== 0) deliver(node, MessageKind.nothing);
  }

  broadcast(): void {
    const { cell } = this;
    lock(cell);
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

  prepare(): void {}
  attempt(): number {
    return 0;
  }
  list(): Addr {
    return this.cell + Cell.waiters;
  }
  receive(): undefined {}
  discard(): void {}
}

const foreignLocker = { what: "a Cond", advice: "its locker is no Mutex, RWMutex or rLocker()" };

registerKind<Cond>(ShareKind.cond, {
  refusal: (cond) => (isShareable(cond.l) ? undefined : foreignLocker),
  share(cond) {
    const locker = cond.l as Locker & { readonly [shareable]: ShareKind };
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    try {
      mem[cell + Cell.locker] = referenceTo(locker);
    } catch (error) {
      free(cell, Cell.WORDS);
      throw error;
    }
    cond.share(new InArena(cell, cond.l));
    return cell;
  },
  adopt(cell) {
    const at = mem[cell + Cell.locker]!;
    Atomics.add(mem, at + AnyCell.references, 1);
    const locker = adoptReference(at) as unknown as Locker;
    const cond = new Cond(locker);
    cond.share(new InArena(cell, locker));
    return cond;
  },
  destroy(cell) {
    dropReference(mem[cell + Cell.locker]!);
    free(cell, Cell.WORDS);
  },
});
