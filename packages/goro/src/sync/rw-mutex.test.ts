import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep, trySelect } from "goro";
import { gosched } from "goro/runtime";
import { RWMutex, WaitGroup } from "goro/sync";
import { idle, inGoroutine, seeded, thrownBy, within } from "../testkit.portable.js";
import { panics, watchOp } from "./testkit.js";

test(
  "RWMutex: any number of readers at once, and no writer beside them",
  inGoroutine(function* () {
    const rw = new RWMutex();
    for (let i = 0; i < 10; i++) yield* rw.rLock();
    ok(!rw.tryLock());
    const writer = watchOp(rw.lock());
    yield* idle();
    for (let i = 0; i < 10; i++) {
      ok(!writer.settled);
      rw.rUnlock();
      yield* idle();
    }
    ok(writer.settled);
    ok(!rw.tryLock());
    ok(!rw.tryRLock());
  }),
);

test(
  "RWMutex: a writer excludes readers and writers",
  inGoroutine(function* () {
    const rw = new RWMutex();
    yield* rw.lock();
    const reader = watchOp(rw.rLock());
    const writer = watchOp(rw.lock());
    yield* idle();
    ok(!reader.settled && !writer.settled);
    rw.unlock();
    yield* idle();
    ok(reader.settled && !writer.settled);
    rw.rUnlock();
    yield* idle();
    ok(writer.settled);
  }),
);

test(
  "RWMutex: a blocked lock() holds back later readers, so that writers do not starve",
  inGoroutine(function* () {
    const rw = new RWMutex();
    yield* rw.rLock();
    const writer = watchOp(rw.lock());
    yield* idle();
    const reader = watchOp(rw.rLock());
    yield* idle();
    ok(!writer.settled && !reader.settled);
    ok(!rw.tryRLock());
    equal(trySelect({ read: rw.rLock() }), undefined);
    rw.rUnlock();
    yield* idle();
    ok(writer.settled && !reader.settled);
    rw.unlock();
    yield* idle();
    ok(reader.settled);
  }),
);

test(
  "RWMutex: a writer gets in while readers overlap without end",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const wg = new WaitGroup();
    let written = false;
    for (let g = 0; g < 3; g++) {
      wg.go(function* () {
        while (!written) {
          yield* rw.rLock();
          yield* idle(1 + g);
          rw.rUnlock();
        }
      });
    }
    yield* idle();
    yield* rw.lock();
    written = true;
    rw.unlock();
    yield* wg.wait();
  }),
);

test(
  "RWMutex: readers that waited for a writer come in together when it leaves",
  inGoroutine(function* () {
    const rw = new RWMutex();
    yield* rw.lock();
    const readers = Array.from({ length: 20 }, () => watchOp(rw.rLock()));
    yield* idle();
    const writer = watchOp(rw.lock());
    yield* idle();
    rw.unlock();
    yield* idle();
    equal(readers.filter((r) => r.settled).length, 20);
    ok(!writer.settled);
    for (let i = 0; i < 20; i++) rw.rUnlock();
    yield* idle();
    ok(writer.settled);
  }),
);

test(
  "RWMutex: writers are served in order",
  inGoroutine(function* () {
    const rw = new RWMutex();
    yield* rw.rLock();
    const order: number[] = [];
    const wg = new WaitGroup();
    for (let i = 0; i < 20; i++) {
      wg.go(function* () {
        yield* rw.lock();
        order.push(i);
        yield* gosched();
        rw.unlock();
      });
    }
    yield* idle();
    rw.rUnlock();
    yield* wg.wait();
    deepEqual(
      order,
      Array.from({ length: 20 }, (_, i) => i),
    );
  }),
);

