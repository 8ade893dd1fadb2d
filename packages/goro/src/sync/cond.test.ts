import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep, trySelect } from "goro";
import { Cond, Mutex, RWMutex, WaitGroup } from "goro/sync";
import type { Locker } from "goro/sync";
import { idle, inGoroutine, thrownBy, watch, within } from "../testkit.portable.js";
import { badArgument, settle } from "./testkit.js";

/** A goroutine that locks, waits, notes its number, and unlocks. */
function waiter(cond: Cond, id: number, log: number[]) {
  return watch(function* () {
    yield* cond.l.lock();
    yield* cond.wait();
    log.push(id);
    cond.l.unlock();
  });
}

test("Cond: l is the locker it was made with", () => {
  const mu = new Mutex();
  equal(new Cond(mu).l, mu);
  const reader = new RWMutex().rLocker();
  equal(new Cond(reader).l, reader);
});

test(
  "Cond: wait() unlocks while it is parked and holds the lock again when it returns",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    let holds: boolean | undefined;
    const one = watch(function* () {
      yield* mu.lock();
      yield* cond.wait();
      holds = !mu.tryLock();
      mu.unlock();
    });
    yield* idle();
    yield* mu.lock();
    cond.signal();
    yield* idle();
    ok(!one.settled, "it returned without the lock, which is held here");
    mu.unlock();
    yield* idle();
    ok(one.settled);
    equal(holds, true);
    ok(mu.tryLock());
  }),
);

test(
  "Cond: signal() wakes one, in order of arrival",
  inGoroutine(function* () {
    const cond = new Cond(new Mutex());
    const log: number[] = [];
    for (let i = 0; i < 5; i++) {
      waiter(cond, i, log);
      yield* idle();
    }
    for (let n = 1; n <= 5; n++) {
      cond.signal();
      yield* idle();
      equal(log.length, n);
    }
    deepEqual(log, [0, 1, 2, 3, 4]);
  }),
);

test(
  "Cond: broadcast() wakes all who wait now, in order, and none who come later",
  inGoroutine(function* () {
    const cond = new Cond(new Mutex());
    const log: number[] = [];
    for (let i = 0; i < 10; i++) waiter(cond, i, log);
    yield* idle();
    cond.broadcast();
    const late = waiter(cond, 99, log);
    yield* idle();
    deepEqual(log, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    ok(!late.settled);
    cond.broadcast();
    yield* idle();
    ok(late.settled);
  }),
);

test(
  "Cond: a signal that nobody waits for is not kept",
  inGoroutine(function* () {
    const cond = new Cond(new Mutex());
    const log: number[] = [];
    cond.signal();
    cond.broadcast();
    const one = waiter(cond, 1, log);
    yield* settle();
    ok(!one.settled);
    cond.signal();
    yield* idle();
    ok(one.settled);
  }),
);

test(
  "Cond: wait() without the lock is the unlock of an unlocked mutex",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const error = yield* thrownBy(function* () {
      yield* cond.wait();
    });
    equal((error as Error).message, "sync: unlock of unlocked mutex");
  }),
);

test(
  "Cond: wait() is lazy and reusable",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    yield* mu.lock();
    const op = cond.wait();
    yield* idle();
    ok(!mu.tryLock());
    for (let round = 0; round < 3; round++) {
      const waker = watch(function* () {
        yield* mu.lock();
        cond.signal();
        mu.unlock();
      });
      yield* op;
      ok(!mu.tryLock());
      ok(waker.settled);
    }
  }),
);

test("Cond: wait() can be awaited in async code", async () => {
  const mu = new Mutex();
  const cond = new Cond(mu);
  let ready = false;
  await mu.lock();
  setTimeout(() => {
    ready = true;
    cond.signal();
  }, 5);
  while (!ready) await within(10_000, Promise.resolve(cond.wait()));
  ok(!mu.tryLock());
  mu.unlock();
});

test(
  "Cond: wait() that wins in select holds the lock again",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const one = watch(function* () {
      yield* mu.lock();
      const got = yield* select({ wait: cond.wait(), late: sleep(10_000) });
      return [got.case, mu.tryLock()];
    });
    yield* idle();
    yield* mu.lock();
    cond.signal();
    yield* settle();
    ok(!one.settled, "it returned without the lock, which is held here");
    mu.unlock();
    yield* settle();
    deepEqual(one.value, ["wait", false]);
  }),
);

test(
  "Cond: wait() that loses in select holds the lock again before select returns",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const stop = chan<string>();
    const one = watch(function* () {
      yield* mu.lock();
      const got = yield* select({ wait: cond.wait(), stop: stop.recv() });
      return [got, mu.tryLock()] as const;
    });
    yield* idle();
    yield* mu.lock();
    yield* stop.send("stop");
    yield* settle();
    ok(!one.settled, "select returned without the lock, which is held here");
    mu.unlock();
    yield* settle();
    deepEqual(one.value, [{ case: "stop", value: "stop" }, false]);
    mu.unlock();
    ok(mu.tryLock());
  }),
);

test(
  "Cond: the lock is held after select also where another case was ready at once",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const ready = chan<number>(1);
    yield* mu.lock();
    yield* ready.send(1);
    deepEqual(yield* select({ wait: cond.wait(), ready: ready.recv() }), { case: "ready", value: 1 });
    ok(!mu.tryLock());
    equal(trySelect({ wait: cond.wait() }), undefined);
    ok(!mu.tryLock());
    mu.unlock();
    ok(mu.tryLock());
  }),
);

