// A lock around a few dozen instructions in the arena: a word that is 0, or 1 + the number of the processor that holds it.
//
// Whoever holds one calls no user code, allocates nothing on the JavaScript heap, and takes no second lock but in the order
// of addresses. The holder's thread may still be taken off its core, so those who wait fall asleep after a while; and it
// may die, so those who wait long look whether it has.

import { me, mem, procAt, Proc, ProcState, type Addr } from "./arena.js";

const SPINS = 1000;
const canWait = typeof process === "object" || typeof (globalThis as { Window?: unknown }).Window === "undefined";

export function lock(at: Addr): void {
  if (Atomics.compareExchange(mem, at, 0, me + 1) !== 0) lockSlowly(at);
}

export function unlock(at: Addr): void {
  Atomics.store(mem, at, 0);
}

function lockSlowly(at: Addr): void {
  for (let i = 1; ; i++) {
    const holder = Atomics.load(mem, at);
    if (holder === 0) {
      if (Atomics.compareExchange(mem, at, 0, me + 1) === 0) return;
    } else if (i % SPINS === 0) {
      const isDead = Atomics.load(mem, procAt(holder - 1) + Proc.state) === ProcState.dead;
      if (isDead && Atomics.compareExchange(mem, at, holder, me + 1) === holder) return;
      if (canWait) Atomics.wait(mem, at, holder, 0.05);
    }
  }
}
