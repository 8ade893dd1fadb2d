import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { chan, go, run, select, sleep, until, type Routine } from "goro";
import { Mutex } from "goro/sync";
import { gosched } from "goro/runtime";
import { inGoroutine, threeOfFour, within } from "../testkit.portable.js";

const open = chan<number>();
open.close();
const mutex = new Mutex();

const spinners: readonly [string, (stop: { now: boolean }) => Routine][] = [
  [
    "gosched",
    function* (stop) {
      while (!stop.now) yield* gosched();
    },
  ],
  [
    "receives from a closed channel",
    function* (stop) {
      while (!stop.now) yield* open.recv();
    },
  ],
  [
    "a lock that is free",
    function* (stop) {
      while (!stop.now) {
        if (mutex.tryLock()) mutex.unlock();
        const own = new Mutex();
        yield* own.lock();
      }
    },
  ],
  [
    "a select with a ready case",
    function* (stop) {
      while (!stop.now) yield* select({ a: open.recv(), b: chan<number>().recv() });
    },
  ],
  [
    "promises that are resolved",
    function* (stop) {
      while (!stop.now) yield* until(Promise.resolve());
    },
  ],
  [
    "starting goroutines",
    function* (stop) {
      while (!stop.now) yield* go(function* () {}).join();
    },
  ],
];

/** How late ten timers come. */
async function lateness(): Promise<number[]> {
  const late: number[] = [];
  for (let i = 0; i < 10; i++) {
    const start = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 6));
    late.push(performance.now() - start - 6);
  }
  return late;
}

/** Behind the events that wait, and at once where there are none. Where Deno has immediates, no event comes between them. */
function turnOfEvents(): (fn: () => void) => void {
  if ("Deno" in globalThis) return (fn) => setTimeout(fn, 0);
  const { setImmediate } = globalThis as { setImmediate?: (fn: () => void) => void };
  if (setImmediate !== undefined) return setImmediate;
  const { port1, port2 } = new MessageChannel();
  return (fn) => {
    port1.onmessage = fn;
    port2.postMessage(0);
  };
}

/**
 * What this machine, which may be busy with other things, makes of plain JavaScript that lets the event loop have its turn every 10 ms, and
 * never sleeps: who does is served sooner.
 */
async function usualLateness(): Promise<number[]> {
  let stop = false;
  const afterEvents = turnOfEvents();
  const spin = (): void => {
    for (const end = performance.now() + 10; performance.now() < end;);
    if (!stop) afterEvents(spin);
  };
  spin();
  const late = await lateness();
  stop = true;
  return late;
}

/** Fails where the delays are neither below 60 ms nor like those of plain JavaScript, three times in a row. The promise is 20. */
async function assertInTime(measure: () => Promise<readonly (readonly number[])[]>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const delays = await measure();
    if (delays.every((each) => threeOfFour(each) < 60)) return;
    const usual = await usualLateness();
    if (delays.every((each) => threeOfFour(each) < 3 * threeOfFour(usual))) return;
    const show = (list: readonly number[]): string => list.map(Math.round).join(" ");
    ok(attempt < 3, `${delays.map(show).join("; ")} (plain JavaScript: ${show(usual)})`);
  }
}

for (const [title, spin] of spinners) {
  test(`timers and other goroutines are served while three never pause: ${title}`, () =>
    assertInTime(async () => {
      const stop = { now: false };
      const spinning = [1, 2, 3].map(() => run(spin, stop));
      const late: number[] = [];
      const sleeper = run(function* () {
        for (let i = 0; i < 10; i++) {
          const start = performance.now();
          yield* sleep(6);
          late.push(performance.now() - start - 6);
        }
      });
      const timers = await lateness();
      await within(10_000, sleeper);
      stop.now = true;
      await within(10_000, Promise.all(spinning));
      return [timers, late];
    }));
}

test("async code that awaits Ops that are ready does not keep timers waiting", () =>
  assertInTime(async () => {
    let stop = false;
    const loops = [1, 2, 3].map(async () => {
      while (!stop) await open.recv();
    });
    const timers = await lateness();
    stop = true;
    await within(10_000, Promise.all(loops));
    return [timers];
  }));

test(
  "a loop over ready Ops shares the processor with the other goroutines in equal parts",
  inGoroutine(function* () {
    const steps = [0, 0, 0];
    const end = performance.now() + 400;
    const all = steps.map((_, i) =>
      go(function* () {
        while (performance.now() < end) {
          yield* open.recv();
          steps[i] = (steps[i] ?? 0) + 1;
        }
      }),
    );
    for (const g of all) yield* g.join();
    const [least, most] = [Math.min(...steps), Math.max(...steps)];
    ok(least > 0 && most / least < 5, steps.join(" "));
  }),
);

test(
  "two who hand a value to and fro do not keep a third from its turn (TestPingPongHog)",
  inGoroutine(function* () {
    const ball = chan<number>();
    let stop = false;
    let light = 0;
    const players = [
      go(function* () {
        while (!stop) yield* ball.send(1);
        ball.close();
      }),
      go(function* () {
        for (const values = ball.range(); yield* values.next(););
      }),
    ];
    const third = go(function* () {
      for (let i = 0; i < 100; i++) {
        light++;
        yield* gosched();
      }
    });
    const start = performance.now();
    yield* third.join();
    const took = performance.now() - start;
    stop = true;
    for (const g of players) yield* g.join();
    equal(light, 100);
    // A hundred turns of at most a slice each, and a margin.
    ok(took < 5000, `${took} ms`);
  }),
);

test(
  "a timer in a select beside a channel that is always ready comes all the same (TestTimerFairness)",
  inGoroutine(function* () {
    const c = chan<boolean>();
    const done = chan<void>();
    const producers = [1, 2].map(() =>
      go(function* () {
        while ((yield* select({ c: c.send(true), done: done.recv() })).case === "c");
      }),
    );
    const start = performance.now();
    const timer = go(function* () {
      yield* sleep(20);
    }).join();
    while ((yield* select({ c: c.recv(), timer })).case === "c");
    ok(performance.now() - start < 2000);
    done.close();
    for (const g of producers) yield* g.join();
  }),
);

test(
  "goroutines that use up their slices take turns with those that block",
  inGoroutine(function* () {
    let stop = false;
    const hog = go(function* () {
      while (!stop) yield* open.recv();
    });
    const start = performance.now();
    const ch = chan<number>();
    const echo = go(function* () {
      for (const values = ch.range(); yield* values.next();) yield* ch.send(values.value + 1);
    });
    for (let i = 0; i < 20; i++) {
      yield* ch.send(i);
      equal(yield* ch.recv(), i + 1);
    }
    ok(performance.now() - start < 5000, `${performance.now() - start} ms`);
    stop = true;
    ch.close();
    yield* echo.join();
    yield* hog.join();
  }),
);
