// A first-in first-out queue in a circular array whose length is a power of two. It grows as it fills, so a large bound
// costs nothing until it is used. Slots are cleared as they are left: a ring keeps nothing alive that is not in it.

const SMALLEST = 8;
const LARGE = 65_536;

export class Ring<T> {
  length = 0;
  #head = 0;
  #mask = SMALLEST - 1;
  #slots: (T | undefined)[] = new Array<T | undefined>(SMALLEST).fill(undefined);

  push(value: T): void {
    if (this.length > this.#mask) this.#resize(this.#slots.length * 2);
    this.#slots[(this.#head + this.length) & this.#mask] = value;
    this.length++;
  }

  /** Undefined where the ring is empty: look at `length` first where T may be undefined. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const head = this.#head;
    const value = this.#slots[head];
    this.#slots[head] = undefined;
    this.#head = (head + 1) & this.#mask;
    this.length--;
    return value;
  }

  /** The i-th oldest. */
  at(i: number): T | undefined {
    return this.#slots[(this.#head + i) & this.#mask];
  }

  /** Gives the memory of a large ring back, where it is empty. */
  trim(): void {
    if (this.length > 0 || this.#slots.length <= LARGE) return;
    this.#head = 0;
    this.#resize(SMALLEST);
  }

  #resize(slots: number): void {
    const old = this.#slots;
    const fresh = new Array<T | undefined>(slots).fill(undefined);
    for (let i = 0; i < this.length; i++) fresh[i] = old[(this.#head + i) & this.#mask];
    this.#slots = fresh;
    this.#mask = slots - 1;
    this.#head = 0;
  }
}
