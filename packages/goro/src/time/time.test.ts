import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep as goroSleep, trySelect, until } from "goro";
import type { RecvChan } from "goro";
import { goid } from "goro/runtime";
import { WaitGroup } from "goro/sync";
import {
  after,
  afterFunc,
  hour,
  microsecond,
  millisecond,
  minute,
  nanosecond,
  now,
  second,
  since,
  sleep,
  Ticker,
  tick,
  Timer,
} from "goro/time";
import { inGoroutine, isError, seeded, thrownBy, within } from "../testkit.portable.js";
import { badArgument, badOp, notFunctions, settle, thrown, timed, watchOp } from "../sync/testkit.js";

// A timer may be a little early by another clock than its own, and as late as the machine is busy.
const early = 2;
const late = 5000;

/** Lets no goroutine, timer or I/O run for that long. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** When something was set to come, known to lie between two readings of the clock. */
interface Due {
  readonly from: number;
  readonly to: number;
}

/** Fails where one came before another that was due more than a clock's coarseness earlier. */
function inOrder(came: readonly Due[]): void {
  let latest = -Infinity;
  for (const { from, to } of came) {
    ok(to >= latest - 1, `one that was due by ${to} came after one that was due from ${latest}`);
    latest = Math.max(latest, from);
  }
}

function* nothingIn(c: RecvChan<Date>, ms: number) {
  deepEqual(yield* select({ value: c.recv(), late: sleep(ms) }), { case: "late", value: undefined });
}

test("time: durations are milliseconds", () => {
  equal(nanosecond, 1e-6);
  equal(microsecond, 1e-3);
  equal(millisecond, 1);
  equal(second, 1000);
  equal(minute, 60_000);
  equal(hour, 3_600_000);
});

test("time.now, time.since: read the wall clock", () => {
  const before = Date.now();
  const time = now();
  ok(time instanceof Date);
  ok(time.getTime() >= before && time.getTime() <= Date.now());
  const ms = since(new Date(Date.now() - 10_000));
  ok(ms >= 10_000 - early && ms < 10_000 + late, `${ms}`);
  ok(since(new Date(Date.now() + 10_000)) < 0);
  const start = now();
  block(20);
  ok(since(start) >= 20 - early);
});

test(
  "time.sleep: takes its time, and others run meanwhile",
  inGoroutine(function* () {
    let others = 0;
    let stop = false;
    go(function* () {
      while (!stop) {
        yield* sleep(1);
        others++;
      }
    });
    const ms = yield* timed(() => sleep(50));
    stop = true;
    ok(ms >= 50 - early && ms < late, `${ms} ms`);
    ok(others > 2, `${others}`);
  }),
);

test(
  "time.sleep: the clock starts when the Op runs, each time anew",
  inGoroutine(function* () {
    const op = sleep(30);
    block(40);
    ok((yield* timed(() => op)) >= 30 - early);
    ok((yield* timed(() => op)) >= 30 - early);
    const both = [watchOp(op), watchOp(op)];
    yield* sleep(100);
    ok(both.every((w) => w.settled));
  }),
);

test(
  "sleep: goro and goro/time have the same",
  inGoroutine(function* () {
    const ms = yield* timed(function* () {
      yield* goroSleep(20);
    });
    ok(ms >= 20 - early);
    equal((yield* select({ a: goroSleep(Infinity), b: sleep(5) })).case, "b");
  }),
);

test(
  "time.sleep: sleepers wake in the order of their times",
  inGoroutine(function* () {
    const came: Due[] = [];
    const wg = new WaitGroup();
    for (const slot of [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0]) {
      wg.go(function* () {
        const ms = slot * 30;
        // The clock starts when the Op runs, so in a moment.
        const from = performance.now() + ms;
        yield* sleep(ms);
        came.push({ from, to: from + 15 });
      });
    }
    yield* wg.wait();
    equal(came.length, 13);
    inOrder(came);
  }),
);

test(
  "time.sleep: of a thousand that are due together the first to sleep is the first to wake",
  inGoroutine(function* () {
    const order: number[] = [];
    const wg = new WaitGroup();
    for (let i = 0; i < 1000; i++) {
      wg.go(function* () {
        yield* sleep(20);
        order.push(i);
      });
    }
    yield* wg.wait();
    deepEqual(
      order,
      Array.from({ length: 1000 }, (_, i) => i),
    );
  }),
);

