// The ring of tasks of a processor: goroutines of parallel functions that have not started, which any core may take. Go:
// runtime/proc.go, runqput, runqget, runqsteal
//
// The owner puts at the tail. Owner and thieves take at the head, with compare-and-swap; a thief takes half. What does not fit
// goes to the global queue, half a ring at a time.
//
//   I1  head ≤ tail ≤ head + RING_SIZE, as numbers that wrap around;
//   I2  only the owner writes the tail, and only after what stands before it;
//   I3  whoever moves the head past an entry has read it before: the entry may be written again at once.

import { Header, mem, me, procAt, Proc, RING_SIZE, type Addr } from "./arena.js";
import { lock, unlock } from "./spin-lock.js";

/** Words of a task, beside those of a message: see tasks.ts in cores. */
export const NEXT_TASK = 0;

const MASK = RING_SIZE - 1;

/** Puts a task into this processor's ring. */
export function putTask(task: Addr): void {
  const p = procAt(me);
  for (;;) {
    const head = Atomics.load(mem, p + Proc.ringHead);
    const tail = mem[p + Proc.ringTail]!;
    if (((tail - head) | 0) < RING_SIZE) {
      mem[p + Proc.ring + (tail & MASK)] = task;
      Atomics.store(mem, p + Proc.ringTail, (tail + 1) | 0);
      return;
    }
    if (overflow(p, head, task)) return;
  }
}

/** Moves half of a full ring, and the task, to the global queue. */
function overflow(p: Addr, head: number, task: Addr): boolean {
  const half = RING_SIZE / 2;
  const first = mem[p + Proc.ring + (head & MASK)]!;
  let last = first;
  for (let i = 1; i < half; i++) {
    const next = mem[p + Proc.ring + ((head + i) & MASK)]!;
    mem[last + NEXT_TASK] = next;
    last = next;
  }
  if (Atomics.compareExchange(mem, p + Proc.ringHead, head, (head + half) | 0) !== head) return false;
  mem[last + NEXT_TASK] = task;
  putGlobal(first, task, half + 1);
  return true;
}

/** The oldest task of this processor's ring, or 0. */
export function takeTask(): Addr {
  const p = procAt(me);
  for (;;) {
    const head = Atomics.load(mem, p + Proc.ringHead);
    if (head === mem[p + Proc.ringTail]!) return 0;
    const task = mem[p + Proc.ring + (head & MASK)]!;
    if (Atomics.compareExchange(mem, p + Proc.ringHead, head, (head + 1) | 0) === head) return task;
  }
}

/** Takes half of what stands in the ring of `victim`: returns one, and puts the others into this processor's, which is empty. */
export function stealTasks(victim: number): Addr {
  const from = procAt(victim);
  const p = procAt(me);
  for (;;) {
    const head = Atomics.load(mem, from + Proc.ringHead);
    const length = (Atomics.load(mem, from + Proc.ringTail) - head) | 0;
    if (length <= 0) return 0;
    const n = length - (length >> 1);
    if (n > RING_SIZE / 2) continue; // head was stale
    const tail = mem[p + Proc.ringTail]!;
    for (let i = 0; i < n; i++) {
      mem[p + Proc.ring + ((tail + i) & MASK)] = mem[from + Proc.ring + ((head + i) & MASK)]!;
    }
    if (Atomics.compareExchange(mem, from + Proc.ringHead, head, (head + n) | 0) !== head) continue;
    const last = (tail + n - 1) | 0;
    const task = mem[p + Proc.ring + (last & MASK)]!;
    if (n > 1) Atomics.store(mem, p + Proc.ringTail, last);
    return task;
  }
}

/** A look at how many tasks stand in a ring: old when it is seen. */
export function ringLength(id: number): number {
  const p = procAt(id);
  return (Atomics.load(mem, p + Proc.ringTail) - Atomics.load(mem, p + Proc.ringHead)) | 0;
}

/** The same for the global queue. */
export function globalLength(): number {
  return Atomics.load(mem, Header.queueLength);
}

/** Puts a chain of tasks behind all in the global queue. */
export function putGlobal(first: Addr, last: Addr, n: number): void {
  mem[last + NEXT_TASK] = 0;
  lock(Header.queueLock);
  const tail = mem[Header.queueTail]!;
  if (tail === 0) mem[Header.queueHead] = first;
  else mem[tail + NEXT_TASK] = first;
  mem[Header.queueTail] = last;
  mem[Header.queueLength] = mem[Header.queueLength]! + n;
  unlock(Header.queueLock);
}

/** Takes from the global queue this processor's share: returns one, and puts the others into its ring, which has room. */
export function takeGlobal(): Addr {
  if (globalLength() === 0) return 0;
  lock(Header.queueLock);
  const length = mem[Header.queueLength]!;
  const n = Math.min(Math.ceil(length / mem[Header.maxProcs]!), RING_SIZE / 2, length);
  const task = mem[Header.queueHead]!;
  let next = task;
  const p = procAt(me);
  const tail = mem[p + Proc.ringTail]!;
  for (let i = 0; i < n; i++) {
    if (i > 0) mem[p + Proc.ring + ((tail + i - 1) & MASK)] = next;
    next = mem[next + NEXT_TASK]!;
  }
  if (n > 0) {
    mem[Header.queueHead] = next;
    if (next === 0) mem[Header.queueTail] = 0;
    mem[Header.queueLength] = length - n;
  }
  unlock(Header.queueLock);
  if (n > 1) Atomics.store(mem, p + Proc.ringTail, (tail + n - 1) | 0);
  return n === 0 ? 0 : task;
}

/** Moves all of a ring to the global queue: of a processor that is gone, or shall take no more. */
export function giveUpRing(id: number): void {
  const p = procAt(id);
  for (;;) {
    const head = Atomics.load(mem, p + Proc.ringHead);
    const tail = Atomics.load(mem, p + Proc.ringTail);
    if (head === tail) return;
    const task = mem[p + Proc.ring + (head & MASK)]!;
    if (Atomics.compareExchange(mem, p + Proc.ringHead, head, (head + 1) | 0) === head) putGlobal(task, task, 1);
  }
}