test(
  "Cond: wait() in a select that is a case of another, won and lost",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    for (const won of [true, false]) {
      const stop = chan<void>();
      const one = watch(function* () {
        yield* mu.lock();
        const inner = select({ wait: cond.wait(), never: null });
        const got = yield* select({ inner, stop: stop.recv() });
        const held = !mu.tryLock();
        mu.unlock();
        return [got.case, held];
      });
      yield* idle();
      yield* mu.lock();
      if (won) cond.signal();
      else stop.close();
      yield* idle();
      ok(!one.settled, "select returned without the lock, which is held here");
      mu.unlock();
      yield* idle();
      deepEqual(one.value, [won ? "inner" : "stop", true]);
      ok(mu.tryLock());
      mu.unlock();
    }
  }),
);

test(
  "Cond: a waiter that is withdrawn takes no signal from the others, and leaves their order",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const stop = chan<void>();
    const log: number[] = [];
    waiter(cond, 0, log);
    yield* idle();
    const leaving = watch(function* () {
      yield* mu.lock();
      const got = yield* select({ wait: cond.wait(), stop: stop.recv() });
      mu.unlock();
      return got.case;
    });
    yield* idle();
    waiter(cond, 2, log);
    yield* idle();
    stop.close();
    yield* idle();
    equal(leaving.value, "stop");
    cond.signal();
    yield* idle();
    deepEqual(log, [0]);
    cond.signal();
    yield* idle();
    deepEqual(log, [0, 2]);
  }),
);

test(
  "Cond: works with the reading side of an RWMutex",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const cond = new Cond(rw.rLocker());
    const log: number[] = [];
    const waiters = [waiter(cond, 0, log)];
    yield* idle();
    waiters.push(waiter(cond, 1, log));
    yield* idle();
    yield* rw.lock();
    cond.broadcast();
    yield* idle();
    deepEqual(log, []);
    rw.unlock();
    yield* idle();
    deepEqual(log, [0, 1]);
    ok(waiters.every((w) => w.settled));
    ok(rw.tryLock());
  }),
);

test(
  "Cond: works with a locker of the user's own",
  inGoroutine(function* () {
    const slots = chan<void>(1);
    const cond = new Cond({
      lock: () => slots.send(undefined),
      unlock: () => {
        slots.tryRecv();
      },
    });
    const log: number[] = [];
    const one = waiter(cond, 1, log);
    yield* idle();
    equal(slots.length, 0);
    cond.signal();
    yield* idle();
    ok(one.settled);
    equal(slots.length, 0);
  }),
);

/** Lockers made of channels: a lock that is a send, and one that is a receive. */
function channelLockers(): Record<"send" | "receive", Locker> {
  const slots = chan<number>(1);
  const tokens = chan<void>(1);
  tokens.trySend(undefined);
  return {
    send: { lock: () => slots.send(5), unlock: () => void slots.tryRecv() },
    receive: { lock: () => tokens.recv(), unlock: () => void tokens.trySend(undefined) },
  };
}

test(
  "Cond: in select too it works with a locker of the user's own, won and lost, whatever its lock() is made of",
  inGoroutine(function* () {
    for (const [kind, locker] of Object.entries(channelLockers())) {
      for (const won of [true, false]) {
        const cond = new Cond(locker);
        const stop = chan<void>();
        const log: string[] = [];
        const one = watch(function* () {
          yield* locker.lock();
          const got = yield* select({ wait: cond.wait(), stop: stop.recv() });
          log.push(got.case);
          locker.unlock();
        });
        yield* idle();
        yield* locker.lock();
        if (won) cond.signal();
        else stop.close();
        yield* idle();
        deepEqual(log, [], `${kind}: it returned without the lock, which is held here`);
        locker.unlock();
        yield* idle();
        equal(one.value, undefined);
        deepEqual(log, [won ? "wait" : "stop"]);
      }
    }
  }),
);

test(
  "Cond: two conditions of one mutex can be waited for at once",
  inGoroutine(function* () {
    const mu = new Mutex();
    const notEmpty = new Cond(mu);
    const notFull = new Cond(mu);
    for (const signalled of ["notEmpty", "notFull"] as const) {
      const one = watch(function* () {
        yield* mu.lock();
        const got = yield* select({ notEmpty: notEmpty.wait(), notFull: notFull.wait() });
        const held = !mu.tryLock();
        mu.unlock();
        return [got.case, held];
      });
      yield* idle();
      ok(!one.settled);
      yield* mu.lock();
      (signalled === "notEmpty" ? notEmpty : notFull).signal();
      mu.unlock();
      yield* idle();
      deepEqual(one.value, [signalled, true]);
      ok(mu.tryLock());
      mu.unlock();
    }
  }),
);

test(
  "Cond: guards a queue between producers and consumers",
  inGoroutine(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const queue: number[] = [];
    const taken: number[] = [];
    const wg = new WaitGroup();
    for (let c = 0; c < 5; c++) {
      wg.go(function* () {
        for (let n = 0; n < 20; n++) {
          yield* mu.lock();
          while (queue.length === 0) yield* cond.wait();
          taken.push(queue.shift()!);
          mu.unlock();
        }
      });
    }
    for (let p = 0; p < 2; p++) {
      wg.go(function* () {
        for (let n = 0; n < 50; n++) {
          yield* mu.lock();
          queue.push(p * 50 + n);
          mu.unlock();
          cond.signal();
          if (n % 7 === 0) yield* idle(1);
        }
      });
    }
    yield* wg.wait();
    deepEqual(
      taken.sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, i) => i),
    );
  }),
);

test("Cond: what is no locker is refused by name", () => {
  for (const locker of [undefined, null, 5, {}, { lock() {} }]) {
    badArgument(() => new Cond(locker as never), "locker");
  }
});
