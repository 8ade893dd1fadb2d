// Memory by the block. A block has 2^k words, at least 8, and who frees it says how large it is.
//
// Each processor keeps some free blocks of the small sizes for itself, so that most allocations touch nothing shared; what is
// too much or too little there goes to or comes from the lists in the header, half a shelf at a time. A free block's first
// word leads to the next.
//
//   I1  a block is in use, on one shelf, or in one list;
//   I2  a shelf never holds more than SHELF_SIZE blocks, so that what one core frees serves the others too.

import { Header, mem, type Addr } from "./arena.js";
import { lock, unlock } from "./spin-lock.js";

const SMALLEST = 3; // 2^3 words
const CLASSES = 29;
/** Up to this class (4 kB) a processor keeps free blocks. */
const LARGEST_KEPT = 10 - SMALLEST;
const SHELF_SIZE = 64;
const HALF = SHELF_SIZE / 2;

const shelves: Addr[][] = Array.from({ length: LARGEST_KEPT + 1 }, () => []);

/** The class of a block of at least so many words. */
export function classOf(words: number): number {
  return words <= 8 ? 0 : 32 - Math.clz32(words - 1) - SMALLEST;
}

/** A block of at least so many words, contents undefined. @throws RangeError where the arena is used up. */
export function allocate(words: number): Addr {
  const size = classOf(words);
  if (size > LARGEST_KEPT) return fromArena(size);
  const shelf = shelves[size]!;
  const at = shelf.pop();
  return at === undefined ? restock(shelf, size) : at;
}

/** Gives back what `allocate(words)` gave. */
export function free(at: Addr, words: number): void {
  const size = classOf(words);
  if (size > LARGEST_KEPT) {
    lock(Header.blockLock);
    putBack(at, size);
    unlock(Header.blockLock);
    return;
  }
  const shelf = shelves[size]!;
  shelf.push(at);
  if (shelf.length > SHELF_SIZE) clear(shelf, size);
}

function putBack(at: Addr, size: number): void {
  mem[at] = mem[Header.free + size]!;
  mem[Header.free + size] = at;
}

function clear(shelf: Addr[], size: number): void {
  lock(Header.blockLock);
  for (let i = 0; i < HALF; i++) putBack(shelf.pop()!, size);
  unlock(Header.blockLock);
}

/** Under the lock: a free block, or 0. */
function takeOne(size: number): Addr {
  const at = mem[Header.free + size]!;
  if (at !== 0) {
    mem[Header.free + size] = mem[at]!;
    return at;
  }
  const bump = mem[Header.bump]!;
  const next = bump + (1 << (size + SMALLEST));
  if (next <= mem[Header.end]!) {
    mem[Header.bump] = next;
    return bump;
  }
  return size + 1 < CLASSES ? split(size) : 0;
}

/** A larger block, cut in two: when all memory has been given out once. */
function split(size: number): Addr {
  const larger = takeLarger(size + 1);
  if (larger === 0) return 0;
  putBack(larger + (1 << (size + SMALLEST)), size);
  return larger;
}

function takeLarger(size: number): Addr {
  const at = mem[Header.free + size]!;
  if (at !== 0) {
    mem[Header.free + size] = mem[at]!;
    return at;
  }
  return size + 1 < CLASSES ? split(size) : 0;
}

function restock(shelf: Addr[], size: number): Addr {
  // As many as fit into 4 kB, so that large ones are not hoarded.
  const wanted = Math.max(1, Math.min(HALF, 1 << (LARGEST_KEPT - size)));
  lock(Header.blockLock);
  const first = takeOne(size);
  for (let i = 1; i < wanted && first !== 0; i++) {
    const at = takeOne(size);
    if (at === 0) break;
    shelf.push(at);
  }
  unlock(Header.blockLock);
  return first === 0 ? exhausted(size) : first;
}

function fromArena(size: number): Addr {
  if (size >= CLASSES) return exhausted(size);
  lock(Header.blockLock);
  const at = takeOne(size);
  unlock(Header.blockLock);
  return at === 0 ? exhausted(size) : at;
}

function exhausted(size: number): never {
  const limit = (mem.length * 4) / 2 ** 20;
  const wanted = 2 ** (size + SMALLEST + 2);
  throw new RangeError(
    `the memory that the cores share is used up: ${wanted} bytes do not fit into its ${limit} MB any more; ` +
      `set GOROARENA to more megabytes, or share less at a time`,
  );
}

/** The words of the blocks on the shelves of this processor: for tests that count. */
export function keptWords(): number {
  return shelves.reduce((sum, shelf, size) => sum + shelf.length * (1 << (size + SMALLEST)), 0);
}
