// Goroutines as threads: which one runs, who started it, who waited for its end. Also what is woken by time.
import { joined, type Clock } from "../detector/clock.js";
import { clearStack, endThread, firstThread, startThread, type Name, type Thread } from "../detector/thread.js";
import { call, frame } from "../operations/stack.js";
import { owner, type G, type Internals, type Operation, type Waiter } from "./internals.js";
import { followOutside, type Outside } from "./outside.js";
import { patch } from "./patch.js";

const MAIN = 1;
/** How many of the goroutines that were there are looked at, for each new one. */
const SWEPT = 2;

export interface Goroutines {
  running(): Thread;
  readonly outside: Outside;
  /** While `act` runs, whoever is woken knows this clock. */
  waking(clock: Clock | null, act: () => void): void;
  /** The thread of whoever waits with this waiter; of a case of a select, the goroutine whose select it is. */
  threadOf(w: Waiter): Thread | undefined;
  /** Says that `make` is called for what was registered when `clock` was known: what it starts knows that. */
  starting(clock: Clock | undefined, make: () => void): void;
}

export function followGoroutines(internals: Internals): Goroutines {
  const { processor, TimerHeap, WaitQueue } = internals;
  const nobody = processor.current;
  const first = firstThread();
  const live: G[] = [];
  let swept = 0;
  let told: Clock | null = null;
  let start: Clock | undefined;

  const running = (): Thread => {
    const g = processor.current;
    return g === nobody ? outside.current : (g.raceThread ?? adopt(g));
  };
  const outside = followOutside(first, running);

  function adopt(g: G): Thread {
    const name: Name = { kind: "goroutine", id: g.id };
    const creator = processor.current === g ? outside.current : running();
    let clock = creator.publish();
    if (start !== undefined) clock = joined(clock, start);
    // The modules have been evaluated, whatever stands below the call of main.
    if (g.id === MAIN) clock = joined(clock, outside.recently());
    sweep();
    live.push(g);
    const thread = startThread(name, clock, frame, call);
    thread.goroutine = g;
    return (g.raceThread = thread);
  }

  /** Gives the numbers of goroutines that have ended free, a few at a time: nothing in the library says when one ends. */
  function sweep(): void {
    for (let i = 0; i < SWEPT && live.length > 0; i++) {
      if (swept >= live.length) swept = 0;
      const g = live[swept]!;
      if (!g.hasEnded) swept++;
      else {
        live[swept] = live[live.length - 1]!;
        live.pop();
        if (g.racePromise === undefined) endThread(g.raceThread!);
      }
    }
  }

  const ready = processor.ready.bind(processor);
  processor.ready = (g: G): void => {
    if (g.since < 0) {
      adopt(g);
      g.body = begun(g, g.body as (...args: unknown[]) => unknown);
    } else {
      const thread = g.raceThread ?? adopt(g);
      thread.endJob(); // it has parked since
      if (told !== null) thread.acquire(told);
    }
    ready(g);
  };

  patch(
    owner((internals.runtime["gosched"] as unknown as () => object)(), "next"),
    "next",
    (original) =>
      function (this: object) {
        running().endJob();
        return original.call(this);
      },
  );

  /** Its body, which begins with an empty stack. */
  function begun(g: G, body: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    return (...args) => {
      clearStack();
      const made = body(...args);
      if (made instanceof Promise) g.racePromise = made;
      return made;
    };
  }

  // Whoever serves all that wait comes before them.
  patch(
    WaitQueue.prototype,
    "wakeAll",
    (original) =>
      function (this: object, value: never) {
        const before = told;
        told ??= servedBy(value);
        try {
          original.call(this, value);
        } finally {
          told = before;
        }
      },
  );

  /** What those who wait for `value` may know: of a promise's value, no more than who settled it knew. */
  function servedBy(value: unknown): Clock | null {
    if (!isSource(value)) return running().publish();
    return (value.raceSettled ??= outside.settledBefore ?? running().publish());
  }

  const join = owner(internals.Goroutine.prototype, "join");
  let joinPatched = false;
  patch(
    join,
    "join",
    (original) =>
      function (this: G) {
        const op = original.call(this) as Operation & { readonly goroutine: G };
        if (!joinPatched) {
          joinPatched = true;
          const prototype = Object.getPrototypeOf(op) as object;
          patch(
            prototype,
            "poll",
            (poll) =>
              function (this: typeof op) {
                if (this.goroutine.hasEnded) endOf(this.goroutine);
                return poll.call(this);
              },
          );
        }
        return op;
      },
  );

  function endOf(g: G): void {
    running().acquire(g.raceThread?.publish());
    if (g.racePromise !== undefined) running().acquire(outside.settledOf(g.racePromise));
  }

  // What a timer runs was registered by whoever set it; the goroutine that happened to run last has no part in it.
  patch(
    TimerHeap.prototype,
    "add",
    (original) =>
      function (this: object, due: never, w: never) {
        const waiter = w as Waiter;
        if (!(waiter instanceof Goroutine)) waiter.raceStart = running().publish();
        return original.call(this, due, w);
      },
  );
  const { Goroutine } = internals as unknown as { Goroutine: new () => object };
  let pretending: Thread | null = null;
  patch(
    TimerHeap.prototype,
    "shiftDue",
    (original) =>
      function (this: object, now: never) {
        if (pretending !== null) {
          endThread(outside.current);
          outside.current = pretending;
          pretending = null;
        }
        const w = original.call(this, now) as Waiter | undefined;
        if (w?.raceStart !== undefined && processor.current === nobody) {
          pretending = outside.current;
          outside.current = startThread({ kind: "timer", id: 0 }, w.raceStart, frame, call);
        }
        return w;
      },
  );

  return {
    running,
    outside,
    waking(clock, act) {
      const before = told;
      told = clock;
      try {
        act();
      } finally {
        told = before;
      }
    },
    starting(clock, make) {
      const before = start;
      start = clock;
      try {
        make();
      } finally {
        start = before;
      }
    },
    threadOf(w) {
      let at: unknown = w;
      while (at instanceof (internals.CaseWaiter as unknown as new () => object)) {
        at = (at as unknown as { selection: { owner: unknown } }).selection.owner;
      }
      return (at as Partial<G> | null)?.raceThread;
    },
  };
}

interface Source {
  readonly state: string;
  raceSettled?: Clock;
}

/** What until() keeps for a promise. */
function isSource(value: unknown): value is Source {
  return typeof value === "object" && value !== null && "state" in value && "waiters" in value && !("id" in value);
}