test(
  "time: a thousand timers that have fallen due meanwhile fire in the order of their times",
  inGoroutine(function* () {
    const random = seeded("timers that fall due together");
    const came: Due[] = [];
    const wg = new WaitGroup();
    wg.add(1000);
    for (let i = 0; i < 1000; i++) {
      const ms = 50 + random() * 100;
      const from = performance.now() + ms;
      afterFunc(ms, () => {
        came.push({ from, to });
        wg.done();
      });
      const to = performance.now() + ms;
    }
    // All of them are due when the event loop gets its turn again.
    block(200);
    yield* wg.wait();
    inOrder(came);
  }),
);

test(
  "time.sleep: zero and less is now",
  inGoroutine(function* () {
    const ms = yield* timed(function* () {
      for (const zero of [0, -1, -Infinity, -0]) for (let i = 0; i < 10; i++) yield* sleep(zero);
    });
    ok(ms < 1000, `${ms} ms`);
    equal((yield* select({ zero: sleep(0), late: sleep(10_000) })).case, "zero");
    deepEqual(trySelect({ less: sleep(-5) }), { case: "less", value: undefined });
  }),
);

test(
  "time.sleep: a goroutine that sleeps zero again and again leaves time to others",
  inGoroutine(function* () {
    let stop = false;
    go(function* () {
      while (!stop) yield* sleep(0);
    });
    const ms = yield* timed(function* () {
      yield* sleep(5);
    });
    stop = true;
    ok(ms < late);
  }),
);

test(
  "time: Infinity never comes, and what is far off does not come at once",
  inGoroutine(function* () {
    const distant = [Infinity, 2 ** 31, 2 ** 32 + 1, 1e15, Number.MAX_VALUE];
    const timers = distant.map((ms) => new Timer(ms));
    const never = after(Infinity);
    const tickers = distant.map((ms) => new Ticker(ms));
    let ran = false;
    const funcs = distant.map((ms) =>
      afterFunc(ms, () => {
        ran = true;
      }),
    );
    const sleeps = distant.map((ms) => sleep(ms));
    const got = yield* select([never.recv(), ...sleeps, ...timers.map((t) => t.c.recv()), sleep(20)]);
    const ticks = tickers.map((ticker) => ticker.c.tryRecv());
    for (const ticker of tickers) ticker.stop();
    const stops = [...timers, ...funcs].map((timer) => timer.stop());
    equal(got.case, 1 + 2 * distant.length);
    ok(!ran);
    ok(ticks.every((t) => t === undefined));
    deepEqual(
      stops,
      stops.map(() => true),
    );
  }),
);

test("time.sleep: can be awaited in async code", async () => {
  const start = performance.now();
  await within(10_000, sleep(20));
  ok(performance.now() - start >= 20 - early);
});

test(
  "time.after: sends the time once, its clock starting at the call",
  inGoroutine(function* () {
    const start = Date.now();
    const c = after(400);
    block(450);
    const ms = yield* timed(function* () {
      const time = yield* c.recv();
      ok(time instanceof Date);
      ok(time.getTime() >= start + 400 - early && time.getTime() <= Date.now() + early);
    });
    ok(ms < 350, `it waited ${ms} ms more: its clock had not started`);
    yield* nothingIn(c, 50);
  }),
);

test(
  "time.after: zero and less is now",
  inGoroutine(function* () {
    for (const ms of [0, -1, -Infinity]) ok((yield* after(ms).recv()) instanceof Date);
  }),
);

test(
  "Timer: sends the time once",
  inGoroutine(function* () {
    const start = Date.now();
    const timer = new Timer(20);
    equal(timer.c, timer.c);
    equal(timer.c.tryRecv(), undefined);
    const time = yield* timer.c.recv();
    ok(time instanceof Date && time.getTime() >= start + 20 - early);
    yield* nothingIn(timer.c, 40);
  }),
);

test(
  "Timer.stop: true while it runs, and nothing comes then",
  inGoroutine(function* () {
    const timer = new Timer(15);
    equal(timer.stop(), true);
    equal(timer.stop(), false);
    yield* nothingIn(timer.c, 40);
  }),
);

