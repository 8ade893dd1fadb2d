// What can only be seen from outside of the process, or with the help of its garbage collector.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture, runtimeName } from "../testkit.js";

for (const [kind, what] of [
  ["cancelled", "a child that is cancelled leaves its parent"],
  ["timers", "a cancelled timeout leaves neither its parent nor its timer behind"],
  ["stopped", "afterFunc that is stopped leaves its context"],
  ["selects", "a lost ctx.done() leaves nothing, where another case was ready"],
  ["parked", "a lost ctx.done() leaves nothing, where select had to wait"],
  ["signals", "a context of a signal that ends leaves the signal"],
] as const) {
  test(`${what}: it takes no memory while the parent lives`, async () => {
    const outcome = await runFixture("context-memory.mjs", { args: [kind], gc: true });
    equal(outcome.code, 0, describe(outcome));
    // A context takes some hundred bytes; what is left here is noise, over 100,000 of them.
    const bytes = Number(outcome.stdout);
    ok(bytes < 20, `${bytes} bytes each`);
  });
}

test("timers of cancelled contexts are gone: they keep no process alive", async () => {
  const outcome = await runFixture("context-exit.mjs", { limitMs: 30_000 });
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "done\n");
});

test("timers of cancelled contexts are gone: they hide no deadlock", async () => {
  const outcome = await runFixture("context-exit.mjs", { args: ["main"], limitMs: 30_000 });
  equal(outcome.code, 2, describe(outcome));
  equal(outcome.stdout, "now\n");
  match(outcome.stderr, /all goroutines are asleep - deadlock!/);
});

test("fromSignal: contexts that nobody holds are collected, and the listener is let go with the last", async () => {
  const outcome = await runFixture("context-collected.mjs", { gc: true });
  equal(outcome.code, 0, describe(outcome));
  const { start, listeners, contexts } = JSON.parse(outcome.stdout) as Record<string, number>;
  equal(start, 1);
  // A conservative collector may keep a few.
  ok(contexts! < 20, `${contexts} of 2,000 contexts are still there`);
  if (contexts === 0) equal(listeners, 0);
});

test("fromSignal: the signal wakes what waits for a context that nobody else holds", async () => {
  const outcome = await runFixture("context-signal-wakes.mjs", { gc: true });
  equal(outcome.code, 0, describe(outcome));
  deepEqual(JSON.parse(outcome.stdout), ["afterFunc", "afterFunc of a child", "child", "done", "signal", "then"]);
});

for (const how of ["main", "run"]) {
  for (const what of ["timeout", "child", "any", "anyOfAny"]) {
    test(`fromSignal: who waits for AbortSignal.timeout keeps the process alive until then: ${what} in ${how}`, async () => {
      const outcome = await runFixture("context-signal-timeout.mjs", { args: [what, how], limitMs: 20_000 });
      equal(outcome.code, 0, describe(outcome));
      equal(outcome.stdout, "over true\n");
      equal(outcome.stderr, "");
    });
  }
}

test("fromSignal: who waits for a signal without a timer, and nobody else is there, is in a deadlock", async () => {
  const isBun = runtimeName === "bun";
  const outcome = await runFixture("context-signal-timeout.mjs", {
    args: ["nobody", "main"],
    limitMs: isBun ? 1_000 : 20_000,
  });
  equal(outcome.stdout, "");
  // Bun does not say which signals have a timer: the program waits for it.
  if (isBun) return equal(outcome.signal, "SIGKILL", describe(outcome));
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /all goroutines are asleep - deadlock!/);
});
