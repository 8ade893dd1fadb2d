import { test } from "node:test";
import { deepEqual, equal, ok, rejects, throws } from "node:assert/strict";
import {
  chan,
  go,
  Panic,
  select,
  sleep,
  trySelect,
  until,
  type Case,
  type Cases,
  type Chan,
  type Op,
  type Routine,
} from "goro";
import { Mutex } from "goro/sync";
import {
  assertUniform,
  costRatio,
  idle,
  inGoroutine,
  isError,
  seeded,
  shuffled,
  thrownBy,
  watch,
  watchInTurn,
  within,
} from "../testkit.portable.js";

function ready<T>(value: T): Op<T | undefined> {
  const ch = chan<T>(1);
  ch.trySend(value);
  return ch.recv();
}
/** A channel that always has another value. */
function* endless(): Routine<Chan<number>> {
  const ch = chan<number>(1);
  go(function* () {
    for (let i = 0; ; i++) yield* ch.send(i);
  });
  yield* idle(1);
  return ch;
}
function never(): Op<never> {
  return chan<never>().recv() as Op<never>;
}

// What it gives

test(
  "the case is its name and the value is what the Op gives",
  inGoroutine(function* () {
    deepEqual(yield* select({ job: ready("work"), late: never() }), { case: "job", value: "work" });
    const out = chan<number>(1);
    deepEqual(yield* select({ job: never(), full: out.send(5) }), { case: "full", value: undefined });
    equal(out.tryRecv()?.[0], 5);
    deepEqual(yield* select({ "a b": ready(1) }), { case: "a b", value: 1 });
    deepEqual(yield* select({ "": ready(1) }), { case: "", value: 1 });
  }),
);

test(
  "of a list the case is the index, as a number",
  inGoroutine(function* () {
    deepEqual(yield* select([never(), ready("b"), never()]), { case: 1, value: "b" });
    deepEqual(trySelect([ready("a")]), { case: 0, value: "a" });
    const many = Array.from({ length: 50 }, (_, i) => (i === 37 ? ready(i) : never()));
    deepEqual(yield* select(many), { case: 37, value: 37 });
  }),
);

test(
  "names that look like numbers come back as strings",
  inGoroutine(function* () {
    deepEqual(yield* select({ 0: ready("zero") }), { case: "0", value: "zero" });
    deepEqual(yield* select({ "1": ready("one") }), { case: "1", value: "one" });
    deepEqual(trySelect({ 7: ready("seven"), 8: never() }), { case: "7", value: "seven" });
    const got = yield* select({ 2: ready("two") });
    // The type says so too.
    const name: "2" = got.case;
    equal(name, "2");
    const parked = watch(function* () {
      return yield* select({ 3: chan<number>().recv(), 4: sleep(1) });
    });
    yield* parked.goroutine.join();
    deepEqual(parked.value, { case: "4", value: undefined });
  }),
);

test(
  "a case that waits gives the same shape as one that was ready",
  inGoroutine(function* () {
    const ch = chan<string>();
    const byName = watch(function* () {
      return yield* select({ other: never(), ch: ch.recv() });
    });
    yield* idle();
    const byIndex = watch(function* () {
      return yield* select([never(), ch.recvOk()]);
    });
    yield* idle();
    ok(!byName.settled && !byIndex.settled);
    yield* ch.send("a");
    yield* ch.send("b");
    yield* idle();
    deepEqual(byName.value, { case: "ch", value: "a" });
    deepEqual(byIndex.value, { case: 1, value: ["b", true] });
  }),
);

test("trySelect gives undefined where nothing is ready, and needs no goroutine", () => {
  const ch = chan<number>(1);
  equal(trySelect({ r: ch.recv() }), undefined);
  deepEqual(trySelect({ s: ch.send(1) }), { case: "s", value: undefined });
  equal(trySelect({ s: ch.send(2) }), undefined);
  deepEqual(trySelect([ch.recv()]), { case: 0, value: 1 });
  equal(trySelect([ch.recv()]), undefined);
});

