import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, run, select, sleep, trySelect } from "goro";
import type { Op } from "goro";
import { goexit } from "goro/runtime";
import { Group } from "goro/singleflight";
import { idle, inGoroutine, thrownBy, within } from "../testkit.portable.js";
import { badArgument, badOp, notFunctions, settle, watchOp } from "../sync/testkit.js";

function* thrownByOp(op: Op<unknown>) {
  return yield* thrownBy(function* () {
    yield* op;
  });
}

test(
  "singleflight: do() gives what fn returns, and shared is false for a caller alone",
  inGoroutine(function* () {
    const group = new Group<string>();
    deepEqual(
      yield* group.do("k", function* () {
        yield* idle(2);
        return "generator";
      }),
      { value: "generator", shared: false },
    );
    deepEqual(yield* group.do("k", async () => "async"), { value: "async", shared: false });
  }),
);

test(
  "singleflight: callers that overlap share one call of fn",
  inGoroutine(function* () {
    const group = new Group<{ n: number }>();
    const gate = chan<void>();
    let calls = 0;
    const fn = function* () {
      calls++;
      yield* gate.recv();
      return { n: calls };
    };
    const callers = Array.from({ length: 10 }, () => watchOp(group.do("k", fn)));
    yield* idle();
    equal(calls, 1);
    equal(callers.filter((c) => c.settled).length, 0);
    gate.close();
    yield* idle();
    const first = callers[0]!.value.value;
    for (const caller of callers) {
      equal(caller.value.value, first);
      equal(caller.value.shared, true);
    }
    equal(calls, 1);
  }),
);

test(
  "singleflight: a caller after the end calls anew",
  inGoroutine(function* () {
    const group = new Group<number>();
    let calls = 0;
    for (let i = 1; i <= 3; i++) {
      const { value } = yield* group.do("k", function* () {
        return ++calls;
      });
      equal(value, i);
    }
  }),
);

test(
  "singleflight: keys are apart from one another",
  inGoroutine(function* () {
    const group = new Group<string>();
    const gate = chan<void>();
    const keys = ["a", "b", "__proto__", "constructor", ""];
    const callers = keys.map((key) =>
      watchOp(
        group.do(key, function* () {
          yield* gate.recv();
          return `of ${key}`;
        }),
      ),
    );
    yield* idle();
    gate.close();
    yield* idle();
    deepEqual(
      callers.map((c) => c.value),
      keys.map((key) => ({ value: `of ${key}`, shared: false })),
    );
    const other = new Group<string>();
    const [mine, others] = [
      watchOp(
        group.do("k", function* () {
          yield* idle(2);
          return "mine";
        }),
      ),
      watchOp(
        other.do("k", function* () {
          yield* idle(2);
          return "others";
        }),
      ),
    ];
    yield* idle();
    equal(mine.value.value, "mine");
    equal(others.value.value, "others");
  }),
);

test(
  "singleflight: do() is lazy",
  inGoroutine(function* () {
    const group = new Group<number>();
    let calls = 0;
    const op = group.do("k", function* () {
      return ++calls;
    });
    yield* idle();
    equal(calls, 0);
    equal((yield* op).value, 1);
    equal((yield* op).value, 2);
  }),
);

test(
  "singleflight: callers that overlap share the error",
  inGoroutine(function* () {
    const boom = new Error("boom");
    for (const fn of [
      function* () {
        yield* idle(2);
        throw boom;
      },
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        throw boom;
      },
    ]) {
      const group = new Group<number>();
      const callers = [watchOp(group.do("k", fn)), watchOp(group.do("k", fn)), watchOp(group.do("k", fn))];
      yield* sleep(30);
      yield* settle();
      for (const caller of callers) equal(caller.error, boom);
      equal(
        (yield* group.do("k", function* () {
          return 5;
        })).value,
        5,
      );
    }
  }),
);

