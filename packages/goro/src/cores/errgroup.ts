// An errgroup that several cores know: its counting, its limit and its first error. Go: x/sync/errgroup
//
// Functions stay where `go` was called: those that the limit holds back wait in one queue over all cores, in order, and are
// started by their own core when their turn has come.
//
//   I1  `active` counts those that run and those that are queued: who waits, waits for it to be 0;
//   I2  nobody is queued while fewer run than the limit allows;
//   I3  how many run on each core stands in a tally, so that those of a core that is lost can be told from the others.

import { ShareKind } from "../ds/shareable.js";
import { Waiter } from "../ds/wait-queue.js";
import { isAlive, mem, myTag, processorOf, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliver, deliverAll, freeNode, Node, removeNode } from "../arena/wait-list.js";
import type { CancelContext } from "../context/context.js";
import type { Routine } from "../types.js";
import { Group, stillActive, type Failure, type SharedGroup } from "../x/errgroup.js";
import { dropSlot } from "./codec.js";
import { adoptReference, dropReference, referenceTo, registerKind } from "./handles.js";
import { copySlot, keepError, readKept, refer, SLOT_WORDS } from "./kept.js";
import { waits, waitsNoMore, type Lossy } from "./locks.js";
import { enlist, enlistEarly, withdraw, type SharedWait } from "./waiting.js";

type Fn = () => Routine<unknown> | PromiseLike<unknown> | void;

/** Words of the cell, behind those of every cell. */
const Words = {
  /** -1: none. */
  limit: 4,
  running: 5,
  active: 6,
  hasFailed: 7,
  waiters: 8,
  queue: 10,
  /** The first tally. */
  tallies: 12,
  /** The cell of the context that ends with the group, or 0. */
  context: 13,
  /** A slot: the first error. */
  failure: 16,
  WORDS: 32,
} as const;

const Tally = { next: 0, tag: 1, running: 2, WORDS: 8 } as const;

// Under the lock

function tallyOf(cell: Addr, tag: number): Addr {
  let at = mem[cell + Words.tallies]!;
  while (at !== 0 && mem[at + Tally.tag] !== tag) at = mem[at + Tally.next]!;
  if (at !== 0) return at;
  at = allocate(Tally.WORDS);
  mem[at + Tally.next] = mem[cell + Words.tallies]!;
  mem[at + Tally.tag] = tag;
  mem[at + Tally.running] = 0;
  mem[cell + Words.tallies] = at;
  return at;
}

function countRunning(cell: Addr, tag: number, delta: number): void {
  const tally = tallyOf(cell, tag);
  mem[tally + Tally.running] = mem[tally + Tally.running]! + delta;
  mem[cell + Words.running] = mem[cell + Words.running]! + delta;
}

function addActive(cell: Addr, delta: number): void {
  Atomics.add(mem, cell + Words.active, delta);
}

function mayStart(cell: Addr): boolean {
  const limit = mem[cell + Words.limit]!;
  return limit < 0 || mem[cell + Words.running]! < limit;
}

/** After any change: starts those whose turn it is, and wakes those who wait for the end. */
function settle(cell: Addr): void {
  while (mem[cell + Words.queue] !== 0 && mayStart(cell)) {
    const node = mem[cell + Words.queue]!;
    removeNode(cell + Words.queue, node);
    const tag = mem[node + Node.processor]!;
    if (isAlive(tag)) {
      countRunning(cell, tag, 1);
      deliver(node, MessageKind.nothing);
    } else {
      freeNode(node);
      addActive(cell, -1);
    }
  }
  if (mem[cell + Words.active] === 0) deliverAll(cell + Words.waiters, MessageKind.nothing);
}

/** What a core that is gone has left: it will neither end nor start. Says how many ran there. */
function forget(cell: Addr, tag: number): number {
  for (let node = mem[cell + Words.queue]!; node !== 0;) {
    const next = mem[node + Node.next]!;
    if (mem[node + Node.processor] === tag) {
      removeNode(cell + Words.queue, node);
      freeNode(node);
      addActive(cell, -1);
    }
    node = next;
  }
  const running = mem[tallyOf(cell, tag) + Tally.running]!;
  countRunning(cell, tag, -running);
  addActive(cell, -running);
  return running;
}

// On this core

/** A function of this core whose turn is to come. */
class Queued extends Waiter {
  readonly #group: Group;
  readonly #fn: Fn;

  constructor(group: Group, fn: Fn) {
    super();
    this.#group = group;
    this.#fn = fn;
  }
  wake(): boolean {
    this.#group.start(this.#fn);
    return true;
  }
}

class Starting implements SharedWait {
  readonly cell: Addr;

  constructor(cell: Addr) {
    this.cell = cell;
  }
  prepare(): void {}
  attempt(): number {
    const { cell } = this;
    addActive(cell, 1);
    if (!mayStart(cell)) return 0;
    countRunning(cell, myTag, 1);
    return MessageKind.nothing;
  }
  list(): Addr {
    return this.cell + Words.queue;
  }
  receive(): void {}
  discard(): void {}
}

class Ending implements SharedWait {
  readonly cell: Addr;
  readonly #group: InArena;

