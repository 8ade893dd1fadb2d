// errgroup, singleflight and rate on several cores.
import { test } from "node:test";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { chan, go, run, select, sleep, type Routine } from "../index.js";
import { gomaxprocs, numGoroutine } from "../runtime/index.js";
import { background, canceled, cause } from "../context/index.js";
import { Group, withContext } from "../x/errgroup.js";
import { every, Limiter } from "../x/rate.js";
import { Group as Flights } from "../x/singleflight.js";
import { describe, runFixture } from "../testkit.js";
import { elsewhere, warmUp } from "./testkit.elsewhere.js";
import {
  allowMany,
  askKeys,
  askMany,
  chanThere,
  deadlineAt,
  failInGroup,
  limitThere,
  loseWait,
  oneMore,
  queueThere,
  reserveThere,
  startMany,
  stateThere,
  waitMany,
  waitThere,
} from "./testkit.x.js";

gomaxprocs(3);
test("three cores run", () => run(() => warmUp(3)));

function inRun(title: string, body: () => Routine): void {
  test(title, () => run(body));
}

inRun("errgroup: one limit over all cores, and wait waits for all", function* () {
  for (const limit of [1, 3, 5]) {
    const group = new Group();
    group.setLimit(limit);
    const running = new Int32Array(new SharedArrayBuffer(12));
    // Some run and some are queued when the group is shared.
    for (let i = 0; i < 10; i++) group.go(() => oneMore(running, 2));
    const joins = [elsewhere(startMany, group, 20, running), elsewhere(startMany, group, 20, running)];
    for (let i = 0; i < 10; i++) group.go(() => oneMore(running, 2));
    for (const join of joins) yield* join;
    yield* group.wait();
    deepEqual([...running], [0, limit, 60]);
  }
});

inRun("errgroup: who waits before the group is shared is woken; a wait that loses a select leaves", function* () {
  const group = new Group();
  const running = new Int32Array(new SharedArrayBuffer(12));
  group.go(() => oneMore(running, 30));
  const early = go(() => group.wait()[Symbol.iterator]() as Routine).join();
  yield* sleep(1);
  yield* elsewhere(startMany, group, 3, running);
  const got = yield* select({ all: group.wait(), late: sleep(1) });
  equal(got.case, "late");
  yield* early;
  equal(running[2], 4);
  yield* group.wait();
});

inRun("errgroup: the first error of any core is what wait throws on every core, and the context's cause", function* () {
  const [group, ctx] = withContext(background());
  const ended = chan<string>(4);
  group.go(function* () {
    yield* ctx.done();
    yield* ended.send("here");
  });
  const passive = elsewhere(failInGroup, group, ctx, undefined, ended);
  const active = elsewhere(failInGroup, group, ctx, new RangeError("first"), ended);
  yield* sleep(1);
  yield* ctx.done();
  for (let i = 0; i < 2; i++) {
    try {
      yield* group.wait();
      ok(false);
    } catch (error) {
      ok(error instanceof RangeError);
      equal(error.message, "first");
    }
  }
  equal(ctx.err(), canceled);
  equal(cause(ctx)?.message, "first");
  equal(yield* active, "the same");
  ok((yield* passive) instanceof RangeError);
  const told = [yield* ended.recv(), yield* ended.recv(), yield* ended.recv()].sort();
  deepEqual(told, ["canceled: first", "canceled: first", "here"]);
});

inRun("errgroup: the context ends everywhere when wait returns without an error", function* () {
  const [group, ctx] = withContext(background());
  const running = new Int32Array(new SharedArrayBuffer(12));
  yield* elsewhere(startMany, group, 5, running);
  yield* group.wait();
  equal(ctx.err(), canceled);
  equal(cause(ctx), canceled);
});

inRun("errgroup: one that has failed before it is shared", function* () {
  const [group, ctx] = withContext(background());
  group.go(function* () {
    throw new TypeError("early");
  });
  yield* ctx.done();
  const seen = yield* elsewhere(failInGroup, group, ctx, undefined, chan<string>(1));
  ok(seen instanceof TypeError);
  equal(seen.message, "early");
});

