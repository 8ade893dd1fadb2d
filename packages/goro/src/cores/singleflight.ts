// A singleflight group that several cores know: one run per key over all of them. Go: x/sync/singleflight
//
// A run is a block in a hash table, under the lock of the group's cell. It goes on on the core whose caller came first. Each
// other core that has callers has one hook in the run's list and one Call, which all its callers wait for: so the result is
// copied once per core, and callers come and go without anybody else noticing.
//
//   I1  a run is in the table until it has ended, also when it has been forgotten: then nobody finds it any more;
//   I2  a run has a reference from its own core until it has ended, and one from each hook until that has been served.

import { ShareKind } from "../ds/shareable.js";
import { Waiter } from "../ds/wait-queue.js";
import { isAlive, mem, myTag, processorOf, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { MessageKind } from "../arena/inbox.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { deliverAll } from "../arena/wait-list.js";
import { Call, Group, type Fn, type Outcome, type SharedCalls } from "../x/singleflight.js";
import { dropSlot } from "./codec.js";
import { registerKind } from "./handles.js";
import { copySlot, keep, keepError, readKept, SLOT_WORDS } from "./kept.js";
import { waits, waitsNoMore, type Lossy } from "./locks.js";
import { enlist, type SharedWait } from "./waiting.js";

/** Words of the cell, behind those of every cell. */
const Words = {
  /** The table: a word for each chain of runs; their number is a power of two. */
  table: 4,
  chains: 5,
  runs: 6,
  WORDS: 8,
} as const;

const Run = {
  /** In its chain. */
  next: 0,
  hash: 1,
  /** In characters, and where it stands, two to a word. */
  keyLength: 2,
  key: 3,
  references: 4,
  callers: 5,
  /** See Ended. */
  state: 6,
  isForgotten: 7,
  hooks: 8,
  runner: 10,
  /** A slot: the result, or the error. */
  outcome: 12,
  WORDS: 16,
} as const;

const Ended = { not: 0, returned: 1, threw: 2, exited: 3, lost: 4 } as const;

const FEW_CHAINS = 8;

// Keys

const keyWords = (length: number): number => Math.max(1, (length + 1) >> 1);

function unitAt(text: string, i: number): number {
  return i < text.length ? text.charCodeAt(i) : 0;
}

function newKey(text: string): Addr {
  const at = allocate(keyWords(text.length));
  for (let i = 0; i < text.length; i += 2) mem[at + (i >> 1)] = unitAt(text, i) | (unitAt(text, i + 1) << 16);
  return at;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

function isEqual(key: Addr, other: Addr, length: number): boolean {
  const words = (length + 1) >> 1;
  for (let i = 0; i < words; i++) if (mem[key + i] !== mem[other + i]) return false;
  return true;
}

// Under the lock

const chainOf = (cell: Addr, hash: number): Addr => mem[cell + Words.table]! + (hash & (mem[cell + Words.chains]! - 1));

function find(cell: Addr, hash: number, key: Addr, length: number): Addr {
  for (let run = mem[chainOf(cell, hash)]!; run !== 0; run = mem[run + Run.next]!) {
    if (mem[run + Run.hash] !== hash || mem[run + Run.keyLength] !== length || mem[run + Run.isForgotten] === 1)
      continue;
    if (isEqual(mem[run + Run.key]!, key, length)) return run;
  }
  return 0;
}

function addToChain(cell: Addr, run: Addr): void {
  const chain = chainOf(cell, mem[run + Run.hash]!);
  mem[run + Run.next] = mem[chain]!;
  mem[chain] = run;
}

function insert(cell: Addr, run: Addr): void {
  if (mem[cell + Words.runs]! >= mem[cell + Words.chains]!) grow(cell);
  addToChain(cell, run);
  mem[cell + Words.runs] = mem[cell + Words.runs]! + 1;
}

function grow(cell: Addr): void {
  const old = mem[cell + Words.table]!;
  const chains = mem[cell + Words.chains]!;
  mem[cell + Words.table] = newTable(chains * 2);
  mem[cell + Words.chains] = chains * 2;
  for (let i = 0; i < chains; i++) {
    for (let run = mem[old + i]!; run !== 0;) {
      const next = mem[run + Run.next]!;
      addToChain(cell, run);
      run = next;
    }
  }
  free(old, chains);
}

function newTable(chains: number): Addr {
  const table = allocate(chains);
  mem.fill(0, table, table + chains);
  return table;
}

function removeRun(cell: Addr, run: Addr): void {
  let at = chainOf(cell, mem[run + Run.hash]!);
  while (mem[at] !== run) at = mem[at]! + Run.next;
  mem[at] = mem[run + Run.next]!;
  mem[cell + Words.runs] = mem[cell + Words.runs]! - 1;
}

/** It has ended: nobody joins any more, and all who wait are told. */
function settle(cell: Addr, run: Addr, state: number): void {
  removeRun(cell, run);
  Atomics.store(mem, run + Run.state, state);
  deliverAll(run + Run.hooks, MessageKind.nothing);
}

/** Its core is gone, and its reference with it. */
function loseRun(cell: Addr, run: Addr): void {
  settle(cell, run, Ended.lost);
  release(run);
}

// On this core

function newRun(text: string, hash: number, key: Addr, callers: number): Addr {
  const run = allocate(Run.WORDS);
  mem.fill(0, run, run + Run.WORDS);
  mem[run + Run.hash] = hash;
  mem[run + Run.keyLength] = text.length;
  mem[run + Run.key] = key;
  mem[run + Run.references] = 1;
  mem[run + Run.callers] = callers;
  mem[run + Run.runner] = myTag;
  return run;
}

function release(run: Addr): void {
  if (Atomics.sub(mem, run + Run.references, 1) !== 1) return;
  free(mem[run + Run.key]!, keyWords(mem[run + Run.keyLength]!));
  dropSlot(run + Run.outcome);
  free(run, Run.WORDS);
}

function readOutcome<T>(run: Addr): Outcome<T> {
  switch (mem[run + Run.state]) {
    case Ended.returned:
      return { value: readKept(run + Run.outcome) as T };
    case Ended.threw:
      return { error: readKept(run + Run.outcome) };
    case Ended.exited:
      return null;
    default: {
      const worker = processorOf(mem[run + Run.runner]!);
      return { error: new Error(`singleflight: worker ${worker} was lost, and with it the call`) };
    }
  }
}

/** Stands in a run's list for all callers of this core. */
class Hook<T> extends Waiter implements SharedWait {
  readonly cell: Addr;
  readonly #run: Addr;
  readonly #group: InArena<T>;
  readonly #call: Call<T>;

  constructor(group: InArena<T>, run: Addr, call: Call<T>) {
    super();
    this.cell = group.cell;
    this.#group = group;
    this.#run = run;
    this.#call = call;
  }
  wake(): boolean {
    const run = this.#run;
    const call = this.#call;
    this.#group.over(run, call);
    let outcome: Outcome<T>;
    try {
      outcome = readOutcome(run);
    } catch (error) {
      outcome = { error };
    }
    release(run);
    call.conclude(outcome);
    return true;
  }
  prepare(): void {
    waits(this.#group);
  }
  attempt(): number {
    const run = this.#run;
    if (mem[run + Run.state] === Ended.not && !isAlive(mem[run + Run.runner]!)) loseRun(this.cell, run);
    return mem[run + Run.state] === Ended.not ? 0 : MessageKind.nothing;
  }
  list(): Addr {
    return this.#run + Run.hooks;
  }
  receive(): void {
    waitsNoMore(this.#group);
  }
  discard(): void {}
}

class InArena<T> implements SharedCalls<T>, Lossy {
  readonly cell: Addr;
  readonly #group: Group<T>;
  /** For each run that goes on here or has callers here. */
  readonly #calls = new Map<Addr, Call<T>>();
  /** Those that go on here. */
  readonly #runs = new Map<Call<T>, Addr>();

  constructor(group: Group<T>, cell: Addr) {
    this.cell = cell;
    this.#group = group;
  }

  /** A run that goes on here, already or soon. */
  begin(text: string, call: Call<T>): void {
    const run = newRun(text, hashOf(text), newKey(text), call.callers);
    insert(this.cell, run);
    this.#calls.set(run, call);
    this.#runs.set(call, run);
  }

  join(text: string, fn: Fn<T>): Call<T> {
    const [run, isNew] = this.#findOrInsert(text);
    const known = this.#calls.get(run);
    if (known !== undefined) return known;
    const call = new Call<T>();
    this.#calls.set(run, call);
    if (isNew) {
      this.#runs.set(call, run);
      this.#group.start(text, fn, call);
    } else {
      const hook = new Hook(this, run, call);
      enlist(hook, hook);
    }
    return call;
  }

  /** A run to join, which has one more caller then, and a reference where this core has none yet; or a new one. */
  #findOrInsert(text: string): readonly [run: Addr, isNew: boolean] {
    const { cell } = this;
    const hash = hashOf(text);
    const key = newKey(text);
    let isTaken = false;
    lock(cell);
    try {
      const found = find(cell, hash, key, text.length);
      if (found !== 0) {
        mem[found + Run.callers] = mem[found + Run.callers]! + 1;
        if (!this.#calls.has(found)) Atomics.add(mem, found + Run.references, 1);
        return [found, false];
      }
      const run = newRun(text, hash, key, 1);
      isTaken = true;
      insert(cell, run);
      return [run, true];
    } finally {
      unlock(cell);
      if (!isTaken) free(key, keyWords(text.length));
    }
  }

  forget(text: string): void {
    const { cell } = this;
    const key = newKey(text);
    lock(cell);
    const run = find(cell, hashOf(text), key, text.length);
    if (run !== 0) mem[run + Run.isForgotten] = 1;
    unlock(cell);
    free(key, keyWords(text.length));
  }

  ended(_key: string, call: Call<T>, outcome: Outcome<T>): void {
    const run = this.#runs.get(call);
    if (run === undefined) return call.conclude(outcome); // was forgotten before the group was shared
    this.#tell(run, outcome);
    this.over(run, call);
    release(run);
    call.conclude(outcome);
  }

  /** Tells the other cores. What nobody there waits for is not copied. */
  #tell(run: Addr, outcome: Outcome<T>): void {
    const { cell } = this;
    lock(cell);
    const isAlone = Atomics.load(mem, run + Run.references) === 1;
    if (isAlone) settle(cell, run, Ended.exited);
    unlock(cell);
    if (isAlone) return;
    const slot = allocate(SLOT_WORDS);
    mem[slot] = 0;
    const state = keepOutcome(slot, outcome);
    lock(cell);
    copySlot(run + Run.outcome, slot);
    settle(cell, run, state);
    unlock(cell);
    free(slot, SLOT_WORDS);
  }

  /** A call ends on this core. */
  over(run: Addr, call: Call<T>): void {
    call.callers = mem[run + Run.callers]!;
    this.#calls.delete(run);
    this.#runs.delete(call);
  }

  lose(tag: number): void {
    const { cell } = this;
    lock(cell);
    const table = mem[cell + Words.table]!;
    for (let i = 0; i < mem[cell + Words.chains]!; i++) {
      for (let run = mem[table + i]!; run !== 0;) {
        const next = mem[run + Run.next]!;
        if (mem[run + Run.runner] === tag) loseRun(cell, run);
        run = next;
      }
    }
    unlock(cell);
  }
}

function keepOutcome<T>(slot: Addr, outcome: Outcome<T>): number {
  if (outcome === null) return Ended.exited;
  if ("error" in outcome) {
    keepError(slot, outcome.error, "error");
    return Ended.threw;
  }
  try {
    keep(slot, outcome.value, "result");
    return Ended.returned;
  } catch (error) {
    keepError(slot, error, "error");
    return Ended.threw;
  }
}

function newCell(): Addr {
  const cell = allocate(Words.WORDS);
  mem.fill(0, cell, cell + Words.WORDS);
  mem[cell + Words.table] = newTable(FEW_CHAINS);
  mem[cell + Words.chains] = FEW_CHAINS;
  return cell;
}

registerKind<Group<unknown>>(ShareKind.singleflight, {
  share(group) {
    const cell = newCell();
    const shared = new InArena(group, cell);
    for (const [key, call] of group.calls) shared.begin(key, call);
    group.calls.clear();
    group.shared = shared;
    return cell;
  },
  adopt(cell) {
    const group = new Group<unknown>();
    group.shared = new InArena(group, cell);
    return group;
  },
  destroy(cell) {
    free(mem[cell + Words.table]!, mem[cell + Words.chains]!);
    free(cell, Words.WORDS);
  },
});
