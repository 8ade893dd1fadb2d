import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, defer, go, parallel, select, sleep, trySelect } from "goro";
import type { SendChan } from "goro";
import {
  background,
  canceled,
  cause,
  deadlineExceeded,
  todo,
  withCancel,
  withCancelCause,
  withDeadline,
  withDeadlineCause,
  withTimeout,
  withTimeoutCause,
  withValue,
  withoutCancel,
} from "goro/context";
import type { Context } from "goro/context";
import { WaitGroup } from "goro/sync";
import { idle, inGoroutine, seeded, thrownBy, within } from "../testkit.portable.js";
import { badArgument, settle, watchOp } from "../sync/testkit.js";

/** Fails unless the context lives: no error, no cause, done() never ready. */
function lives(ctx: Context): void {
  equal(ctx.err(), undefined);
  equal(cause(ctx), undefined);
  equal(trySelect({ done: ctx.done() }), undefined);
}

/** Fails unless the context has ended so. */
function ended(ctx: Context, err: Error, why: Error = err): void {
  equal(ctx.err(), err);
  equal(cause(ctx), why);
  deepEqual(trySelect({ done: ctx.done() }), { case: "done", value: undefined });
}

const day = 86_400_000;

/** A context to make others from. At the end of the block it takes them along, so that no timer of theirs outlives the test. */
function scope(): { readonly root: Context } & Disposable {
  const [root, cancel] = withCancel(background());
  return { root, [Symbol.dispose]: cancel };
}

test("context: the errors say what Go's say", () => {
  ok(canceled instanceof Error);
  ok(deadlineExceeded instanceof Error);
  equal(canceled.message, "context canceled");
  equal(deadlineExceeded.message, "context deadline exceeded");
  ok(canceled !== deadlineExceeded);
});

test("context: background() and todo() never end, and hold nothing", () => {
  for (const ctx of [background(), todo()]) {
    lives(ctx);
    equal(ctx.deadline(), undefined);
    equal(ctx.value("key"), undefined);
    equal(ctx.signal.aborted, false);
  }
});

test(
  "context: done() of a context that cannot end never completes",
  inGoroutine(function* () {
    for (const ctx of [background(), todo(), withValue(background(), "k", "v"), withoutCancel(background())]) {
      equal((yield* select({ done: ctx.done(), late: sleep(2) })).case, "late");
    }
  }),
);

test("withCancel: ends when it is cancelled, at once", () => {
  const [ctx, cancel] = withCancel(background());
  lives(ctx);
  equal(ctx.deadline(), undefined);
  cancel();
  ended(ctx, canceled);
});

test("withCancel: cancelling again changes nothing", () => {
  const [ctx, cancel] = withCancelCause(background());
  const first = new Error("first");
  cancel(first);
  cancel(new Error("second"));
  cancel();
  ended(ctx, canceled, first);
});

test(
  "done(): wakes everybody who waits, and stays ready",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    const op = ctx.done();
    const waiters = [watchOp(op), watchOp(op), watchOp(ctx.done()), watchOp(select({ done: ctx.done() }))];
    yield* idle();
    equal(waiters.filter((w) => w.settled).length, 0);
    cancel();
    yield* idle();
    equal(waiters.filter((w) => w.settled).length, 4);
    yield* op;
    yield* op;
    yield* ctx.done();
  }),
);

test("done(): can be awaited in async code", async () => {
  const [ctx, cancel] = withCancel(background());
  setTimeout(cancel, 5);
  await within(10_000, ctx.done());
  equal(ctx.err(), canceled);
  await within(10_000, ctx.done());
});

test("using a cancel function cancels at the end of the block", () => {
  let seen: Context;
  {
    const [ctx, cancel] = withCancel(background());
    using _ = cancel;
    seen = ctx;
    lives(ctx);
  }
  ended(seen, canceled);
  {
    const [ctx, cancel] = withCancelCause(background());
    using _ = cancel;
    seen = ctx;
  }
  ended(seen, canceled);
  {
    const [ctx, cancel] = withTimeout(background(), day);
    using _ = cancel;
    seen = ctx;
  }
  ended(seen, canceled);
});

