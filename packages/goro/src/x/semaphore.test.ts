import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep, trySelect } from "goro";
import { background, canceled, deadlineExceeded, withCancel, withTimeout } from "goro/context";
import { gosched } from "goro/runtime";
import { Weighted } from "goro/semaphore";
import { WaitGroup } from "goro/sync";
import { idle, inGoroutine, seeded, within } from "../testkit.portable.js";
import { badArgument, badOp, panics, thrownByOp, watchOp } from "../sync/testkit.js";

const bg = background();

/** Fails unless exactly so much is free. */
function free(sem: Weighted, n: number): void {
  ok(!sem.tryAcquire(n + 1), `more than ${n} is free`);
  ok(sem.tryAcquire(n), `less than ${n} is free`);
  sem.release(n);
}

test(
  "semaphore: holds up to its size, and lets the next in when enough is released",
  inGoroutine(function* () {
    const sem = new Weighted(5);
    yield* sem.acquire(bg, 2);
    yield* sem.acquire(bg, 3);
    const one = watchOp(sem.acquire(bg, 2));
    yield* idle();
    ok(!one.settled);
    sem.release(1);
    yield* idle();
    ok(!one.settled);
    sem.release(1);
    yield* idle();
    ok(one.settled);
    sem.release(5);
    free(sem, 5);
  }),
);

test("semaphore: tryAcquire() takes only what is free", () => {
  const sem = new Weighted(2);
  ok(sem.tryAcquire(1));
  ok(!sem.tryAcquire(2));
  ok(sem.tryAcquire(1));
  ok(!sem.tryAcquire(1));
  ok(sem.tryAcquire(0));
  sem.release(2);
  ok(!sem.tryAcquire(3));
  ok(sem.tryAcquire(2));
});

test("semaphore: to release more than is held is a Panic with Go's words", () => {
  const sem = new Weighted(2);
  panics(() => sem.release(1), "semaphore: released more than held");
  ok(sem.tryAcquire(1));
  panics(() => sem.release(2), "semaphore: released more than held");
});

test(
  "semaphore: is fair: who came first is served first, also where a later one would fit",
  inGoroutine(function* () {
    const sem = new Weighted(3);
    yield* sem.acquire(bg, 2);
    const big = watchOp(sem.acquire(bg, 3));
    yield* idle();
    const small = watchOp(sem.acquire(bg, 1));
    yield* idle();
    ok(!big.settled && !small.settled);
    ok(!sem.tryAcquire(1), "tryAcquire went past those who wait");
    sem.release(2);
    yield* idle();
    ok(big.settled && !small.settled);
    sem.release(3);
    yield* idle();
    ok(small.settled);
  }),
);

test(
  "semaphore: a large acquire does not starve among small ones",
  inGoroutine(function* () {
    const size = 4;
    const sem = new Weighted(size);
    let running = true;
    const wg = new WaitGroup();
    for (let i = 0; i < size; i++) {
      yield* sem.acquire(bg, 1);
      wg.go(function* () {
        while (running) {
          yield* gosched();
          sem.release(1);
          yield* sem.acquire(bg, 1);
        }
        sem.release(1);
      });
    }
    yield* sem.acquire(bg, size);
    running = false;
    sem.release(size);
    yield* wg.wait();
    free(sem, size);
  }),
);

test(
  "semaphore: one release serves as many as fit, in order",
  inGoroutine(function* () {
    const sem = new Weighted(10);
    yield* sem.acquire(bg, 10);
    const order: number[] = [];
    const wg = new WaitGroup();
    for (const n of [1, 2, 3, 4]) {
      wg.go(function* () {
        yield* sem.acquire(bg, n);
        order.push(n);
      });
      yield* idle(1);
    }
    sem.release(6);
    yield* idle();
    deepEqual(order, [1, 2, 3]);
    sem.release(4);
    yield* wg.wait();
    deepEqual(order, [1, 2, 3, 4]);
    free(sem, 0);
  }),
);

test(
  "semaphore: acquire() throws ctx.err() where the context ends first, and holds nothing then",
  inGoroutine(function* () {
    const sem = new Weighted(2);
    yield* sem.acquire(bg, 2);
    const [ctx, cancel] = withCancel(bg);
    const cancelled = watchOp(sem.acquire(ctx, 1));
    yield* idle();
    cancel();
    yield* idle();
    equal(cancelled.error, canceled);
    const [late] = withTimeout(bg, 5);
    equal(yield* thrownByOp(sem.acquire(late, 2)), deadlineExceeded);
    sem.release(2);
    free(sem, 2);
  }),
);

