// What carries order from one thread to another: a release here, an acquire there.
import { joined, type Clock } from "./clock.js";
import { hidden } from "./shadow.js";
import type { Thread } from "./thread.js";

/** Where threads meet. */
export class Meeting {
  clock: Clock | null = null;

  /** What was done before by whoever released is known to this thread. */
  acquire(thread: Thread): void {
    thread.acquire(this.clock);
  }

  /** All that this thread has done, and nothing else, is known to whoever acquires. */
  release(thread: Thread): void {
    this.clock = thread.publish();
  }

  /** In addition to what others have released. */
  releaseToo(thread: Thread): void {
    const clock = thread.publish();
    this.clock = this.clock === null ? clock : joined(this.clock, clock);
  }
}

/** The one for an object. */
export class Meetings {
  readonly #of = hidden<Meeting>();

  at(object: object): Meeting {
    let meeting = this.#of.get(object);
    if (meeting === undefined) this.#of.set(object, (meeting = new Meeting()));
    return meeting;
  }

  /** Undefined where nobody has been. */
  seen(object: object): Meeting | undefined {
    return this.#of.get(object);
  }
}
