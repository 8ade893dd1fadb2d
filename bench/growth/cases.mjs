// What is measured at growing sizes. `round(n, clock)` is a goroutine body: it does the thing with n of them at once, the
// clock running while it counts and not during set-up, and returns the number of operations. Every round checks that all
// n were served.
import { chan, go, select, sleep } from "goro";
import { background, withCancel } from "goro/context";
import { gosched } from "goro/runtime";
import { Mutex, WaitGroup } from "goro/sync";
import { hour, Timer } from "goro/time";
import { check, mulberry32, sumTo } from "../lib/adapter.mjs";

const LIVE = [1_000, 10_000, 100_000, 1_000_000];
const CASES = [1, 10, 100, 1_000];
const random = mulberry32(1);

export const GROWTH = [
  {
    id: "objects",
    unit: "object",
    sizes: LIVE,
    title: "no goro: make n objects of ten fields, then visit each",
    round: objects,
  },
  {
    id: "generators",
    unit: "generator",
    sizes: LIVE,
    title: "no goro: n generators, each run to a yield and then to its end",
    round: generators,
  },
  {
    id: "start",
    unit: "goroutine",
    sizes: LIVE,
    title: "start, park and finish goroutines, n live at once",
    round: start,
  },
  {
    id: "switch",
    unit: "switch",
    sizes: LIVE,
    title: "switch between n goroutines that are all runnable",
    round: switches,
  },
  { id: "talk", unit: "value", sizes: LIVE, title: "two goroutines talk while n others are parked", round: talk },
  {
    id: "buffered",
    unit: "value",
    sizes: LIVE,
    title: "fill and drain a channel with n buffered values",
    round: buffered,
  },
  {
    id: "timers",
    unit: "timer",
    sizes: LIVE,
    title: "arm n timers, stop every second one and then the others",
    round: timers,
  },
  { id: "sleepers", unit: "sleeper", sizes: LIVE, title: "n sleeping goroutines fall due together", round: sleepers },
  {
    id: "receivers",
    unit: "receiver",
    sizes: LIVE,
    title: "n receivers wait on one channel and are served",
    round: receivers,
  },
  {
    id: "lockers",
    unit: "locker",
    sizes: LIVE,
    title: "n goroutines wait for one mutex and get it in turn",
    round: lockers,
  },
  {
    id: "withdraw",
    unit: "waiter",
    sizes: LIVE,
    title: "n selects wait on one channel and leave it, every second one first",
    round: withdraw,
  },
  {
    id: "cancel",
    unit: "context",
    sizes: LIVE,
    title: "n children of one context, cancelled with it",
    round: cancelParent,
  },
  {
    id: "leave",
    unit: "context",
    sizes: LIVE,
    title: "n children of one context, each cancelled alone, every second one first",
    round: cancelChildren,
  },
  {
    id: "select-wait",
    unit: "case",
    sizes: CASES,
    title: "a select of n cases waits until one is ready",
    round: selectWaiting,
  },
  { id: "select-ready", unit: "case", sizes: CASES, title: "a select of n cases with one ready", round: selectReady },
];

function* objects(n, clock) {
  const all = new Array(n);
  let sum = 0;
  clock.start();
  for (let i = 0; i < n; i++) all[i] = { a: i, b: 0, c: 0, d: 0, e: 0, f: 0, g: 0, h: 0, i: null, j: null };
  for (const each of all) sum += each.a;
  clock.stop();
  check(sum === sumTo(n), "sum");
  return n;
}

function* generators(n, clock) {
  const all = new Array(n);
  let finished = 0;
  const body = function* () {
    yield;
    finished++;
  };
  clock.start();
  for (let i = 0; i < n; i++) (all[i] = body()).next();
  for (const each of all) each.next();
  clock.stop();
  check(finished === n, "finished");
  return n;
}

function* start(n, clock) {
  const gate = chan();
  const wg = new WaitGroup();
  let parked = 0;
  let finished = 0;
  clock.start();
  wg.add(n);
  const body = function* () {
    parked++;
    yield* gate.recv();
    finished++;
    wg.done();
  };
  for (let i = 0; i < n; i++) go(body);
  while (parked < n) yield* gosched();
  gate.close();
  yield* wg.wait();
  clock.stop();
  check(finished === n, "finished");
  return n;
}

function* switches(n, clock) {
  const EACH = 4;
  let switched = 0;
  const crowd = yield* parkedCrowd(n, function* () {
    for (let i = 0; i < EACH; i++) {
      yield* gosched();
      switched++;
    }
  });
  clock.start();
  yield* crowd.release();
  clock.stop();
  check(switched === EACH * n, "switches");
  return EACH * n;
}

function* talk(n, clock) {
  const VALUES = 100_000;
  const crowd = yield* parkedCrowd(n, function* () {});
  const ch = chan();
  let sum = 0;
  clock.start();
  go(function* () {
    for (let i = 0; i < VALUES; i++) yield* ch.send(i);
    ch.close();
  });
  for (const r = ch.range(); yield* r.next();) sum += r.value;
  clock.stop();
  check(sum === sumTo(VALUES), "sum");
  yield* crowd.release();
  return VALUES;
}

/** n goroutines that wait on a gate of their own; release lets them run `rest` and returns when all have ended. */
function* parkedCrowd(n, rest) {
  const gate = chan();
  const wg = new WaitGroup();
  let parked = 0;
  wg.add(n);
  const body = function* () {
    parked++;
    yield* gate.recv();
    yield* rest();
    wg.done();
  };
  for (let i = 0; i < n; i++) go(body);
  while (parked < n) yield* gosched();
  return {
    *release() {
      gate.close();
      yield* wg.wait();
    },
  };
}

