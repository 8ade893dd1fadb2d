import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep, trySelect } from "goro";
import type { Op } from "goro";
import { background, canceled, cause, withCancelCause, withValue } from "goro/context";
import { Group, withContext } from "goro/errgroup";
import { goexit, goid } from "goro/runtime";
import { idle, inGoroutine, thrownBy, within } from "../testkit.portable.js";
import { badArgument, notFunctions, panics, settle, watchOp } from "../sync/testkit.js";

function* thrownByOp(op: Op<unknown>) {
  return yield* thrownBy(function* () {
    yield* op;
  });
}

test(
  "errgroup: wait() returns when all have ended, at once where there are none",
  inGoroutine(function* () {
    const group = new Group();
    yield* group.wait();
    let ended = 0;
    for (let i = 0; i < 5; i++) {
      group.go(function* () {
        yield* sleep(i);
        ended++;
      });
    }
    equal(trySelect({ wait: group.wait() }), undefined);
    yield* group.wait();
    equal(ended, 5);
    yield* group.wait();
  }),
);

test(
  "errgroup: each function runs in a goroutine of its own; generator, async and plain ones do",
  inGoroutine(function* () {
    const group = new Group();
    const ids: number[] = [];
    const log: string[] = [];
    group.go(function* () {
      ids.push(goid());
      yield* idle(2);
      log.push("generator");
      return "its result is dropped";
    });
    group.go(function* () {
      ids.push(goid());
    });
    group.go(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      log.push("async");
      return 5;
    });
    group.go(() => {
      log.push("plain");
    });
    yield* group.wait();
    deepEqual(log.sort(), ["async", "generator", "plain"]);
    equal(new Set([...ids, goid()]).size, 3);
  }),
);

test(
  "errgroup: wait() throws the first error, on every call",
  inGoroutine(function* () {
    const group = new Group();
    const first = new Error("first");
    const gate = chan<void>();
    group.go(function* () {
      yield* gate.recv();
      throw new Error("second");
    });
    group.go(function* () {
      yield* sleep(1);
      gate.close();
      throw first;
    });
    group.go(function* () {});
    equal(yield* thrownByOp(group.wait()), first);
    equal(yield* thrownByOp(group.wait()), first);
    equal(yield* thrownByOp(group.wait()), first);
  }),
);

test(
  "errgroup: wait() waits for all, also after an error",
  inGoroutine(function* () {
    const group = new Group();
    const boom = new Error("boom");
    let ended = false;
    group.go(function* () {
      throw boom;
    });
    group.go(function* () {
      yield* sleep(10);
      ended = true;
    });
    equal(yield* thrownByOp(group.wait()), boom);
    ok(ended);
  }),
);

test(
  "errgroup: errors of every kind of function are taken, and none is a panic",
  inGoroutine(function* () {
    const boom = new Error("boom");
    for (const fn of [
      function* () {
        yield* idle(1);
        throw boom;
      },
      async () => {
        await Promise.resolve();
        throw boom;
      },
      () => Promise.reject(boom),
      (): void => {
        throw boom;
      },
    ]) {
      const group = new Group();
      group.go(fn);
      yield* settle();
      equal(yield* thrownByOp(group.wait()), boom);
    }
  }),
);

test(
  "errgroup.withContext: the first error cancels the context, and is its cause",
  inGoroutine(function* () {
    const [group, ctx] = withContext(withValue(background(), "k", "v"));
    equal(ctx.value("k"), "v");
    const first = new Error("first");
    const seen: (Error | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      group.go(function* () {
        yield* ctx.done();
        seen.push(ctx.err(), cause(ctx));
        throw new Error("because of the first");
      });
    }
    group.go(function* () {
      yield* sleep(1);
      equal(ctx.err(), undefined);
      throw first;
    });
    equal(yield* thrownByOp(group.wait()), first);
    deepEqual(seen, [canceled, first, canceled, first, canceled, first]);
    equal(ctx.signal.reason, first);
  }),
);

test(
  "errgroup.withContext: without an error the context is cancelled when wait() returns, not before",
  inGoroutine(function* () {
    const [group, ctx] = withContext(background());
    const gate = chan<void>();
    group.go(function* () {
      yield* gate.recv();
    });
    const waiter = watchOp(group.wait());
    yield* idle();
    equal(ctx.err(), undefined);
    gate.close();
    yield* group.wait();
    equal(ctx.err(), canceled);
    equal(cause(ctx), canceled);
    yield* idle();
    ok(waiter.settled);
  }),
);