test(
  "a select that could not complete at once took nothing, gave nothing and is not waiting",
  inGoroutine(function* () {
    const [a, b] = [chan<number>(), chan<number>(1)];
    equal(trySelect({ a: a.send(1), r: b.recv() }), undefined);
    equal(a.tryRecv(), undefined);
    equal(b.trySend(1), true);
    equal(b.length, 1);
    equal(a.trySend(1), false);
  }),
);

// Null cases

test(
  "null and undefined cases are never ready, and the others work beside them",
  inGoroutine(function* () {
    const ch = chan<number>();
    const waiting = watch(function* () {
      return yield* select({ a: null, ch: ch.recv(), b: undefined });
    });
    yield* idle();
    const list = watch(function* () {
      return yield* select([null, undefined, ch.recv(), null]);
    });
    yield* idle();
    ok(!waiting.settled && !list.settled);
    yield* ch.send(1);
    yield* ch.send(2);
    yield* idle();
    deepEqual(waiting.value, { case: "ch", value: 1 });
    deepEqual(list.value, { case: 2, value: 2 });
    for (let i = 0; i < 100; i++) equal((yield* select({ a: null, r: ready(1), b: undefined })).case, "r");
    equal(trySelect({ a: null, b: undefined }), undefined);
  }),
);

test(
  "without a live case it blocks for ever",
  inGoroutine(function* () {
    const blocked = [{}, { a: null }, { a: undefined, b: null }, [], [null], [undefined, null]].map((cases) =>
      watch(() => selecting(cases as Cases)),
    );
    yield* sleep(20);
    yield* idle();
    ok(blocked.every((w) => !w.settled));
  }),
);

// Chance and order