test(
  "Timer.stop: true where the value had come but nobody had received it, and then nobody does",
  inGoroutine(function* () {
    const timer = new Timer(5);
    yield* sleep(25);
    equal(timer.stop(), true);
    equal(timer.c.tryRecv(), undefined);
    equal(timer.stop(), false);
    yield* nothingIn(timer.c, 20);
  }),
);

test(
  "Timer.stop: false once the value was received",
  inGoroutine(function* () {
    const timer = new Timer(5);
    yield* timer.c.recv();
    equal(timer.stop(), false);
    const waited = new Timer(5);
    yield* sleep(20);
    ok(waited.c.tryRecv() !== undefined);
    equal(waited.stop(), false);
  }),
);

test(
  "Timer.stop: a goroutine that waits for the timer stays parked",
  inGoroutine(function* () {
    const timer = new Timer(300);
    const waiter = watchOp(timer.c.recv());
    yield* settle();
    equal(timer.stop(), true);
    yield* sleep(350);
    ok(!waiter.settled);
    equal(timer.reset(5), false);
    yield* sleep(40);
    ok(waiter.value instanceof Date);
  }),
);

test(
  "Timer.reset: starts anew from now, with the same answer as stop()",
  inGoroutine(function* () {
    const timer = new Timer(10_000);
    const start = performance.now();
    equal(timer.reset(30), true);
    yield* timer.c.recv();
    const ms = performance.now() - start;
    ok(ms >= 30 - early && ms < late, `${ms} ms`);
    equal(timer.reset(5), false);
    yield* timer.c.recv();
    equal(timer.stop(), false);
    equal(timer.reset(10_000), false);
    equal(timer.stop(), true);
  }),
);

test(
  "Timer.reset: drops a value that nobody has received",
  inGoroutine(function* () {
    const timer = new Timer(5);
    yield* sleep(25);
    const again = Date.now();
    equal(timer.reset(200), true);
    equal(timer.c.tryRecv(), undefined);
    const time = yield* timer.c.recv();
    ok(time!.getTime() >= again + 200 - early, "it received the stale value");
    yield* nothingIn(timer.c, 50);
  }),
);

test(
  "Timer.reset: moves a goroutine that waits, later and earlier",
  inGoroutine(function* () {
    const timer = new Timer(300);
    const waiter = watchOp(timer.c.recv());
    yield* settle();
    equal(timer.reset(hour), true);
    yield* sleep(350);
    ok(!waiter.settled);
    equal(timer.reset(5), true);
    yield* sleep(40);
    ok(waiter.settled);
  }),
);

test(
  "Timer: no stale value, whenever stop() or reset() comes",
  inGoroutine(function* () {
    const random = seeded("stop and reset around the time of firing");
    for (let round = 0; round < 200; round++) {
      const timer = new Timer(1);
      const how = random();
      if (how < 0.5) block(random() * 2);
      else if (how < 0.75) yield* sleep(random() * 2);
      if (random() < 0.5) {
        timer.stop();
        equal(timer.c.tryRecv(), undefined);
      } else {
        const at = Date.now();
        timer.reset(2);
        const got = yield* timer.c.recv();
        ok(got!.getTime() >= at + 2 - early, `round ${round}: a stale value`);
      }
      equal(timer.stop(), false);
    }
  }),
);

test(
  "Timer: a lost case of select takes no value",
  inGoroutine(function* () {
    const timer = new Timer(200);
    equal((yield* select({ timer: timer.c.recv(), soon: sleep(1) })).case, "soon");
    ok((yield* timer.c.recv()) instanceof Date);
  }),
);

test(
  "Timer: zero and less is now",
  inGoroutine(function* () {
    const timer = new Timer(0);
    ok((yield* timer.c.recv()) instanceof Date);
    timer.reset(-5);
    ok((yield* timer.c.recv()) instanceof Date);
    ok((yield* new Timer(-Infinity).c.recv()) instanceof Date);
  }),
);

test(
  "Timer: one of many moved earlier and earlier is not lost",
  inGoroutine(function* () {
    for (let i = 0; i < 200; i++) {
      const timer = new Timer(hour);
      for (let j = 0; j < 10; j++) timer.reset(hour - j);
      timer.reset(-1);
      equal((yield* select({ timer: timer.c.recv(), late: sleep(late) })).case, "timer");
    }
  }),
);

