// The processor (P): the run queue of this core and what belongs to the goroutine that runs on it now.
// Go: runtime/runtime2.go, type p
//
//   I1  a goroutine stands in one of the two queues at most once, and only while it waits in no other queue;
//   I2  every turn runs at least one of the run queue, so the urgent ones starve nobody;
//   I3  `active` is true exactly while a turn runs or is due: whoever makes a goroutine runnable on an idle processor
//       asks for a turn, once.

import { Ring } from "../ds/ring.js";
import type { Waiter } from "../ds/wait-queue.js";
import type { Goroutine } from "./goroutine.js";
import { afterEvents, now } from "./host.js";
import type { Leak } from "./leaked.js";
import type { Sighting } from "./where.js";

/** What timers.ts gives the scheduler once a program uses it. */
export interface Timers {
  /** Wakes what is due. At the start of a turn. */
  fireDue(time: number): void;
  /** Sees to it that the event loop comes back for the next one. At the end of a turn. */
  arm(): void;
}

/** A run of a select, as other cores see it. */
export interface Root {
  /**
   * The address of the word by which one of its cases wins, where it has cases that other cores can serve; negative once it
   * has been won; else 0.
   */
  claim: number;
  /** The goroutine, or the case of an outer select. */
  readonly owner: Waiter | null;
}

/** How many processors there are, and what they do, at this moment. */
export interface CoreCounts {
  readonly processors: number;
  readonly threads: number;
  readonly idle: number;
  readonly spinning: number;
  readonly sleepingThreads: number;
  readonly global: number;
  /** Goroutines that wait to run on each processor, or to be started, when it last looked. */
  readonly local: readonly number[];
}

/** What cores/ gives the scheduler once a program uses more than one core. */
export interface Cores {
  /** Takes what other cores have sent: makes goroutines runnable. */
  receive(): void;
  /** At the start of a turn. */
  enter(): void;
  /** While nothing is runnable and the slice is not over: finds goroutines that no core has started, and has them run. */
  work(run: (queue: Ring<Goroutine>) => void): void;
  /** At the end of the last turn for now: sleeps until another core wakes this one. */
  rest(): void;
  /** Enlists the cases of a select that other cores can serve, all at once. */
  commit(root: Root): void;
  /** Has another core won it? Else it is won now, for one of its local cases. */
  refuses(selection: Root): boolean;
  /** It is over. */
  over(selection: Root): void;
  newId(): number;
  /** How many goroutines there are, less those that this core's scheduler knows of. */
  goroutinesMore(): number;
  /** Lets the others know how many goroutines there are here. */
  publish(): void;
  /** Where the goroutines of other cores are. */
  sightElsewhere(): Promise<readonly Sighting[]>;
  /** The same, while this thread waits. `silent`: the cores that have not answered in time. */
  sightElsewhereNow(): { readonly sightings: readonly Sighting[]; readonly silent: readonly number[] };
  /** The goroutines of other cores that have been collected while they were blocked: see leaks.ts. */
  leakedElsewhere(): Promise<readonly Leak[]>;
  /** For scheduler traces: see sched-trace.ts. */
  counts(): CoreCounts;
  /** The program ends: what other cores have printed is printed. */
  finish(): void;
  /** On another core than the first: ends the program. */
  exit(code: number | undefined): void;
}

/** What looks on: see watch.ts, and goro/testing. Null where nothing does. */
export interface Watch {
  /** g has been started, by the goroutine that runs now. */
  started?(g: Goroutine): void;
  /** The goroutine that runs has parked, ended, or completed an Op: it has had the processor for so many milliseconds. */
  looked?(heldMs: number): void;
  /** Main has returned: the program ends when the promise has resolved. */
  ending?(): Promise<void>;
}

class Processor {
  /** 0 on the main thread. */
  id = 0;
  /** The one that runs; outside a turn, the scheduler's `nobody`. */
  current!: Goroutine;
  /** Switches and ready Ops until the next look at the clock. */
  ticks = 0;
  /** Milliseconds as of the last look at the clock: see slice.ts. */
  clock = 0;
  /** When the goroutines must let the event loop have its turn. */
  sliceEnd = 0;
  active = false;
  /** The program is ending: nothing runs any more. */
  stopped = false;
  /** Runnable goroutines, first come first served. */
  readonly runQueue = new Ring<Goroutine>();
  /**
   * Those that the event loop has made runnable: by a timer, a promise, a signal. They come first in the next turn, so that
   * what they wait for is served in time however many goroutines run without pause.
   */
  readonly urgent = new Ring<Goroutine>();
  /** Where `ready` puts them: into runQueue while goroutines run, else into urgent. */
  readyQueue = this.urgent;
  timers: Timers | null = null;
  cores: Cores | null = null;
  watch: Watch | null = null;
  /** The select that was made last in this turn: one in a loop over the same Ops is made once. */
  lastSelect: unknown = null;
  /** One turn of the scheduler: see scheduler.ts, which sets it. */
  turn!: () => void;

  /** Makes g runnable, behind all others. */
  ready(g: Goroutine): void {
    this.readyQueue.push(g);
    if (!this.active) this.askForTurn();
  }

  /**
   * On an idle processor. A microtask is soonest, but the event loop gets nothing done before the last of them: a chain
   * of them counts as one slice, after which the turn comes behind the events.
   */
  askForTurn(): void {
    this.active = true;
    if (now() < this.sliceEnd) queueMicrotask(this.turn);
    else afterEvents(this.turn);
  }
}

export const processor = new Processor();
