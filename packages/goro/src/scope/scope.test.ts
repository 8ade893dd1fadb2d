import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, until } from "goro";
import type { Op, Routine } from "goro";
import { background, canceled, cause, deadlineExceeded, withCancel, withTimeout } from "goro/context";
import type { Context } from "goro/context";
import { goexit, gosched } from "goro/runtime";
import { all, any, others, race, scope, timeout, type Scope } from "goro/scope";
import { Cond, Mutex } from "goro/sync";
import { badArgument, notFunctions, panics, thrownByOp, watchOp } from "../sync/testkit.js";
import { idle, isError, watch } from "../testkit.portable.js";
import { leavesNothing } from "../pipeline/testkit.portable.js";

const bg = background();

function* failAfter(ms: number, message: string): Routine<never> {
  yield* sleep(ms);
  throw new RangeError(message);
}

/** Waits for the end of ctx, then throws it, as most Ops that take a context do. */
function* obey(ctx: Context): Routine<never> {
  yield* ctx.done();
  throw ctx.err()!;
}

test(
  "scope: gives what its body returns, when all its goroutines have ended, those started by others too",
  leavesNothing(function* () {
    const ended: number[] = [];
    function* child(s: Scope, depth: number): Routine {
      if (depth < 3) s.go(child, s, depth + 1);
      yield* sleep(5 * depth);
      ended.push(depth);
    }
    const result = yield* scope(function* (s) {
      s.go(child, s, 1);
      const joined = s.go(async (n: number) => n * 2, 21);
      return yield* joined.join();
    });
    equal(result, 42);
    deepEqual(ended, [1, 2, 3]);
  }),
);

test(
  "scope: the first error ends its context and is thrown when all have ended, with those that came later",
  leavesNothing(function* () {
    const ended: string[] = [];
    const failing = scope(function* (s) {
      s.go(obey, s.ctx); // says only that ctx has ended
      s.go(failAfter, 1, "first");
      s.go(function* () {
        yield* s.ctx.done();
        yield* sleep(3);
        ended.push("slow");
        throw new TypeError("second");
      });
      s.go(function* () {
        yield* s.ctx.done();
        equal((cause(s.ctx) as Error).message, "first");
        yield* until(Promise.reject(s.ctx.signal.reason as Error)); // as fetch does
      });
      yield* s.ctx.done();
      yield* sleep(1);
      ended.push("body");
      throw new Error("third");
    });
    const error = yield* thrownByOp(failing);
    equal(String(error), "RangeError: first");
    deepEqual(ended, ["body", "slow"]);
    deepEqual(others(error).map(String), ["Error: third", "TypeError: second"]);
    deepEqual(others(new Error("any other")), []);
    deepEqual(others("no object"), []);
    // An Op is reusable: each run is a scope of its own.
    deepEqual(others(yield* thrownByOp(failing)).length, 2);
  }),
);

test(
  "scope: an error of the body too ends the others, and joining one that throws is no second error",
  leavesNothing(function* () {
    const error = yield* thrownByOp(
      scope(function* (s) {
        s.go(obey, s.ctx);
        yield* gosched();
        throw new RangeError("body");
      }),
    );
    equal(String(error), "RangeError: body");
    const joined = yield* thrownByOp(
      scope(function* (s) {
        yield* s.go(failAfter, 1, "child").join();
      }),
    );
    equal(String(joined), "RangeError: child");
    deepEqual(others(joined), []);
  }),
);

test(
  "scope: cancel lets the others go, and that is no error",
  leavesNothing(function* () {
    const result = yield* scope(function* (s) {
      s.go(obey, s.ctx);
      s.go(obey, s.ctx);
      yield* gosched();
      s.cancel();
      return "enough";
    });
    equal(result, "enough");
  }),
);

