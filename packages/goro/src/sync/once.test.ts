import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, trySelect } from "goro";
import type { Op } from "goro";
import { goexit } from "goro/runtime";
import { Once, onceFunc, onceValue } from "goro/sync";
import { idle, inGoroutine, thrownBy, watch, within } from "../testkit.portable.js";
import { badOp, notFunctions, badArgument, watchOp } from "./testkit.js";

test(
  "Once: fn runs once, whatever function later calls bring",
  inGoroutine(function* () {
    const once = new Once();
    let a = 0;
    let b = 0;
    yield* once.do(() => {
      a++;
    });
    yield* once.do(() => {
      b++;
    });
    yield* once.do(function* () {
      b++;
    });
    deepEqual([a, b], [1, 0]);
    const other = new Once();
    yield* other.do(function* () {
      yield* sleep(1);
      b++;
    });
    yield* other.do(() => {
      b++;
    });
    equal(b, 1);
  }),
);

test(
  "Once: do() is lazy: making the Op runs nothing and uses nothing up",
  inGoroutine(function* () {
    const once = new Once();
    const log: string[] = [];
    const op = once.do(() => {
      log.push("first made");
    });
    void once.do(() => {
      log.push("never run");
    });
    yield* idle();
    deepEqual(log, []);
    yield* op;
    yield* op;
    deepEqual(log, ["first made"]);
  }),
);

test(
  "Once: callers that overlap wait until fn has returned",
  inGoroutine(function* () {
    const once = new Once();
    const gate = chan<void>();
    let ended = false;
    const body = function* () {
      yield* gate.recv();
      ended = true;
    };
    const callers = Array.from({ length: 10 }, () => watchOp(once.do(body)));
    yield* idle();
    equal(callers.filter((c) => c.settled).length, 0);
    equal(trySelect({ once: once.do(body) }), undefined);
    gate.close();
    yield* idle();
    ok(ended);
    equal(callers.filter((c) => c.settled).length, 10);
    deepEqual(trySelect({ once: once.do(body) }), { case: "once", value: undefined });
  }),
);

test(
  "Once: where fn throws it counts as done, and only the first caller sees the error",
  inGoroutine(function* () {
    const boom = new Error("boom");
    for (const fn of [
      (): void => {
        throw boom;
      },
      function* () {
        yield* idle(2);
        throw boom;
      },
    ]) {
      const once = new Once();
      let again = 0;
      const first = watchOp(once.do(fn));
      const second = watchOp(
        once.do(() => {
          again++;
        }),
      );
      yield* idle();
      equal(first.error, boom);
      equal(second.value, undefined);
      yield* once.do(() => {
        again++;
      });
      equal(again, 0);
    }
  }),
);

test(
  "Once: goexit in fn ends the caller; it counts as done and those who wait go on",
  inGoroutine(function* () {
    const once = new Once();
    const log: string[] = [];
    const first = go(function* () {
      try {
        yield* once.do(function* () {
          yield* idle(2);
          log.push("fn");
          goexit();
        });
        log.push("went on");
      } finally {
        log.push("finally");
      }
    });
    const ended = first.join();
    const second = watchOp(
      once.do(() => {
        log.push("second ran");
      }),
    );
    equal(yield* ended, undefined);
    yield* idle();
    ok(second.settled);
    equal(second.value, undefined);
    deepEqual(log, ["fn", "finally"]);
  }),
);

test(
  "Once: a losing case of select goes on to its end, for the others who wait",
  inGoroutine(function* () {
    const once = new Once();
    const gate = chan<void>();
    const log: string[] = [];
    const got = yield* select({
      once: once.do(function* () {
        log.push("started");
        yield* gate.recv();
        log.push("ended");
      }),
      late: sleep(2),
    });
    equal(got.case, "late");
    deepEqual(log, ["started"]);
    const other = watchOp(
      once.do(() => {
        log.push("other");
      }),
    );
    yield* idle();
    ok(!other.settled);
    gate.close();
    yield* idle();
    ok(other.settled);
    deepEqual(log, ["started", "ended"]);
  }),
);

test(
  "Once: a caller that waits for another's fn may be withdrawn",
  inGoroutine(function* () {
    const once = new Once();
    const gate = chan<void>();
    const first = watchOp(
      once.do(function* () {
        yield* gate.recv();
      }),
    );
    yield* idle();
    const got = yield* select({ once: once.do(() => {}), late: sleep(1) });
    equal(got.case, "late");
    const third = watchOp(once.do(() => {}));
    gate.close();
    yield* idle();
    ok(first.settled && third.settled);
  }),
);

test(
  "Once: do() wins in select where fn ends first",
  inGoroutine(function* () {
    const once = new Once();
    let ran = 0;
    const got = yield* select({
      once: once.do(function* () {
        yield* sleep(1);
        ran++;
      }),
      late: sleep(10_000),
    });
    equal(got.case, "once");
    equal(ran, 1);
  }),
);