test(
  "time.afterFunc: runs fn in its own goroutine when its time has come",
  inGoroutine(function* () {
    const ids = chan<number>(2);
    const start = performance.now();
    afterFunc(20, function* () {
      yield* sleep(1);
      yield* ids.send(goid());
    });
    afterFunc(20, () => {
      ids.trySend(goid());
    });
    const got = [yield* ids.recv(), yield* ids.recv()];
    ok(performance.now() - start >= 20 - early);
    equal(new Set([...got, goid()]).size, 3);
    ok(got.every((id) => id! > 1));
  }),
);

test(
  "time.afterFunc: never inside the call itself, also where it is due now",
  inGoroutine(function* () {
    let ran = 0;
    afterFunc(0, () => {
      ran++;
    });
    afterFunc(-5, () => {
      ran++;
    });
    equal(ran, 0);
    yield* settle();
    yield* sleep(5);
    equal(ran, 2);
  }),
);

test(
  "time.afterFunc: stop() says whether it came in time",
  inGoroutine(function* () {
    let ran = 0;
    const timer = afterFunc(15, () => {
      ran++;
    });
    equal(timer.stop(), true);
    equal(timer.stop(), false);
    yield* sleep(30);
    equal(ran, 0);
    const other = afterFunc(5, () => {
      ran++;
    });
    yield* sleep(30);
    equal(ran, 1);
    equal(other.stop(), false);
  }),
);

test(
  "time.afterFunc: reset() starts it anew, also after it has run",
  inGoroutine(function* () {
    const ran = chan<number>(10);
    let n = 0;
    const timer = afterFunc(hour, () => {
      ran.trySend(++n);
    });
    equal(timer.reset(5), true);
    equal(yield* ran.recv(), 1);
    equal(timer.reset(5), false);
    equal(yield* ran.recv(), 2);
    equal(timer.reset(hour), false);
    equal(timer.stop(), true);
    yield* sleep(20);
    equal(ran.length, 0);
  }),
);

test(
  "time.afterFunc: a function may start the next one",
  inGoroutine(function* () {
    const done = chan<number>(1);
    const step = (n: number): void => {
      if (n === 0) done.trySend(0);
      else afterFunc(0, () => step(n - 1));
    };
    step(100);
    equal((yield* select({ done: done.recv(), late: sleep(late) })).case, "done");
  }),
);

test(
  "Ticker: ticks with its period",
  inGoroutine(function* () {
    const ticker = new Ticker(20);
    equal(ticker.c, ticker.c);
    const start = performance.now();
    for (let i = 0; i < 5; i++) ok((yield* ticker.c.recv()) instanceof Date);
    const ms = performance.now() - start;
    ok(ms >= 100 - 2 * early && ms < late, `${ms} ms`);
    ticker.stop();
  }),
);

test(
  "Ticker: its channel is one like others: recvOk, range, and for await",
  inGoroutine(function* () {
    const ticker = new Ticker(5);
    const [time, open] = yield* ticker.c.recvOk();
    ok(time instanceof Date && open);
    let n = 0;
    for (const r = ticker.c.range(); yield* r.next();) {
      ok(r.value instanceof Date);
      if (++n === 3) break;
    }
    yield* until(async () => {
      for await (const each of ticker.c) {
        ok(each instanceof Date);
        if (++n === 6) break;
      }
    });
    equal(n, 6);
    ticker.stop();
  }),
);

test(
  "Timer, Ticker: of several who wait each value goes to the first",
  inGoroutine(function* () {
    const ticker = new Ticker(20);
    const order: number[] = [];
    const wg = new WaitGroup();
    for (let i = 0; i < 4; i++) {
      wg.go(function* () {
        yield* ticker.c.recv();
        order.push(i);
      });
    }
    yield* wg.wait();
    ticker.stop();
    deepEqual(order, [0, 1, 2, 3]);
    const timer = new Timer(5);
    const waiters = [watchOp(timer.c.recv()), watchOp(timer.c.recv())];
    yield* sleep(50);
    deepEqual(
      waiters.map((w) => w.settled),
      [true, false],
    );
    timer.reset(5);
    yield* sleep(50);
    ok(waiters[1]!.settled);
  }),
);