test(
  "scope: ends with the context it is given, and throws its err() where goroutines gave up for it",
  leavesNothing(function* () {
    const [ctx, cancel] = withTimeout(bg, 5);
    using _ = cancel;
    const gaveUp = yield* thrownByOp(
      scope(ctx, function* (s) {
        s.go(obey, s.ctx);
        yield* s.ctx.done();
      }),
    );
    equal(gaveUp, deadlineExceeded);
    const [other, cancelOther] = withCancel(bg);
    const finished = watchOp(
      scope(other, function* (s) {
        yield* s.ctx.done();
        return "all done anyway";
      }),
    );
    yield* idle();
    cancelOther();
    yield* idle();
    equal(finished.value, "all done anyway");
  }),
);

test(
  "scope: nothing can be started in it once it has ended",
  leavesNothing(function* () {
    let kept: Scope | undefined;
    yield* scope(function* (s) {
      kept = s;
      yield* gosched();
    });
    equal(kept!.ctx.err(), canceled);
    panics(() => kept!.go(function* () {}), "scope: go after the scope has ended");
    kept!.cancel();
  }),
);

test(
  "scope: as a losing case of a select it is cancelled, as the winning one it gives its result",
  leavesNothing(function* () {
    let ended: Error | undefined;
    const got = yield* select({
      work: scope(function* (s) {
        s.go(function* () {
          yield* s.ctx.done();
          ended = s.ctx.err();
        });
        yield* obey(s.ctx);
      }),
      late: sleep(5),
    });
    equal(got.case, "late");
    yield* idle();
    equal(ended, canceled);
    const won = yield* select({
      work: scope(function* (s) {
        const g = s.go(function* () {
          yield* sleep(1);
          return 7;
        });
        return yield* g.join();
      }),
      late: sleep(10_000),
    });
    deepEqual(won, { case: "work", value: 7 });
  }),
);

test(
  "scope: goexit in its body leaves it early, and that cancels it",
  leavesNothing(function* () {
    let ended = false;
    go(function* () {
      yield* scope(function* (s) {
        s.go(function* () {
          yield* s.ctx.done();
          ended = true;
        });
        yield* gosched();
        goexit();
      });
    });
    yield* idle();
    ok(ended);
    yield* scope(function* (s) {
      s.go(function* () {
        yield* gosched();
        goexit();
      });
    });
  }),
);

test(
  "scope: scopes in scopes end from within",
  leavesNothing(function* () {
    const order: string[] = [];
    const error = yield* thrownByOp(
      scope(function* (outer) {
        outer.go(failAfter, 2, "outer");
        outer.go(function* () {
          try {
            yield* scope(outer.ctx, function* (inner) {
              inner.go(function* () {
                yield* inner.ctx.done();
                order.push("inner goroutine");
              });
            });
          } finally {
            order.push("inner scope");
          }
        });
      }),
    );
    equal(String(error), "RangeError: outer");
    deepEqual(order, ["inner goroutine", "inner scope"]);
  }),
);

test(
  "race: the first to complete wins, by its value or its error; the others leave nothing behind",
  leavesNothing(function* () {
    const a = chan<number>();
    const b = chan<string>();
    const mu = new Mutex();
    yield* mu.lock();
    const racing = watchOp(race([a.recv(), b.recv(), mu.lock()]));
    yield* idle();
    ok(b.trySend("b"));
    yield* idle();
    equal(racing.value, "b");
    ok(!a.trySend(1));
    mu.unlock();
    ok(mu.tryLock());
    const failing = scope(function* () {
      yield* sleep(1);
      throw new RangeError("failed");
    });
    equal(String(yield* thrownByOp(race([sleep(10_000), failing]))), "RangeError: failed");
  }),
);

test(
  "race: routines as scopes: the loser is cancelled",
  leavesNothing(function* () {
    let left = "";
    const answer = (name: string, ms: number): Op<string> =>
      scope(function* (s) {
        const got = yield* select({ ended: s.ctx.done(), ready: sleep(ms) });
        if (got.case === "ended") left = name;
        return name;
      });
    equal(yield* race([answer("slow", 10_000), answer("quick", 1)]), "quick");
    yield* idle();
    equal(left, "slow");
  }),
);

