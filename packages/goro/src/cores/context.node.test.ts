import { test } from "node:test";
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { chan, go, run, sleep, type Chan, type Routine } from "../index.js";
import { gomaxprocs, numGoroutine } from "../runtime/index.js";
import {
  background,
  canceled,
  cause,
  deadlineExceeded,
  fromSignal,
  todo,
  withCancel,
  withCancelCause,
  withDeadline,
  withoutCancel,
  withTimeout,
  withTimeoutCause,
  withValue,
  type Context,
} from "../context/index.js";
import { describe, runFixture } from "../testkit.js";
import {
  awaitEnd,
  changeValue,
  deadlineThere,
  endingOf,
  handBack,
  itself,
  lookForEnd,
  receiveUntil,
  tellBelow,
  valuesThere,
  witness,
} from "./testkit.context.js";
import { elsewhere, newFlag, standStill, warmUp } from "./testkit.elsewhere.js";

gomaxprocs(3);
test("three cores run", () => run(() => warmUp(3)));

function inRun(title: string, body: () => Routine): void {
  test(title, () => run(body));
}

inRun("a context that is cancelled ends on every core: canceled is itself, the cause a copy", function* () {
  const [ctx, cancel] = withCancelCause(background());
  const joins = [elsewhere(awaitEnd, ctx), elsewhere(awaitEnd, ctx)];
  cancel(new RangeError("enough"));
  for (const join of joins) {
    const seen = yield* join;
    equal(seen.ending, "canceled");
    ok(seen.cause instanceof RangeError);
    equal(seen.cause.message, "enough");
  }
});

inRun("a child and a grandchild end on other cores when an ancestor ends here", function* () {
  const [parent, cancel] = withCancelCause(background());
  const [child] = withTimeout(withValue(parent, "k", 1), 60_000);
  const join = elsewhere(awaitEnd, withValue(child, "k", 2));
  cancel(new Error("above"));
  const seen = yield* join;
  equal(seen.ending, "canceled");
  equal(seen.cause?.message, "above");
});

inRun("err() is right at once: a loop that never parks sees that the context was cancelled", function* () {
  const [ctx, cancel] = withCancelCause(background());
  const join = elsewhere(lookForEnd, ctx);
  standStill(20);
  cancel(new Error("now"));
  const seen = yield* join;
  equal(seen.ending, "canceled");
  equal(seen.cause?.message, "now");
  ok(seen.ms < 10_000);
});

inRun("a deadline comes for who waits elsewhere, while the core that set it stands still", function* () {
  const [ctx, cancel] = withTimeoutCause(background(), 50, new Error("slow"));
  using _ = cancel;
  const parked = elsewhere(awaitEnd, ctx);
  const looking = elsewhere(lookForEnd, ctx);
  standStill(1000);
  for (const join of [parked, looking]) {
    const seen = yield* join;
    equal(seen.ending, "deadline");
    equal(seen.cause?.message, "slow");
    ok(seen.ms < 800, `after ${seen.ms} ms`);
  }
  equal(ctx.err(), deadlineExceeded);
  equal(cause(ctx)?.message, "slow");
});

inRun("a deadline above comes elsewhere too, with its own cause", function* () {
  const [above, cancel] = withTimeoutCause(background(), 30, new Error("above"));
  using _ = cancel;
  const [ctx] = withTimeout(above, 60_000);
  const join = elsewhere(awaitEnd, ctx);
  standStill(100);
  const seen = yield* join;
  equal(seen.ending, "deadline");
  equal(seen.cause?.message, "above");
});

inRun("deadline() is the same date everywhere", function* () {
  const at = new Date(Date.now() + 60_000);
  const [ctx, cancel] = withDeadline(background(), at);
  using _ = cancel;
  deepEqual(yield* elsewhere(deadlineThere, withValue(ctx, "k", 1)), at);
  equal(yield* elsewhere(deadlineThere, withoutCancel(ctx)), undefined);
});

for (const how of ["cancel", "signal"] as const) {
  inRun(`children, signals and afterFunc there are told as on one core (${how})`, function* () {
    const controller = new AbortController();
    const [cancelled, cancel] = withCancelCause(background());
    const ready = chan<boolean>();
    const join = elsewhere(tellBelow, how === "cancel" ? cancelled : fromSignal(controller.signal), ready);
    yield* ready.recv();
    yield* sleep(20); // it waits now
    if (how === "cancel") cancel(new Error("reason"));
    else controller.abort(new Error("reason"));
    const [order, ending, why, isReason, isAborted] = yield* join;
    deepEqual(order, ["abort", "afterFunc", "done"]);
    equal(ending, "canceled");
    equal((why as Error).message, "reason");
    deepEqual([isReason, isAborted], [true, true]);
  });
}

