// A Map that several cores know: a hash table in the arena, under the lock of its cell. Go: sync/map.go
//
// Keys are compared as words (map-key.ts). A value stands in a block of its own with a count of who reads it, so that under
// the lock nothing is copied but addresses: it is read, or dropped, after the lock is released.
//
// Entries also stand in a list in the order in which they came, for range. It goes from entry to entry with a pin on the one
// where it is, which keeps that one in the list when it is deleted meanwhile.
//
//   I1  an entry is in its chain until it is deleted, and in the list until it is deleted and nobody pins it;
//   I2  clear begins a new epoch: entries of former ones are in nothing any more. They are freed by clear, or where they are
//       pinned, by who takes the last pin off after clear has passed them.

import { ShareKind, isShareable } from "../ds/shareable.js";
import { floats, mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { lock, unlock } from "../arena/spin-lock.js";
import { absent, Map, same, type SharedEntries } from "../sync/map.js";
import { dropSlot, readSlot } from "./codec.js";
import { describe } from "./codec/refusal.js";
import { declarationOf } from "./functions.js";
import { registerKind } from "./handles.js";
import { copySlot, keep, readKept, SLOT_WORDS } from "./kept.js";
import { dropKey, isKeyAt, key, readKey, storeKey, writeKey } from "./map-key.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  /** The table: a word for each chain; their number is a power of two. */
  table: 4,
  chains: 5,
  entries: 6,
  epoch: 7,
  oldest: 8,
  newest: 9,
  /** How many entries there have ever been: a float. */
  stored: 10,
  WORDS: 16,
} as const;
const FEW_CHAINS = 8;

const Entry = {
  /** In its chain. */
  next: 0,
  hash: 1,
  /** In the list. */
  newer: 2,
  older: 3,
  /** Which one it is of all that have been: a float. */
  number: 4,
  /** The block of its value. */
  value: 6,
  pins: 7,
  /** See State. */
  state: 8,
  epoch: 9,
  keyLength: 10,
  key: 11,
} as const;

const State = { stored: 0, deleted: 1, /** Clear has been there. */ passed: 2 } as const;

const Value = { readers: 0, slot: 4, WORDS: 8 } as const;

/** Tags of slots whose value stands elsewhere: see codec.ts. */
const FIRST_OUTSIDE = 7;
const isInline = (value: Addr): boolean => {
  const tag = mem[value + Value.slot]! & 0xff;
  return tag < FIRST_OUTSIDE;
};

function newValue(value: unknown, what: string): Addr {
  const at = allocate(Value.WORDS);
  try {
    keep(at + Value.slot, value, what);
  } catch (error) {
    free(at, Value.WORDS);
    throw error;
  }
  mem[at + Value.readers] = 1;
  return at;
}

function releaseValue(at: Addr): void {
  if (Atomics.sub(mem, at + Value.readers, 1) !== 1) return;
  dropSlot(at + Value.slot);
  free(at, Value.WORDS);
}

/** Reads a value that this caller counts among the readers of, for the last time. */
function takeValue(at: Addr): unknown {
  try {
    return readKept(at + Value.slot);
  } finally {
    releaseValue(at);
  }
}

function newEntry(): Addr {
  const entry = allocate(Entry.key + key.length);
  mem[entry + Entry.hash] = key.hash;
  mem[entry + Entry.value] = mem[entry + Entry.pins] = mem[entry + Entry.state] = 0;
  mem[entry + Entry.keyLength] = key.length;
  storeKey(entry + Entry.key);
  return entry;
}

function freeEntry(entry: Addr): void {
  const value = mem[entry + Entry.value]!;
  if (value !== 0) releaseValue(value);
  dropKey(entry + Entry.key);
  free(entry, Entry.key + mem[entry + Entry.keyLength]!);
}

let scratchAt: Addr = 0;
/** A slot of this core: for a value on its way between the lock and the codec. */
function scratch(): Addr {
  if (scratchAt === 0) scratchAt = allocate(SLOT_WORDS);
  return scratchAt;
}

class InArena<K, V> implements SharedEntries<K, V> {
  readonly cell: Addr;

  constructor(cell: Addr) {
    this.cell = cell;
  }

  // Under the lock

