import { test } from "node:test";
import { deepEqual, equal, match, notEqual, ok, rejects, throws } from "node:assert/strict";
import { chan, go, run, select, sleep, trySelect, until, type Op, type Routine } from "goro";
import { gosched } from "goro/runtime";
import { idle, inGoroutine, isError, thrownBy, watch, within } from "../testkit.portable.js";

function* awaited<T>(op: Op<T>): Routine<T> {
  return yield* op;
}
function later<T>(value: T, ms = 1): Promise<T> {
  return new Promise((resolve) => setTimeout(() => resolve(value), ms));
}
function full(): Op<unknown> {
  const ch = chan<number>();
  ch.close();
  return ch.recv();
}

test(
  "until gives what the promise resolves to",
  inGoroutine(function* () {
    equal(yield* until(Promise.resolve(1)), 1);
    equal(yield* until(later("later")), "later");
    equal(yield* until(Promise.resolve(undefined)), undefined);
    const object = {};
    equal(yield* until(later(object)), object);
    equal(
      yield* until(
        (async () => {
          await null;
          return "async";
        })(),
      ),
      "async",
    );
  }),
);

test(
  "until takes a function that makes the promise, and calls it once for each run",
  inGoroutine(function* () {
    let calls = 0;
    const op = until(() => later(++calls));
    yield* idle();
    equal(calls, 0, "making the Op calls nothing");
    equal(yield* op, 1);
    equal(yield* op, 2);
    const both = [watch(() => awaited(op)), watch(() => awaited(op))];
    yield* sleep(20);
    deepEqual(both.map((w) => w.value).sort(), [3, 4]);
    equal(calls, 4);
  }),
);

test(
  "a promise may be brought in as often as one likes, by many at once",
  inGoroutine(function* () {
    const op = until(later({ n: 1 }, 5));
    const many = Array.from({ length: 100 }, () => watch(() => awaited(op)));
    yield* sleep(30);
    const first = many[0]?.value;
    ok(first);
    for (const w of many) equal(w.value, first);
    equal(yield* op, first);
  }),
);

test(
  "until takes anything that has a then, also one that calls back at once",
  inGoroutine(function* () {
    const at = (value: string): PromiseLike<string> => ({
      then: (done) => Promise.resolve(done ? (done(value) as never) : (value as never)),
    });
    equal(yield* until(at("at once")), "at once");
    equal(yield* until(() => at("from a function")), "from a function");
    equal(yield* until(sleep(1)), undefined, "an Op is awaitable, so it is one");
  }),
);

test(
  "until throws what the promise rejects with, the very same",
  inGoroutine(function* () {
    for (const reason of [
      new Error("boom"),
      new RangeError("range"),
      "text",
      0,
      undefined,
      null,
      Symbol("s"),
      Object.freeze({}),
    ]) {
      equal(yield* thrownBy(() => awaited(until(Promise.reject(reason)))), reason);
      equal(
        yield* thrownBy(() =>
          awaited(
            until(async () => {
              await later(1);
              throw reason;
            }),
          ),
        ),
        reason,
      );
    }
    const frozen = Object.freeze(new Error("frozen"));
    equal(yield* thrownBy(() => awaited(until(Promise.reject(frozen)))), frozen);
  }),
);

test(
  "a function that throws instead of making a promise throws in the goroutine",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const op = until((): Promise<never> => {
      throw boom;
    });
    equal(yield* thrownBy(() => awaited(op)), boom);
    const ch = chan<number>();
    equal(
      yield* thrownBy(function* () {
        yield* select({ ch: ch.recv(), op });
      }),
      boom,
    );
    equal(ch.trySend(1), false, "the other case has been withdrawn");
  }),
);

test("until of what is neither a promise nor a function is a TypeError", () => {
  for (const wrong of [undefined, null, 5, "text", {}, []]) {
    throws(
      () => until(wrong as Promise<void>),
      (error) => {
        isError(error, TypeError, /promise/i);
        return true;
      },
    );
  }
});

test(
  "a promise is never ready at once, even where it has long been resolved",
  inGoroutine(function* () {
    const promise = Promise.resolve("value");
    yield* until(promise);
    const op = until(promise);
    for (let i = 0; i < 100; i++) {
      equal((yield* select({ op, rival: full() })).case, "rival");
      equal((yield* select({ op, rival: full() }, { ordered: true })).case, "rival");
      equal(trySelect({ op }), undefined);
      equal(trySelect([op, full()])?.case, 1);
    }
    deepEqual(yield* select({ op }), { case: "op", value: "value" });
    deepEqual(yield* select({ op, never: chan<number>().recv() }), { case: "op", value: "value" });
  }),
);