test(
  "RWMutex: a withdrawn lock() lets in the readers that it held back",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const stop = chan<void>();
    yield* rw.rLock();
    const writer = watchOp(select({ lock: rw.lock(), stop: stop.recv() }));
    yield* idle();
    const readers = [watchOp(rw.rLock()), watchOp(select({ read: rw.rLock() })), watchOp(rw.rGuard())];
    yield* idle();
    equal(readers.filter((r) => r.settled).length, 0);
    stop.close();
    yield* idle();
    equal(writer.value.case, "stop");
    equal(readers.filter((r) => r.settled).length, 3);
    ok(rw.tryRLock());
    ok(!rw.tryLock());
  }),
);

test(
  "RWMutex: of two blocked writers the second goes on holding readers back when the first is withdrawn",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const stop = chan<void>();
    yield* rw.rLock();
    const first = watchOp(select({ lock: rw.lock(), stop: stop.recv() }));
    yield* idle();
    const second = watchOp(rw.lock());
    yield* idle();
    const reader = watchOp(rw.rLock());
    yield* idle();
    stop.close();
    yield* idle();
    ok(first.settled && !second.settled && !reader.settled);
    ok(!rw.tryRLock());
    rw.rUnlock();
    yield* idle();
    ok(second.settled && !reader.settled);
    rw.unlock();
    yield* idle();
    ok(reader.settled);
  }),
);

test(
  "RWMutex: lock() and rLock() of one select are withdrawn together: the one does not let the other in",
  inGoroutine(function* () {
    for (const nest of [false, true]) {
      const rw = new RWMutex();
      const away = chan<void>();
      const stop = chan<string>();
      yield* rw.rLock();
      // While this one waits no reader gets in, so both cases of the select below have to wait.
      const before = watchOp(select({ write: rw.lock(), away: away.recv() }));
      yield* idle();
      const read = nest ? select({ inner: rw.rLock() }) : rw.rLock();
      const parked = watchOp(select({ write: rw.lock(), read, stop: stop.recv() }, { ordered: true }));
      yield* idle();
      away.close();
      yield* idle();
      ok(before.settled && !parked.settled);
      yield* stop.send("stop");
      yield* idle();
      deepEqual(parked.value, { case: "stop", value: "stop" });
      rw.rUnlock();
      ok(rw.tryLock(), "the select that went elsewhere holds it");
    }
  }),
);

test(
  "RWMutex: a withdrawn rLock() counts as no reader",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const stop = chan<void>();
    yield* rw.lock();
    const reader = watchOp(select({ read: rw.rLock(), stop: stop.recv() }));
    const guard = watchOp(select({ read: rw.rGuard(), stop: stop.recv() }));
    yield* idle();
    stop.close();
    yield* idle();
    equal(reader.value.case, "stop");
    equal(guard.value.case, "stop");
    rw.unlock();
    ok(rw.tryLock());
  }),
);

test(
  "RWMutex: a lost lock() or rLock() in select holds nothing",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const other = chan<number>(1);
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++) {
      yield* other.send(i);
      const got = yield* select({ lock: rw.lock(), read: rw.rLock(), other: other.recv() });
      seen.add(got.case);
      if (got.case === "lock") {
        ok(!rw.tryRLock());
        rw.unlock();
      } else if (got.case === "read") {
        ok(!rw.tryLock());
        ok(rw.tryRLock());
        rw.rUnlock();
        rw.rUnlock();
      }
      ok(rw.tryLock());
      rw.unlock();
      if (got.case !== "other") yield* other.recv();
    }
    deepEqual([...seen].sort(), ["lock", "other", "read"]);
  }),
);

test("RWMutex: tryLock() and tryRLock() take only what is free", () => {
  const rw = new RWMutex();
  ok(rw.tryRLock());
  ok(rw.tryRLock());
  ok(!rw.tryLock());
  rw.rUnlock();
  ok(!rw.tryLock());
  rw.rUnlock();
  ok(rw.tryLock());
  ok(!rw.tryLock());
  ok(!rw.tryRLock());
  rw.unlock();
  ok(rw.tryRLock());
});

test("RWMutex: unlock() of what is not locked for writing is a Panic with Go's words", () => {
  const rw = new RWMutex();
  panics(() => rw.unlock(), "sync: Unlock of unlocked RWMutex");
  const read = new RWMutex();
  ok(read.tryRLock());
  panics(() => read.unlock(), "sync: Unlock of unlocked RWMutex");
});

