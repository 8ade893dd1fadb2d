// Helpers for the tests of the codec: values there and back, and what the arena holds.
import { hasArena, Header, makeArena, mem } from "../../arena/arena.js";
import { allocate, keptWords } from "../../arena/blocks.js";
import { copyAll, readArguments, readSlot, writeArguments, writeSlot } from "../codec.js";

export const hasSharedMemory = typeof SharedArrayBuffer === "function";
if (hasSharedMemory && !hasArena()) makeArena(undefined);

/** Four words at an address divisible by four. */
export const slot = hasSharedMemory ? allocate(8) : 0;

export interface Way {
  readonly name: string;
  /** For the test: why it cannot be gone here. */
  readonly skip: string | false;
  /** The arguments of a function as they arrive. */
  send(...args: readonly unknown[]): unknown[];
}

/** How values get from a goroutine to another: as copies where both are on one core, else through the arena. */
export const ways: readonly [Way, Way] = [
  { name: "copied", skip: false, send: (...args) => copyAll(args, (i) => `argument ${i + 1}`) },
  { name: "sent", skip: hasSharedMemory ? false : "no shared memory", send: throughArena },
];

function throughArena(...args: readonly unknown[]): unknown[] {
  writeArguments(slot, args);
  return readArguments(slot);
}

/** A value through a slot. */
export function throughSlot<T>(value: T): T {
  writeSlot(slot, value, "value");
  return readSlot(slot) as T;
}

const SIZE_CLASSES = 29;
const SMALLEST = 8;

/** How many words of the arena somebody has: blocks that are neither free nor on this core's shelves. */
export function wordsInUse(): number {
  let free = keptWords();
  for (let size = 0; size < SIZE_CLASSES; size++) {
    for (let at = mem[Header.free + size]!; at !== 0; at = mem[at]!) free += SMALLEST << size;
  }
  return mem[Header.bump]! - free;
}

/** All of the arena but so many words, given back by the function that is returned. */
export function fillArena(leave: number): () => void {
  const bump = mem[Header.bump]!;
  const end = mem[Header.end]!;
  const heads = Array.from(mem.subarray(Header.free, Header.free + SIZE_CLASSES));
  mem.fill(0, Header.free, Header.free + SIZE_CLASSES);
  mem[Header.end] = bump + leave;
  return () => {
    mem[Header.end] = end;
    // What was freed in the meantime is lost to the lists: put the old ones back behind it.
    heads.forEach((head, size) => {
      let last = 0;
      for (let at = mem[Header.free + size]!; at !== 0; at = mem[at]!) last = at;
      if (last === 0) mem[Header.free + size] = head;
      else mem[last] = head;
    });
  };
}