test(
  "singleflight: goexit in fn leaves the key free for the next",
  inGoroutine(function* () {
    const group = new Group<number>();
    const leaver = go(function* () {
      yield* group.do("k", function* () {
        yield* idle(1);
        goexit();
      });
    }).join();
    const got = yield* select({ left: leaver, late: sleep(5000) });
    equal(got.case, "left");
    deepEqual(
      yield* group.do("k", function* () {
        return 5;
      }),
      { value: 5, shared: false },
    );
  }),
);

test(
  "singleflight.forget: the next caller does not wait for the call before",
  inGoroutine(function* () {
    const group = new Group<string>();
    const gate = chan<void>();
    const old = watchOp(
      group.do("k", function* () {
        yield* gate.recv();
        return "old";
      }),
    );
    yield* idle();
    group.forget("k");
    const fresh = watchOp(
      group.do("k", function* () {
        yield* gate.recv();
        return "fresh";
      }),
    );
    yield* idle();
    const joined = watchOp(
      group.do("k", function* () {
        return "not called";
      }),
    );
    yield* idle();
    gate.close();
    yield* idle();
    deepEqual(old.value, { value: "old", shared: false });
    deepEqual(fresh.value, { value: "fresh", shared: true });
    deepEqual(joined.value, { value: "fresh", shared: true });
    group.forget("k");
    group.forget("never heard of");
  }),
);

test(
  "singleflight.forget: a forgotten call that ends does not end the newer one",
  inGoroutine(function* () {
    const group = new Group<string>();
    const gates = [chan<void>(), chan<void>()] as const;
    const old = watchOp(
      group.do("k", function* () {
        yield* gates[0].recv();
        return "old";
      }),
    );
    yield* idle();
    group.forget("k");
    const fresh = watchOp(
      group.do("k", function* () {
        yield* gates[1].recv();
        return "fresh";
      }),
    );
    yield* idle();
    gates[0].close();
    yield* idle();
    equal(old.value.value, "old");
    const joined = watchOp(
      group.do("k", function* () {
        return "not called";
      }),
    );
    yield* idle();
    ok(!joined.settled);
    gates[1].close();
    yield* idle();
    equal(fresh.value.value, "fresh");
    equal(joined.value.value, "fresh");
  }),
);

test(
  "singleflight.doChan: starts at once and sends one result to each caller",
  inGoroutine(function* () {
    const group = new Group<number>();
    const gate = chan<void>();
    let calls = 0;
    const fn = function* () {
      calls++;
      yield* gate.recv();
      return 42;
    };
    const a = group.doChan("k", fn);
    yield* idle();
    equal(calls, 1);
    const b = group.doChan("k", fn);
    const c = watchOp(group.do("k", fn));
    notEqual(a, b);
    yield* idle();
    gate.close();
    deepEqual(yield* a.recv(), { value: 42, error: undefined, shared: true });
    deepEqual(yield* b.recv(), { value: 42, error: undefined, shared: true });
    yield* idle();
    deepEqual(c.value, { value: 42, shared: true });
    equal(calls, 1);
    deepEqual(yield* group.doChan("k", async () => 7).recv(), { value: 7, error: undefined, shared: false });
  }),
);

test(
  "singleflight.doChan: an error is in the result, and no panic",
  inGoroutine(function* () {
    const group = new Group<number>();
    const boom = new Error("boom");
    deepEqual(
      yield* group
        .doChan("k", function* () {
          yield* idle(1);
          throw boom;
        })
        .recv(),
      { value: undefined, error: boom, shared: false },
    );
    deepEqual(
      yield* group
        .doChan("k", async () => {
          throw boom;
        })
        .recv(),
      { value: undefined, error: boom, shared: false },
    );
  }),
);

test(
  "singleflight.doChan: nobody needs to receive",
  inGoroutine(function* () {
    const group = new Group<number>();
    let calls = 0;
    for (let i = 0; i < 3; i++) {
      group.doChan("k", function* () {
        return ++calls;
      });
      yield* settle();
    }
    equal(calls, 3);
  }),
);

