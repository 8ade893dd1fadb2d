// How much of a thing each core holds: read locks, units of a semaphore. What a lost core held is given back by this, as nobody
// else would: it guards nothing that could be half done.
//
//   I1  an entry is written by its own thread alone; entries are only added to the list, and freed with the cell;
//   I2  what one core took and another gave back leaves an entry below zero: then nobody can say what a lost one held, and
//       nothing is given back.

import { floats, isAlive, mem, myTag, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";

/** Words of an entry; the amount is a float. */
const Entry = { next: 0, tag: 1, amount: 2, WORDS: 4 } as const;

export class Tally {
  readonly #list: Addr;
  readonly #amount: number;

  /**
   * @param list the word of the cell that leads to the first entry
   * @throws RangeError where the arena is used up
   */
  constructor(list: Addr) {
    this.#list = list;
    this.#amount = this.#enter();
  }

  /** This core has taken so much, or given it back. */
  add(amount: number): void {
    floats[this.#amount]! += amount;
  }

  #enter(): number {
    let entry = mem[this.#list]!;
    // Another handle of this core may have made it, and been collected since.
    while (entry !== 0 && mem[entry + Entry.tag] !== myTag) entry = mem[entry + Entry.next]!;
    return (entry === 0 ? this.#push() : entry + Entry.amount) >> 1;
  }

  #push(): Addr {
    const entry = allocate(Entry.WORDS);
    mem[entry + Entry.tag] = myTag;
    floats[(entry + Entry.amount) >> 1] = 0;
    for (;;) {
      const first = Atomics.load(mem, this.#list);
      mem[entry + Entry.next] = first;
      if (Atomics.compareExchange(mem, this.#list, first, entry) === first) return entry + Entry.amount;
    }
  }

  /** Under the lock of the cell: what lost cores held, which is theirs no more. */
  takeLost(): number {
    let lost = 0;
    for (let entry = Atomics.load(mem, this.#list); entry !== 0; entry = mem[entry + Entry.next]!) {
      const amount = floats[(entry + Entry.amount) >> 1]!;
      if (amount < 0) return 0;
      if (!isAlive(mem[entry + Entry.tag]!)) lost += amount;
    }
    if (lost > 0) this.#forgetLost();
    return lost;
  }

  #forgetLost(): void {
    for (let entry = Atomics.load(mem, this.#list); entry !== 0; entry = mem[entry + Entry.next]!) {
      if (!isAlive(mem[entry + Entry.tag]!)) floats[(entry + Entry.amount) >> 1] = 0;
    }
  }
}

/** With the cell. */
export function freeTally(list: Addr): void {
  for (let entry = mem[list]!; entry !== 0;) {
    const next = mem[entry + Entry.next]!;
    free(entry, Entry.WORDS);
    entry = next;
  }
}
