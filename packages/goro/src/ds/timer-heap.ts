// Waiters ordered by the time at which they are due, and among equal times by arrival: a 4-ary heap, as Go's timers are.
//
//   I1  keys (due, arrival) of a node are never above those of its children;
//   I2  a waiter in the heap holds its own position in `value`, so that removing it needs no search.
//
// Keys stand beside the waiters in typed arrays: sifting compares numbers in a row and touches no object it does not move.

import type { Waiter } from "./wait-queue.js";

const SMALLEST = 64;
/** An empty heap that was larger than this gives its memory back. */
const LARGE = 4096;

export class TimerHeap {
  length = 0;
  #due = new Float64Array(SMALLEST);
  #arrival = new Float64Array(SMALLEST);
  #waiters: (Waiter | undefined)[] = [];
  #arrivals = 0;

  /** When the first one is due; Infinity where there is none. */
  get earliest(): number {
    return this.length === 0 ? Infinity : this.#due[0]!;
  }

  add(due: number, w: Waiter): void {
    if (this.length === this.#due.length) this.#grow();
    this.#up(this.length++, due, this.#arrivals++, w);
  }

  /** Takes the first one out if it is due by now. */
  shiftDue(now: number): Waiter | undefined {
    if (this.length === 0 || this.#due[0]! > now) return undefined;
    const w = this.#waiters[0]!;
    this.#removeAt(0);
    return w;
  }

  remove(w: Waiter): void {
    this.#removeAt(w.value as number);
  }

  #removeAt(i: number): void {
    this.#waiters[i]!.value = undefined;
    const last = --this.length;
    const due = this.#due[last]!;
    const arrival = this.#arrival[last]!;
    const w = this.#waiters[last]!;
    this.#waiters[last] = undefined;
    if (last === 0) this.#reset();
    if (i === last) return;
    const parent = (i - 1) >> 2;
    if (i > 0 && this.#before(due, arrival, parent)) this.#up(i, due, arrival, w);
    else this.#down(i, due, arrival, w);
  }

  #reset(): void {
    this.#arrivals = 0;
    if (this.#due.length <= LARGE) return;
    this.#due = new Float64Array(SMALLEST);
    this.#arrival = new Float64Array(SMALLEST);
    this.#waiters = [];
  }

  #before(due: number, arrival: number, i: number): boolean {
    const d = this.#due[i]!;
    return due < d || (due === d && arrival < this.#arrival[i]!);
  }

  #put(i: number, due: number, arrival: number, w: Waiter): void {
    this.#due[i] = due;
    this.#arrival[i] = arrival;
    this.#waiters[i] = w;
    w.value = i;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#due[from]!, this.#arrival[from]!, this.#waiters[from]!);
  }

  #up(i: number, due: number, arrival: number, w: Waiter): void {
    while (i > 0) {
      const parent = (i - 1) >> 2;
      if (!this.#before(due, arrival, parent)) break;
      this.#move(parent, i);
      i = parent;
    }
    this.#put(i, due, arrival, w);
  }

  #down(i: number, due: number, arrival: number, w: Waiter): void {
    for (;;) {
      const first = i * 4 + 1;
      if (first >= this.length) break;
      let least = first;
      const end = Math.min(first + 4, this.length);
      for (let c = first + 1; c < end; c++) if (this.#before(this.#due[c]!, this.#arrival[c]!, least)) least = c;
      const d = this.#due[least]!;
      if (due < d || (due === d && arrival < this.#arrival[least]!)) break;
      this.#move(least, i);
      i = least;
    }
    this.#put(i, due, arrival, w);
  }

  #grow(): void {
    const due = new Float64Array(this.length * 2);
    const arrival = new Float64Array(this.length * 2);
    due.set(this.#due);
    arrival.set(this.#arrival);
    this.#due = due;
    this.#arrival = arrival;
  }
}