inRun("one that has ended arrives ended", function* () {
  const [ctx, cancel] = withCancelCause(background());
  cancel(new TypeError("before"));
  equal((yield* elsewhere(awaitEnd, ctx)).cause?.message, "before");
  const [late, stop] = withTimeout(background(), 0);
  stop();
  equal((yield* elsewhere(lookForEnd, late)).ending, "deadline");
  equal((yield* elsewhere(awaitEnd, fromSignal(AbortSignal.abort(new Error("aborted"))))).cause?.message, "aborted");
});

inRun("cancelled while it is under way", function* () {
  for (let i = 0; i < 200; i++) {
    const [ctx, cancel] = withCancelCause(background());
    const join = go(awaitEnd, newFlag(), ctx).join();
    if (i % 3 === 0) yield* sleep(0);
    cancel(new Error(`no ${i}`));
    equal((yield* join).cause?.message, `no ${i}`);
  }
});

inRun("the user's own context crosses with its signal, its error and its deadline", function* () {
  const controller = new AbortController();
  const error = new Error("mine");
  const own: Context = {
    deadline: () => undefined,
    done: () => background().done(),
    err: () => (controller.signal.aborted ? error : undefined),
    value: () => undefined,
    signal: controller.signal,
  };
  const [ctx] = withCancel(own);
  const join = elsewhere(awaitEnd, ctx);
  controller.abort(new Error("why"));
  const seen = yield* join;
  equal(seen.ending, "Error: mine");
  equal(seen.cause?.message, "why");
});

inRun("what the cause carries and cannot be sent is left behind; its class is Error then", function* () {
  const [ctx, cancel] = withCancelCause(background());
  const join = elsewhere(awaitEnd, ctx);
  cancel(Object.assign(new RangeError("with a socket"), { socket: { on() {} } }));
  const seen = yield* join;
  equal(seen.ending, "canceled");
  equal(seen.cause?.message, "with a socket");
  equal(seen.cause?.name, "RangeError");
  match(String(seen.cause?.stack), /context\.node\.test/);
});

inRun("values are copied under keys that can be named elsewhere; others stay", function* () {
  const object = {};
  const own = Symbol("own");
  let ctx: Context = background();
  ctx = withValue(ctx, "shadowed", 1);
  ctx = withValue(ctx, object, "object");
  ctx = withValue(ctx, own, () => "stays, so it need not be sent");
  ctx = withValue(ctx, 7, new Map([["a", [1n]]]));
  const [node, cancel] = withCancel(ctx);
  using _ = cancel;
  ctx = withValue(node, Symbol.for("user"), "u");
  ctx = withValue(ctx, "shadowed", 2);
  ctx = withValue(ctx, true, undefined);
  const keys = ["shadowed", 7, true, "none", {}];
  const all = [2, new Map([["a", [1n]]]), undefined, undefined, undefined, "u"];
  deepEqual(yield* elsewhere(valuesThere, ctx, keys, ["user"]), all);
  deepEqual(yield* elsewhere(valuesThere, withoutCancel(ctx), keys, ["user"]), all);
  deepEqual(yield* elsewhere(valuesThere, node, keys, ["user"]), [1, ...all.slice(1, 5), undefined]);
  // At home nothing has changed.
  deepEqual([ctx.value(object), typeof ctx.value(own)], ["object", "function"]);
});

inRun("each core has a copy of a value of its own, one for all who ask", function* () {
  const list = [5];
  const ctx = withValue(background(), "list", list);
  const [same, there] = yield* elsewhere(changeValue, ctx);
  equal(same, true);
  equal((there as number[]).length, 2);
  deepEqual(list, [5]);
});

inRun("a value that cannot be sent is named; nothing is shared then", function* () {
  const [ctx, cancel] = withCancel(background());
  const bad = withValue(ctx, "log", { levels: [() => 1] });
  throws(() => elsewhere(awaitEnd, bad), {
    name: "TypeError",
    message: 'context.value("log").levels[0]: a function cannot be sent to another core',
  });
  const holder: { ctx?: Context } = {};
  const loop = withValue(ctx, "self", holder);
  holder.ctx = loop;
  throws(() => elsewhere(awaitEnd, loop), /TypeError: context.value: a context that holds itself cannot be sent/);
  throws(() => elsewhere(awaitEnd, withValue(ctx, "blob", new Blob(["x"]))), /TypeError: context.value\("blob"\)/);
  const join = elsewhere(awaitEnd, ctx);
  cancel();
  equal((yield* join).ending, "canceled");
});

