import { equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { until } from "goro";
import {
  afterFunc,
  background,
  canceled,
  cause,
  deadlineExceeded,
  fromSignal,
  withCancel,
  withCancelCause,
  withTimeout,
  withTimeoutCause,
  withValue,
  withoutCancel,
} from "goro/context";
import { idle, inGoroutine, thrownBy, within } from "../testkit.portable.js";
import { badArgument, settle, watchOp } from "../sync/testkit.js";

/** How often a signal's listeners were added and removed, and how many there are. */
function counted(signal: AbortSignal): { added: number; removed: number; live: number } {
  const live = new Set<unknown>();
  const counts = { added: 0, removed: 0, live: 0 };
  const add = signal.addEventListener.bind(signal) as (...args: unknown[]) => void;
  const remove = signal.removeEventListener.bind(signal) as (...args: unknown[]) => void;
  signal.addEventListener = (...args: unknown[]) => {
    counts.added++;
    live.add(args[1]);
    counts.live = live.size;
    add(...args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    counts.removed++;
    live.delete(args[1]);
    counts.live = live.size;
    remove(...args);
  };
  return counts;
}

/** Runs fn and counts the AbortControllers that it makes. */
function controllersMade(fn: () => void): number {
  const original = globalThis.AbortController;
  let made = 0;
  globalThis.AbortController = class extends original {
    constructor() {
      super();
      made++;
    }
  };
  try {
    fn();
  } finally {
    globalThis.AbortController = original;
  }
  return made;
}

test("signal: aborts when the context ends, with its cause as the reason", () => {
  const why = new Error("why");
  const [ctx, cancel] = withCancelCause(background());
  const signal = ctx.signal;
  ok(signal instanceof AbortSignal);
  equal(signal.aborted, false);
  let events = 0;
  signal.addEventListener("abort", () => {
    events++;
    equal(ctx.err(), canceled);
  });
  cancel(why);
  equal(signal.aborted, true);
  equal(signal.reason, why);
  equal(events, 1);
  cancel(new Error("again"));
  equal(signal.reason, why);
  equal(events, 1);
});

test("signal: without a cause the reason is err()", () => {
  const [ctx, cancel] = withCancel(background());
  const signal = ctx.signal;
  cancel();
  equal(signal.reason, canceled);
  const [late] = withTimeout(background(), 0);
  equal(late.signal.aborted, true);
  equal(late.signal.reason, deadlineExceeded);
});

test("signal: it is the same one each time", () => {
  const [ctx, cancel] = withCancel(background());
  equal(ctx.signal, ctx.signal);
  cancel();
  equal(ctx.signal, ctx.signal);
  const valued = withValue(ctx, 1, 2);
  equal(valued.signal, valued.signal);
  equal(background().signal, background().signal);
});

test("signal: asked for after the end it has aborted already", () => {
  const why = new Error("why");
  const [ctx, cancel] = withCancelCause(background());
  const [child] = withCancel(ctx);
  cancel(why);
  for (const each of [ctx, child, withValue(child, 1, 2)]) {
    equal(each.signal.aborted, true);
    equal(each.signal.reason, why);
  }
});

test("signal: follows the end of an ancestor, and stays out of a sibling's", () => {
  const [parent, cancel] = withCancel(background());
  const [child] = withCancel(withValue(parent, 1, 2));
  const [sibling, cancelSibling] = withCancel(parent);
  const valued = withValue(child, 3, 4);
  const signals = [child.signal, valued.signal];
  const free = withoutCancel(child).signal;
  equal(sibling.signal.aborted, false);
  cancelSibling();
  equal(sibling.signal.aborted, true);
  for (const signal of signals) equal(signal.aborted, false);
  cancel();
  for (const signal of signals) {
    equal(signal.aborted, true);
    equal(signal.reason, canceled);
  }
  equal(free.aborted, false);
});

test(
  "signal: aborts at the deadline, with its cause",
  inGoroutine(function* () {
    const slow = new Error("slow");
    const [plain] = withTimeout(background(), 5);
    const [told] = withTimeoutCause(background(), 5, slow);
    const signals = [plain.signal, told.signal] as const;
    yield* plain.done();
    yield* told.done();
    equal(signals[0].reason, deadlineExceeded);
    equal(signals[1].reason, slow);
  }),
);

test("signal: is made only when it is asked for", () => {
  const made = controllersMade(() => {
    const [parent, cancel] = withCancel(background());
    for (let i = 0; i < 100; i++) {
      const [child, cancelChild] = withTimeout(withValue(parent, i, i), 1000);
      afterFunc(child, () => {});
      void child.err();
      void child.value(i);
      if (i % 2 === 0) cancelChild();
    }
    cancel();
  });
  equal(made, 0);
});

test(
  "signal: stops what the platform does with it",
  inGoroutine(function* () {
    const why = new Error("why");
    const [ctx, cancel] = withCancelCause(background());
    const work = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason as Error);
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    const waiting = watchOp(until(() => work(ctx.signal)));
    yield* idle();
    ok(!waiting.settled);
    cancel(why);
    yield* settle();
    equal(waiting.error, why);
    equal(
      yield* thrownBy(function* () {
        yield* until(() => work(ctx.signal));
      }),
      why,
    );
  }),
);

test("fromSignal: ends when the signal aborts, with the reason as its cause", () => {
  const why = new Error("why");
  const controller = new AbortController();
  const ctx = fromSignal(controller.signal);
  equal(ctx.err(), undefined);
  equal(cause(ctx), undefined);
  equal(ctx.deadline(), undefined);
  controller.abort(why);
  equal(ctx.err(), canceled);
  equal(cause(ctx), why);
  equal(ctx.signal.aborted, true);
  equal(ctx.signal.reason, why);
});

test("fromSignal: of a signal that has aborted the context has ended", () => {
  const why = new Error("why");
  const ctx = fromSignal(AbortSignal.abort(why));
  equal(ctx.err(), canceled);
  equal(cause(ctx), why);
  const plain = fromSignal(AbortSignal.abort());
  equal(plain.err(), canceled);
  equal((cause(plain) as Error).name, "AbortError");
});

test(
  "fromSignal: a TimeoutError as the reason is an exceeded deadline",
  inGoroutine(function* () {
    const ctx = fromSignal(AbortSignal.timeout(5));
    yield* ctx.done();
    equal(ctx.err(), deadlineExceeded);
    equal(cause(ctx)?.name, "TimeoutError");
    const own = new Error("mine");
    own.name = "TimeoutError";
    const other = fromSignal(AbortSignal.abort(own));
    equal(other.err(), deadlineExceeded);
    equal(cause(other), own);
    const dom = fromSignal(AbortSignal.abort(new DOMException("too slow", "TimeoutError")));
    equal(dom.err(), deadlineExceeded);
  }),
);

test("fromSignal: a reason that is no Error becomes one that tells it", () => {
  for (const reason of ["told to", 42, { toString: () => "an object" }]) {
    const ctx = fromSignal(AbortSignal.abort(reason));
    equal(ctx.err(), canceled);
    const why = cause(ctx);
    ok(why instanceof Error);
    ok(why.message.includes(String(reason)) || why.cause === reason, `${why.message} does not tell ${String(reason)}`);
    equal(cause(ctx), why);
  }
  const nothing = fromSignal(AbortSignal.abort(null));
  equal(nothing.err(), canceled);
  ok(cause(nothing) instanceof Error);
});

test(
  "fromSignal: wakes who waits, ends what is below, and works in async code",
  inGoroutine(function* () {
    const controller = new AbortController();
    const ctx = fromSignal(controller.signal);
    const [child] = withCancel(withValue(ctx, "k", "v"));
    const waiters = [watchOp(ctx.done()), watchOp(child.done())];
    const awaited = within(10_000, child.done());
    yield* idle();
    ok(waiters.every((w) => !w.settled));
    controller.abort();
    equal(child.err(), canceled);
    yield* idle();
    ok(waiters.every((w) => w.settled));
    yield* until(awaited);
  }),
);

test(
  "fromSignal: with a parent it ends with either, and has the parent's values and deadline",
  inGoroutine(function* () {
    const controller = new AbortController();
    const [parent, cancel] = withTimeout(withValue(background(), "k", "v"), 60_000);
    const ctx = fromSignal(controller.signal, parent);
    equal(ctx.value("k"), "v");
    equal(ctx.deadline()?.getTime(), parent.deadline()?.getTime());
    const byParent = fromSignal(new AbortController().signal, parent);
    const why = new Error("why");
    controller.abort(why);
    equal(cause(ctx), why);
    equal(parent.err(), undefined);
    equal(byParent.err(), undefined);
    cancel();
    equal(byParent.err(), canceled);
    equal(byParent.signal.reason, canceled);
    equal(cause(ctx), why);
    equal(fromSignal(new AbortController().signal, parent).err(), canceled);
    yield* byParent.done();
  }),
);

test("fromSignal: one listener per signal, however many contexts", () => {
  const controller = new AbortController();
  const counts = counted(controller.signal);
  const all = Array.from({ length: 1000 }, () => fromSignal(controller.signal));
  all.push(...Array.from({ length: 1000 }, () => fromSignal(controller.signal, withCancel(background())[0])));
  equal(counts.live, 1);
  equal(counts.added, 1);
  notEqual(all[0], all[1]);
  controller.abort();
  for (const ctx of all) equal(ctx.err(), canceled);
});

test("fromSignal: the listener is let go when the contexts have ended, and made anew for later ones", () => {
  const controller = new AbortController();
  const counts = counted(controller.signal);
  const [parent, cancel] = withCancel(background());
  const [other, cancelOther] = withCancel(background());
  const all = Array.from({ length: 100 }, (_, i) => fromSignal(controller.signal, i % 2 === 0 ? parent : other));
  cancel();
  equal(counts.live, 1);
  cancelOther();
  equal(counts.live, 0);
  for (const ctx of all) equal(ctx.err(), canceled);
  const again = fromSignal(controller.signal);
  equal(counts.live, 1);
  const why = new Error("why");
  controller.abort(why);
  equal(cause(again), why);
  equal(cause(all[0]!), canceled);
});

test("fromSignal: adds no listener where the signal has aborted or the parent has ended", () => {
  const aborted = AbortSignal.abort();
  const abortedCounts = counted(aborted);
  fromSignal(aborted);
  const [parent, cancel] = withCancel(background());
  cancel();
  const live = new AbortController().signal;
  const liveCounts = counted(live);
  equal(fromSignal(live, parent).err(), canceled);
  equal(abortedCounts.live, 0);
  equal(liveCounts.live, 0);
});

test(
  "fromSignal: of a context's own signal the cause comes through",
  inGoroutine(function* () {
    const why = new Error("why");
    const [ctx, cancel] = withCancelCause(background());
    const around = fromSignal(ctx.signal);
    cancel(why);
    equal(cause(around), why);
    const [late] = withTimeout(background(), 5);
    const aroundLate = fromSignal(late.signal);
    yield* aroundLate.done();
    equal(cause(aroundLate), deadlineExceeded);
  }),
);

test("fromSignal: bad arguments are refused by name", () => {
  for (const bad of [undefined, null, 5, {}, new AbortController()] as never[]) {
    badArgument(() => fromSignal(bad), "signal");
  }
  for (const bad of [null, 5, {}] as never[]) {
    badArgument(() => fromSignal(new AbortController().signal, bad), "parent");
  }
});