test(
  "a select in which another case is ready does not call the function, and one that waits calls it once",
  inGoroutine(function* () {
    let calls = 0;
    const op = until(() => {
      calls++;
      return later("value");
    });
    for (let i = 0; i < 100; i++) {
      yield* select({ op, rival: full() });
      yield* select([op, full()], { ordered: true });
      yield* select({ inner: select({ op }), rival: full() });
      trySelect({ op });
    }
    equal(calls, 0);
    deepEqual(yield* select({ op, never: chan<number>().recv() }), { case: "op", value: "value" });
    equal(calls, 1);
    const ch = chan<number>();
    const waiting = watch(function* () {
      return yield* select({ ch: ch.recv(), op: until(() => (calls++, new Promise<string>(() => {}))) });
    });
    yield* idle();
    equal(calls, 2);
    yield* ch.send(7);
    yield* idle();
    deepEqual(waiting.value, { case: "ch", value: 7 });
    equal(calls, 2);
  }),
);

test(
  "a rejection wins a select like a resolution, and throws there",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const ch = chan<number>();
    equal(
      yield* thrownBy(function* () {
        yield* select({ ch: ch.recv(), op: until(Promise.reject(boom)) });
      }),
      boom,
    );
    equal(ch.trySend(1), false, "the other case has been withdrawn");
  }),
);

test(
  "a promise that lost may settle afterwards, either way, and nobody hears of it",
  inGoroutine(function* () {
    const settlers: (() => void)[] = [];
    const ch = chan<number>(1);
    for (let i = 0; i < 20; i++) {
      const promise = new Promise<number>((resolve, reject) => {
        settlers.push(i % 2 === 0 ? () => resolve(i) : () => reject(new Error("nobody hears this")));
      });
      const waiting = watch(function* () {
        return yield* select({ op: until(promise), fn: until(() => promise), ch: ch.recv() });
      });
      yield* idle();
      yield* ch.send(i);
      yield* idle();
      deepEqual(waiting.value, { case: "ch", value: i });
    }
    for (const settle of settlers) settle();
    // Were one of the rejections unhandled, the runner would see it now.
    yield* sleep(10);
  }),
);

test(
  "a goroutine that waits for a promise lets the others run",
  inGoroutine(function* () {
    let steps = 0;
    const other = go(function* () {
      for (let i = 0; i < 10; i++) {
        steps++;
        yield* gosched();
      }
    });
    yield* until(later(undefined, 20));
    equal(steps, 10);
    yield* other.join();
  }),
);

// The stack

async function rejectsDeepDown(): Promise<never> {
  await null;
  throw new Error("from below");
}
function* innerRoutine(): Routine {
  yield* until(rejectsDeepDown());
}
function* outerRoutine(): Routine {
  yield* gosched();
  yield* innerRoutine();
}

test(
  "an error that a promise brings in keeps its own frames and gets those of the goroutine",
  inGoroutine(function* () {
    const error = (yield* thrownBy(outerRoutine)) as Error;
    const stack = String(error.stack);
    match(stack, /from below/);
    match(stack, /rejectsDeepDown/);
    match(stack, /innerRoutine/);
    match(stack, /outerRoutine/);
    ok(stack.indexOf("rejectsDeepDown") < stack.indexOf("innerRoutine"));
    ok(stack.indexOf("innerRoutine") < stack.indexOf("outerRoutine"));
  }),
);

test(
  "the function form keeps the frames of the goroutine too, and so does a select",
  inGoroutine(function* () {
    function* byFunction(): Routine {
      yield* until(() => rejectsDeepDown());
    }
    function* bySelect(): Routine {
      yield* select({ op: until(rejectsDeepDown()), never: chan<number>().recv() });
    }
    match(String(((yield* thrownBy(byFunction)) as Error).stack), /rejectsDeepDown[^]*byFunction/);
    match(String(((yield* thrownBy(bySelect)) as Error).stack), /rejectsDeepDown[^]*bySelect/);
  }),
);

test(
  "an error that is brought in a thousand times does not grow",
  inGoroutine(function* () {
    const rejected = Promise.reject(new Error("again and again"));
    for (let i = 0; i < 1000; i++) yield* thrownBy(() => awaited(until(rejected)));
    const error = (yield* thrownBy(() => awaited(until(rejected)))) as Error;
    ok(String(error.stack).length < 20_000, `its stack has ${String(error.stack).length} characters`);
    equal(error.message, "again and again");
  }),
);

test("await on until is await on the promise", async () => {
  equal(await within(10_000, until(later(5))), 5);
  equal(
    await within(
      10_000,
      until(() => later(6)),
    ),
    6,
  );
  const boom = new Error("boom");
  await rejects(async () => until(Promise.reject(boom)), boom);
});

// sleep