test("a parent that ends takes its children with it, at once and through every kind of context", () => {
  const why = new Error("why");
  const [parent, cancelParent] = withCancelCause(background());
  const valued = withValue(parent, "k", "v");
  const children = [
    withCancel(parent)[0],
    withCancelCause(parent)[0],
    withTimeout(parent, day)[0],
    withTimeoutCause(parent, day, new Error("slow"))[0],
    withDeadline(parent, new Date(Date.now() + day))[0],
    valued,
    withCancel(valued)[0],
    withCancel(withValue(withCancel(valued)[0], "x", "y"))[0],
  ];
  for (const child of children) lives(child);
  cancelParent(why);
  for (const child of children) ended(child, canceled, why);
});

test("a child that ends leaves its parent and its siblings alone", () => {
  const [parent, cancelParent] = withCancel(background());
  const [child, cancelChild] = withCancel(parent);
  const [sibling] = withCancel(parent);
  const [grandchild] = withCancel(child);
  cancelChild();
  ended(child, canceled);
  ended(grandchild, canceled);
  lives(parent);
  lives(sibling);
  cancelParent();
  ended(sibling, canceled);
});

test("a child of a context that has ended is born ended, with its parent's error and cause", () => {
  const why = new Error("why");
  const [parent, cancel] = withCancelCause(background());
  cancel(why);
  for (const child of [
    withCancel(parent)[0],
    withTimeout(parent, day)[0],
    withValue(parent, 1, 2),
    withCancel(withValue(parent, 1, 2))[0],
  ]) {
    ended(child, canceled, why);
  }
  const [late] = withTimeout(background(), 0);
  ended(withCancel(late)[0], deadlineExceeded);
});

test("cause: undefined until the context ends, then what it was cancelled with, or err()", () => {
  const why = new Error("why");
  const cases: [ctx: Context, err: Error, cause: Error][] = [];
  {
    const [ctx, cancel] = withCancelCause(background());
    equal(cause(ctx), undefined);
    cancel(why);
    cases.push([ctx, canceled, why]);
  }
  {
    const [ctx, cancel] = withCancelCause(background());
    cancel();
    cases.push([ctx, canceled, canceled]);
  }
  {
    const [ctx, cancel] = withCancelCause(background());
    cancel(undefined);
    cases.push([ctx, canceled, canceled]);
  }
  {
    const [ctx, cancel] = withTimeout(background(), day);
    cancel();
    cases.push([ctx, canceled, canceled]);
  }
  {
    const [ctx, cancel] = withTimeoutCause(background(), day, why);
    cancel();
    cases.push([ctx, canceled, canceled]);
  }
  cases.push([withTimeout(background(), 0)[0], deadlineExceeded, deadlineExceeded]);
  cases.push([withTimeoutCause(background(), 0, why)[0], deadlineExceeded, why]);
  cases.push([withDeadlineCause(background(), new Date(0), why)[0], deadlineExceeded, why]);
  for (const [ctx, err, want] of cases) ended(ctx, err, want);
});

test("cause: of parent and child the one that ended first says why", () => {
  const ofParent = new Error("parent");
  const ofChild = new Error("child");
  {
    const [parent, cancelParent] = withCancelCause(background());
    const [child, cancelChild] = withCancelCause(parent);
    cancelParent(ofParent);
    cancelChild(ofChild);
    ended(parent, canceled, ofParent);
    ended(child, canceled, ofParent);
  }
  {
    const [parent, cancelParent] = withCancelCause(background());
    const [child, cancelChild] = withCancelCause(parent);
    cancelChild(ofChild);
    cancelParent(ofParent);
    ended(parent, canceled, ofParent);
    ended(child, canceled, ofChild);
  }
  {
    const [parent, cancelParent] = withCancelCause(background());
    const [child] = withTimeoutCause(parent, 0, ofChild);
    lives(parent);
    ended(child, deadlineExceeded, ofChild);
    cancelParent(ofParent);
    ended(child, deadlineExceeded, ofChild);
  }
});