test(
  "singleflight: a losing case of select goes on to its end, for the others who wait",
  inGoroutine(function* () {
    const group = new Group<string>();
    const gate = chan<void>();
    let calls = 0;
    let ended = false;
    const fn = function* () {
      calls++;
      yield* gate.recv();
      ended = true;
      return "value";
    };
    equal((yield* select({ do: group.do("k", fn), late: sleep(1) })).case, "late");
    equal(calls, 1);
    const other = watchOp(group.do("k", fn));
    yield* idle();
    ok(!other.settled);
    gate.close();
    yield* idle();
    ok(ended);
    equal(calls, 1);
    equal(other.value.value, "value");
  }),
);

test(
  "singleflight: do() that another case or a default leaves behind at once has not called fn",
  inGoroutine(function* () {
    const group = new Group<number>();
    let calls = 0;
    const fn = function* () {
      return ++calls;
    };
    const ready = chan<void>();
    ready.close();
    equal(trySelect({ do: group.do("k", fn) }), undefined);
    equal((yield* select({ ready: ready.recv(), do: group.do("k", fn) }, { ordered: true })).case, "ready");
    yield* settle();
    equal(calls, 0);
    deepEqual(yield* group.do("k", fn), { value: 1, shared: false });
  }),
);

test(
  "singleflight: one Op of do() may be run by many at once",
  inGoroutine(function* () {
    const group = new Group<number>();
    const gate = chan<void>();
    const stop = chan<void>();
    let calls = 0;
    const op = group.do("k", function* () {
      calls++;
      yield* gate.recv();
      return 7;
    });
    const callers = [watchOp(op), watchOp(op)];
    const leaving = watchOp(select({ op, stop: stop.recv() }));
    yield* idle();
    stop.close();
    yield* idle();
    equal(leaving.value.case, "stop");
    gate.close();
    yield* idle();
    equal(calls, 1);
    for (const caller of callers) deepEqual(caller.value, { value: 7, shared: true });
  }),
);

test(
  "singleflight: what fn throws after its only caller has gone is no panic",
  inGoroutine(function* () {
    const group = new Group<string>();
    const gate = chan<void>();
    const got = yield* select({
      do: group.do("k", function* () {
        yield* gate.recv();
        throw new Error("boom");
      }),
      late: sleep(1),
    });
    equal(got.case, "late");
    gate.close();
    yield* settle();
  }),
);

test(
  "singleflight: do() wins in select",
  inGoroutine(function* () {
    const group = new Group<number>();
    deepEqual(
      yield* select({
        do: group.do("k", function* () {
          yield* idle(1);
          return 5;
        }),
        late: sleep(10_000),
      }),
      { case: "do", value: { value: 5, shared: false } },
    );
    const boom = new Error("boom");
    equal(
      yield* thrownByOp(
        select({
          do: group.do("k", function* () {
            yield* idle(1);
            throw boom;
          }),
          late: sleep(10_000),
        }),
      ),
      boom,
    );
  }),
);

test("singleflight: do() can be awaited in async code, beside goroutines", async () => {
  const group = new Group<number>();
  let calls = 0;
  const gate = chan<void>();
  const fn = async (): Promise<number> => {
    calls++;
    await gate.recv();
    return calls;
  };
  const all = Promise.all([group.do("k", fn), group.do("k", fn), group.do("k", fn)]);
  await run(settle);
  gate.close();
  const got = await within(10_000, all);
  deepEqual(got, [
    { value: 1, shared: true },
    { value: 1, shared: true },
    { value: 1, shared: true },
  ]);
});

test(
  "singleflight: bad arguments are refused by name",
  inGoroutine(function* () {
    const group = new Group<number>();
    const fn = function* () {
      return 1;
    };
    for (const bad of [undefined, null, 5, {}] as never[]) {
      yield* badOp(() => group.do(bad, fn), "key");
      badArgument(() => group.doChan(bad, fn), "key");
      badArgument(() => group.forget(bad), "key");
    }
    for (const bad of notFunctions as never[]) {
      yield* badOp(() => group.do("k", bad), "fn");
      badArgument(() => group.doChan("k", bad), "fn");
    }
    equal((yield* group.do("k", fn)).value, 1);
  }),
);