test(
  "all: every value in its place; the first error has the others withdrawn",
  leavesNothing(function* () {
    const ch = chan<number>(1);
    const waiting = watchOp(all([ch.recv(), sleep(3), until(Promise.resolve("c"))]));
    yield* sleep(6);
    ok(!waiting.settled);
    ok(ch.trySend(1));
    yield* waiting.goroutine.join();
    deepEqual(waiting.value, [1, undefined, "c"]);
    deepEqual(yield* all([]), []);
    const idleChannel = chan<number>();
    const reason = new RangeError("rejected");
    equal(yield* thrownByOp(all([idleChannel.recv(), until(Promise.reject(reason)), sleep(10_000)])), reason);
    ok(!idleChannel.trySend(1));
    const lost = yield* select({ both: all([idleChannel.recv(), sleep(10_000)]), late: sleep(3) });
    equal(lost.case, "late");
    ok(!idleChannel.trySend(1));
  }),
);

test(
  "any: the first success, and all errors where there is none",
  leavesNothing(function* () {
    const fail = (message: string): Op<number> => until(Promise.reject(new RangeError(message)));
    const idleChannel = chan<number>();
    const ready = chan<number>(1);
    yield* ready.send(7);
    equal(yield* any([fail("a"), idleChannel.recv(), ready.recv()]), 7);
    ok(!idleChannel.trySend(1));
    const error = yield* thrownByOp(any([fail("a"), fail("b")]));
    isError(error, AggregateError, "any: all have thrown");
    deepEqual((error as AggregateError).errors.map(String), ["RangeError: a", "RangeError: b"]);
    isError(yield* thrownByOp(any([])), AggregateError, "any: all have thrown");
  }),
);

test(
  "timeout: the value in time, or deadlineExceeded and the Op withdrawn",
  leavesNothing(function* () {
    const ch = chan<number>(1);
    yield* ch.send(1);
    equal(yield* timeout(ch.recv(), 0), 1);
    equal(yield* thrownByOp(timeout(ch.recv(), 2)), deadlineExceeded);
    ok(ch.trySend(2));
    equal(ch.length, 1);
    equal(yield* timeout(until(Promise.resolve(3)), 10_000), 3);
    const never = chan<number>();
    const late = watch(function* () {
      return yield* timeout(never.recv(), Infinity);
    });
    yield* idle();
    ok(!late.settled);
    never.close();
  }),
);

test(
  "timeout, race: cond.wait holds its locker again before they return, won or lost",
  leavesNothing(function* () {
    const mu = new Mutex();
    const cond = new Cond(mu);
    for (const waiting of [timeout(cond.wait(), 3), race([cond.wait(), sleep(3)])]) {
      yield* mu.lock();
      const lost = watch(function* () {
        yield* sleep(1);
        yield* mu.lock(); // was given up
        yield* sleep(6);
        mu.unlock();
      });
      try {
        yield* waiting;
      } catch (error) {
        equal(error, deadlineExceeded);
      }
      ok(lost.settled, "the locker is somebody else's");
      ok(!mu.tryLock());
      mu.unlock();
    }
    yield* mu.lock();
    go(function* () {
      yield* mu.lock();
      cond.signal();
      mu.unlock();
    });
    yield* timeout(cond.wait(), 10_000);
    ok(!mu.tryLock());
    mu.unlock();
  }),
);

test("they can be awaited in async code", async () => {
  equal(await timeout(until(Promise.resolve(1)), 1000), 1);
  deepEqual(await all([until(Promise.resolve(1)), sleep(1)]), [1, undefined]);
  equal(
    await scope(function* (s) {
      return yield* s.go(async () => 5).join();
    }),
    5,
  );
});

test("bad arguments are refused by name", () => {
  for (const fn of notFunctions) badArgument(() => scope(bg, fn as never), fn === undefined ? "ctx|fn" : "fn");
  badArgument(() => scope({} as never, function* () {}), "ctx");
  for (const ops of [undefined, {}, sleep(1)]) {
    badArgument(() => race(ops as never), "ops");
    badArgument(() => all(ops as never), "ops");
    badArgument(() => any(ops as never), "ops");
  }
  badArgument(() => all([sleep(1), Promise.resolve()] as never), "ops");
  badArgument(() => timeout(Promise.resolve() as never, 1), "op");
  badArgument(() => timeout(sleep(1), NaN), "ms");
});