test("RWMutex: rUnlock() of what is not locked for reading is a Panic with Go's words", () => {
  const rw = new RWMutex();
  panics(() => rw.rUnlock(), "sync: RUnlock of unlocked RWMutex");
  const written = new RWMutex();
  ok(written.tryLock());
  panics(() => written.rUnlock(), "sync: RUnlock of unlocked RWMutex");
  const read = new RWMutex();
  ok(read.tryRLock());
  read.rUnlock();
  panics(() => read.rUnlock(), "sync: RUnlock of unlocked RWMutex");
});

test(
  "RWMutex: rLocker() locks and unlocks for reading",
  inGoroutine(function* () {
    const rw = new RWMutex();
    const reader = rw.rLocker();
    yield* rw.lock();
    const blocked = watchOp(reader.lock());
    yield* idle();
    ok(!blocked.settled);
    rw.unlock();
    yield* idle();
    ok(blocked.settled);
    yield* reader.lock();
    ok(rw.tryRLock());
    ok(!rw.tryLock());
    rw.rUnlock();
    reader.unlock();
    reader.unlock();
    ok(rw.tryLock());
    rw.unlock();
    panics(() => reader.unlock(), "sync: RUnlock of unlocked RWMutex");
  }),
);

test(
  "RWMutex: guard() and rGuard() give back at the end of the block, however it ends",
  inGoroutine(function* () {
    const rw = new RWMutex();
    {
      using _ = yield* rw.guard();
      ok(!rw.tryRLock());
    }
    {
      using _ = yield* rw.rGuard();
      using _again = yield* rw.rGuard();
      ok(!rw.tryLock());
      ok(rw.tryRLock());
      rw.rUnlock();
    }
    ok(rw.tryLock());
    rw.unlock();
    const boom = new Error("boom");
    for (const take of [() => rw.guard(), () => rw.rGuard()]) {
      equal(
        yield* thrownBy(function* () {
          using _ = yield* take();
          yield* gosched();
          throw boom;
        }),
        boom,
      );
      ok(rw.tryLock());
      rw.unlock();
    }
  }),
);

test("RWMutex: its Ops can be awaited in async code", async () => {
  const rw = new RWMutex();
  await rw.rLock();
  await rw.rLock();
  let locked = false;
  const writer = rw.lock().then(() => {
    locked = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  ok(!locked);
  rw.rUnlock();
  rw.rUnlock();
  await within(10_000, writer);
  ok(locked);
  rw.unlock();
});

test(
  "RWMutex: what it promises holds under random use",
  inGoroutine(function* () {
    const random = seeded("RWMutex under random use");
    const pick = (n: number): number => Math.floor(random() * n);
    const rw = new RWMutex();
    const wg = new WaitGroup();
    let readers = 0;
    let writers = 0;
    for (let g = 0; g < 20; g++) {
      wg.go(function* () {
        for (let step = 0; step < 200; step++) {
          const write = pick(4) === 0;
          const kind = pick(3);
          if (kind === 0) {
            yield* write ? rw.lock() : rw.rLock();
          } else if (kind === 1) {
            if (!(write ? rw.tryLock() : rw.tryRLock())) continue;
          } else {
            const got = yield* select({
              lock: write ? rw.lock() : rw.rLock(),
              giveUp: pick(2) === 0 ? gosched() : sleep(0),
            });
            if (got.case === "giveUp") continue;
          }
          if (write) {
            writers++;
            deepEqual([writers, readers], [1, 0]);
            if (pick(2) === 0) yield* gosched();
            writers--;
            rw.unlock();
          } else {
            readers++;
            equal(writers, 0);
            if (pick(2) === 0) yield* gosched();
            readers--;
            rw.rUnlock();
          }
        }
      });
    }
    yield* wg.wait();
    deepEqual([writers, readers], [0, 0]);
    ok(rw.tryLock());
  }),
);
