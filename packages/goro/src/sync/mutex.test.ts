import { deepEqual, equal, fail, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, trySelect } from "goro";
import type { Routine } from "goro";
import { gosched } from "goro/runtime";
import { Mutex, WaitGroup } from "goro/sync";
import { idle, inGoroutine, seeded, thrownBy, watch, within } from "../testkit.portable.js";
import { panics, settle, watchOp } from "./testkit.js";

test(
  "Mutex: one goroutine at a time is between lock() and unlock()",
  inGoroutine(function* () {
    const mu = new Mutex();
    const wg = new WaitGroup();
    let inside = 0;
    let total = 0;
    for (let g = 0; g < 10; g++) {
      wg.go(function* () {
        for (let i = 0; i < 100; i++) {
          yield* mu.lock();
          inside++;
          equal(inside, 1);
          const before = total;
          yield* gosched();
          total = before + 1;
          inside--;
          mu.unlock();
        }
      });
    }
    yield* wg.wait();
    equal(total, 1000);
    ok(mu.tryLock());
  }),
);

test("Mutex: lock() is lazy: making the Op locks nothing", () => {
  const mu = new Mutex();
  void mu.lock();
  void mu.guard();
  ok(mu.tryLock());
});

test(
  "Mutex: the Op of lock() can be run again and by many",
  inGoroutine(function* () {
    const mu = new Mutex();
    const op = mu.lock();
    yield* op;
    const others = [watchOp(op), watchOp(op)];
    yield* idle();
    equal(others.filter((w) => w.settled).length, 0);
    mu.unlock();
    yield* idle();
    equal(others.filter((w) => w.settled).length, 1);
    mu.unlock();
    yield* idle();
    equal(others.filter((w) => w.settled).length, 2);
    mu.unlock();
    yield* op;
    ok(!mu.tryLock());
  }),
);

test(
  "Mutex: waiters are served in order",
  inGoroutine(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    const order: number[] = [];
    const wg = new WaitGroup();
    for (let i = 0; i < 50; i++) {
      wg.go(function* () {
        yield* mu.lock();
        order.push(i);
        yield* gosched();
        mu.unlock();
      });
    }
    yield* idle();
    mu.unlock();
    yield* wg.wait();
    deepEqual(
      order,
      Array.from({ length: 50 }, (_, i) => i),
    );
  }),
);

test(
  "Mutex: unlock() hands over to the first waiter: nobody gets in between",
  inGoroutine(function* () {
    const mu = new Mutex();
    const order: string[] = [];
    yield* mu.lock();
    const wg = new WaitGroup();
    wg.go(function* () {
      yield* mu.lock();
      order.push("waiter");
      mu.unlock();
    });
    yield* idle();
    mu.unlock();
    ok(!mu.tryLock());
    yield* mu.lock();
    order.push("again");
    mu.unlock();
    yield* wg.wait();
    deepEqual(order, ["waiter", "again"]);
  }),
);

test(
  "Mutex: a goroutine that locks again and again starves nobody",
  inGoroutine(function* () {
    const mu = new Mutex();
    let stop = false;
    const greedy = watch(function* () {
      while (!stop) {
        yield* mu.lock();
        yield* gosched();
        mu.unlock();
      }
    });
    yield* idle(1);
    for (let i = 0; i < 10; i++) {
      yield* mu.lock();
      mu.unlock();
    }
    stop = true;
    yield* idle();
    ok(greedy.settled);
  }),
);

test("Mutex: tryLock() locks only what is free", () => {
  const mu = new Mutex();
  ok(mu.tryLock());
  ok(!mu.tryLock());
  mu.unlock();
  ok(mu.tryLock());
});

test(
  "Mutex: unlock of an unlocked mutex is a Panic with Go's words",
  inGoroutine(function* () {
    const mu = new Mutex();
    panics(() => mu.unlock(), "sync: unlock of unlocked mutex");
    yield* mu.lock();
    mu.unlock();
    panics(() => mu.unlock(), "sync: unlock of unlocked mutex");
    ok(mu.tryLock());
  }),
);

test(
  "Mutex: another goroutine than the one that locked may unlock",
  inGoroutine(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    go(function* () {
      mu.unlock();
    });
    yield* mu.lock();
    ok(!mu.tryLock());
  }),
);

test(
  "Mutex.guard: locks now and unlocks when the block ends, however it ends",
  inGoroutine(function* () {
    const mu = new Mutex();
    {
      using _ = yield* mu.guard();
      ok(!mu.tryLock());
    }
    ok(mu.tryLock());
    mu.unlock();
    const boom = new Error("boom");
    equal(
      yield* thrownBy(function* () {
        using _ = yield* mu.guard();
        yield* gosched();
        throw boom;
      }),
      boom,
    );
    ok(mu.tryLock());
    mu.unlock();
    function* early(): Routine<string> {
      using _ = yield* mu.guard();
      return "early";
    }
    equal(yield* early(), "early");
    ok(mu.tryLock());
  }),
);

test(
  "Mutex.guard: waits in the same order as lock()",
  inGoroutine(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    const order: string[] = [];
    const wg = new WaitGroup();
    wg.go(function* () {
      using _ = yield* mu.guard();
      order.push("guard");
      yield* gosched();
    });
    wg.go(function* () {
      yield* mu.lock();
      order.push("lock");
      mu.unlock();
    });
    wg.go(function* () {
      using _ = yield* mu.guard();
      order.push("guard again");
    });
    yield* idle();
    mu.unlock();
    yield* wg.wait();
    deepEqual(order, ["guard", "lock", "guard again"]);
    ok(mu.tryLock());
  }),
);

