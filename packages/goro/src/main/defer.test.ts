import { test } from "node:test";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { chan, defer, go, main, run, sleep, type Routine } from "goro";
import { goexit, gosched } from "goro/runtime";
import { Mutex, WaitGroup } from "goro/sync";
import { inGoroutine, isError, thrownBy } from "../testkit.portable.js";

test("defer runs when the block ends, the last one first", () => {
  const order: string[] = [];
  {
    using _1 = defer(() => order.push("first deferred"));
    using _2 = defer(() => order.push("second deferred"));
    order.push("block");
  }
  order.push("after");
  deepEqual(order, ["block", "second deferred", "first deferred", "after"]);
});

test("defer does nothing before, and runs on return, on break and on an error", () => {
  const order: string[] = [];
  const returns = (): string => {
    using _ = defer(() => order.push("return"));
    return "value";
  };
  equal(returns(), "value");
  for (const n of [1, 2, 3]) {
    using _ = defer(() => order.push(`round ${n}`));
    if (n === 2) break;
  }
  const boom = new Error("boom");
  throws(() => {
    using _ = defer(() => order.push("error"));
    throw boom;
  }, boom);
  deepEqual(order, ["return", "round 1", "round 2", "error"]);
});

test("defer gives something disposable", () => {
  let runs = 0;
  const deferred = defer(() => {
    runs++;
  });
  equal(runs, 0);
  equal(typeof deferred[Symbol.dispose], "function");
  deferred[Symbol.dispose]();
  equal(runs, 1);
});

test(
  "defer runs in its goroutine when that ends, by return, error or goexit, and after its waits",
  inGoroutine(function* () {
    const order: string[] = [];
    const wg = new WaitGroup();
    wg.add(3);
    go(function* () {
      using _ = defer(() => wg.done());
      using _2 = defer(() => order.push("return"));
      yield* sleep(1);
    });
    const failing = go(function* () {
      using _ = defer(() => wg.done());
      using _2 = defer(() => order.push("error"));
      yield* sleep(5);
      throw new Error("boom");
    });
    const claim = failing.join();
    go(function* () {
      using _ = defer(() => wg.done());
      using _2 = defer(() => order.push("goexit"));
      yield* sleep(10);
      goexit();
    });
    yield* wg.wait();
    deepEqual(order, ["return", "error", "goexit"]);
    isError(
      yield* thrownBy(function* () {
        yield* claim;
      }),
      Error,
      "boom",
    );
  }),
);

test(
  "an error of what was deferred is thrown where the block ends",
  inGoroutine(function* () {
    function* body(): Routine {
      using _ = defer(() => {
        throw new Error("from the deferred");
      });
      yield* gosched();
    }
    isError(yield* thrownBy(body), Error, "from the deferred");
  }),
);

test(
  "a deferred unlock lets the next one in",
  inGoroutine(function* () {
    const mutex = new Mutex();
    const done = chan<number>(3);
    for (let i = 0; i < 3; i++) {
      go(function* () {
        yield* mutex.lock();
        using _ = defer(() => mutex.unlock());
        yield* gosched();
        yield* done.send(i);
      });
    }
    const got = [yield* done.recv(), yield* done.recv(), yield* done.recv()];
    deepEqual(got.sort(), [0, 1, 2]);
    yield* gosched();
    ok(mutex.tryLock());
  }),
);

test("defer of what is no function is a TypeError", () => {
  for (const wrong of [undefined, null, 5, "text", {}, Promise.resolve()]) {
    throws(
      () => defer(wrong as () => void),
      (error) => {
        isError(error, TypeError, /function/);
        return true;
      },
    );
  }
});

test("main with what is no function is a TypeError", () => {
  for (const wrong of [undefined, null, 5, {}, (function* () {})()]) {
    throws(
      () => main(wrong as () => Routine),
      (error) => {
        isError(error, TypeError, /function/);
        return true;
      },
    );
  }
});

test("run passes its arguments on", async () => {
  deepEqual(
    await run(
      function* (...args: unknown[]) {
        yield* gosched();
        return args;
      },
      1,
      "two",
      null,
    ),
    [1, "two", null],
  );
});
