// Most of these look at what a slow limiter says, a token per minute, so that a machine's hiccup makes no difference.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep } from "goro";
import type { Op } from "goro";
import { background, canceled, deadlineExceeded, withCancel, withTimeout } from "goro/context";
import { every, Limiter } from "goro/rate";
import type { Reservation } from "goro/rate";
import { WaitGroup } from "goro/sync";
import { idle, inGoroutine, thrownBy, within } from "../testkit.portable.js";
import { badArgument, badOp, timed, watchOp } from "../sync/testkit.js";

const bg = background();

function* thrownByOp(op: Op<unknown>) {
  return yield* thrownBy(function* () {
    yield* op;
  });
}

const perMinute = 1 / 60;
const aWhileMs = 30_000;

/** Fails unless the reservation comes in so many minutes, give or take half of one. */
function comes(reservation: Reservation, minutes: number): void {
  ok(reservation.ok);
  const ms = reservation.delay();
  ok(Math.abs(ms - minutes * 60_000) < aWhileMs, `in ${ms} ms instead of ${minutes} minutes`);
}

function near(actual: number, expected: number): void {
  ok(Math.abs(actual - expected) < 0.5, `${actual} is not about ${expected}`);
}

test("rate.every: the limit of one event per interval", () => {
  equal(every(1000), 1);
  equal(every(100), 10);
  equal(every(1), 1000);
  equal(every(2500), 0.4);
  equal(every(10_000), 0.1);
  equal(every(0), Infinity);
  equal(every(-1), Infinity);
  equal(every(Infinity), 0);
});

test("rate: a limiter knows its limit and burst, and starts full", () => {
  const lim = new Limiter(2, 5);
  equal(lim.limit, 2);
  equal(lim.burst, 5);
  equal(lim.tokens, 5);
});

test("rate.allow: the burst at once, then no more", () => {
  const lim = new Limiter(perMinute, 3);
  deepEqual([lim.allow(), lim.allow(), lim.allow(), lim.allow()], [true, true, true, false]);
  near(lim.tokens, 0);
});

test("rate.allowN: all of them or none", () => {
  const lim = new Limiter(perMinute, 3);
  equal(lim.allowN(2), true);
  equal(lim.allowN(2), false);
  near(lim.tokens, 1);
  equal(lim.allowN(1), true);
  equal(lim.allowN(1), false);
  equal(lim.allowN(0), true);
  equal(new Limiter(perMinute, 3).allowN(4), false);
});

test(
  "rate.allow: tokens come back with time, up to the burst",
  inGoroutine(function* () {
    const lim = new Limiter(5, 2);
    ok(lim.allowN(2));
    const before = lim.tokens;
    yield* sleep(250);
    ok(lim.tokens > before);
    ok(lim.allow());
    yield* sleep(600);
    equal(lim.tokens, 2);
    ok(!lim.allowN(3));
    ok(lim.allowN(2));
  }),
);

test(
  "rate.allow: in the long run as many as the limit and the burst allow",
  inGoroutine(function* () {
    const lim = new Limiter(200, 10);
    const start = performance.now();
    let allowed = 0;
    while (performance.now() - start < 300) {
      while (lim.allow()) allowed++;
      yield* sleep(2);
    }
    const ideal = 10 + (200 * (performance.now() - start)) / 1000;
    ok(allowed <= ideal + 1, `${allowed} of ${ideal}`);
    ok(allowed >= ideal * 0.2, `${allowed} of ${ideal}`);
  }),
);

test("rate.allow: a limit that is no round number gives its first token", () => {
  ok(new Limiter(0.7692307692307693, 1).allow());
});

test("rate: Infinity lets everything through, whatever the burst", () => {
  for (const burst of [0, 1]) {
    const lim = new Limiter(Infinity, burst);
    for (let i = 0; i < 100; i++) ok(lim.allow());
    ok(lim.allowN(1_000_000));
    const reservation = lim.reserveN(1_000_000);
    ok(reservation.ok);
    equal(reservation.delay(), 0);
    reservation.cancel();
    ok(lim.allow());
  }
});

test(
  "rate.wait: at Infinity does not wait",
  inGoroutine(function* () {
    const lim = new Limiter(Infinity, 0);
    const ms = yield* timed(function* () {
      for (let i = 0; i < 100; i++) yield* lim.wait(bg);
      yield* lim.waitN(bg, 1_000_000);
    });
    ok(ms < 1000, `${ms} ms`);
  }),
);