function* buffered(n, clock) {
  const ch = chan(n);
  let sum = 0;
  clock.start();
  for (let i = 0; i < n; i++) yield* ch.send(i);
  check(ch.length === n, "buffered");
  for (let i = 0; i < n; i++) {
    const v = yield* ch.recv();
    sum += v;
  }
  clock.stop();
  check(sum === sumTo(n), "sum");
  return n;
}

function* timers(n, clock) {
  const order = everySecondFirst(n);
  const durations = Float64Array.from({ length: n }, () => hour * (1 + random()));
  const armed = new Array(n);
  let stopped = 0;
  clock.start();
  for (let i = 0; i < n; i++) armed[i] = new Timer(durations[i]);
  for (let i = 0; i < n; i++) if (armed[order[i]].stop()) stopped++;
  clock.stop();
  check(stopped === n, "stopped");
  return n;
}

function* sleepers(n, clock) {
  // long enough to park them all before the first is due; how long that takes depends on the machine
  for (let delayMs = 20 + n / 250; ; delayMs *= 2) {
    const wg = new WaitGroup();
    let parked = 0;
    let woken = 0;
    wg.add(n);
    const body = function* () {
      parked++;
      yield* sleep(delayMs);
      woken++;
      wg.done();
    };
    for (let i = 0; i < n; i++) go(body);
    while (parked < n) yield* gosched();
    const inTime = woken === 0;
    if (inTime) {
      // blocks the whole thread until all are due
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, delayMs + 1);
      clock.start();
    }
    yield* wg.wait();
    if (!inTime) continue;
    clock.stop();
    check(woken === n, "woken");
    return n;
  }
}

function* receivers(n, clock) {
  const ch = chan();
  const wg = new WaitGroup();
  let sum = 0;
  let parked = 0;
  wg.add(n);
  const body = function* () {
    parked++;
    const v = yield* ch.recv();
    sum += v;
    wg.done();
  };
  for (let i = 0; i < n; i++) go(body);
  while (parked < n) yield* gosched();
  clock.start();
  for (let i = 0; i < n; i++) yield* ch.send(i);
  yield* wg.wait();
  clock.stop();
  check(sum === sumTo(n), "sum");
  return n;
}

function* lockers(n, clock) {
  const mu = new Mutex();
  const wg = new WaitGroup();
  let served = 0;
  let parked = 0;
  yield* mu.lock();
  wg.add(n);
  const body = function* () {
    parked++;
    yield* mu.lock();
    served++;
    mu.unlock();
    wg.done();
  };
  for (let i = 0; i < n; i++) go(body);
  while (parked < n) yield* gosched();
  check(served === 0, "served too early");
  clock.start();
  mu.unlock();
  yield* wg.wait();
  clock.stop();
  check(served === n, "served");
  return n;
}

function* withdraw(n, clock) {
  const idle = chan();
  const own = Array.from({ length: n }, () => chan());
  const order = everySecondFirst(n);
  const wg = new WaitGroup();
  let left = 0;
  let parked = 0;
  wg.add(n);
  const body = function* (mine) {
    parked++;
    const got = yield* select([idle.recv(), mine.recv()]);
    if (got.case === 1) left++;
    wg.done();
  };
  for (let i = 0; i < n; i++) go(body, own[i]);
  while (parked < n) yield* gosched();
  clock.start();
  for (let i = 0; i < n; i++) check(own[order[i]].trySend(i), "somebody waits there");
  yield* wg.wait();
  clock.stop();
  check(left === n && !idle.trySend(0), "left");
  return n;
}

function* cancelParent(n, clock) {
  const children = new Array(n);
  clock.start();
  const [parent, cancel] = withCancel(background());
  for (let i = 0; i < n; i++) children[i] = withCancel(parent)[0];
  cancel();
  clock.stop();
  check(
    children.every((ctx) => ctx.err() !== undefined),
    "cancelled",
  );
  return n;
}

function* cancelChildren(n, clock) {
  const order = everySecondFirst(n);
  const cancels = new Array(n);
  const [parent, cancel] = withCancel(background());
  clock.start();
  for (let i = 0; i < n; i++) cancels[i] = withCancel(parent)[1];
  for (let i = 0; i < n; i++) cancels[order[i]]();
  clock.stop();
  check(parent.err() === undefined, "the parent lives");
  cancel();
  return n;
}

function* selectWaiting(n, clock) {
  const SELECTS = 100;
  const chans = Array.from({ length: n }, () => chan());
  const cases = chans.map((ch) => ch.recv());
  const winners = Array.from({ length: SELECTS }, () => Math.floor(random() * n));
  const op = select(cases);
  clock.start();
  go(function* () {
    for (const winner of winners) {
      yield* chans[winner].send(winner);
      yield* gosched(); // until the select waits again
    }
  });
  for (const winner of winners) {
    const got = yield* op;
    check(got.case === winner && got.value === winner, "the winner");
  }
  clock.stop();
  return SELECTS * n;
}

function* selectReady(n, clock) {
  const SELECTS = 100;
  const chans = Array.from({ length: n }, () => chan(1));
  const op = select(chans.map((ch) => ch.recv()));
  const winners = Array.from({ length: SELECTS }, () => Math.floor(random() * n));
  clock.start();
  for (const winner of winners) {
    chans[winner].trySend(winner);
    const got = yield* op;
    check(got.case === winner, "the winner");
  }
  clock.stop();
  return SELECTS * n;
}

/**
 * 0, 2, 4, ... and then 1, 3, 5, ...: each of the first half leaves from between two others. A random order would do so
 * too, but then the figures would be those of the processor's caches: at a million, waiting for memory is all that counts.
 */
const everySecondFirst = (n) =>
  Uint32Array.from({ length: n }, (_, i) => (2 * i < n ? 2 * i : 2 * (i - Math.ceil(n / 2)) + 1));
