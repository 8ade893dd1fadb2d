// A weighted semaphore that several cores know: all under the lock of its cell. Go: golang.org/x/sync/semaphore
//
// The invariants are those of x/semaphore.ts.

import { ShareKind } from "../ds/shareable.js";
import type { Waiter } from "../ds/wait-queue.js";
import { floats, mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { claimNode, deliver, removeNode } from "../arena/wait-list.js";
import { Panic } from "../runtime/panic.js";
import { Weighted, type SharedSemaphore } from "../x/semaphore.js";
import { registerKind } from "./handles.js";
import { removeLost, waits, waitsNoMore, type Lossy } from "./locks.js";
import { freeTally, Tally } from "./tally.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  /** Floats. */
  size: 4,
  held: 6,
  waiters: 8,
  /** Who holds how much: see tally.ts. */
  holders: 10,
  WORDS: 16,
} as const;
/** Of a node: how many it asks for. A float. */
const AMOUNT = 10;

class InArena implements SharedSemaphore, SharedWait, Lossy {
  readonly cell: Addr;
  readonly #size: Addr;
  readonly #held: Addr;
  readonly holders: Tally;

  constructor(cell: Addr) {
    this.cell = cell;
    this.#size = (cell + Cell.size) >> 1;
    this.#held = (cell + Cell.held) >> 1;
    this.holders = new Tally(cell + Cell.holders);
  }

  take(n: number): boolean {
    lock(this.cell);
    const taken = this.#take(n);
    if (taken) this.holders.add(n);
    unlock(this.cell);
    return taken;
  }

  /** Under the lock. */
  #take(n: number): boolean {
    if (mem[this.cell + Cell.waiters] !== 0 || n > this.#free) return false;
    floats[this.#held]! += n;
    return true;
  }

  get #free(): number {
    return floats[this.#size]! - floats[this.#held]!;
  }

  release(n: number): void {
    lock(this.cell);
    const isHeld = n <= floats[this.#held]!;
    if (isHeld) {
      this.holders.add(-n);
      floats[this.#held]! -= n;
      this.#serve();
    }
    unlock(this.cell);
    if (!isHeld) throw new Panic("semaphore: released more than held");
  }

  serve(): void {
    lock(this.cell);
    this.#serve();
    unlock(this.cell);
  }

  /** Under the lock: serves from the front as many as there is enough for. */
  #serve(): void {
    const list = this.cell + Cell.waiters;
    for (let node = mem[list]!; node !== 0; node = mem[list]!) {
      const n = floats[(node + AMOUNT) >> 1]!;
      if (n > this.#free) return;
      removeNode(list, node);
      if (!claimNode(node)) continue;
      floats[this.#held]! += n;
      deliver(node, MessageKind.nothing);
    }
  }

  enlist(w: Waiter, n: number): void {
    w.value = n;
    enlist(w, this);
  }
  enlistEarly(w: Waiter, n: number): void {
    w.value = n;
    enlistEarly(w, this);
  }
  withdraw(w: Waiter): void {
    withdraw(w);
  }
  lose(tag: number): void {
    lock(this.cell);
    removeLost(this.cell + Cell.waiters, tag);
    this.#takeBack();
    this.#serve();
    unlock(this.cell);
  }

  /** Under the lock: what lost cores held. */
  #takeBack(): void {
    floats[this.#held]! -= this.holders.takeLost();
  }

  prepare(w: Waiter, node: Addr): void {
    floats[(node + AMOUNT) >> 1] = w.value as number;
    w.value = undefined;
    waits(this);
  }
  attempt(_w: Waiter, node: Addr): number {
    const n = floats[(node + AMOUNT) >> 1]!;
    if (this.#take(n)) return MessageKind.nothing;
    this.#takeBack();
    return this.#take(n) ? MessageKind.nothing : 0;
  }
  list(): Addr {
    return this.cell + Cell.waiters;
  }
  receive(_kind: number, node: Addr): undefined {
    this.holders.add(floats[(node + AMOUNT) >> 1]!);
    waitsNoMore(this);
  }
  discard(): void {
    waitsNoMore(this);
  }
}

registerKind<Weighted>(ShareKind.semaphore, {
  share(semaphore) {
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    const shared = new InArena(cell);
    semaphore.share(shared, (size, held) => {
      shared.holders.add(held);
      floats[(cell + Cell.size) >> 1] = size;
      floats[(cell + Cell.held) >> 1] = held;
    });
    return cell;
  },
  adopt(cell) {
    const semaphore = new Weighted(floats[(cell + Cell.size) >> 1]!);
    semaphore.share(new InArena(cell), () => undefined);
    return semaphore;
  },
  destroy(cell) {
    freeTally(cell + Cell.holders);
    free(cell, Cell.WORDS);
  },
});