  constructor(group: InArena) {
    this.cell = group.cell;
    this.#group = group;
  }
  prepare(): void {
    waits(this.#group);
  }
  attempt(): number {
    return mem[this.cell + Words.active] === 0 ? MessageKind.nothing : 0;
  }
  list(): Addr {
    return this.cell + Words.waiters;
  }
  receive(): void {
    waitsNoMore(this.#group);
  }
  discard(): void {
    waitsNoMore(this.#group);
  }
}

class InArena implements SharedGroup, Lossy {
  readonly cell: Addr;
  readonly #group: Group;
  readonly starting: Starting;
  readonly ending: Ending;
  #failure: Failure | null;

  constructor(group: Group, cell: Addr) {
    this.cell = cell;
    this.#group = group;
    this.#failure = group.failure;
    this.starting = new Starting(cell);
    this.ending = new Ending(this);
  }

  get isIdle(): boolean {
    return Atomics.load(mem, this.cell + Words.active) === 0;
  }

  get failure(): Failure | null {
    if (this.#failure !== null || Atomics.load(mem, this.cell + Words.hasFailed) === 0) return this.#failure;
    return (this.#failure = { error: readKept(this.cell + Words.failure) });
  }

  go(fn: Fn): void {
    if (!this.tryGo(fn)) enlist(new Queued(this.#group, fn), this.starting);
  }

  tryGo(fn: Fn): boolean {
    const { cell } = this;
    lock(cell);
    const starts = mayStart(cell);
    if (starts) {
      addActive(cell, 1);
      countRunning(cell, myTag, 1);
    }
    unlock(cell);
    if (starts) this.#group.start(fn);
    return starts;
  }

  setLimit(n: number): void {
    const { cell } = this;
    lock(cell);
    const running = mem[cell + Words.running]!;
    if (running === 0) {
      mem[cell + Words.limit] = limitWord(n);
      settle(cell);
    }
    unlock(cell);
    if (running > 0) throw stillActive(running);
  }

  fail(failure: Failure): boolean {
    const { cell } = this;
    if (Atomics.load(mem, cell + Words.hasFailed) !== 0) return false;
    const slot = allocate(SLOT_WORDS);
    keepError(slot, failure.error, "error");
    lock(cell);
    const isFirst = mem[cell + Words.hasFailed] === 0;
    if (isFirst) {
      copySlot(cell + Words.failure, slot);
      Atomics.store(mem, cell + Words.hasFailed, 1);
    }
    unlock(cell);
    if (isFirst) this.#failure = failure;
    else dropSlot(slot);
    free(slot, SLOT_WORDS);
    return isFirst;
  }

  ended(): void {
    const { cell } = this;
    lock(cell);
    countRunning(cell, myTag, -1);
    addActive(cell, -1);
    settle(cell);
    unlock(cell);
  }

  enlist(w: Waiter): void {
    for (const tag of this.#tags()) if (!isAlive(tag)) this.lose(tag);
    enlist(w, this.ending);
  }

  withdraw(w: Waiter): void {
    withdraw(w);
  }

  #tags(): number[] {
    const tags: number[] = [];
    lock(this.cell);
    for (let at = mem[this.cell + Words.tallies]!; at !== 0; at = mem[at + Tally.next]!)
      tags.push(mem[at + Tally.tag]!);
    unlock(this.cell);
    return tags;
  }

  lose(tag: number): void {
    const { cell } = this;
    lock(cell);
    const lost = forget(cell, tag);
    unlock(cell);
    if (lost > 0) {
      const what = lost === 1 ? "a goroutine" : `${lost} goroutines`;
      this.#group.fail(new Error(`errgroup: worker ${processorOf(tag)} was lost, and with it ${what} of the group`));
    }
    lock(cell);
    settle(cell);
    unlock(cell);
  }
}

const limitWord = (limit: number): number => (limit < 0 || limit > 0x7fffffff ? -1 : limit);

function share(group: Group): Addr {
  const cell = allocate(Words.WORDS);
  mem.fill(0, cell, cell + Words.WORDS);
  try {
    if (group.ctx !== null) mem[cell + Words.context] = referenceTo(group.ctx);
  } catch (error) {
    free(cell, Words.WORDS);
    throw error;
  }
  mem[cell + Words.limit] = limitWord(group.limit);
  countRunning(cell, myTag, group.running);
  addActive(cell, group.running + group.queued.length);
  if (group.failure !== null) {
    keepError(cell + Words.failure, group.failure.error, "error");
    mem[cell + Words.hasFailed] = 1;
  }
  const shared = new InArena(group, cell);
  group.shared = shared;
  for (let fn = group.queued.shift(); fn !== undefined; fn = group.queued.shift()) {
    enlistEarly(new Queued(group, fn), shared.starting);
  }
  for (let w = group.waiters.shift(); w !== null; w = group.waiters.shift()) enlistEarly(w, shared.ending);
  return cell;
}

function adopt(cell: Addr): Group {
  const context = mem[cell + Words.context]!;
  if (context !== 0) refer(context);
  const group = new Group(context === 0 ? null : (adoptReference(context) as CancelContext));
  group.shared = new InArena(group, cell);
  return group;
}

function destroy(cell: Addr): void {
  for (let at = mem[cell + Words.tallies]!; at !== 0;) {
    const next = mem[at + Tally.next]!;
    free(at, Tally.WORDS);
    at = next;
  }
  dropSlot(cell + Words.failure);
  const context = mem[cell + Words.context]!;
  free(cell, Words.WORDS);
  if (context !== 0) dropReference(context);
}

registerKind<Group>(ShareKind.errgroup, { share, adopt, destroy });