  /** The entry of `key`, or 0. */
  #find(): Addr {
    const { cell } = this;
    const chain = mem[cell + Cell.table]! + (key.hash & (mem[cell + Cell.chains]! - 1));
    for (let entry = mem[chain]!; entry !== 0; entry = mem[entry + Entry.next]!) {
      const isAlike = mem[entry + Entry.hash] === key.hash && mem[entry + Entry.keyLength] === key.length;
      if (isAlike && isKeyAt(entry + Entry.key)) return entry;
    }
    return 0;
  }

  #insert(entry: Addr, value: Addr): void {
    const { cell } = this;
    const stored = (cell + Cell.stored) >> 1;
    const newest = mem[cell + Cell.newest]!;
    mem[entry + Entry.value] = value;
    mem[entry + Entry.epoch] = mem[cell + Cell.epoch]!;
    mem[entry + Entry.newer] = 0;
    mem[entry + Entry.older] = newest;
    floats[(entry + Entry.number) >> 1] = ++floats[stored]!;
    if (newest === 0) mem[cell + Cell.oldest] = entry;
    else mem[newest + Entry.newer] = entry;
    mem[cell + Cell.newest] = entry;
    if (++mem[cell + Cell.entries]! > mem[cell + Cell.chains]!) this.#grow();
    this.#chain(entry);
  }

  #chain(entry: Addr): void {
    const { cell } = this;
    const chain = mem[cell + Cell.table]! + (mem[entry + Entry.hash]! & (mem[cell + Cell.chains]! - 1));
    mem[entry + Entry.next] = mem[chain]!;
    mem[chain] = entry;
  }

  #grow(): void {
    const { cell } = this;
    const old = mem[cell + Cell.table]!;
    const chains = mem[cell + Cell.chains]!;
    let table: Addr;
    try {
      table = allocate(chains * 2);
    } catch {
      return; // longer chains, then
    }
    mem.fill(0, table, table + chains * 2);
    mem[cell + Cell.table] = table;
    mem[cell + Cell.chains] = chains * 2;
    for (let chain = old; chain < old + chains; chain++) {
      let entry = mem[chain]!;
      while (entry !== 0) {
        const next = mem[entry + Entry.next]!;
        this.#chain(entry);
        entry = next;
      }
    }
    free(old, chains);
  }

  /** Takes an entry out. Returns it where it is to be freed, else 0. */
  #remove(entry: Addr): Addr {
    const { cell } = this;
    let before = mem[cell + Cell.table]! + (mem[entry + Entry.hash]! & (mem[cell + Cell.chains]! - 1)) - Entry.next;
    while (mem[before + Entry.next] !== entry) before = mem[before + Entry.next]!;
    mem[before + Entry.next] = mem[entry + Entry.next]!;
    mem[cell + Cell.entries]!--;
    mem[entry + Entry.state] = State.deleted;
    if (mem[entry + Entry.pins] !== 0) return 0;
    this.#unlist(entry);
    return entry;
  }

  #unlist(entry: Addr): void {
    const { cell } = this;
    const newer = mem[entry + Entry.newer]!;
    const older = mem[entry + Entry.older]!;
    if (older === 0) mem[cell + Cell.oldest] = newer;
    else mem[older + Entry.newer] = newer;
    if (newer === 0) mem[cell + Cell.newest] = older;
    else mem[newer + Entry.older] = older;
  }

  /** Returns it where it is to be freed, else 0. */
  #unpin(entry: Addr): Addr {
    if (--mem[entry + Entry.pins]! !== 0) return 0;
    const isCurrent = mem[entry + Entry.epoch] === mem[this.cell + Cell.epoch];
    if (mem[entry + Entry.state] !== (isCurrent ? State.deleted : State.passed)) return 0;
    if (isCurrent) this.#unlist(entry);
    return entry;
  }

  // The methods

  load(k: K): readonly [value: V, ok: true] | readonly [value: undefined, ok: false] {
    if (!writeKey(k, "Map.load: key", false)) return absent;
    const value = this.#peek();
    return value === 0 ? absent : [this.#read(value), true];
  }

  /** The block of the value of `key`: counted, or copied into the scratch where it is inline. 0 where there is none. */
  #peek(): Addr {
    const { cell } = this;
    const to = scratch();
    lock(cell);
    const entry = this.#find();
    const value = entry === 0 ? 0 : mem[entry + Entry.value]!;
    if (value !== 0) {
      if (isInline(value)) copySlot(to, value + Value.slot);
      else Atomics.add(mem, value + Value.readers, 1);
      mem[to] = isInline(value) ? mem[to]! : FIRST_OUTSIDE;
    }
    unlock(cell);
    return value;
  }

  /** What peek has found. */
  #read(value: Addr): V {
    const to = scratch();
    return ((mem[to]! & 0xff) < FIRST_OUTSIDE ? readSlot(to) : takeValue(value)) as V;
  }

  store(k: K, v: V): void {
    this.add(k, v, "Map.store");
  }

  add(k: K, v: V, what: string): void {
    const previous = this.#put(k, v, what);
    if (previous !== 0) releaseValue(previous);
  }

  swap(k: K, v: V): readonly [previous: V | undefined, loaded: boolean] {
    const previous = this.#put(k, v, "Map.swap");
    return previous === 0 ? absent : [takeValue(previous) as V, true];
  }

  /** The block of the value that was there, now the caller's; 0 where there was none. */
  #put(k: K, v: V, what: string): Addr {
    const value = newValue(v, `${what}: value`);
    let entry = 0;
    try {
      writeKey(k, `${what}: key`, true);
      for (;;) {
        lock(this.cell);
        const found = this.#find();
        if (found === 0 && entry !== 0) this.#insert(entry, value);
        const previous = found === 0 ? 0 : mem[found + Entry.value]!;
        if (found !== 0) mem[found + Entry.value] = value;
        unlock(this.cell);
        if (found !== 0 && entry !== 0) freeEntry(entry);
        if (found !== 0 || entry !== 0) return previous;
        entry = newEntry();
      }
    } catch (error) {
      releaseValue(value);
      throw error;
    }
  }

  loadOrStore(k: K, v: V): readonly [actual: V, loaded: boolean] {
    writeKey(k, "Map.loadOrStore: key", true);
    let there = this.#peek();
    if (there !== 0) return [this.#read(there), true];
    const value = newValue(v, "Map.loadOrStore: value");
    let entry: Addr;
    try {
      writeKey(k, "Map.loadOrStore: key", true);
      entry = newEntry();
      lock(this.cell);
      const found = this.#find();
      if (found === 0) this.#insert(entry, value);
      else {
        there = mem[found + Entry.value]!;
        Atomics.add(mem, there + Value.readers, 1);
      }
      unlock(this.cell);
    } catch (error) {
      releaseValue(value);
      throw error;
    }
    if (there === 0) return [v, false];
    freeEntry(entry);
    releaseValue(value);
    return [takeValue(there) as V, true];
  }

  loadAndDelete(k: K): readonly [value: V, loaded: true] | readonly [value: undefined, loaded: false] {
    const entry = writeKey(k, "Map.loadAndDelete: key", false) ? this.#take() : 0;
    return entry === 0 ? absent : [takeValue(entry) as V, true];
  }

  delete(k: K): void {
    const value = writeKey(k, "Map.delete: key", false) ? this.#take() : 0;
    if (value !== 0) releaseValue(value);
  }

  /** Deletes `key`. The block of its value is the caller's; 0 where there was none. */
  #take(): Addr {
    lock(this.cell);
    const entry = this.#find();
    const value = entry === 0 ? 0 : mem[entry + Entry.value]!;
    if (entry !== 0) mem[entry + Entry.value] = 0;
    const freed = entry === 0 ? 0 : this.#remove(entry);
    unlock(this.cell);
    if (freed !== 0) freeEntry(freed);
    return value;
  }

  compareAndSwap(k: K, old: V, v: V): boolean {
    return this.#compareAnd(k, old, "Map.compareAndSwap", () => newValue(v, "Map.compareAndSwap: value"));
  }

  compareAndDelete(k: K, old: V): boolean {
    return this.#compareAnd(k, old, "Map.compareAndDelete", null);
  }

  /**
   * Compares outside the lock, and under it looks whether the value is still the block that was compared: that is counted, so
   * no other has its address.
   */
  #compareAnd(k: K, old: V, what: string, make: (() => Addr) | null): boolean {
    mustBeComparable(old, `${what}: old`);
    let next = 0;
    for (;;) {
      if (!writeKey(k, `${what}: key`, false)) return false;
      lock(this.cell);
      const entry = this.#find();
      const value = entry === 0 ? 0 : mem[entry + Entry.value]!;
      if (value !== 0) Atomics.add(mem, value + Value.readers, 1);
      unlock(this.cell);
      if (value === 0) break;
      try {
        if (!same(readKept(value + Value.slot), old)) break;
        if (make !== null && next === 0) next = make();
        if (this.#replace(k, what, value, next)) return true;
      } finally {
        releaseValue(value);
      }
    }
    if (next !== 0) releaseValue(next);
    return false;
  }

  /** With `to` 0: deletes. */
  #replace(k: K, what: string, from: Addr, to: Addr): boolean {
    writeKey(k, `${what}: key`, false);
    lock(this.cell);
    const entry = this.#find();
    const isThere = entry !== 0 && mem[entry + Entry.value] === from;
    let freed = 0;
    if (isThere) {
      mem[entry + Entry.value] = to;
      if (to === 0) freed = this.#remove(entry);
    }
    unlock(this.cell);
    if (isThere) releaseValue(from);
    if (freed !== 0) freeEntry(freed);
    return isThere;
  }

  range(fn: (key: K, value: V) => boolean): void {
    const last = this.#stored();
    let at: Addr = 0;
    try {
      for (;;) {
        at = this.#step(at, last);
        if (at === 0) return;
        const value = takeValue(this.#pinned) as V;
        if (!fn(readKey(at + Entry.key) as K, value)) return;
      }
    } finally {
      if (at !== 0) this.#step(at, -1);
    }
  }

  #stored(): number {
    lock(this.cell);
    const stored = floats[(this.cell + Cell.stored) >> 1]!;
    unlock(this.cell);
    return stored;
  }

  /** After a step: the block of the value, counted. */
  #pinned: Addr = 0;

  /** From a pinned entry (or from none) to the next up to a number, which is pinned then; 0 where there is none. */
  #step(from: Addr, last: number): Addr {
    const { cell } = this;
    lock(cell);
    let to = 0;
    if (from === 0) to = mem[cell + Cell.oldest]!;
    else if (mem[from + Entry.epoch] === mem[cell + Cell.epoch]) to = mem[from + Entry.newer]!;
    while (to !== 0 && mem[to + Entry.state] === State.deleted) to = mem[to + Entry.newer]!;
    if (to !== 0 && floats[(to + Entry.number) >> 1]! > last) to = 0;
    if (to !== 0) {
      mem[to + Entry.pins]!++;
      this.#pinned = mem[to + Entry.value]!;
      Atomics.add(mem, this.#pinned + Value.readers, 1);
    }
    const freed = from === 0 ? 0 : this.#unpin(from);
    unlock(cell);
    if (freed !== 0) freeEntry(freed);
    return to;
  }

  clear(): void {
    const { cell } = this;
    const table = newTable();
    lock(cell);
    const old = mem[cell + Cell.table]!;
    const chains = mem[cell + Cell.chains]!;
    let entry = mem[cell + Cell.oldest]!;
    mem[cell + Cell.table] = table;
    mem[cell + Cell.chains] = FEW_CHAINS;
    mem[cell + Cell.entries] = mem[cell + Cell.oldest] = mem[cell + Cell.newest] = 0;
    mem[cell + Cell.epoch]!++;
    unlock(cell);
    free(old, chains);
    while (entry !== 0) {
      const newer = mem[entry + Entry.newer]!;
      lock(cell);
      const isPinned = mem[entry + Entry.pins] !== 0;
      if (isPinned) mem[entry + Entry.state] = State.passed;
      unlock(cell);
      if (!isPinned) freeEntry(entry);
      entry = newer;
    }
  }
}

