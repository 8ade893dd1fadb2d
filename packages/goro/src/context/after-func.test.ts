import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, sleep } from "goro";
import { afterFunc, background, canceled, withCancel, withTimeout, withValue, withoutCancel } from "goro/context";
import { goid } from "goro/runtime";
import { idle, inGoroutine } from "../testkit.portable.js";
import { badArgument, notFunctions, settle } from "../sync/testkit.js";

test(
  "context.afterFunc: runs fn in its own goroutine once the context ends",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    const ran = chan<number>(1);
    afterFunc(ctx, function* () {
      yield* sleep(1);
      yield* ran.send(goid());
    });
    yield* settle();
    equal(ran.length, 0);
    cancel();
    const id = yield* ran.recv();
    ok(id !== undefined && id > 1);
    notEqual(id, goid());
  }),
);

test(
  "context.afterFunc: a plain function too runs in its own goroutine",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    let id: number | undefined;
    afterFunc(ctx, () => {
      id = goid();
    });
    cancel();
    yield* settle();
    ok(id !== undefined && id > 1);
    notEqual(id, goid());
  }),
);

test(
  "context.afterFunc: never inside the call that ends the context, nor inside afterFunc itself",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    const [child] = withCancel(withValue(ctx, 1, 2));
    let ran = 0;
    const count = (): void => {
      ran++;
    };
    afterFunc(ctx, count);
    afterFunc(child, count);
    afterFunc(child, function* () {
      ran++;
    });
    cancel();
    equal(ran, 0);
    afterFunc(ctx, count);
    equal(ran, 0);
    yield* settle();
    equal(ran, 4);
  }),
);

test("context.afterFunc: works from async code", async () => {
  const [ctx, cancel] = withCancel(background());
  let ran = 0;
  afterFunc(ctx, () => {
    ran++;
  });
  cancel();
  equal(ran, 0);
  await new Promise((resolve) => setTimeout(resolve, 10));
  equal(ran, 1);
});

test(
  "context.afterFunc: stop() before the end is in time, and fn does not run",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    let ran = 0;
    const stop = afterFunc(ctx, () => {
      ran++;
    });
    const other = afterFunc(ctx, () => {
      ran += 10;
    });
    equal(stop(), true);
    cancel();
    yield* settle();
    equal(ran, 10);
    equal(stop(), false);
    equal(other(), false);
  }),
);

test(
  "context.afterFunc: stop() the second time stops nothing any more",
  inGoroutine(function* () {
    const [ctx] = withCancel(background());
    const stop = afterFunc(ctx, () => {});
    equal(stop(), true);
    equal(stop(), false);
  }),
);

test(
  "context.afterFunc: stop() after the end is too late, also before fn has run, and fn runs",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    let ran = 0;
    const stop = afterFunc(ctx, () => {
      ran++;
    });
    cancel();
    equal(stop(), false);
    yield* settle();
    equal(ran, 1);
    const late = afterFunc(ctx, () => {
      ran++;
    });
    equal(late(), false);
    yield* settle();
    equal(ran, 2);
    equal(late(), false);
  }),
);

test(
  "context.afterFunc: runs when a deadline ends the context",
  inGoroutine(function* () {
    const [ctx] = withTimeout(background(), 5);
    const ran = chan<Error | undefined>();
    afterFunc(ctx, function* () {
      yield* ran.send(ctx.err());
    });
    equal((yield* ran.recv())?.message, "context deadline exceeded");
  }),
);

test(
  "context.afterFunc: runs when an ancestor ends, and finds everything below it ended",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    const [child] = withCancel(ctx);
    const [sibling] = withCancel(ctx);
    const seen: (Error | undefined)[] = [];
    afterFunc(child, () => {
      seen.push(ctx.err(), child.err(), sibling.err());
    });
    cancel();
    yield* settle();
    deepEqual(seen, [canceled, canceled, canceled]);
  }),
);

test(
  "context.afterFunc: may cancel and may block without holding up the other functions",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(background());
    const [other, cancelOther] = withCancel(background());
    const gate = chan<void>();
    const log: string[] = [];
    afterFunc(ctx, function* () {
      yield* gate.recv();
      log.push("blocked one");
    });
    afterFunc(ctx, () => {
      cancelOther();
      cancel();
      log.push("cancelled");
    });
    afterFunc(other, () => {
      log.push("chained");
    });
    cancel();
    yield* settle();
    deepEqual(log, ["cancelled", "chained"]);
    gate.close();
    yield* idle();
    deepEqual(log, ["cancelled", "chained", "blocked one"]);
  }),
);

test(
  "context.afterFunc: a context that cannot end never runs it, and stop() is in time",
  inGoroutine(function* () {
    const [parent, cancel] = withCancel(background());
    for (const ctx of [background(), withoutCancel(parent), withValue(background(), 1, 2)]) {
      let ran = false;
      const stop = afterFunc(ctx, () => {
        ran = true;
      });
      cancel();
      yield* settle();
      equal(ran, false);
      equal(stop(), true);
    }
  }),
);

test("context.afterFunc: bad arguments are refused by name", () => {
  const [ctx, cancel] = withCancel(background());
  for (const fn of notFunctions) badArgument(() => afterFunc(ctx, fn as () => void), "fn");
  for (const bad of [undefined, null, 5, {}] as never[]) badArgument(() => afterFunc(bad, () => {}), "ctx");
  cancel();
  for (const fn of notFunctions) badArgument(() => afterFunc(ctx, fn as () => void), "fn");
});
