// How many requests are handled at the same time, and who waits.
//
// First come, first served. One whose client has gone leaves the queue at once, wherever it stands.

export class Gate<T> {
  readonly #most: number;
  readonly #mostWaiting: number;
  /** In order of arrival: a Set keeps that, and lets go of any in constant time. */
  readonly #waiting = new Set<T>();
  #running = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  get running(): number {
    return this.#running;
  }
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Says whether it may run now, waits, or is one too many. */
  enter(one: T): "run" | "wait" | "refuse" {
    if (this.#running < this.#most) {
      this.#running++;
      return "run";
    }
    if (this.#waiting.size >= this.#mostWaiting) return "refuse";
    this.#waiting.add(one);
    return "wait";
  }

  /** One that ran has ended. Gives the next, which runs from now on. */
  leave(): T | undefined {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      return next;
    }
    this.#running--;
    return undefined;
  }

  /** One that waits gives up. False where it does not wait. */
  giveUp(one: T): boolean {
    return this.#waiting.delete(one);
  }
}