test(
  "rate: a burst of zero allows nothing but no event at all",
  inGoroutine(function* () {
    const lim = new Limiter(100, 0);
    ok(!lim.allow());
    ok(lim.allowN(0));
    equal(lim.reserve().ok, false);
    const error = yield* thrownByOp(lim.wait(bg));
    ok(error instanceof Error && /burst/.test(error.message), String(error));
    yield* lim.waitN(bg, 0);
  }),
);

test(
  "rate: a limit of zero gives the burst and no more",
  inGoroutine(function* () {
    const lim = new Limiter(0, 2);
    ok(lim.allowN(2));
    yield* sleep(20);
    ok(!lim.allow());
    const [ctx, cancel] = withTimeout(bg, 2 * aWhileMs);
    const ms = yield* timed(function* () {
      ok((yield* thrownByOp(lim.wait(ctx))) instanceof Error);
    });
    ok(ms < aWhileMs, `it waited ${ms} ms`);
    cancel();
  }),
);

test("rate.reserve: says how long to wait, and takes from those who come later", () => {
  const lim = new Limiter(perMinute, 2);
  comes(lim.reserveN(2), 0);
  comes(lim.reserveN(2), 2);
  comes(lim.reserve(), 3);
  near(lim.tokens, -3);
  ok(!lim.allow());
});

test("rate.reserve: delay() runs down with time", () => {
  const lim = new Limiter(perMinute, 1);
  equal(lim.reserve().delay(), 0);
  const reservation = lim.reserve();
  const first = reservation.delay();
  ok(first > 0 && first <= 60_000, `${first}`);
  const fast = new Limiter(50, 1);
  ok(fast.allow());
  const soon = fast.reserve();
  const end = performance.now() + 30;
  while (performance.now() < end);
  const second = reservation.delay();
  ok(second <= first - 29, `${first} became ${second}`);
  equal(soon.delay(), 0);
});

test("rate.reserveN: more than the burst cannot be had, and takes nothing", () => {
  const lim = new Limiter(perMinute, 2);
  const reservation = lim.reserveN(3);
  equal(reservation.ok, false);
  equal(reservation.delay(), Infinity);
  reservation.cancel();
  near(lim.tokens, 2);
  comes(lim.reserveN(2), 0);
});

test("Reservation.cancel: one that was not to be had gives nothing back", () => {
  const lim = new Limiter(perMinute, 2);
  comes(lim.reserveN(2), 0);
  lim.reserveN(3).cancel();
  comes(lim.reserveN(2), 2);
});

test("Reservation.cancel: gives the tokens back", () => {
  const lim = new Limiter(perMinute, 2);
  comes(lim.reserveN(2), 0);
  const reservation = lim.reserveN(2);
  comes(reservation, 2);
  reservation.cancel();
  near(lim.tokens, 0);
  comes(lim.reserveN(2), 2);
});

test("Reservation.cancel: the second time gives nothing back", () => {
  const lim = new Limiter(perMinute, 2);
  comes(lim.reserveN(2), 0);
  const reservation = lim.reserveN(2);
  reservation.cancel();
  reservation.cancel();
  near(lim.tokens, 0);
  comes(lim.reserveN(2), 2);
});

test("Reservation.cancel: gives nothing back once its time has come", () => {
  const lim = new Limiter(perMinute, 2);
  const reservation = lim.reserveN(2);
  comes(reservation, 0);
  reservation.cancel();
  near(lim.tokens, 0);
});

test("Reservation.cancel: keeps what later reservations were promised", () => {
  const lim = new Limiter(perMinute, 2);
  comes(lim.reserveN(2), 0);
  const reservation = lim.reserve();
  comes(reservation, 1);
  comes(lim.reserve(), 2);
  // The one after it has its time already: the token cannot be given to anybody sooner.
  reservation.cancel();
  comes(lim.reserve(), 3);
});

test("Reservation.cancel: of several, in any order", () => {
  const lim = new Limiter(perMinute, 4);
  comes(lim.reserveN(4), 0);
  const a = lim.reserveN(3);
  comes(a, 3);
  comes(lim.reserve(), 4);
  const c = lim.reserve();
  comes(c, 5);
  c.cancel();
  a.cancel();
  // One token from c, and two from a, as if c had never been.
  comes(lim.reserveN(3), 5);
});