test(
  "errgroup.withContext: ends with its parent, which is no error of the group",
  inGoroutine(function* () {
    const why = new Error("why");
    const [parent, cancel] = withCancelCause(background());
    const [group, ctx] = withContext(parent);
    group.go(function* () {
      yield* ctx.done();
    });
    cancel(why);
    equal(ctx.err(), canceled);
    equal(cause(ctx), why);
    yield* group.wait();
    equal(cause(ctx), why);
  }),
);

test(
  "errgroup: after an error later functions still run",
  inGoroutine(function* () {
    const [group] = withContext(background());
    const boom = new Error("boom");
    group.go(() => {
      throw boom;
    });
    yield* settle();
    let ran = false;
    group.go(function* () {
      ran = true;
    });
    equal(yield* thrownByOp(group.wait()), boom);
    ok(ran);
  }),
);

test(
  "errgroup: go() within the group's own functions is waited for",
  inGoroutine(function* () {
    const group = new Group();
    let leaves = 0;
    const node = (depth: number) =>
      function* () {
        yield* idle(1);
        if (depth === 0) leaves++;
        else for (let i = 0; i < 2; i++) group.go(node(depth - 1));
      };
    group.go(node(6));
    yield* group.wait();
    equal(leaves, 64);
  }),
);

test(
  "errgroup.setLimit: at most so many run at once; the others start in turn as these end",
  inGoroutine(function* () {
    for (const limit of [1, 2, 5]) {
      const group = new Group();
      group.setLimit(limit);
      let active = 0;
      let most = 0;
      const started: number[] = [];
      for (let i = 0; i < 20; i++) {
        group.go(function* () {
          started.push(i);
          most = Math.max(most, ++active);
          yield* idle(1 + (i % 3));
          active--;
        });
      }
      yield* group.wait();
      equal(most, limit);
      deepEqual(
        started,
        Array.from({ length: 20 }, (_, i) => i),
      );
    }
  }),
);

test(
  "errgroup.setLimit: go() does not block where the limit is reached, and wait() waits for what is queued",
  inGoroutine(function* () {
    const group = new Group();
    group.setLimit(1);
    const gate = chan<void>();
    const log: string[] = [];
    group.go(function* () {
      log.push("first");
      yield* gate.recv();
    });
    group.go(async () => {
      log.push("second");
      await Promise.resolve();
    });
    group.go(() => {
      log.push("third");
    });
    group.go(function* () {
      log.push("fourth");
    });
    const waiter = watchOp(group.wait());
    yield* settle();
    deepEqual(log, ["first"]);
    ok(!waiter.settled);
    gate.close();
    yield* group.wait();
    deepEqual(log, ["first", "second", "third", "fourth"]);
  }),
);

test(
  "errgroup.setLimit: a queued function's place is freed however the one before it ends",
  inGoroutine(function* () {
    const group = new Group();
    group.setLimit(1);
    const boom = new Error("boom");
    const log: number[] = [];
    group.go(() => {
      throw boom;
    });
    group.go(function* () {
      log.push(1);
      yield* idle(1);
      goexit();
    });
    group.go(async () => {
      log.push(2);
      await Promise.resolve();
      throw new Error("later");
    });
    group.go(function* () {
      log.push(3);
    });
    equal(yield* thrownByOp(group.wait()), boom);
    deepEqual(log, [1, 2, 3]);
  }),
);

test(
  "errgroup.tryGo: starts only below the limit",
  inGoroutine(function* () {
    const group = new Group();
    equal(
      group.tryGo(() => {}),
      true,
    );
    yield* group.wait();
    group.setLimit(2);
    const gate = chan<void>();
    const wait = function* () {
      yield* gate.recv();
    };
    equal(group.tryGo(wait), true);
    equal(group.tryGo(wait), true);
    let ran = false;
    equal(
      group.tryGo(() => {
        ran = true;
      }),
      false,
    );
    gate.close();
    yield* group.wait();
    ok(!ran);
    equal(
      group.tryGo(() => {
        ran = true;
      }),
      true,
    );
    yield* group.wait();
    ok(ran);
  }),
);

