import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, trySelect } from "goro";
import type { Routine } from "goro";
import { goexit } from "goro/runtime";
import { WaitGroup } from "goro/sync";
import { idle, inGoroutine, thrownBy, within } from "../testkit.portable.js";
import { badArgument, notFunctions, panics, settle, watchOp } from "./testkit.js";

test(
  "WaitGroup: wait() returns at once while the counter is zero",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    yield* wg.wait();
    wg.add(1);
    wg.done();
    yield* wg.wait();
    wg.add(0);
    yield* wg.wait();
  }),
);

test(
  "WaitGroup: wait() returns when the last done() has come, not before",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    wg.add(3);
    const waiter = watchOp(wg.wait());
    for (let i = 0; i < 3; i++) {
      yield* idle();
      ok(!waiter.settled);
      wg.done();
    }
    yield* idle();
    ok(waiter.settled);
  }),
);

test(
  "WaitGroup: wait() goes on waiting where the counter rises before it has come to zero",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    const waiter = watchOp(wg.wait());
    yield* idle();
    wg.add(2);
    wg.done();
    wg.done();
    yield* idle();
    ok(!waiter.settled);
    wg.add(-1);
    yield* idle();
    ok(waiter.settled);
  }),
);

test(
  "WaitGroup: many goroutines wait, and all go on",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    const waiters = Array.from({ length: 100 }, () => watchOp(wg.wait()));
    yield* idle();
    equal(waiters.filter((w) => w.settled).length, 0);
    wg.done();
    yield* idle();
    equal(waiters.filter((w) => w.settled).length, 100);
  }),
);

test("WaitGroup: a counter below zero is a Panic with Go's words", () => {
  panics(() => new WaitGroup().done(), "sync: negative WaitGroup counter");
  panics(() => new WaitGroup().add(-1), "sync: negative WaitGroup counter");
  const wg = new WaitGroup();
  wg.add(2);
  wg.done();
  wg.done();
  panics(() => wg.done(), "sync: negative WaitGroup counter");
});

test(
  "WaitGroup: it can be used again once it has come to zero",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    const log: string[] = [];
    for (const round of ["first", "second", "third"]) {
      for (let i = 0; i < 3; i++) {
        wg.add(1);
        go(function* () {
          yield* idle(i);
          log.push(round);
          wg.done();
        });
      }
      yield* wg.wait();
      log.push("-");
    }
    deepEqual(log.join(" "), "first first first - second second second - third third third -");
  }),
);

test(
  "WaitGroup: wait() is an Op: lazy, reusable, run by many",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    wg.add(1);
    const op = wg.wait();
    const a = watchOp(op);
    const b = watchOp(op);
    yield* idle();
    ok(!a.settled && !b.settled);
    wg.done();
    yield* op;
    yield* idle();
    ok(a.settled && b.settled);
    wg.add(1);
    const c = watchOp(op);
    yield* idle();
    ok(!c.settled);
    wg.done();
    yield* idle();
    ok(c.settled);
  }),
);

test("WaitGroup: wait() can be awaited in async code", async () => {
  const wg = new WaitGroup();
  await wg.wait();
  wg.add(1);
  setTimeout(() => wg.done(), 5);
  let done = false;
  await within(
    10_000,
    wg.wait().then(() => {
      done = true;
    }),
  );
  ok(done);
});

test(
  "WaitGroup: wait() is a case of select, won and lost, and a lost one leaves the others as they were",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    const other = chan<string>(1);
    wg.add(1);
    equal(trySelect({ wait: wg.wait() }), undefined);
    const staying = watchOp(wg.wait());
    const leaving = watchOp(select({ wait: wg.wait(), other: other.recv() }));
    const third = watchOp(select({ wait: wg.wait(), never: null }));
    yield* idle();
    yield* other.send("x");
    yield* idle();
    deepEqual(leaving.value, { case: "other", value: "x" });
    ok(!staying.settled && !third.settled);
    wg.done();
    yield* idle();
    ok(staying.settled);
    deepEqual(third.value, { case: "wait", value: undefined });
    deepEqual(trySelect({ wait: wg.wait() }), { case: "wait", value: undefined });
  }),
);

test(
  "WaitGroup.go: counts from the call on, passes the arguments, and gives the goroutine",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    const g = wg.go(
      function* (a: number, b: number) {
        yield* sleep(1);
        return a + b;
      },
      2,
      3,
    );
    equal(trySelect({ wait: wg.wait() }), undefined);
    ok(g.id > 1 && Number.isInteger(g.id));
    const sum = g.join();
    yield* wg.wait();
    equal(yield* sum, 5);
  }),
);

test(
  "WaitGroup.go: a generator function first runs when the caller blocks, as with go",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    let ran = false;
    wg.go(function* () {
      ran = true;
    });
    ok(!ran);
    yield* wg.wait();
    ok(ran);
  }),
);

test(
  "WaitGroup.go: async and plain functions count until they settle",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    let ended = false;
    const a = wg.go(async (ms: number) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      ended = true;
      return "async";
    }, 5);
    const b = wg.go((n: number) => n * 2, 21);
    const joins = [a.join(), b.join()] as const;
    yield* wg.wait();
    ok(ended);
    equal(yield* joins[0], "async");
    equal(yield* joins[1], 42);
  }),
);

test(
  "WaitGroup.go: done() comes however the function ends",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const wg = new WaitGroup();
    const thrower = wg.go(function* () {
      yield* idle(1);
      throw boom;
    });
    const rejecter = wg.go(async () => {
      await Promise.resolve();
      throw boom;
    });
    const plain = wg.go((): void => {
      throw boom;
    });
    const leaver = wg.go(function* () {
      yield* idle(1);
      goexit();
    });
    const joins = [thrower.join(), rejecter.join(), plain.join()];
    const left = leaver.join();
    yield* wg.wait();
    for (const join of joins) {
      equal(
        yield* thrownBy(function* () {
          yield* join;
        }),
        boom,
      );
    }
    equal(yield* left, undefined);
    yield* wg.wait();
    panics(() => wg.done(), "sync: negative WaitGroup counter");
  }),
);

test(
  "WaitGroup.go: may be called from goroutines of the group",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    let leaves = 0;
    function* node(depth: number): Routine {
      if (depth === 0) {
        leaves++;
        return;
      }
      wg.go(node, depth - 1);
      wg.go(node, depth - 1);
    }
    wg.go(node, 10);
    yield* wg.wait();
    equal(leaves, 1024);
  }),
);

test(
  "WaitGroup: bad arguments are refused by name, and change nothing",
  inGoroutine(function* () {
    const wg = new WaitGroup();
    for (const delta of [NaN, 0.5, Infinity, "1", undefined, null, 1n]) {
      badArgument(() => wg.add(delta as number), "delta");
    }
    for (const fn of notFunctions) badArgument(() => wg.go(fn as () => void), "fn");
    yield* settle();
    deepEqual(trySelect({ wait: wg.wait() }), { case: "wait", value: undefined });
    notEqual(trySelect({ wait: wg.wait() }), undefined);
  }),
);