test(
  "rate.wait: waits for its turn",
  inGoroutine(function* () {
    const lim = new Limiter(20, 1);
    const ms = yield* timed(function* () {
      for (let i = 0; i < 4; i++) yield* lim.wait(bg);
    });
    ok(ms >= 145 && ms < 5000, `${ms} ms`);
    const n = yield* timed(() => new Limiter(perMinute, 3).waitN(bg, 3));
    ok(n < aWhileMs, `${n} ms`);
  }),
);

test(
  "rate.waitN: waits until there are n",
  inGoroutine(function* () {
    const lim = new Limiter(50, 5);
    const ms = yield* timed(function* () {
      yield* lim.waitN(bg, 5);
      yield* lim.waitN(bg, 5);
    });
    ok(ms >= 95 && ms < 5000, `${ms} ms`);
  }),
);

test(
  "rate.wait: goroutines are served in order, one per interval",
  inGoroutine(function* () {
    const lim = new Limiter(50, 1);
    const order: number[] = [];
    const wg = new WaitGroup();
    const ms = yield* timed(function* () {
      for (let i = 0; i < 6; i++) {
        wg.go(function* () {
          yield* lim.wait(bg);
          order.push(i);
        });
      }
      yield* wg.wait();
    });
    deepEqual(order, [0, 1, 2, 3, 4, 5]);
    ok(ms >= 95 && ms < 5000, `${ms} ms`);
  }),
);

test(
  "rate.wait: more than the burst throws at once, and takes nothing",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 3);
    const ms = yield* timed(function* () {
      const error = yield* thrownByOp(lim.waitN(bg, 4));
      ok(error instanceof Error && /burst/.test(error.message), String(error));
    });
    ok(ms < aWhileMs, `it waited ${ms} ms`);
    near(lim.tokens, 3);
  }),
);

test(
  "rate.wait: a deadline that would pass before throws at once, and takes nothing",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 1);
    ok(lim.allow());
    const [ctx, cancel] = withTimeout(bg, 5000);
    const ms = yield* timed(function* () {
      const error = yield* thrownByOp(lim.wait(ctx));
      ok(error instanceof Error && /deadline/.test(error.message), String(error));
    });
    ok(ms < 4000, `it waited ${ms} ms`);
    equal(ctx.err(), undefined);
    cancel();
    near(lim.tokens, 0);
  }),
);

test(
  "rate.wait: a deadline that leaves time enough does no harm",
  inGoroutine(function* () {
    const lim = new Limiter(50, 1);
    const [ctx, cancel] = withTimeout(bg, 10_000);
    yield* lim.wait(ctx);
    yield* lim.wait(ctx);
    cancel();
  }),
);

test(
  "rate.wait: a context that has ended throws its err(), and takes nothing",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 3);
    const [ctx, cancel] = withCancel(bg);
    cancel();
    equal(yield* thrownByOp(lim.wait(ctx)), canceled);
    const [late] = withTimeout(bg, 0);
    equal(yield* thrownByOp(lim.waitN(late, 2)), deadlineExceeded);
    near(lim.tokens, 3);
  }),
);

test(
  "rate.wait: a context that ends meanwhile throws its err(), and the tokens come back",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 3);
    const [ctx, cancel] = withCancel(bg);
    yield* lim.waitN(ctx, 2);
    const waiting = watchOp(lim.waitN(ctx, 3));
    yield* idle();
    near(lim.tokens, -2);
    cancel();
    yield* idle();
    equal(waiting.error, canceled);
    near(lim.tokens, 1);
    ok(lim.allow());
  }),
);

test(
  "rate.wait: a case that loses in select gives its tokens back",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 2);
    yield* lim.wait(bg);
    equal((yield* select({ wait: lim.waitN(bg, 2), late: sleep(2) })).case, "late");
    near(lim.tokens, 1);
    const ready = chan<number>(1);
    for (let i = 0; i < 50; i++) {
      yield* ready.send(i);
      const got = yield* select({ ready: ready.recv(), wait: lim.waitN(bg, 2) });
      deepEqual(got, { case: "ready", value: i });
    }
    near(lim.tokens, 1);
    ok(lim.allow());
  }),
);