inRun(
  "errgroup: an error that carries what cannot be sent is itself where it came from, elsewhere one like it",
  function* () {
    const group = new Group();
    const error = Object.assign(new Error("with a function"), { call() {} });
    group.go(function* () {
      throw error;
    });
    const there = yield* elsewhere(waitThere, group);
    equal((there as Error).message, "with a function");
    const here = yield* go(function* () {
      try {
        yield* group.wait();
      } catch (caught) {
        return caught;
      }
      return undefined;
    }).join();
    equal(here, error);
  },
);

inRun("errgroup: the limit is everybody's; it cannot be changed while any core has one running", function* () {
  const group = new Group();
  group.setLimit(1);
  const gate = chan<void>();
  group.go(function* () {
    yield* gate.recv();
  });
  const expected = "Panic: errgroup: modify limit while 1 goroutines in the group are still active";
  equal(yield* elsewhere(limitThere, group, 5), `false ${expected}`);
  throws(() => group.setLimit(2), { message: expected.slice("Panic: ".length) });
  yield* gate.send();
  yield* group.wait();
  equal(
    yield* elsewhere(limitThere, group, 0),
    "true Panic: errgroup: modify limit while 1 goroutines in the group are still active",
  );
  yield* group.wait();
  group.setLimit(0);
  equal(
    group.tryGo(function* () {}),
    false,
  );
});

inRun("errgroup: what the limit holds back starts in the order of the calls, on its own core", function* () {
  const group = new Group();
  group.setLimit(1);
  const gate = chan<void>();
  const started = chan<string>(10);
  group.go(function* () {
    yield* gate.recv();
  });
  const here = (name: string): void => group.go(() => started.send(name)[Symbol.iterator]() as Routine);
  here("a");
  yield* elsewhere(queueThere, group, ["b", "c"], started);
  here("d");
  yield* elsewhere(queueThere, group, ["e"], started);
  yield* gate.send();
  yield* group.wait();
  const order: string[] = [];
  for (let i = 0; i < 5; i++) order.push((yield* started.recv())!);
  deepEqual(order, ["a", "b", "c", "d", "e"]);
});

inRun("singleflight: one run over all cores; its result is shared, and copied to the others", function* () {
  const flights = new Flights<unknown>();
  const gate = chan<never>();
  const first = elsewhere(askMany, flights, "k", 2, "value", gate);
  const second = elsewhere(askMany, flights, "k", 3, "value", gate);
  const here = go(function* () {
    return yield* flights.do("k", function* () {
      return "not this";
    });
  }).join();
  yield* sleep(5);
  gate.close();
  const [runs, outcomes] = yield* first;
  equal(runs, 1);
  const [none, others] = yield* second;
  equal(none, 0);
  deepEqual(new Set([...outcomes, ...others]).size, 1);
  ok(outcomes[0]!.endsWith("true"));
  const { value, shared } = yield* here;
  equal(`${JSON.stringify(value)} ${shared}`, outcomes[0]);
});

inRun("singleflight: a run that goes on when the group is shared has callers on other cores", function* () {
  const flights = new Flights<number>();
  const gate = chan<void>();
  const here = go(function* () {
    return yield* flights.do("k", function* () {
      yield* gate.recv();
      return 42;
    });
  }).join();
  yield* sleep(1);
  const there = elsewhere(chanThere, flights);
  yield* gate.send();
  deepEqual(yield* here, { value: 42, shared: true });
  deepEqual(yield* there, { value: 42, error: undefined, shared: true });
  // It is over: the next call runs its own.
  deepEqual(yield* elsewhere(chanThere, flights), { value: -1, error: undefined, shared: false });
});

for (const [what, expected] of [
  ["error", "RangeError: failed"],
  ["goexit", "goexit"],
] as const) {
  inRun(`singleflight: all callers of all cores share the ${what}`, function* () {
    const flights = new Flights<unknown>();
    const gate = chan<never>();
    const joins = [elsewhere(askMany, flights, "k", 2, what, gate), elsewhere(askMany, flights, "k", 2, what, gate)];
    gate.close();
    let runs = 0;
    for (const join of joins) {
      const [n, outcomes] = yield* join;
      runs += n;
      deepEqual(outcomes, [expected, expected]);
    }
    equal(runs, 1);
  });
}

