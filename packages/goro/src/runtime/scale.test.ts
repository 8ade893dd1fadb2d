import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { chan, go, sleep, type Routine } from "goro";
import { gosched } from "goro/runtime";
import { costRatio, inGoroutine } from "../testkit.portable.js";

test(
  "a thousand frames of yield* work, parked at the bottom, with values and errors coming back up",
  inGoroutine(function* () {
    const ch = chan<number>();
    function* deep(level: number): Routine<number> {
      if (level === 0) {
        const value = yield* ch.recv();
        return value ?? -1;
      }
      return (yield* deep(level - 1)) + 1;
    }
    const g = go(deep, 1000);
    yield* gosched();
    yield* ch.send(5);
    equal(yield* g.join(), 1005);

    const boom = new Error("from the bottom");
    let passed = 0;
    function* failing(level: number): Routine {
      try {
        if (level > 0) return yield* failing(level - 1);
        yield* gosched();
        throw boom;
      } finally {
        passed++;
      }
    }
    try {
      yield* failing(1000);
    } catch (error) {
      equal(error, boom);
    }
    equal(passed, 1001);
  }),
);

test(
  "a thousand goroutines of a thousand frames each",
  inGoroutine(function* () {
    const gate = chan<void>();
    function* deep(level: number): Routine<number> {
      if (level === 0) {
        yield* gate.recv();
        return 0;
      }
      return (yield* deep(level - 1)) + 1;
    }
    const all = Array.from({ length: 1000 }, () => go(deep, 1000));
    yield* gosched();
    gate.close();
    for (const g of all) equal(yield* g.join(), 1000);
  }),
);

test(
  "a wait at the bottom of a thousand frames costs what its depth says",
  inGoroutine(function* () {
    function* waits(level: number, rounds: number): Routine {
      if (level > 0) yield* waits(level - 1, rounds);
      else for (let i = 0; i < rounds; i++) yield* gosched();
    }
    function* cost(level: number, rounds: number): Routine<number> {
      const start = performance.now();
      yield* waits(level, rounds);
      return performance.now() - start;
    }
    // Every frame passes the word on, so as many frames in all should cost alike: with the square of the depth, ten times.
    const ratio = yield* costRatio(
      () => cost(100, 20_000),
      () => cost(1000, 2000),
      5,
    );
    ok(ratio <= 5, `a frame of 1,000 costs ${ratio.toFixed(1)} times what one of 100 costs`);
  }),
);

test(
  "a hundred thousand goroutines, all parked, then all woken",
  inGoroutine(function* () {
    const n = 100_000;
    const gate = chan<void>();
    let ended = 0;
    for (let i = 0; i < n; i++) {
      go(function* () {
        yield* gate.recv();
        ended++;
      });
    }
    yield* gosched();
    equal(ended, 0);
    gate.close();
    while (ended < n) yield* gosched();
  }),
);

test(
  "a channel with a million values keeps their order",
  inGoroutine(function* () {
    const n = 1_000_000;
    const ch = chan<number>(n);
    for (let i = 0; i < n; i++) yield* ch.send(i);
    equal(ch.length, n);
    equal(ch.trySend(n), false);
    for (let i = 0; i < n; i++) {
      const value = yield* ch.recv();
      if (value !== i) equal(value, i);
    }
    equal(ch.length, 0);
  }),
);

test(
  "ten thousand sleepers wake in their time",
  inGoroutine(function* () {
    const n = 10_000;
    let woken = 0;
    const start = performance.now();
    for (let i = 0; i < n; i++) {
      go(function* () {
        yield* sleep(50 + (i % 10));
        woken++;
      });
    }
    while (woken < n) yield* sleep(5);
    const took = performance.now() - start;
    ok(took >= 50 && took < 5000, `${took} ms`);
  }),
);