/** An object that is copied is another one each time. */
function mustBeComparable(old: unknown, what: string): void {
  const isObject = typeof old === "object" && old !== null && !isShareable(old);
  if (!isObject && (typeof old !== "function" || declarationOf(old) !== undefined)) return;
  const name = isObject ? describe(old) : "a function";
  throw new TypeError(`${what}: ${name} equals nothing in a Map that several cores know: values are copied there`);
}

function newTable(): Addr {
  const table = allocate(FEW_CHAINS);
  mem.fill(0, table, table + FEW_CHAINS);
  return table;
}

function destroy(cell: Addr): void {
  let entry = mem[cell + Cell.oldest]!;
  while (entry !== 0) {
    const newer = mem[entry + Entry.newer]!;
    freeEntry(entry);
    entry = newer;
  }
  free(mem[cell + Cell.table]!, mem[cell + Cell.chains]!);
  free(cell, Cell.WORDS);
}

registerKind<Map<unknown, unknown>>(ShareKind.map, {
  share(map) {
    const table = newTable();
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    mem[cell + Cell.table] = table;
    mem[cell + Cell.chains] = FEW_CHAINS;
    const shared = new InArena(cell);
    try {
      map.share(shared, (k, v) => shared.add(k, v, "Map"));
    } catch (error) {
      destroy(cell);
      throw error;
    }
    return cell;
  },
  adopt(cell) {
    const map = new Map<unknown, unknown>();
    map.share(new InArena(cell), () => undefined);
    return map;
  },
  destroy,
});