test("cause: a context between that holds values passes it on", () => {
  const why = new Error("why");
  const [ctx, cancel] = withCancelCause(background());
  const valued = withValue(withValue(ctx, 1, 1), 2, 2);
  cancel(why);
  ended(valued, canceled, why);
});

test("withDeadline, withTimeout: deadline() says when", () => {
  using s = scope();
  const at = new Date(Date.now() + day);
  equal(withDeadline(s.root, at)[0].deadline()?.getTime(), at.getTime());
  const before = Date.now();
  const got = withTimeout(s.root, day)[0].deadline()!.getTime();
  ok(got >= before + day - 2 && got <= Date.now() + day + 2);
});

test("withDeadline: a parent's earlier deadline holds, a later one does not", () => {
  using s = scope();
  const soon = new Date(Date.now() + day);
  const later = new Date(Date.now() + 2 * day);
  const [parent] = withDeadline(s.root, soon);
  equal(withDeadline(parent, later)[0].deadline()?.getTime(), soon.getTime());
  equal(
    withTimeout(parent, 3 * day)[0]
      .deadline()
      ?.getTime(),
    soon.getTime(),
  );
  equal(withCancel(parent)[0].deadline()?.getTime(), soon.getTime());
  equal(withValue(parent, 1, 2).deadline()?.getTime(), soon.getTime());
  const [patient] = withDeadline(s.root, later);
  equal(withDeadline(patient, soon)[0].deadline()?.getTime(), soon.getTime());
});

test(
  "withTimeoutCause: where the parent's deadline comes first, the parent's cause is given",
  inGoroutine(function* () {
    const [parent] = withTimeout(background(), 5);
    const [child] = withTimeoutCause(parent, day, new Error("not this one"));
    yield* child.done();
    ended(child, deadlineExceeded);
  }),
);

test("withDeadline: one that has passed is over at once", () => {
  ended(withDeadline(background(), new Date(Date.now() - 1000))[0], deadlineExceeded);
  ended(withTimeout(background(), 0)[0], deadlineExceeded);
  ended(withTimeout(background(), -5)[0], deadlineExceeded);
  ended(withTimeout(background(), -Infinity)[0], deadlineExceeded);
});

test(
  "withTimeout: ends when its time is over, not before",
  inGoroutine(function* () {
    const start = performance.now();
    const [ctx] = withTimeout(background(), 40);
    const [child] = withCancel(withValue(ctx, "a", "b"));
    lives(ctx);
    yield* child.done();
    const ms = performance.now() - start;
    ok(ms >= 38 && ms < 5000, `${ms} ms`);
    ended(ctx, deadlineExceeded);
    ended(child, deadlineExceeded);
  }),
);

test(
  "withDeadline: ends at its time",
  inGoroutine(function* () {
    const why = new Error("why");
    const at = new Date(Date.now() + 30);
    const [plain] = withDeadline(background(), at);
    const [told] = withDeadlineCause(background(), at, why);
    yield* plain.done();
    yield* told.done();
    ok(Date.now() >= at.getTime() - 2);
    ended(plain, deadlineExceeded);
    ended(told, deadlineExceeded, why);
  }),
);

test(
  "withTimeout: layers end with the shortest, whichever it is",
  inGoroutine(function* () {
    for (const [outer, inner] of [
      [10, day],
      [day, 10],
    ] as const) {
      const [parent, cancelParent] = withTimeout(background(), outer);
      const [child] = withTimeout(parent, inner);
      yield* child.done();
      ended(child, deadlineExceeded);
      if (outer === 10) ended(parent, deadlineExceeded);
      else lives(parent);
      cancelParent();
    }
  }),
);

test(
  "withTimeout: cancelled before its time it ends with canceled, and stays so",
  inGoroutine(function* () {
    const [ctx, cancel] = withTimeout(background(), 5);
    cancel();
    ended(ctx, canceled);
    yield* sleep(20);
    ended(ctx, canceled);
  }),
);