inRun("background, todo, canceled and deadlineExceeded arrive as themselves", function* () {
  const got = yield* elsewhere(itself, background(), todo(), [canceled, deadlineExceeded]);
  deepEqual(got, [true, true, true, true]);
});

inRun("what comes home is the same object; a child made there ends here", function* () {
  const [parent, cancel] = withCancel(background());
  using _ = cancel;
  const ctx = withValue(parent, "k", "v");
  const end = chan<Error>();
  const out = chan<Context>();
  const join = elsewhere(handBack, ctx, end, out);
  equal(yield* out.recv(), ctx);
  const child = (yield* out.recv())!;
  equal(child.value("k"), "v");
  // And on, to a third core.
  const third = elsewhere(awaitEnd, child);
  yield* end.send(new Error("over there"));
  yield* child.done();
  equal(cause(child)?.message, "over there");
  equal((yield* third).cause?.message, "over there");
  equal(parent.err(), undefined);
  yield* join;
});

inRun("cancelled in a callback of the event loop, when all cores are asleep", function* () {
  const [ctx, cancel] = withCancelCause(background());
  const joins = [elsewhere(awaitEnd, ctx), elsewhere(awaitEnd, ctx)];
  setTimeout(() => cancel(new Error("from outside")), 200);
  for (const join of joins) equal((yield* join).cause?.message, "from outside");
});

inRun("select on a shared channel and a shared context: one of them, and nothing is lost", function* () {
  for (let round = 0; round < 20; round++) {
    const [ctx, cancel] = withCancel(background());
    const numbers = chan<number>(round % 2);
    const joins = [elsewhere(receiveUntil, ctx, numbers), elsewhere(receiveUntil, ctx, numbers)];
    let sent = 0;
    for (; sent < 200; sent++) yield* numbers.send(sent);
    cancel();
    let received = 0;
    for (const join of joins) {
      const there = yield* join;
      received += there;
    }
    equal(received + numbers.length, sent);
  }
});

test("random deadlines, cancels and signals: all cores agree on how each context has ended", async () => {
  const seed = Date.now() % 1_000_000;
  console.log(`seed ${seed}`);
  let state = seed;
  const random = (n: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % n;
  };
  await run(function* () {
    for (let round = 0; round < 30; round++) {
      const never: Chan<number> = chan();
      const contexts: Context[] = [];
      const ends: (() => void)[] = [];
      for (let i = 0; i < 20; i++) {
        const parent = contexts.length > 0 && random(2) === 0 ? contexts[random(contexts.length)]! : background();
        const why = new Error(`cause ${i}`);
        switch (random(3)) {
          case 0: {
            const [ctx, cancel] = withCancelCause(parent);
            ends.push(() => cancel(why));
            contexts.push(ctx);
            break;
          }
          case 1: {
            const [ctx, cancel] = withTimeoutCause(parent, 1 + random(20), why);
            ends.push(cancel);
            contexts.push(withValue(ctx, "i", i));
            break;
          }
          default: {
            const controller = new AbortController();
            ends.push(() => controller.abort(why));
            contexts.push(fromSignal(controller.signal, parent));
          }
        }
      }
      const joins = [0, 1, 2, 3].map((i) => go(witness, contexts, random(4) + i, never).join());
      while (ends.length > 0) {
        ends.splice(random(ends.length), 1)[0]!();
        if (random(3) === 0) yield* sleep(random(4));
        else standStill(random(3) / 10);
      }
      const here = contexts.map((ctx) => `${endingOf(ctx)}: ${cause(ctx)!.message}`);
      for (const join of joins) deepEqual(yield* join, here, `seed ${seed}, round ${round}`);
    }
  });
});

test("contexts that are shared and dropped leave nothing behind", async () => {
  const outcome = await runFixture("cores-context-memory.mjs", { gc: true, limitMs: 300_000 });
  equal(outcome.code, 0, describe(outcome));
  match(outcome.stdout, /^ok\n$/, describe(outcome));
});

test("a signal ends contexts on other cores also when nobody holds them here", async () => {
  const outcome = await runFixture("cores-context-signal.mjs", { gc: true });
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "Error: why\n", describe(outcome));
});

test("a timer of a context keeps no program alive that is over, and hides no deadlock", async () => {
  const outcome = await runFixture("cores-context-deadlock.mjs", { limitMs: 30_000 });
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /all goroutines are asleep - deadlock!/);
});

test("nothing is left", () => {
  equal(numGoroutine(), 0);
});
