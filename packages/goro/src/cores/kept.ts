// Values that stay in a cell for as many as ask for them: each gets a copy of its own.
//
//   I1  a kept value does not change until it is dropped; who reads it has a reference to its cell, and needs no lock.

import { mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Panic } from "../runtime/panic.js";
import { dropSlot, readSlot, writeSlot } from "./codec.js";
import { Cell } from "./handles.js";

/** Words of a slot. */
export const SLOT_WORDS = 4;

/** What a copy has to know of a slot, and of the block it leads to: see codec.ts and codec/block.ts. */
const Slot = { reference: 7, block: 10, fullBlock: 11 } as const;
const Full = { references: 0, foreign: 1, tail: 2, WORDS: 4 } as const;

export function copySlot(to: Addr, from: Addr): void {
  mem[to] = mem[from]!;
  mem[to + 1] = mem[from + 1]!;
  mem[to + 2] = mem[from + 2]!;
  mem[to + 3] = mem[from + 3]!;
}

let scratchAt: Addr = 0;
/** A slot of this core. Only from one call of the codec to the next. */
export function scratchSlot(): Addr {
  if (scratchAt === 0) scratchAt = allocate(SLOT_WORDS);
  return scratchAt;
}

/** Writes a value to be kept. @throws as writeSlot; TypeError for what only one can fetch. */
export function keep(at: Addr, value: unknown, path: string): void {
  const slot = allocate(SLOT_WORDS);
  try {
    writeSlot(slot, value, path);
    if ((mem[slot]! & 0xff) === Slot.fullBlock && mem[mem[slot + 1]! + Full.foreign] !== 0) {
      dropSlot(slot);
      throw new TypeError(`${path}: holds an object that can be sent once, and not to all cores that may ask for it`);
    }
    copySlot(at, slot);
  } finally {
    free(slot, SLOT_WORDS);
  }
}

/**
 * Writes what was thrown somewhere, to be kept. Never throws: in place of what cannot be sent comes an error like it, without what
 * the error carries.
 */
export function keepError(at: Addr, error: unknown, path: string): void {
  try {
    keep(at, error, path);
  } catch (problem) {
    try {
      keep(at, error instanceof Error ? plainly(error) : problem, path);
    } catch {
      mem[at] = 0; // undefined: there is no memory left
    }
  }
}

/** A message, a stack, a name. */
function plainly(error: Error): Error {
  const Class = error instanceof Panic ? Panic : Error;
  const plain = new Class(String(error.message));
  Object.defineProperty(plain, "stack", { value: error.stack, writable: true, configurable: true });
  if (plain.name !== error.name) {
    Object.defineProperty(plain, "name", { value: String(error.name), writable: true, configurable: true });
  }
  return plain;
}

/** A copy of a kept value. */
export function readKept(at: Addr): unknown {
  const slot = allocate(SLOT_WORDS);
  try {
    duplicate(slot, at);
    return readSlot(slot);
  } finally {
    free(slot, SLOT_WORDS);
  }
}

function duplicate(to: Addr, from: Addr): void {
  const tag = mem[from]! & 0xff;
  copySlot(to, from);
  if (tag === Slot.reference) refer(mem[from + 1]!);
  if (tag !== Slot.block && tag !== Slot.fullBlock) return;
  const block = mem[from + 1]!;
  const words = mem[from + 2]!;
  const copy = allocate(words);
  mem.copyWithin(copy, block, block + words);
  mem[to + 1] = copy;
  if (tag === Slot.block) return;
  mem[copy + Full.tail] = mem[block + Full.tail]! + copy - block;
  for (let i = 0; i < mem[copy + Full.references]!; i++) refer(mem[copy + Full.WORDS + i]!);
}

/** One reference more. */
export function refer(cell: Addr): void {
  Atomics.add(mem, cell + Cell.references, 1);
}