test(
  "withTimeout: Infinity never comes, and what is far off does not come at once",
  inGoroutine(function* () {
    const [never, cancelNever] = withTimeout(background(), Infinity);
    const [far, cancelFar] = withTimeout(background(), 2 ** 31 + 5);
    const [farther, cancelFarther] = withTimeout(background(), 1e15);
    const [date, cancelDate] = withDeadline(background(), new Date(8.64e15));
    yield* sleep(20);
    for (const ctx of [never, far, farther, date]) lives(ctx);
    equal(never.deadline(), undefined);
    const [child] = withTimeout(far, Infinity);
    equal(child.deadline()?.getTime(), far.deadline()?.getTime());
    for (const cancel of [cancelNever, cancelFar, cancelFarther, cancelDate]) cancel();
    for (const ctx of [never, far, farther, date, child]) ended(ctx, canceled);
  }),
);

test("withValue: looks up the nearest, through every kind of context", () => {
  using s = scope();
  const key = Symbol("key");
  const object = {};
  const base = withValue(s.root, key, "base");
  equal(base.value(key), "base");
  equal(base.value("other"), undefined);
  const near = withValue(withTimeout(withCancel(base)[0], day)[0], object, "object");
  equal(near.value(key), "base");
  equal(near.value(object), "object");
  equal(near.value({}), undefined);
  equal(base.value(object), undefined);
  const hidden = withValue(near, key, "near");
  equal(hidden.value(key), "near");
  equal(near.value(key), "base");
  equal(withValue(hidden, key, undefined).value(key), undefined);
  equal(withoutCancel(hidden).value(key), "near");
  equal(withCancel(withoutCancel(hidden))[0].value(object), "object");
});

test("withValue: a context that holds a value still belongs to its parent", () => {
  const [parent, cancel] = withTimeout(background(), day);
  const child = withValue(parent, "k", "v");
  equal(child.deadline()?.getTime(), parent.deadline()?.getTime());
  lives(child);
  cancel();
  ended(child, canceled);
  equal(child.value("k"), "v");
});

test("withoutCancel: does not end with its parent, and has neither deadline nor cause of its own", () => {
  using s = scope();
  const why = new Error("why");
  const [parent, cancel] = withCancelCause(withTimeout(withValue(s.root, "k", "v"), day)[0]);
  const free = withoutCancel(parent);
  equal(free.deadline(), undefined);
  cancel(why);
  ended(parent, canceled, why);
  lives(free);
  equal(free.signal.aborted, false);
  equal(free.value("k"), "v");
  lives(withoutCancel(parent));
  const [child, cancelChild] = withCancelCause(free);
  lives(child);
  cancelChild(why);
  ended(child, canceled, why);
  lives(free);
});

test("withoutCancel: a timeout below it counts from there", () => {
  const [parent, cancel] = withTimeout(background(), 0);
  cancel();
  const [child, cancelChild] = withTimeout(withoutCancel(parent), day);
  lives(child);
  ok(child.deadline()!.getTime() > Date.now() + day / 2);
  cancelChild();
});

test(
  "select: ctx.done() is a case like any other, and losing it leaves nothing",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    const work = chan<number>(1);
    for (let i = 0; i < 100; i++) {
      yield* work.send(i);
      deepEqual(yield* select({ stop: ctx.done(), work: work.recv() }), { case: "work", value: i });
    }
    cancel();
    yield* work.send(1);
    equal((yield* select({ stop: ctx.done(), work: work.recv() }, { ordered: true })).case, "stop");
    equal(work.length, 1);
  }),
);