test(
  "semaphore: acquire() with a context that has ended throws, also where there is room",
  inGoroutine(function* () {
    const sem = new Weighted(2);
    const [ctx, cancel] = withCancel(bg);
    cancel();
    equal(yield* thrownByOp(sem.acquire(ctx, 1)), canceled);
    free(sem, 2);
  }),
);

test(
  "semaphore: more than its size waits for the context to end, and keeps nobody waiting",
  inGoroutine(function* () {
    const sem = new Weighted(2);
    const [ctx, cancel] = withCancel(bg);
    const doomed = watchOp(sem.acquire(ctx, 3));
    yield* idle();
    ok(!doomed.settled);
    yield* sem.acquire(bg, 2);
    const next = watchOp(sem.acquire(bg, 1));
    yield* idle();
    sem.release(2);
    yield* idle();
    ok(next.settled && !doomed.settled);
    cancel();
    yield* idle();
    equal(doomed.error, canceled);
    sem.release(1);
    free(sem, 2);
    const [late] = withTimeout(bg, 5);
    equal(yield* thrownByOp(sem.acquire(late, 100)), deadlineExceeded);
    equal((yield* select({ never: sem.acquire(bg, 3), late: sleep(2) })).case, "late");
    free(sem, 2);
  }),
);

test(
  "semaphore: a big waiter whose context ends lets the smaller ones behind it through",
  inGoroutine(function* () {
    const sem = new Weighted(10);
    yield* sem.acquire(bg, 5);
    const [ctx, cancel] = withCancel(bg);
    const big = watchOp(sem.acquire(ctx, 8));
    yield* idle();
    const small = [watchOp(sem.acquire(bg, 2)), watchOp(sem.acquire(bg, 3)), watchOp(sem.acquire(bg, 1))];
    yield* idle();
    equal(small.filter((s) => s.settled).length, 0);
    cancel();
    yield* idle();
    equal(big.error, canceled);
    deepEqual(
      small.map((s) => s.settled),
      [true, true, false],
    );
    sem.release(10);
    yield* idle();
    ok(small[2]!.settled);
    sem.release(1);
    free(sem, 10);
  }),
);

test(
  "semaphore: a big waiter withdrawn from a select lets the smaller ones behind it through",
  inGoroutine(function* () {
    const sem = new Weighted(4);
    yield* sem.acquire(bg, 3);
    const stop = chan<void>();
    const big = watchOp(select({ big: sem.acquire(bg, 4), stop: stop.recv() }));
    yield* idle();
    const small = watchOp(sem.acquire(bg, 1));
    yield* idle();
    ok(!small.settled);
    stop.close();
    yield* idle();
    equal(big.value.case, "stop");
    ok(small.settled);
    sem.release(4);
    free(sem, 4);
  }),
);

test(
  "semaphore: two acquire() of one select are withdrawn together: the one does not let the other in",
  inGoroutine(function* () {
    const sem = new Weighted(4);
    yield* sem.acquire(bg, 3);
    const [ctx, cancel] = withCancel(bg);
    const stop = chan<string>();
    // While this one waits nobody gets in, so both cases of the select below have to wait.
    const before = watchOp(sem.acquire(ctx, 4));
    yield* idle();
    const parked = watchOp(
      select({ big: sem.acquire(bg, 4), small: sem.acquire(bg, 1), stop: stop.recv() }, { ordered: true }),
    );
    yield* idle();
    // Now the big one stands first, and the small one behind it.
    cancel();
    yield* idle();
    ok(before.settled && !parked.settled);
    yield* stop.send("stop");
    yield* idle();
    deepEqual(parked.value, { case: "stop", value: "stop" });
    sem.release(3);
    free(sem, 4);
  }),
);

