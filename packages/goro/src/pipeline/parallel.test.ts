// Parallel steps: what holds on every platform with shared memory; where there is none, all of it holds on the one core there is.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { go } from "goro";
import { background, withCancel } from "goro/context";
import { collect, filter, forEach, map, source, withPipeline } from "goro/pipeline";
import { gomaxprocs } from "goro/runtime";
import { settle, thrownByOp } from "../sync/testkit.js";
import { idle, sized } from "../testkit.portable.js";
import { ascending, leavesNothing, numbers, range } from "./testkit.portable.js";
import { busy, failAt, isOdd, square, total } from "./testkit.functions.js";

const bg = background();
const hasMemory = typeof SharedArrayBuffer === "function";
gomaxprocs(2);

test(
  "a parallel step gives what it gives, as it comes or in order, whatever workers and buffer are",
  leavesNothing(function* () {
    const count = sized(3000, 500);
    const squares = range(count).map((n) => n * n);
    for (const [workers, buffer, ordered] of [
      [1, 0, false],
      [4, 0, false],
      [4, 0, true],
      [3, 10, true],
      [8, 64, false],
    ] as const) {
      const got = yield* collect(bg, map(bg, source(bg, range(count)), square, { workers, buffer, ordered }));
      if (!ordered && workers > 1) got.sort(ascending);
      deepEqual(got, squares);
    }
    const odd = yield* collect(bg, filter(bg, source(bg, range(count)), isOdd, { workers: 4, ordered: true }));
    deepEqual(
      odd,
      range(count).filter((n) => n % 2 === 1),
    );
    yield* forEach(bg, source(bg, range(count)), square, { workers: 4 });
  }),
);

test(
  "a parallel step spreads over the cores",
  leavesNothing(function* () {
    const used = new Set<number>();
    // A thread takes a while to start.
    for (let round = 0; round < 100 && used.size < 2; round++) {
      yield* forEach(bg, map(bg, source(bg, new Array<number>(8).fill(5)), busy, { workers: 8 }), (core) =>
        used.add(core),
      );
    }
    deepEqual([...used].sort(), hasMemory ? [0, 1] : [0]);
  }),
);

test(
  "a parallel step never takes more at a time than it has delivered before",
  leavesNothing(function* () {
    for (const ordered of [false, true]) {
      const [ctx, cancel] = withCancel(bg);
      const counted = numbers();
      const workers = 4;
      const out = map(ctx, source(ctx, counted.values), square, { workers, ordered });
      for (let received = 0; received < 50; received++) {
        yield* settle();
        ok(
          counted.asked <= 2 * received + workers + 1,
          `${counted.asked} values taken, ${received} received by a slow reader`,
        );
        yield* out.recv();
      }
      cancel();
    }
  }),
);

test(
  "an error that a parallel step throws is the pipeline's, with its class",
  leavesNothing(function* () {
    for (const ordered of [false, true]) {
      const [ctx, wait] = withPipeline(bg);
      const counted = numbers();
      const each = forEach(
        ctx,
        map(ctx, source(ctx, counted.values), failAt, { workers: 3, ordered }),
        () => undefined,
      );
      equal((yield* thrownByOp(each)) === ctx.err(), true);
      const error = yield* thrownByOp(wait());
      ok(error instanceof RangeError);
      equal(error.message, "thrown over there at 500");
      yield* idle();
      equal(counted.closed, 1);
    }
  }),
);

test(
  "a value that cannot be sent is an error of the step, which names it",
  leavesNothing(function* () {
    const [ctx, wait] = withPipeline(bg);
    map(ctx, source(ctx, [() => undefined] as unknown as number[]), square);
    const error = yield* thrownByOp(wait());
    ok(error instanceof TypeError, String(error));
  }),
);

test(
  "stages work on channels that other cores know, which they come to know while a stage waits on them",
  leavesNothing(function* () {
    const [ctx, wait] = withPipeline(bg);
    const out = map(ctx, source(ctx, range(2000), { buffer: 3 }), (n) => n, { workers: 4 });
    yield* idle(); // its workers wait for a receiver
    const sums = Array.from({ length: 3 }, () => go(total, out).join());
    let all = 0;
    for (const sum of sums) {
      const part = yield* sum;
      all += part;
    }
    equal(all, (2000 * 1999) / 2);
    yield* wait();

    const [own, cancel] = withCancel(bg);
    const endless = map(own, source(own, numbers().values), (n) => n, { workers: 2 });
    const reading = go(total, endless).join();
    yield* settle();
    cancel();
    ok((yield* reading) >= 0, "closed over there too");
  }),
);