test(
  "Once: where fn throws in a select, the select of the first caller throws the error, and nobody else does",
  inGoroutine(function* () {
    const boom = new Error("boom");
    const once = new Once();
    const gate = chan<void>();
    let again = 0;
    const first = watchOp(
      select({
        once: once.do(function* () {
          yield* gate.recv();
          throw boom;
        }),
        late: sleep(10_000),
      }),
    );
    yield* idle();
    const others = [
      watchOp(once.do(() => void again++)),
      watchOp(select({ once: once.do(() => void again++) })),
    ] as const;
    yield* idle();
    ok(!first.settled && !others[0].settled && !others[1].settled);
    gate.close();
    yield* idle();
    equal(first.error, boom);
    equal(others[0].value, undefined);
    deepEqual(others[1].value, { case: "once", value: undefined });
    yield* once.do(() => void again++);
    equal(again, 0);
  }),
);

test("Once: do() can be awaited in async code", async () => {
  const once = new Once();
  const log: string[] = [];
  await within(
    10_000,
    Promise.all([
      once.do(function* () {
        yield* sleep(2);
        log.push("ran");
      }),
      once.do(() => {
        log.push("ran again");
      }),
    ]),
  );
  deepEqual(log, ["ran"]);
});

test(
  "Once: what is no function is refused by name, and uses nothing up",
  inGoroutine(function* () {
    const once = new Once();
    for (const fn of notFunctions) yield* badOp(() => once.do(fn as () => void), "fn");
    let ran = 0;
    yield* once.do(() => {
      ran++;
    });
    equal(ran, 1);
  }),
);

test(
  "onceFunc: runs fn at the first call and never again",
  inGoroutine(function* () {
    let ran = 0;
    const start = onceFunc(function* () {
      yield* idle(3);
      ran++;
    });
    equal(ran, 0);
    const a = watchOp(start());
    const b = watchOp(start());
    yield* idle();
    ok(a.settled && b.settled);
    yield* start();
    equal(ran, 1);
    const plain = onceFunc(() => {
      ran++;
    });
    yield* plain();
    yield* plain();
    equal(ran, 2);
  }),
);

test(
  "onceFunc: calling it is lazy, as with every Op",
  inGoroutine(function* () {
    let ran = 0;
    const start = onceFunc(() => {
      ran++;
    });
    const op = start();
    yield* idle();
    equal(ran, 0);
    yield* op;
    equal(ran, 1);
  }),
);

test(
  "onceFunc, onceValue: where fn throws, every caller gets that very error",
  inGoroutine(function* () {
    const boom = new Error("boom");
    let ran = 0;
    const func = onceFunc(function* () {
      ran++;
      yield* idle(2);
      throw boom;
    });
    const value = onceValue((): number => {
      ran++;
      throw boom;
    });
    for (const call of [func, value] as readonly (() => Op<unknown>)[]) {
      const overlapping = [watchOp(call()), watchOp(call())] as const;
      yield* idle();
      for (const caller of overlapping) equal(caller.error, boom);
      equal(
        yield* thrownBy(function* () {
          yield* call();
        }),
        boom,
      );
    }
    equal(ran, 2);
  }),
);

test(
  "onceValue: every caller gets the one value, also those that overlap",
  inGoroutine(function* () {
    let ran = 0;
    const load = onceValue(function* () {
      ran++;
      yield* sleep(1);
      return { n: 42 };
    });
    const callers = Array.from({ length: 5 }, () => watchOp(load()));
    const mine = yield* load();
    yield* idle();
    deepEqual(mine, { n: 42 });
    for (const caller of callers) equal(caller.value, mine);
    equal(yield* load(), mine);
    equal(ran, 1);
    const plain = onceValue(() => "plain");
    equal(yield* plain(), "plain");
    equal(yield* plain(), "plain");
    const nothing = onceValue((): undefined => {
      ran++;
    });
    equal(yield* nothing(), undefined);
    equal(yield* nothing(), undefined);
    equal(ran, 2);
  }),
);

test(
  "onceValue: a losing case of select goes on to its end",
  inGoroutine(function* () {
    const gate = chan<void>();
    const load = onceValue(function* () {
      yield* gate.recv();
      return 7;
    });
    equal((yield* select({ load: load(), late: sleep(1) })).case, "late");
    const other = watch(function* () {
      return yield* load();
    });
    yield* idle();
    ok(!other.settled);
    gate.close();
    yield* idle();
    equal(other.value, 7);
  }),
);

test("onceFunc, onceValue: what is no function is refused by name", () => {
  for (const fn of notFunctions) {
    badArgument(() => onceFunc(fn as () => void), "fn");
    badArgument(() => onceValue(fn as () => number), "fn");
  }
});
