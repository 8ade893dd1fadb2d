// What carries order from one thread to another: a release here, an acquire there.
import { joined, type Clock } from "./clock.js";
import { hidden } from "./shadow.js";
import type { Thread } from "./thread.js";

/**
 * Where threads meet.
 *
 * At a lock, everybody who releases has acquired before, so that its clock only grows: who comes again, and has learned nothing
 * elsewhere meanwhile, has nothing to compare. `since` is the version from which on that has been so.
 */
export class Meeting {
  clock: Clock | null = null;
  #version = 0;
  #since = 0;

  /** What was done before by whoever released is known to this thread. */
  acquire(thread: Thread): void {
    const { clock } = this;
    if (clock === null) return;
    const { last } = thread;
    if (last.meeting === this && last.clock === thread.clock && last.version >= this.#since) thread.take(clock);
    else thread.acquire(clock);
    // What it knows beyond that is not known here.
    this.#noteVisit(thread, thread.clock === clock);
  }

  /** All that this thread has done, and nothing else, is known to whoever acquires. */
  release(thread: Thread): void {
    const { last } = thread;
    const grows = last.meeting === this && last.version === this.#version;
    this.clock = thread.publish();
    this.#version++;
    if (!grows) this.#since = this.#version;
    this.#noteVisit(thread, true);
  }

  /** In addition to what others have released. */
  releaseToo(thread: Thread): void {
    const clock = thread.publish();
    this.clock = this.clock === null ? clock : joined(this.clock, clock);
    this.#version++;
  }

  /** `isAll`: all that the thread knows is known here. */
  #noteVisit(thread: Thread, isAll: boolean): void {
    thread.last.meeting = this;
    thread.last.version = this.#version;
    thread.last.clock = isAll ? thread.clock : null;
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