test(
  "rate.wait: wins in select when its time has come, and keeps its tokens",
  inGoroutine(function* () {
    const lim = new Limiter(50, 1);
    yield* lim.wait(bg);
    equal((yield* select({ wait: lim.wait(bg), late: sleep(10_000) })).case, "wait");
    const ready = new Limiter(perMinute, 1);
    equal((yield* select({ wait: ready.wait(bg), never: null })).case, "wait");
    ok(!ready.allow());
  }),
);

test(
  "rate.wait: one Op may be run by many at once, each withdrawn by itself",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 1);
    yield* lim.wait(bg);
    const stop = chan<void>();
    const [ctx, cancel] = withCancel(bg);
    const op = lim.wait(ctx);
    const first = watchOp(op);
    yield* idle();
    const leaving = watchOp(select({ op, stop: stop.recv() }));
    yield* idle();
    near(lim.tokens, -2);
    stop.close();
    yield* idle();
    equal(leaving.value.case, "stop");
    near(lim.tokens, -1);
    ok(!first.settled);
    cancel();
    yield* idle();
    equal(first.error, canceled);
    near(lim.tokens, 0);
  }),
);

test("rate.wait: is lazy, reusable, and can be awaited in async code", async () => {
  const lim = new Limiter(50, 1);
  const op = lim.wait(bg);
  equal(lim.tokens, 1);
  const start = performance.now();
  await within(10_000, op);
  await within(10_000, op);
  await within(10_000, op);
  ok(performance.now() - start >= 38);
});

test("rate.setLimit: holds for reservations from then on", () => {
  const lim = new Limiter(0.5 * perMinute, 2);
  comes(lim.reserveN(2), 0);
  comes(lim.reserveN(2), 4);
  lim.setLimit(perMinute);
  equal(lim.limit, perMinute);
  comes(lim.reserve(), 3);
  lim.setLimit(Infinity);
  equal(lim.limit, Infinity);
  comes(lim.reserveN(100), 0);
});

test("rate.setLimit: a reservation from before gives its tokens back", () => {
  const lim = new Limiter(0.5 * perMinute, 2);
  comes(lim.reserveN(2), 0);
  const reservation = lim.reserveN(2);
  comes(reservation, 4);
  lim.setLimit(perMinute);
  reservation.cancel();
  comes(lim.reserveN(2), 2);
});

test("rate.setBurst: holds for reservations from then on", () => {
  const lim = new Limiter(0.5 * perMinute, 2);
  comes(lim.reserveN(2), 0);
  comes(lim.reserveN(2), 4);
  equal(lim.reserveN(3).ok, false);
  lim.setBurst(4);
  equal(lim.burst, 4);
  comes(lim.reserveN(4), 12);
  lim.setBurst(0);
  equal(lim.burst, 0);
  equal(lim.reserve().ok, false);
});

test(
  "rate: goroutines together get the burst and no more",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 5);
    const wg = new WaitGroup();
    let allowed = 0;
    for (let i = 0; i < 15; i++) {
      wg.go(function* () {
        yield* idle(i % 3);
        if (lim.allow()) allowed++;
      });
    }
    yield* wg.wait();
    equal(allowed, 5);
  }),
);

test(
  "rate: bad arguments are refused by name",
  inGoroutine(function* () {
    const lim = new Limiter(perMinute, 3);
    for (const bad of [NaN, "1", undefined, null, 1n] as never[]) {
      badArgument(() => every(bad), "ms");
      badArgument(() => new Limiter(bad, 1), "limit");
      badArgument(() => new Limiter(1, bad), "burst");
      badArgument(() => lim.setLimit(bad), "limit");
      badArgument(() => lim.setBurst(bad), "burst");
    }
    for (const bad of [NaN, -1, "1", undefined, null, 1n] as never[]) {
      badArgument(() => lim.allowN(bad), "n");
      badArgument(() => lim.reserveN(bad), "n");
      yield* badOp(() => lim.waitN(bg, bad), "n");
    }
    for (const bad of [undefined, null, 5, {}] as never[]) {
      yield* badOp(() => lim.wait(bad), "ctx");
      yield* badOp(() => lim.waitN(bad, 1), "ctx");
    }
    near(lim.tokens, 3);
    equal(lim.limit, perMinute);
    equal(lim.burst, 3);
  }),
);