test(
  "semaphore: an acquire() of n is an Op that many may run at once, each withdrawn by itself",
  inGoroutine(function* () {
    const sem = new Weighted(2);
    yield* sem.acquire(bg, 2);
    const op = sem.acquire(bg, 1);
    const stop = chan<void>();
    const first = watchOp(op);
    yield* idle();
    const leaving = watchOp(select({ acquire: op, stop: stop.recv() }));
    yield* idle();
    const third = watchOp(op);
    const fourth = watchOp(select({ acquire: op }));
    yield* idle();
    stop.close();
    yield* idle();
    equal(leaving.value.case, "stop");
    ok(!first.settled && !third.settled && !fourth.settled);
    sem.release(1);
    yield* idle();
    deepEqual([first.settled, third.settled, fourth.settled], [true, false, false]);
    sem.release(1);
    yield* idle();
    deepEqual([first.settled, third.settled, fourth.settled], [true, true, false]);
    sem.release(2);
    yield* idle();
    ok(fourth.settled);
    sem.release(1);
    free(sem, 2);
  }),
);

test(
  "semaphore: a lost acquire() in select holds nothing, a won one does",
  inGoroutine(function* () {
    const sem = new Weighted(2);
    const other = chan<number>(1);
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      yield* other.send(i);
      const got = yield* select({ two: sem.acquire(bg, 2), one: sem.acquire(bg, 1), other: other.recv() });
      seen.add(got.case);
      if (got.case === "other") {
        free(sem, 2);
        continue;
      }
      const n = got.case === "two" ? 2 : 1;
      free(sem, 2 - n);
      sem.release(n);
      yield* other.recv();
    }
    deepEqual([...seen].sort(), ["one", "other", "two"]);
    yield* sem.acquire(bg, 2);
    equal(trySelect({ one: sem.acquire(bg, 1) }), undefined);
    sem.release(2);
    free(sem, 2);
  }),
);

test("semaphore: acquire() is lazy, reusable, and can be awaited in async code", async () => {
  const sem = new Weighted(2);
  const op = sem.acquire(bg, 1);
  free(sem, 2);
  await op;
  await op;
  free(sem, 0);
  setTimeout(() => sem.release(1), 5);
  await within(10_000, op);
  const [ctx] = withTimeout(bg, 5);
  let got: unknown;
  try {
    await within(10_000, sem.acquire(ctx, 1));
  } catch (error) {
    got = error;
  }
  equal(got, deadlineExceeded);
  sem.release(2);
  free(sem, 2);
});

test(
  "semaphore: never more than its size is held, and nothing is lost, under random use",
  inGoroutine(function* () {
    const random = seeded("semaphore under random use");
    const pick = (n: number): number => Math.floor(random() * n);
    const size = 10;
    const sem = new Weighted(size);
    let held = 0;
    const wg = new WaitGroup();
    for (let g = 0; g < 20; g++) {
      wg.go(function* () {
        for (let step = 0; step < 100; step++) {
          const n = pick(size + 1);
          const kind = pick(4);
          if (kind === 0) {
            yield* sem.acquire(bg, n);
          } else if (kind === 1) {
            if (!sem.tryAcquire(n)) continue;
          } else if (kind === 2) {
            const got = yield* select({
              acquire: sem.acquire(bg, n),
              giveUp: pick(2) === 0 ? gosched() : sleep(0),
            });
            if (got.case === "giveUp") continue;
          } else {
            const [ctx, cancel] = withCancel(bg);
            wg.go(function* () {
              yield* idle(pick(3));
              cancel();
            });
            try {
              yield* sem.acquire(ctx, n);
            } catch (error) {
              equal(error, canceled);
              continue;
            }
          }
          held += n;
          ok(held <= size, `${held} are held`);
          if (pick(2) === 0) yield* gosched();
          held -= n;
          sem.release(n);
        }
      });
    }
    yield* wg.wait();
    equal(held, 0);
    free(sem, size);
  }),
);

test(
  "semaphore: bad arguments are refused by name",
  inGoroutine(function* () {
    for (const bad of [-1, NaN, "1", undefined, null] as never[]) badArgument(() => new Weighted(bad), "size");
    const sem = new Weighted(2);
    for (const bad of [-1, NaN, "1", undefined, null] as never[]) {
      yield* badOp(() => sem.acquire(bg, bad), "n");
      badArgument(() => sem.tryAcquire(bad), "n");
      badArgument(() => sem.release(bad), "n");
    }
    for (const bad of [undefined, null, 5, {}] as never[]) yield* badOp(() => sem.acquire(bad, 1), "ctx");
    free(sem, 2);
  }),
);