test(
  "withCancel: goroutines that cancel one another's contexts in any order end well",
  inGoroutine(function* () {
    const random = seeded("cancelling in any order");
    for (let round = 0; round < 20; round++) {
      const all: [Context, () => void][] = [[background(), () => {}]];
      for (let i = 0; i < 50; i++) {
        const parent = all[Math.floor(random() * all.length)]![0];
        all.push(random() < 0.3 ? withTimeout(parent, random() * 5) : withCancel(parent));
      }
      const wg = new WaitGroup();
      for (const [ctx, cancel] of all.slice(1)) {
        wg.go(function* () {
          using _ = defer(cancel);
          yield* select({ done: ctx.done(), mine: sleep(random() * 5) });
        });
        wg.go(function* () {
          yield* ctx.done();
        });
      }
      yield* wg.wait();
      for (const [ctx] of all.slice(1)) ok(ctx.err() === canceled || ctx.err() === deadlineExceeded);
    }
  }),
);

test(
  "withCancel: two contexts may each be cancelled by the end of the other's",
  inGoroutine(function* () {
    const [parent, cancelParent] = withCancel(background());
    const [child, cancelChild] = withCancel(parent);
    go(function* () {
      yield* child.done();
      cancelParent();
    });
    go(function* () {
      yield* parent.done();
      cancelChild();
    });
    cancelChild();
    yield* parent.done();
    yield* child.done();
    ended(parent, canceled);
  }),
);

test("withCancel: a chain of 10,000 contexts ends whole", () => {
  const [root, cancel] = withCancel(background());
  let last: Context = root;
  for (let i = 0; i < 10_000; i++) last = i % 2 === 0 ? withCancel(last)[0] : withValue(last, i, i);
  equal(last.value(1), 1);
  equal(last.value("none"), undefined);
  equal(last.deadline(), undefined);
  lives(last);
  cancel();
  ended(last, canceled);
});

test("withCancel: 100,000 children of one parent are cancelled in a moment", () => {
  let best = Infinity;
  for (let round = 0; round < 3 && best > 200; round++) {
    const [parent, cancel] = withCancel(background());
    const children = Array.from({ length: 100_000 }, () => withCancel(parent)[0]);
    const start = performance.now();
    cancel();
    best = Math.min(best, performance.now() - start);
    for (const child of children) equal(child.err(), canceled);
  }
  ok(best < 1000, `${best} ms`);
});

test("withCancel: to cancel one of many children costs the same as one of few", () => {
  const cost = (n: number): number => {
    const [parent] = withCancel(background());
    const cancels = Array.from({ length: n }, () => withCancel(parent)[1]);
    // From both ends and the middle inwards: no order of theirs may be the lucky one.
    const start = performance.now();
    for (let i = 0; i < n / 2; i++) {
      cancels[i]!();
      cancels[n - 1 - i]!();
    }
    return (performance.now() - start) / n;
  };
  let ratio = Infinity;
  cost(2000);
  for (let round = 0; round < 5 && ratio > 10; round++) ratio = Math.min(ratio, cost(100_000) / cost(2000));
  ok(ratio < 20, `one of 100,000 costs ${ratio} times one of 2,000`);
});

class Wrapped implements Context {
  readonly inner: Context;
  constructor(inner: Context) {
    this.inner = inner;
  }
  deadline() {
    return this.inner.deadline();
  }
  done() {
    return this.inner.done();
  }
  err() {
    return this.inner.err();
  }
  value(key: unknown) {
    return this.inner.value(key);
  }
  get signal() {
    return this.inner.signal;
  }
}

test(
  "a context of the user's own can be a parent",
  inGoroutine(function* () {
    const [inner, cancelInner] = withTimeout(withValue(background(), "k", "v"), day);
    const own = new Wrapped(inner);
    const [child] = withCancel(own);
    const [cancelled, cancel] = withCancel(own);
    const grandchild = withValue(child, 1, 2);
    equal(grandchild.value("k"), "v");
    for (const each of [child, grandchild, withTimeout(own, 2 * day)[0]]) {
      equal(each.deadline()?.getTime(), inner.deadline()?.getTime());
    }
    lives(child);
    cancel();
    ended(cancelled, canceled);
    lives(child);
    cancelInner();
    yield* settle();
    equal(child.err(), canceled);
    equal(grandchild.err(), canceled);
    yield* grandchild.done();
    equal(withCancel(own)[0].err(), canceled);
  }),
);

