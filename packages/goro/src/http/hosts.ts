// How many requests to one host are under way at the same time, and who waits. First come, first served.

import { Gate } from "./limits.js";

/** One that wants a place. */
export interface Guest {
  /** It has its place. */
  begin(): void;
}

export class Hosts {
  readonly #most: number;
  /** Those that somebody has to do with. */
  readonly #gates = new Map<string, Gate<Guest>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Begins now or when there is a place. */
  enter(host: string, guest: Guest): void {
    let gate = this.#gates.get(host);
    if (gate === undefined) this.#gates.set(host, (gate = new Gate(this.#most, Infinity)));
    if (gate.enter(guest) === "run") guest.begin();
  }

  /** One that has begun is done. */
  leave(host: string): void {
    const gate = this.#gates.get(host)!;
    gate.leave()?.begin();
    if (gate.running === 0) this.#gates.delete(host);
  }

  /** One that still waits gives up. False where it has begun. */
  giveUp(host: string, guest: Guest): boolean {
    return this.#gates.get(host)?.giveUp(guest) ?? false;
  }
}
