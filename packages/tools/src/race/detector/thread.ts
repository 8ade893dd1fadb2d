// A thread of the program, as the detector sees it: whatever runs in an order of its own. A goroutine; the code outside all
// goroutines; a callback of the platform; what follows an await.
//
// Time in a thread goes by when it lets others know of it, and then only if it has done anything since. So an epoch, a
// thread and a time in it, stands for everything done between two such moments.
//
//   I1  `clock` holds what the thread knows of others, and of itself all that it has let them know;
//   I2  everything done at a time up to `used` is in `clock` once it is published: `time` is above all published.
//
// Numbers of threads that have ended are given again, but only to a thread that begins knowing all the former one did: then
// that one's past is the new one's own past, and no order is claimed that is not there.
import { Frame, nowhere, setStack } from "../operations/stack.js";
import type { Site } from "../accesses.js";
import { Access } from "./access.js";
import { dawn, joined, known, withKnown, type Clock } from "./clock.js";

/** What a thread is called in a report: "goroutine 7". */
export interface Name {
  /** "goroutine", "async call", or what kind of callback. */
  readonly kind: string;
  readonly id: number;
  /** Of an async call: the function. */
  readonly site?: Site;
}

/** How many accesses a thread has at hand to use again: a power of two. */
const AT_HAND = 16;

/** Of how many threads before it one remembers that it is their going on. */
const ORIGINS = 4;

let serials = 0;

export class Thread {
  /** Of this thread alone, where numbers are given again. */
  readonly serial = ++serials;
  /** The threads that it goes on with, after awaits: their serials, the last ones. */
  origins: readonly number[] | null = null;
  readonly number: number;
  time: number;
  /** The latest time at which it has touched anything. */
  used: number;
  clock: Clock;
  #published: Clock | null = null;
  /** Accesses of late, by site: see accessNow. */
  #job: Job | null = null;
  #recent: (Access | undefined)[] | null = null;
  name: Name;
  /** Where it was started. */
  frame: Frame;
  site: Site;
  /** The last meeting that it came by; what it knew then, where all of it was known there. See sync.ts. */
  readonly last: { meeting: object | null; version: number; clock: Clock | null } = {
    meeting: null,
    version: 0,
    clock: null,
  };
  hasEnded = false;
  /** The goroutine, which knows better whether it has ended. */
  goroutine: { readonly hasEnded: boolean } | null = null;
  /** The locks it holds, in the order in which it took them; see lock-order.ts. */
  held: Held[] | null = null;

  constructor(number: number, time: number, used: number, clock: Clock, name: Name, frame: Frame, site: Site) {
    this.number = number;
    this.time = time;
    this.used = used;
    this.clock = clock;
    this.name = name;
    this.frame = frame;
    this.site = site;
  }

  /** Does all that `by` had done by then come before now? */
  knows(by: Thread, time: number): boolean {
    return by === this || known(this.clock, by.number) >= time;
  }

  /** What it does until the engine, or the scheduler, has its turn. */
  get job(): Job {
    return (this.#job ??= new Job(this));
  }

  /** The engine, or the scheduler, has its turn. */
  endJob(): void {
    if (this.#job === null) return;
    this.#job.end();
    this.#job = null;
  }

  /** What it does now at a site. The same done to many places is one object. */
  access(frame: Frame, site: Site, isWrite: boolean): Access {
    const { time } = this;
    this.used = time;
    const recent = (this.#recent ??= new Array<Access | undefined>(AT_HAND).fill(undefined));
    const slot = site & (AT_HAND - 1);
    const last = recent[slot];
    if (
      last !== undefined &&
      last.site === site &&
      last.time === time &&
      last.frame === frame &&
      last.isWrite === isWrite
    ) {
      return last;
    }
    return (recent[slot] = new Access(this, this, time, frame, site, isWrite));
  }

  /** Knows what this clock does, which is all that it knew and more. */
  take(clock: Clock): void {
    if (clock === this.clock) return;
    this.clock = clock;
    this.#published = null;
  }

  acquire(clock: Clock | null | undefined): void {
    if (clock === null || clock === undefined || clock === this.clock) return;
    const both = joined(this.clock, clock);
    if (both === this.clock) return;
    this.clock = both;
    this.#published = null;
  }

  /** It goes on with what another began. */
  goesOnFrom(before: Thread): void {
    this.origins = [before.serial, ...(before.origins ?? [])].slice(0, ORIGINS);
  }

  /** It turns out to be the going on of something that was started elsewhere. */
  become(name: Name, frame: Frame, site: Site, goroutine: Thread["goroutine"]): void {
    this.goroutine = goroutine;
    this.name = name;
    this.frame = frame;
    this.site = site;
  }

  /** Lets others know all that it has done and knows. */
  publish(): Clock {
    if (this.used === this.time) {
      this.clock = this.#published = withKnown(this.clock, this.number, this.time);
      this.time++;
    }
    return (this.#published ??= this.clock);
  }
}

/**
 * A stretch of a thread that nothing can come between: the language promises that whatever is registered in it (a timer, a
 * callback of a promise, what follows an await) runs after all of it, not only after what came before.
 */
export class Job {
  readonly thread: Thread;
  #clock: Clock | null = null;

  constructor(thread: Thread) {
    this.thread = thread;
  }

  end(): void {
    this.#clock = this.thread.publish();
  }

  /** What was known at its end. */
  get clock(): Clock {
    return this.#clock ?? this.thread.publish();
  }
}

export interface Held {
  readonly lock: object;
  readonly isRead: boolean;
  readonly frame: Frame;
  readonly site: Site;
}

interface Former {
  readonly number: number;
  readonly time: number;
  readonly used: number;
}

/** Numbers of threads that have ended. */
let free: Former[] = [];
let next = 0;
/** Looking further costs more than a number. */
const LOOK_AT = 4;

export function startThread(name: Name, clock: Clock, frame: Frame, site: Site): Thread {
  for (let i = free.length - 1, last = Math.max(0, free.length - LOOK_AT); i >= last; i--) {
    const former = free[i]!;
    if (known(clock, former.number) < former.used) continue;
    free[i] = free[free.length - 1]!;
    free.pop();
    return new Thread(former.number, former.time, former.used, clock, name, frame, site);
  }
  return new Thread(next++, 1, 0, clock, name, frame, site);
}

export function endThread(thread: Thread): void {
  if (thread.hasEnded) return;
  thread.hasEnded = true;
  const { number, used } = thread;
  free.push({ number, used, time: used === thread.time ? used + 1 : thread.time });
}

/** How many numbers are in use or were. */
export function threadNumbers(): number {
  return next;
}

const main: Name = { kind: "goroutine", id: 1 };
const noFrame = new Frame(null, nowhere, 0);

/** All code that runs before anything else does, and whatever nobody can place. */
export const firstThread = (): Thread => startThread(main, dawn, noFrame, nowhere);

/** Goes on with an empty stack: what is called from here was called by nobody. */
export function clearStack(): void {
  setStack(new Frame(null, nowhere, 0), nowhere);
}

/** Forgets all threads. For tests, between programs. */
export function resetThreads(): void {
  free = [];
  next = 0;
}