test(
  "a context of the user's own may end by an Op of its own; its children have its error and its cause",
  inGoroutine(function* () {
    for (const [err, why] of [
      [canceled, new Error("why")],
      [deadlineExceeded, deadlineExceeded],
      [deadlineExceeded, new Error("too slow")],
    ] as const) {
      const over = chan<void>();
      const controller = new AbortController();
      let error_: Error | undefined = undefined;
      const own: Context = {
        deadline: () => undefined,
        done: () => over.recv(),
        err: () => error_,
        value: () => undefined,
        signal: controller.signal,
      };
      const [child, cancelChild] = withCancel(own);
      const [other, cancelOther] = withTimeout(own, day);
      using _ = cancelOther;
      const grandchild = withValue(withCancel(child)[0], 1, 2);
      const waiter = watchOp(grandchild.done());
      yield* settle();
      lives(child);
      error_ = err;
      over.close();
      controller.abort(why);
      yield* child.done();
      yield* other.done();
      yield* settle();
      ok(waiter.settled);
      for (const each of [child, other, grandchild]) ended(each, err, why);
      cancelChild();
      ended(child, err, why);
      equal(withCancel(own)[0].err(), err);
    }
  }),
);

test(
  "done() in a loop with a case that is always ready is seen in time",
  inGoroutine(function* () {
    const [ctx] = withTimeout(background(), 20);
    const closed = chan<void>();
    closed.close();
    let turns = 0;
    const start = performance.now();
    for (;;) {
      const got = yield* select({ stop: ctx.done(), work: closed.recv() }, { ordered: true });
      if (got.case === "stop") break;
      turns++;
    }
    ok(turns > 10);
    ok(performance.now() - start < 5000);
  }),
);

export const worker = parallel(import.meta.url, function* worker(ctx: Context, log: SendChan<unknown>) {
  yield* log.send([ctx.err(), ctx.value("k")]);
  yield* ctx.done();
  yield* log.send(ctx.err()?.message);
});

test(
  "a parallel goroutine is given the context itself, not a copy",
  inGoroutine(function* () {
    const log = chan<unknown>(4);
    const [parent, cancel] = withCancel(withValue(background(), "k", "v"));
    const running = go(worker, parent, log).join();
    deepEqual(yield* log.recv(), [undefined, "v"]);
    cancel();
    equal(yield* log.recv(), "context canceled");
    yield* running;
  }),
);

test("bad arguments are refused by name", () => {
  for (const bad of [undefined, null, 5, {}] as never[]) {
    badArgument(() => withCancel(bad), "parent");
    badArgument(() => withCancelCause(bad), "parent");
    badArgument(() => withTimeout(bad, 1), "parent");
    badArgument(() => withTimeoutCause(bad, 1, canceled), "parent");
    badArgument(() => withDeadline(bad, new Date()), "parent");
    badArgument(() => withDeadlineCause(bad, new Date(), canceled), "parent");
    badArgument(() => withValue(bad, 1, 2), "parent");
    badArgument(() => withoutCancel(bad), "parent");
    badArgument(() => cause(bad), "ctx");
  }
  for (const bad of [NaN, "5", undefined, null, 5n] as never[]) {
    badArgument(() => withTimeout(background(), bad), "ms");
    badArgument(() => withTimeoutCause(background(), bad, canceled), "ms");
  }
  for (const bad of [new Date(NaN), 5, "2030-01-01", undefined, null] as never[]) {
    badArgument(() => withDeadline(background(), bad), "at");
    badArgument(() => withDeadlineCause(background(), bad, canceled), "at");
  }
  for (const bad of ["why", 5, {}] as never[]) {
    badArgument(() => withCancelCause(background())[1](bad), "cause");
    badArgument(() => withTimeoutCause(background(), 5, bad), "cause");
    badArgument(() => withDeadlineCause(background(), new Date(), bad), "cause");
  }
});

test(
  "ctx.err() can be thrown to the caller as it is",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    cancel();
    equal(
      yield* thrownBy(function* () {
        yield* ctx.done();
        throw ctx.err();
      }),
      canceled,
    );
  }),
);