inRun("singleflight: a result that cannot be sent is an error elsewhere, and itself where it came from", function* () {
  const flights = new Flights<unknown>();
  const gate = chan<never>();
  const there = elsewhere(askMany, flights, "k", 1, "function", gate);
  const here = go(function* () {
    return yield* flights.do("k", function* () {});
  }).join();
  yield* sleep(1);
  gate.close();
  deepEqual((yield* there)[1], ["{} true"]);
  let thrown: unknown;
  try {
    yield* here;
  } catch (error) {
    thrown = error;
  }
  equal(String(thrown), "TypeError: result.call: a function cannot be sent to another core");
});

inRun("singleflight: forget on one core is for all", function* () {
  const flights = new Flights<unknown>();
  const gate = chan<never>();
  const there = elsewhere(askMany, flights, "k", 1, "value", gate);
  flights.forget("k");
  const { value, shared } = yield* flights.do("k", function* () {
    return "a run of its own";
  });
  deepEqual([value, shared], ["a run of its own", false]);
  gate.close();
  const [runs, outcomes] = yield* there;
  equal(runs, 1);
  ok(outcomes[0]!.endsWith("false"));
});

inRun("singleflight: many keys at once, on all cores", function* () {
  const flights = new Flights<string>();
  const keys = 500;
  const runs = new Int32Array(new SharedArrayBuffer(keys * 4));
  const joins = Array.from({ length: 6 }, () => go(askKeys, flights, keys, runs).join());
  for (const join of joins) equal(yield* join, true);
  ok(runs.every((n) => n >= 1 && n <= 6));
});

inRun("rate: one bucket over all cores", function* () {
  const limiter = new Limiter(0, 1000);
  equal(limiter.allow(), true);
  const joins = Array.from({ length: 6 }, () => go(allowMany, limiter, 5000).join());
  let n = 1;
  for (let i = 0; i < 500; i++) if (limiter.allow()) n++;
  for (const join of joins) {
    const there = yield* join;
    n += there;
  }
  equal(n, 1000);
  equal(limiter.tokens, 0);
});

inRun("rate: waits on several cores together keep to the rate", function* () {
  const limiter = new Limiter(every(5), 1);
  const since = performance.now();
  const joins = [elsewhere(waitMany, limiter, 20), elsewhere(waitMany, limiter, 20)];
  for (let i = 0; i < 20; i++) yield* limiter.wait(background());
  for (const join of joins) yield* join;
  const ms = performance.now() - since;
  // 60 events, the first at once.
  ok(ms >= 59 * 5 - 5, `${ms} ms`);
});

inRun("rate: limit, burst and tokens are everybody's, and so are changes", function* () {
  const limiter = new Limiter(1, 10);
  limiter.allowN(4);
  deepEqual(yield* elsewhere(stateThere, limiter), [1, 10, 6]);
  limiter.setLimit(0.001);
  limiter.setBurst(5);
  deepEqual(yield* elsewhere(stateThere, limiter), [0.001, 5, 5]);
});

inRun("rate: a reservation is everybody's, and what it gives back too", function* () {
  const limiter = new Limiter(1, 3);
  limiter.allowN(3);
  deepEqual(yield* elsewhere(reserveThere, limiter), [true, true, 2, 5]);
  equal(Math.round(limiter.tokens), -2);
  equal(limiter.burst, 50);
});

inRun("rate: wait refuses elsewhere as it does here; one that loses its select gives back", function* () {
  const limiter = new Limiter(every(1000), 10);
  limiter.allowN(10);
  deepEqual(yield* elsewhere(deadlineAt, limiter), [
    "rate: Wait(n=1000) exceeds limiter's burst 10",
    "rate: Wait(n=1) would exceed context deadline",
  ]);
  equal(yield* elsewhere(loseWait, limiter), "late");
  equal(Math.round(limiter.tokens), 0);
});

test("a core that is lost takes what ran on it along: who waits for it is told", async () => {
  const outcome = await runFixture("cores-x-lost.mjs", { limitMs: 30_000 });
  const group = "errgroup: worker 1 was lost, and with it 3 goroutines of the group";
  deepEqual(
    outcome.stdout.split("\n").slice(1).sort(),
    [
      "",
      "call again: no error",
      "call: singleflight: worker 1 was lost, and with it the call",
      `wait again: ${group}`,
      `wait: ${group}`,
    ],
    describe(outcome),
  );
  equal(outcome.code, 0, describe(outcome));
});

test("nothing is left", () => {
  equal(numGoroutine(), 0);
});