test(
  "errgroup.tryGo: its errors count as those of go()",
  inGoroutine(function* () {
    const [group, ctx] = withContext(background());
    const boom = new Error("boom");
    ok(
      group.tryGo(() => {
        throw boom;
      }),
    );
    equal(yield* thrownByOp(group.wait()), boom);
    equal(cause(ctx), boom);
  }),
);

test(
  "errgroup.setLimit: zero lets nothing start",
  inGoroutine(function* () {
    const group = new Group();
    group.setLimit(0);
    let ran = false;
    equal(
      group.tryGo(() => {
        ran = true;
      }),
      false,
    );
    yield* settle();
    ok(!ran);
    yield* group.wait();
  }),
);

test(
  "errgroup.setLimit: what was queued starts when the limit is raised",
  inGoroutine(function* () {
    const group = new Group();
    group.setLimit(0);
    const order: number[] = [];
    for (let i = 0; i < 5; i++) group.go(() => void order.push(i));
    yield* settle();
    deepEqual(order, []);
    equal(trySelect({ wait: group.wait() }), undefined);
    group.setLimit(2);
    yield* group.wait();
    deepEqual(order, [0, 1, 2, 3, 4]);
  }),
);

test(
  "errgroup.setLimit: a negative number takes the limit away",
  inGoroutine(function* () {
    const group = new Group();
    group.setLimit(1);
    group.setLimit(-1);
    const gate = chan<void>();
    let active = 0;
    for (let i = 0; i < 50; i++) {
      group.go(function* () {
        active++;
        yield* gate.recv();
      });
    }
    yield* settle();
    equal(active, 50);
    ok(group.tryGo(() => {}));
    gate.close();
    yield* group.wait();
  }),
);

test(
  "errgroup.setLimit: a Panic with Go's words while goroutines are active",
  inGoroutine(function* () {
    const group = new Group();
    group.setLimit(3);
    const gate = chan<void>();
    const wait = function* () {
      yield* gate.recv();
    };
    group.go(wait);
    yield* settle();
    panics(() => group.setLimit(5), "errgroup: modify limit while 1 goroutines in the group are still active");
    group.go(wait);
    yield* settle();
    panics(() => group.setLimit(-1), "errgroup: modify limit while 2 goroutines in the group are still active");
    gate.close();
    yield* group.wait();
    group.setLimit(1);
  }),
);

test(
  "errgroup: wait() is a case of select, and losing it stops nothing",
  inGoroutine(function* () {
    const [group, ctx] = withContext(background());
    const gate = chan<void>();
    let ended = false;
    group.go(function* () {
      yield* gate.recv();
      ended = true;
    });
    equal((yield* select({ wait: group.wait(), late: sleep(1) })).case, "late");
    equal(trySelect({ wait: group.wait() }), undefined);
    equal(ctx.err(), undefined);
    gate.close();
    equal((yield* select({ wait: group.wait() })).case, "wait");
    ok(ended);
    equal(ctx.err(), canceled);
    const boom = new Error("boom");
    const failing = new Group();
    failing.go(function* () {
      yield* sleep(1);
      throw boom;
    });
    equal(yield* thrownByOp(select({ wait: failing.wait(), late: sleep(10_000) })), boom);
  }),
);

test("errgroup: wait() can be awaited in async code", async () => {
  const group = new Group();
  const boom = new Error("boom");
  group.go(async () => {
    await Promise.resolve();
    throw boom;
  });
  let got: unknown;
  try {
    await within(10_000, group.wait());
  } catch (error) {
    got = error;
  }
  equal(got, boom);
});

test(
  "errgroup: bad arguments are refused by name",
  inGoroutine(function* () {
    const group = new Group();
    for (const fn of notFunctions) {
      badArgument(() => group.go(fn as () => void), "fn");
      badArgument(() => group.tryGo(fn as () => void), "fn");
    }
    for (const bad of [NaN, 1.5, "1", undefined, null] as never[]) badArgument(() => group.setLimit(bad), "n");
    for (const bad of [undefined, null, 5, {}] as never[]) badArgument(() => withContext(bad), "parent");
    yield* group.wait();
  }),
);