test(
  "sleep takes at least its time, give or take the clock's grain, and not very much more",
  inGoroutine(function* () {
    for (const ms of [1, 5, 20, 50]) {
      const start = performance.now();
      yield* sleep(ms);
      const took = performance.now() - start;
      ok(took >= ms - 1.5, `sleep(${ms}) took ${took} ms`);
      ok(took < ms + 1000, `sleep(${ms}) took ${took} ms`);
    }
  }),
);

test(
  "the clock of a sleep starts when the Op runs, not when it is made",
  inGoroutine(function* () {
    const op = sleep(40);
    yield* sleep(60);
    const start = performance.now();
    yield* op;
    ok(performance.now() - start >= 38);
    const again = performance.now();
    yield* op;
    ok(performance.now() - again >= 38);
  }),
);

test(
  "sleep of zero and less is now",
  inGoroutine(function* () {
    const start = performance.now();
    for (let i = 0; i < 100; i++) {
      yield* sleep(0);
      yield* sleep(-0);
      yield* sleep(-5);
      yield* sleep(-Infinity);
    }
    ok(performance.now() - start < 1000, "four hundred sleeps of nothing");
    equal((yield* select({ now: sleep(0), never: chan<number>().recv() })).case, "now");
  }),
);

test(
  "sleep(Infinity) and very long sleeps never come, and do not overflow",
  inGoroutine(function* () {
    const sleepers = [Infinity, 2 ** 31, 2 ** 31 + 5, 2 ** 32, 2 ** 53, 1e300, Number.MAX_VALUE].map((ms) =>
      watch(function* () {
        return yield* select({ slept: sleep(ms), woken: wake.recv() });
      }),
    );
    yield* sleep(30);
    for (const w of sleepers) equal(w.settled, false);
    wake.close();
    yield* idle();
    for (const w of sleepers) equal(w.value.case, "woken");
  }),
);
const wake = chan<void>();

test("sleep of NaN is a RangeError and of no number a TypeError, and both name the argument", () => {
  throws(
    () => sleep(NaN),
    (error) => {
      isError(error, RangeError, /\bms\b|duration/);
      return true;
    },
  );
  for (const wrong of ["10", null, undefined, {}, 10n, new Date()]) {
    throws(
      () => sleep(wrong as number),
      (error) => {
        isError(error, TypeError, /\bms\b|duration/);
        return true;
      },
    );
  }
});

/** Starts sleepers of so many milliseconds, and fails unless they wake in the order of their times, those with equal ones as they came. */
function* assertOrder(times: readonly number[], meanwhile: () => void): Routine {
  const started: number[] = [];
  const woken: number[] = [];
  const all = times.map((ms, i) =>
    go(function* () {
      started[i] = performance.now();
      yield* sleep(ms);
      woken.push(i);
    }),
  );
  yield* gosched();
  started.push(performance.now());
  meanwhile();
  for (const g of all) yield* g.join();
  equal(woken.length, times.length);
  let latest = -Infinity;
  const latestOf = new Map<number, number>();
  for (const i of woken) {
    const ms = times[i]!;
    // The Op has read the clock at some time between these two.
    const [soonest, last] = [started[i]! + ms, started[i + 1]! + ms];
    ok(last >= latest, `one due at ${last} at the latest came after one due at ${latest} at the soonest`);
    latest = Math.max(latest, soonest);
    const before = latestOf.get(ms) ?? -1;
    ok(i > before, `of those with ${ms} ms, ${i} came after ${before}`);
    latestOf.set(ms, i);
  }
}

test(
  "sleepers wake in the order of their times",
  inGoroutine(() => assertOrder([40, 10, 30, 20, 50], () => undefined)),
);

test(
  "a thousand sleeps that fall due together come in order",
  inGoroutine(() =>
    assertOrder(
      // Times that jump about; equal ones for many.
      Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 50)),
      // Nothing can run until all of them are due.
      () => {
        for (const end = performance.now() + 120; performance.now() < end;);
      },
    ),
  ),
);

test(
  "a sleep that lost is gone, and those beside it come in their time",
  inGoroutine(function* () {
    const ch = chan<number>(1);
    const woke: number[] = [];
    const sleepers = [20, 40, 60].map((ms) =>
      go(function* () {
        yield* sleep(ms);
        woke.push(ms);
      }),
    );
    for (let i = 0; i < 1000; i++) {
      const waiting = watch(function* () {
        return (yield* select({ late: sleep(1 + (i % 100)), ch: ch.recv() })).case;
      });
      yield* gosched();
      yield* ch.send(i);
      yield* gosched();
      notEqual(waiting.value, undefined);
      if (waiting.value === "late") ch.tryRecv();
    }
    for (const g of sleepers) yield* g.join();
    deepEqual(woke, [20, 40, 60]);
  }),
);

test("run rejects with what until brings in", async () => {
  const boom = new Error("boom");
  await rejects(
    run(function* () {
      yield* until(Promise.reject(boom));
    }),
    boom,
  );
});
