// What can be locked, and the guard that unlocks at the end of a block.

import type { Op } from "../types.js";

/** Go: `sync.Locker`. */
export interface Locker {
  lock(): Op<void>;
  unlock(): void;
}

export class Guard implements Disposable {
  #unlock: (() => void) | null;

  constructor(unlock: () => void) {
    this.#unlock = unlock;
  }
  /** Unlocks, the first time. */
  [Symbol.dispose](): void {
    const unlock = this.#unlock;
    this.#unlock = null;
    unlock?.();
  }
}

/** What a waiter is woken with where the one it waits for has been lost with its core. */
export class LostHolder {
  readonly #what: string;
  readonly #worker: number;
  readonly #did: string;

  constructor(what: string, worker: number, did = "held the lock") {
    this.#what = what;
    this.#worker = worker;
    this.#did = did;
  }
  get error(): Error {
    return new Error(`${this.#what}: worker ${this.#worker} was lost while it ${this.#did}`);
  }
}