for (const [title, n, at] of [
  ["two of two", 2, [0, 1]],
  ["three of three", 3, [0, 1, 2]],
  ["ten of ten", 10, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ["three of seven", 7, [1, 4, 5]],
  ["two of a hundred", 100, [98, 99]],
] as const) {
  test(
    `among ${title} that are ready it picks uniformly`,
    inGoroutine(function* () {
      const rounds = 6000;
      for (const way of ["select", "trySelect", "named"] as const) {
        const open = chan<number>();
        open.close();
        const list = Array.from({ length: n }, (_, i) =>
          (at as readonly number[]).includes(i) ? open.recv() : never(),
        );
        const named: Cases = Object.fromEntries(list.map((op, i) => [`case${i}`, op]));
        const counts = new Map<number, number>(at.map((i) => [i, 0]));
        for (let i = 0; i < rounds; i++) {
          let picked: number;
          if (way === "select") picked = (yield* select(list)).case;
          else if (way === "trySelect") picked = trySelect(list)?.case ?? -1;
          else picked = Number(String((yield* select(named)).case).slice(4));
          counts.set(picked, (counts.get(picked) ?? 0) + 1);
        }
        equal(counts.size, at.length, `only what is ready: ${[...counts.keys()].join(", ")}`);
        assertUniform([...counts.values()], `${title}, ${way}`);
      }
    }),
  );
}

test(
  "chance does not care what kind of Op is ready",
  inGoroutine(function* () {
    const rounds = 6000;
    const source = yield* endless();
    const sink = chan<number>(rounds);
    const gone = chan<number>();
    gone.close();
    const mutex = new Mutex();
    const ended = go(function* () {});
    yield* ended.join();
    const counts = { source: 0, sink: 0, gone: 0, mutex: 0, ended: 0, inner: 0 };
    for (let i = 0; i < rounds; i++) {
      const got = yield* select({
        source: source.recv(),
        sink: sink.send(i),
        gone: gone.recv(),
        mutex: mutex.lock(),
        ended: ended.join(),
        inner: select({ a: never(), b: gone.recvOk() }),
      });
      counts[got.case]++;
      if (got.case === "mutex") mutex.unlock();
      // The source may have been emptied; it fills up when we step aside.
      yield* idle(1);
    }
    equal(sink.length, counts.sink);
    assertUniform(Object.values(counts), "six kinds");
  }),
);

test(
  "ordered takes the first that is ready, as written",
  inGoroutine(function* () {
    for (let i = 0; i < 200; i++) {
      equal((yield* select({ a: never(), b: ready(1), c: ready(2) }, { ordered: true })).case, "b");
      equal((yield* select({ c: ready(2), b: ready(1), a: never() }, { ordered: true })).case, "c");
      equal((yield* select([null, never(), ready(1), ready(2)], { ordered: true })).case, 2);
      equal(trySelect({ a: never(), b: ready(1), c: ready(2) }, { ordered: true })?.case, "b");
      equal(trySelect([ready(1), ready(2)], { ordered: true })?.case, 0);
    }
    // A closed channel panics in its turn.
    const gone = chan<number>();
    gone.close();
    const error = yield* thrownBy(() => selecting({ a: gone.send(1), b: ready(2) }, true));
    isError(error, Panic, "send on closed channel");
    deepEqual(yield* selecting({ b: ready(2), a: gone.send(1) }, true), { case: "b", value: 2 });
  }),
);

test(
  "ordered waits like any other, and the first to come wins",
  inGoroutine(function* () {
    const [a, b] = [chan<number>(), chan<number>()];
    const waiting = watch(function* () {
      return yield* select({ a: a.recv(), b: b.recv() }, { ordered: true });
    });
    yield* idle();
    yield* b.send(1);
    yield* idle();
    deepEqual(waiting.value, { case: "b", value: 1 });
  }),
);

test(
  "ordered: false is the same as nothing",
  inGoroutine(function* () {
    const counts = [0, 0];
    const gone = chan<number>();
    gone.close();
    for (let i = 0; i < 2000; i++) {
      const { case: at } = yield* select([gone.recv(), gone.recv()], { ordered: false });
      counts[at] = (counts[at] ?? 0) + 1;
    }
    assertUniform(counts, "ordered: false");
  }),
);

// One case wholly, or nothing

test(
  "exactly one case completes, whatever else could have",
  inGoroutine(function* () {
    const random = seeded("one case");
    for (let round = 0; round < 500; round++) {
      const n = 2 + Math.floor(random() * 6);
      const full = Array.from({ length: n }, (_, i) => {
        const ch = chan<number>(1);
        ch.trySend(i);
        return ch;
      });
      const empty = Array.from({ length: n }, () => chan<number>(1));
      const cases = shuffled([...full.map((ch) => ch.recv()), ...empty.map((ch) => ch.send(9))], random);
      yield* select(cases as Op<unknown>[]);
      const taken = full.filter((ch) => ch.length === 0).length;
      const given = empty.filter((ch) => ch.length === 1).length;
      equal(taken + given, 1);
    }
  }),
);

test(
  "who waits in a select is served once, though every case comes true in the same moment",
  inGoroutine(function* () {
    for (let round = 0; round < 200; round++) {
      const channels = Array.from({ length: 5 }, () => chan<number>());
      const waiting = watch(function* () {
        return yield* select(channels.map((ch) => ch.recv()));
      });
      yield* idle(2);
      const taken = channels.map((ch, i) => ch.trySend(i));
      deepEqual(taken, [true, false, false, false, false]);
      yield* idle(2);
      deepEqual(waiting.value, { case: 0, value: 0 });
    }
  }),
);

test(
  "select never pairs with itself",
  inGoroutine(function* () {
    for (const make of [
      (c: Chan<number>) => selecting({ s: c.send(1), r: c.recv() }),
      (c: Chan<number>) => selecting({ r: c.recv(), s: c.send(1) }),
      (c: Chan<number>) => selecting({ s: c.send(1), inner: select({ r: c.recv() }) }),
      (c: Chan<number>) => selecting({ inner: select({ r: c.recv() }), s: c.send(1) }),
      (c: Chan<number>) => selecting({ inner: select({ s: c.send(1) }), other: select([c.recv()]) }),
    ]) {
      const c = chan<number>();
      const alone = watch(() => make(c));
      yield* idle();
      equal(alone.settled, false);
      // Somebody else is served by it as a sender or as a receiver.
      deepEqual(c.tryRecv(), [1, true]);
      equal(c.tryRecv(), undefined);
      equal(c.trySend(2), false);
      yield* idle();
      equal(alone.settled, true);
      void alone.value;
    }
  }),
);

test(
  "two selects over both sides of one channel pair with each other",
  inGoroutine(function* () {
    const c = chan<string>();
    const both = ["x", "y"].map((name) =>
      watch(function* () {
        return yield* select({ s: c.send(name), r: c.recv() });
      }),
    );
    yield* idle();
    const [x, y] = both.map((w) => w.value);
    ok(x && y);
    deepEqual([x.case, y.case].sort(), ["r", "s"]);
    equal(x.case === "r" ? x.value : y.value, x.case === "r" ? "y" : "x");
  }),
);

test(
  "selects that wait are served in their turn among plain waiters",
  inGoroutine(function* () {
    const c = chan<number>();
    const waiters = yield* watchInTurn<unknown>(
      Array.from(
        { length: 9 },
        (_, i) =>
          function* () {
            if (i % 3 === 0) return yield* c.recv();
            if (i % 3 === 1) return (yield* select({ never: never(), c: c.recv() })).value;
            return (yield* select([select({ c: c.recv() }), never()])).value;
          },
      ),
    );
    for (let i = 0; i < 9; i++) yield* c.send(i);
    yield* idle();
    deepEqual(
      waiters.map((w) => w.value),
      [0, 1, { case: "c", value: 2 }, 3, 4, { case: "c", value: 5 }, 6, 7, { case: "c", value: 8 }],
    );
  }),
);

test(
  "leaving a queue from its head, its middle or its end keeps the order of the others",
  inGoroutine(function* () {
    const random = seeded("withdraw");
    for (let round = 0; round < 50; round++) {
      const c = chan<number>();
      const n = 12;
      const leave = Array.from({ length: n }, () => chan<void>());
      const order: number[] = [];
      for (let i = 0; i < n; i++) {
        go(function* () {
          const got = yield* select({ c: c.recv(), leave: leave[i]?.recv() });
          if (got.case === "c") order.push(i);
        });
        yield* idle(1);
      }
      const leavers = shuffled(
        leave.map((_, i) => i),
        random,
      ).slice(0, 1 + Math.floor(random() * (n - 1)));
      for (const i of leavers) yield* (leave[i] as Chan<void>).send();
      const stay = leave.map((_, i) => i).filter((i) => !leavers.includes(i));
      for (const i of stay) yield* c.send(i);
      yield* idle();
      deepEqual(order, stay);
      equal(c.trySend(0), false, "nobody is left");
    }
  }),
);

// Closing

test(
  "a send that waits in a select throws the Panic at the select when its channel is closed",
  inGoroutine(function* () {
    const [a, b] = [chan<number>(), chan<number>()];
    const ways = [
      watch(() => selecting({ b: b.recv(), a: a.send(1) })),
      watch(() => selecting({ a: a.send(2) })),
      watch(() => selecting({ b: b.recv(), inner: select({ a: a.send(3) }) })),
    ];
    yield* idle();
    ok(ways.every((w) => !w.settled));
    a.close();
    yield* idle();
    for (const w of ways) isError(w.error, Panic, "send on closed channel");
    equal(b.trySend(1), false, "their receives are gone");
  }),
);

test(
  "a receive that waits in a select completes when its channel is closed",
  inGoroutine(function* () {
    const [a, b] = [chan<number>(), chan<number>()];
    const plain = watch(() => selecting({ b: b.send(1), a: a.recv() }));
    const comma = watch(() => selecting([b.send(1), a.recvOk()]));
    const range = watch(() => selecting([b.send(1), a.range().next()]));
    yield* idle();
    a.close();
    yield* idle();
    deepEqual(plain.value, { case: "a", value: undefined });
    deepEqual(comma.value, { case: 1, value: [undefined, false] });
    deepEqual(range.value, { case: 1, value: false });
    equal(b.tryRecv(), undefined, "their sends are gone");
  }),
);

test(
  "a send to a closed channel is a ready case that throws",
  inGoroutine(function* () {
    const gone = chan<number>();
    gone.close();
    isError(yield* thrownBy(() => selecting({ s: gone.send(1), n: never() })), Panic, "send on closed channel");
    let [panics, others] = [0, 0];
    for (let i = 0; i < 200; i++) {
      try {
        equal((yield* select({ s: gone.send(1), r: gone.recv() })).case, "r");
        others++;
      } catch (error) {
        isError(error, Panic, "send on closed channel");
        panics++;
      }
    }
    ok(panics > 50 && others > 50, `${panics} panics, ${others} receives`);
  }),
);

// Cases within cases

test(
  "a select is a case of a select, ready, waiting or lost",
  inGoroutine(function* () {
    const [a, b, c] = [chan<number>(), chan<number>(), chan<number>()];
    const nested = (): Op<{ readonly case: string; readonly value: unknown }> =>
      select({ inner: select({ a: a.recv(), deeper: select([b.recv(), null]) }), c: c.recv() });
    deepEqual(trySelect({ inner: select({ r: ready(1) }) }), { case: "inner", value: { case: "r", value: 1 } });
    equal(trySelect({ inner: select({ r: never() }), empty: select([]) }), undefined);

    const first = watch(function* () {
      return yield* nested();
    });
    yield* idle();
    equal(first.settled, false);
    yield* b.send(1);
    yield* idle();
    deepEqual(first.value, { case: "inner", value: { case: "deeper", value: { case: 0, value: 1 } } });

    const second = watch(function* () {
      return yield* nested();
    });
    yield* idle();
    yield* c.send(2);
    yield* idle();
    deepEqual(second.value, { case: "c", value: 2 });
    equal(a.trySend(0), false);
    equal(b.trySend(0), false);
    equal(c.trySend(0), false);
  }),
);

test(
  "an inner select with ordered keeps its order",
  inGoroutine(function* () {
    for (let i = 0; i < 100; i++) {
      deepEqual(yield* selecting({ inner: select([never(), ready(1), ready(2)], { ordered: true }) }), {
        case: "inner",
        value: { case: 1, value: 1 },
      });
    }
  }),
);

test(
  "the same Op may stand in several cases",
  inGoroutine(function* () {
    const ch = chan<number>(1);
    const op = ch.recv();
    const counts = [0, 0];
    for (let i = 0; i < 2000; i++) {
      yield* ch.send(i);
      const got = yield* select([op, op]);
      equal(got.value, i);
      counts[got.case] = (counts[got.case] ?? 0) + 1;
      equal(ch.length, 0);
    }
    assertUniform(counts, "the same Op twice");
    const waiting = watch(() => selecting({ a: op, b: op, inner: select([op, op]) }));
    yield* idle();
    equal(ch.trySend(7), true);
    yield* idle();
    ok(waiting.settled);
    equal(ch.trySend(8), true);
    equal(ch.length, 1, "it waits nowhere else");
  }),
);

// Reuse, laziness, async code

test(
  "a select is made once and run often, by many at once",
  inGoroutine(function* () {
    const [a, b] = [chan<number>(), chan<number>()];
    const op = select({ a: a.recv(), b: b.recv() });
    yield* idle();
    equal(a.trySend(1), false, "making it does nothing");
    const many = Array.from({ length: 100 }, () =>
      watch(function* () {
        return (yield* op).value as number;
      }),
    );
    yield* idle();
    for (let i = 0; i < 100; i++) yield* (i % 2 === 0 ? a : b).send(i);
    yield* idle();
    const values = many.map((w) => w.value).sort((x, y) => x - y);
    deepEqual(
      values,
      Array.from({ length: 100 }, (_, i) => i),
    );
    equal(a.trySend(1), false);
    equal(b.trySend(1), false);
  }),
);

test("await works on a select, ready or not, and rejects with what its case throws", async () => {
  const [a, b] = [chan<string>(1), chan<string>()];
  a.trySend("ready");
  const op = select({ a: a.recv(), b: b.recv() });
  deepEqual(await within(10_000, op), { case: "a", value: "ready" });
  const later = op.then((got) => got);
  setTimeout(() => b.trySend("later"), 5);
  deepEqual(await within(10_000, later), { case: "b", value: "later" });
  equal(a.trySend("still here"), true);
  equal(a.length, 1);
  b.close();
  await rejects(async () => select({ b: b.send("x") }), Panic);
});

// Mistakes

const notOps: readonly [string, unknown][] = [
  ["a number", 5],
  ["a string", "recv"],
  ["zero", 0],
  ["false", false],
  ["a function", () => 1],
  ["an empty object", {}],
  ["a promise", Promise.resolve(1)],
  ["a channel", chan<number>()],
  ["an array", [1]],
  ["a generator", (function* () {})()],
];

for (const [what, value] of notOps) {
  test(
    `${what} as a case is a TypeError that names the case`,
    inGoroutine(function* () {
      const wrong = value as Case;
      isError(yield* thrownBy(() => selecting({ fine: never(), wrongOne: wrong })), TypeError, /wrongOne/);
      isError(yield* thrownBy(() => selecting([never(), never(), wrong])), TypeError, /\b2\b/);
      throws(() => trySelect({ wrongOne: wrong }), { name: "TypeError", message: /wrongOne/ });
      throws(() => trySelect([ready(1), wrong]), { name: "TypeError", message: /\b1\b/ });
    }),
  );
}

test(
  "a case that is no Op completes none of the others",
  inGoroutine(function* () {
    const ch = chan<number>(1);
    yield* ch.send(1);
    for (let i = 0; i < 20; i++) {
      const cases = { r: ch.recv(), wrong: 5 as unknown as Case };
      isError(yield* thrownBy(() => selecting(cases)), TypeError, /wrong/);
      equal(ch.length, 1);
    }
  }),
);

test(
  "what is no list and no object of cases is a TypeError",
  inGoroutine(function* () {
    for (const wrong of [null, undefined, 5, "cases", true]) {
      isError(yield* thrownBy(() => selecting(wrong as unknown as Cases)), TypeError, /case/i);
      throws(() => trySelect(wrong as unknown as Cases), TypeError);
    }
  }),
);

// What it costs

test(
  "a select of a thousand cases works, ready first, last or not at all",
  inGoroutine(function* () {
    const channels = Array.from({ length: 1000 }, () => chan<number>(1));
    const list = channels.map((ch) => ch.recv());
    const named = Object.fromEntries(channels.map((ch, i) => [`n${i}`, ch.recv()]));
    for (const at of [0, 999, 500, 1, 998]) {
      channels[at]?.trySend(at);
      deepEqual(yield* select(list), { case: at, value: at });
      channels[at]?.trySend(at);
      deepEqual(yield* select(named), { case: `n${at}`, value: at });
      equal(trySelect(list), undefined);
      for (const cases of [list, named]) {
        const waiting = watch(() => selecting(cases));
        yield* idle(3);
        equal(waiting.settled, false);
        channels[at]?.trySend(-at);
        yield* idle(3);
        equal((waiting.value as { value: unknown }).value, -at);
      }
    }
    for (const ch of channels) equal(ch.trySend(1), true);
    ok(
      channels.every((ch) => ch.length === 1),
      "nobody waits any more",
    );
  }, 120_000),
);

test(
  "a select of ten times the cases costs about ten times as much",
  inGoroutine(function* () {
    function* cost(n: number, rounds: number): Routine<number> {
      const wake = chan<number>();
      const cases = [...Array.from({ length: n - 1 }, () => chan<number>().recv()), wake.recv()];
      const waiting = go(function* () {
        for (let i = 0; i < rounds; i++) yield* select(cases);
      });
      yield* idle(1);
      const start = performance.now();
      for (let i = 0; i < rounds; i++) yield* wake.send(i);
      yield* waiting.join();
      return performance.now() - start;
    }
    // As many cases in all: with the square of their number, one of 1,000 would cost ten times as much.
    const ratio = yield* costRatio(
      () => cost(100, 10_000),
      () => cost(1000, 1000),
      3,
    );
    ok(ratio <= 3, `a case of 1,000 costs ${ratio.toFixed(1)} times what one of 100 costs`);
  }),
);

test(
  "a receive in a select with until and sleep beside it is not slowed by them",
  inGoroutine(function* () {
    // The values are there: nothing waits, so no timer is started and no promise is asked.
    const ch = chan<number>(1000);
    let asked = 0;
    for (let i = 0; i < 1000; i++) yield* ch.send(i);
    for (let i = 0; i < 1000; i++) {
      const got = yield* select({ ch: ch.recv(), late: sleep(60_000), p: until(() => Promise.resolve(++asked)) });
      deepEqual(got, { case: "ch", value: i });
    }
    equal(asked, 0);
  }),
);

function* selecting(cases: Cases | readonly Case[], ordered = false): Routine<unknown> {
  return yield* select(cases as Cases, { ordered });
}