test("Mutex: lock() and guard() can be awaited in async code, beside goroutines", async () => {
  const mu = new Mutex();
  await mu.lock();
  const order: string[] = [];
  const first = mu.lock().then(() => {
    order.push("async");
  });
  const second = inGoroutine(function* () {
    yield* mu.lock();
    order.push("goroutine");
    mu.unlock();
  })();
  await new Promise((resolve) => setTimeout(resolve, 5));
  deepEqual(order, []);
  mu.unlock();
  await within(10_000, first);
  deepEqual(order, ["async"]);
  mu.unlock();
  await second;
  deepEqual(order, ["async", "goroutine"]);
  {
    using _ = await mu.guard();
    ok(!mu.tryLock());
  }
  ok(mu.tryLock());
});

test(
  "Mutex: a waiter that is withdrawn leaves the order of the others as it was",
  inGoroutine(function* () {
    for (const gone of [0, 1, 2, 3, 4]) {
      const mu = new Mutex();
      yield* mu.lock();
      const stop = chan<void>();
      const order: number[] = [];
      const wg = new WaitGroup();
      for (let i = 0; i < 5; i++) {
        wg.go(function* () {
          const got = yield* select({ lock: mu.lock(), stop: i === gone ? stop.recv() : null });
          if (got.case === "stop") return;
          order.push(i);
          yield* gosched();
          mu.unlock();
        });
      }
      yield* idle();
      stop.close();
      yield* idle();
      mu.unlock();
      yield* wg.wait();
      deepEqual(
        order,
        [0, 1, 2, 3, 4].filter((i) => i !== gone),
      );
      ok(mu.tryLock());
    }
  }),
);

test(
  "Mutex: lock() in select holds the lock where it won and never where it lost",
  inGoroutine(function* () {
    const mu = new Mutex();
    const other = chan<number>(1);
    let won = 0;
    let lost = 0;
    for (let i = 0; i < 500; i++) {
      yield* other.send(i);
      const got = yield* select({ lock: mu.lock(), other: other.recv() });
      if (got.case === "lock") {
        won++;
        ok(!mu.tryLock());
        mu.unlock();
        equal(other.length, 1);
        yield* other.recv();
      } else {
        lost++;
        equal(got.value, i);
        ok(mu.tryLock());
        mu.unlock();
      }
    }
    ok(won > 0 && lost > 0, `won ${won}, lost ${lost}`);
  }),
);

test(
  "Mutex: a parked select takes one of two locks, not both",
  inGoroutine(function* () {
    const a = new Mutex();
    const b = new Mutex();
    yield* a.lock();
    yield* b.lock();
    const either = watchOp(select({ a: a.lock(), b: b.guard() }));
    yield* idle();
    ok(!either.settled);
    b.unlock();
    a.unlock();
    yield* idle();
    equal(either.value.case, "b");
    ok(a.tryLock());
    ok(!b.tryLock());
    if (either.value.case !== "b") fail("b was the first to be free");
    either.value.value[Symbol.dispose]();
    ok(b.tryLock());
  }),
);

test(
  "Mutex: a guard() that lost in select unlocks nothing and holds nothing",
  inGoroutine(function* () {
    const mu = new Mutex();
    yield* mu.lock();
    equal((yield* select({ guard: mu.guard(), late: sleep(1) })).case, "late");
    ok(!mu.tryLock());
    mu.unlock();
    yield* settle();
    ok(mu.tryLock());
  }),
);

test("Mutex: trySelect takes a free lock and gives up on a held one", () => {
  const mu = new Mutex();
  deepEqual(trySelect({ lock: mu.lock() }), { case: "lock", value: undefined });
  equal(trySelect({ lock: mu.lock() }), undefined);
  mu.unlock();
  ok(mu.tryLock());
});

test(
  "Mutex: locking stays exclusive and loses nothing under random use",
  inGoroutine(function* () {
    const random = seeded("Mutex under random use");
    const pick = (n: number): number => Math.floor(random() * n);
    const mus = [new Mutex(), new Mutex(), new Mutex()] as const;
    const held = [0, 0, 0];
    const wg = new WaitGroup();
    for (let g = 0; g < 20; g++) {
      wg.go(function* () {
        for (let step = 0; step < 200; step++) {
          const i = pick(3) as 0 | 1 | 2;
          const kind = pick(4);
          let got: 0 | 1 | 2 | undefined = i;
          if (kind === 0) {
            yield* mus[i].lock();
          } else if (kind === 1) {
            if (!mus[i].tryLock()) got = undefined;
          } else if (kind === 2) {
            const which = yield* select([mus[0].lock(), mus[1].lock(), mus[2].lock()]);
            got = which.case as 0 | 1 | 2;
          } else {
            const which = yield* select({ lock: mus[i].lock(), giveUp: pick(2) === 0 ? gosched() : sleep(0) });
            if (which.case === "giveUp") got = undefined;
          }
          if (got === undefined) continue;
          held[got]!++;
          equal(held[got], 1);
          if (pick(3) === 0) yield* gosched();
          held[got]!--;
          mus[got].unlock();
        }
      });
    }
    yield* wg.wait();
    deepEqual(held, [0, 0, 0]);
    for (const mu of mus) ok(mu.tryLock());
  }),
);
