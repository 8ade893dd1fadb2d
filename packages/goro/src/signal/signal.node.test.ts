import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan } from "goro";
import { background, canceled, cause, withCancel } from "goro/context";
import { notify, notifyContext, stop, type Signal } from "goro/signal";
import { badArgument, settle, watchOp } from "../sync/testkit.js";
import { inGoroutine } from "../testkit.portable.js";
import { describe, runFixture, startFixture } from "../testkit.js";

const bg = background();

// To children by process.kill: what Deno's child.kill has sent counts there as what they died of.

/** As if it had been sent: the event is what the process tells its listeners. */
const send = (signal: Signal): boolean => process.emit(signal, signal);

test(
  "notify: relays to every channel that asked for the signal, without waiting",
  inGoroutine(function* () {
    const one = chan<Signal>(1);
    const two = chan<Signal>(3);
    notify(one, "SIGQUIT");
    notify(two, "SIGQUIT", "SIGHUP");
    notify(two, "SIGQUIT"); // still one copy
    send("SIGQUIT");
    send("SIGHUP");
    send("SIGQUIT");
    deepEqual([one.length, two.length], [1, 3]);
    equal(yield* one.recv(), "SIGQUIT");
    deepEqual([yield* two.recv(), yield* two.recv(), yield* two.recv()], ["SIGQUIT", "SIGHUP", "SIGQUIT"]);
    const waiting = watchOp(one.recv());
    yield* settle();
    send("SIGQUIT");
    yield* settle();
    equal(waiting.value, "SIGQUIT");
    stop(one);
    send("SIGQUIT");
    deepEqual([one.length, two.length], [0, 2]);
    stop(two);
    equal(process.listenerCount("SIGQUIT"), 0);
    equal(process.listenerCount("SIGHUP"), 0);
    stop(two);
  }),
);

test(
  "notifyContext: ends with a signal, whose name is the cause; with stop; with its parent",
  inGoroutine(function* () {
    const [ctx, stopIt] = notifyContext(bg, "SIGQUIT");
    equal(ctx.err(), undefined);
    send("SIGQUIT");
    yield* ctx.done();
    equal(ctx.err(), canceled);
    equal(cause(ctx)?.message, "SIGQUIT received");
    ok(send("SIGQUIT"), "until stop the signal has no effect");
    stopIt();
    ok(!send("SIGQUIT"));
    {
      const [other, stopOther] = notifyContext(bg, "SIGQUIT");
      {
        using _ = stopOther;
      }
      equal(other.err(), canceled);
      equal(process.listenerCount("SIGQUIT"), 0);
    }
    const [parent, cancel] = withCancel(bg);
    const [child, stopChild] = notifyContext(parent, "SIGQUIT");
    cancel();
    equal(child.err(), canceled);
    stopChild();
  }),
);

test("bad arguments are refused by name", () => {
  const c = chan<Signal>(1);
  badArgument(() => notify(c), "signals");
  badArgument(() => notifyContext(bg), "signals");
  for (const signal of ["SIGKILL", "", 5, undefined]) badArgument(() => notify(c, signal as never), "signals");
  badArgument(() => notify(undefined as never, "SIGINT"), "c");
  badArgument(() => stop({} as never), "c");
  badArgument(() => notifyContext(null as never, "SIGINT"), "parent");
  equal(process.listenerCount("SIGINT"), 0);
});

for (const how of ["main", "run"]) {
  test(`a program that waits for nothing but a signal is alive: ${how}`, async () => {
    const { child, printed, outcome } = startFixture("signal-waits.mjs", { args: [how] });
    await printed("waiting");
    // Longer than it takes to find a deadlock.
    await new Promise((resolve) => setTimeout(resolve, 300));
    equal(child.exitCode, null);
    process.kill(child.pid!, "SIGTERM");
    const ended = await outcome;
    equal(ended.code, 0, describe(ended));
    match(ended.stdout, /^got SIGTERM$/m);
    match(ended.stdout, /^SIGHUP SIGTERM received$/m);
  });
}

test("a second signal ends the process once stop has been called", async () => {
  const { child, printed, outcome } = startFixture("signal-waits.mjs", { args: ["twice"] });
  await printed("waiting");
  process.kill(child.pid!, "SIGTERM");
  await printed("stopped");
  process.kill(child.pid!, "SIGTERM");
  const ended = await outcome;
  equal(ended.signal, "SIGTERM", describe(ended));
});

test("once nobody wants a signal any more a deadlock is one", async () => {
  const outcome = await runFixture("signal-waits.mjs", { args: ["deadlock"] });
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /^fatal error: all goroutines are asleep - deadlock!/);
});

test("a process that waits for nothing ends, also where signals are wanted", async () => {
  const outcome = await runFixture("signal-waits.mjs", { args: ["nothing"] });
  equal(outcome.code, 0, describe(outcome));
});

test("a signal for a channel that is closed is a panic", async () => {
  const outcome = await runFixture("signal-waits.mjs", { args: ["closed"] });
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /^panic: Panic: send on closed channel|^panic: send on closed channel/);
});