test(
  "Ticker: does not drift: a slow turn does not put off the later ticks",
  inGoroutine(function* () {
    const ticker = new Ticker(20);
    const start = performance.now();
    for (let i = 0; i < 10; i++) {
      yield* ticker.c.recv();
      block(5);
    }
    const ms = performance.now() - start;
    ticker.stop();
    ok(ms >= 200 - early, `${ms} ms`);
  }),
);

test(
  "Ticker: drops ticks for a slow receiver",
  inGoroutine(function* () {
    const ticker = new Ticker(100);
    block(350);
    yield* sleep(15);
    let waiting = 0;
    while (ticker.c.tryRecv() !== undefined) waiting++;
    equal(waiting, 1);
    ticker.stop();
    const slow = new Ticker(20);
    let got = 0;
    for (let i = 0; i < 3; i++) {
      yield* sleep(100);
      while (slow.c.tryRecv() !== undefined) got++;
    }
    slow.stop();
    equal(got, 3);
  }),
);

test(
  "Ticker.stop: no more ticks, also none that waited unread, and the channel stays open",
  inGoroutine(function* () {
    const ticker = new Ticker(10);
    yield* ticker.c.recv();
    ticker.stop();
    yield* nothingIn(ticker.c, 30);
    const unread = new Ticker(5);
    yield* sleep(20);
    unread.stop();
    equal(unread.c.tryRecv(), undefined);
    yield* nothingIn(unread.c, 20);
    unread.stop();
  }),
);

test(
  "Ticker.reset: starts a new period from now, dropping the tick that waits unread",
  inGoroutine(function* () {
    const ticker = new Ticker(5);
    yield* sleep(20);
    const start = performance.now();
    ticker.reset(150);
    equal(ticker.c.tryRecv(), undefined);
    yield* ticker.c.recv();
    ok(performance.now() - start >= 150 - early);
    yield* ticker.c.recv();
    ok(performance.now() - start >= 300 - 2 * early);
    ticker.stop();
    const again = performance.now();
    ticker.reset(20);
    yield* ticker.c.recv();
    ok(performance.now() - again >= 20 - early);
    ticker.stop();
  }),
);

test(
  "Ticker: a goroutine that waits is moved by reset() and left alone by stop()",
  inGoroutine(function* () {
    const ticker = new Ticker(hour);
    const waiter = watchOp(ticker.c.recv());
    yield* settle();
    ticker.stop();
    yield* settle();
    ok(!waiter.settled);
    ticker.reset(5);
    yield* sleep(40);
    ok(waiter.settled);
    ticker.stop();
  }),
);

test(
  "time: bad durations are refused by name",
  inGoroutine(function* () {
    const timer = new Timer(hour);
    const ticker = new Ticker(hour);
    for (const bad of [NaN, "5", undefined, null, 5n, {}] as never[]) {
      yield* badOp(() => sleep(bad), "ms");
      yield* badOp(() => goroSleep(bad), "ms");
      badArgument(() => after(bad), "ms");
      badArgument(() => tick(bad), "ms");
      badArgument(() => afterFunc(bad, () => {}), "ms");
      badArgument(() => new Timer(bad), "ms");
      badArgument(() => timer.reset(bad), "ms");
      badArgument(() => new Ticker(bad), "ms");
      badArgument(() => ticker.reset(bad), "ms");
    }
    equal(timer.stop(), true);
    ticker.stop();
  }),
);

test(
  "time: NaN is a RangeError, and so is zero and less for a ticker",
  inGoroutine(function* () {
    const ticker = new Ticker(hour);
    const attempts: (() => unknown)[] = [() => after(NaN), () => new Timer(NaN), () => afterFunc(NaN, () => {})];
    for (const ms of [0, -1, -Infinity, NaN]) {
      attempts.push(
        () => new Ticker(ms),
        () => tick(ms),
        () => ticker.reset(ms),
      );
    }
    for (const attempt of attempts) isError(thrown(attempt), RangeError, /\bms\b/);
    for (const op of [() => sleep(NaN), () => goroSleep(NaN)]) {
      const error = yield* thrownBy(function* () {
        yield* op();
      });
      isError(error, RangeError, /\bms\b/);
    }
    ticker.stop();
  }),
);

test("time: other bad arguments are refused by name", () => {
  for (const fn of notFunctions) badArgument(() => afterFunc(5, fn as () => void), "fn");
  for (const bad of [new Date(NaN), 5, "now", undefined, null] as never[]) badArgument(() => since(bad), "start");
});
