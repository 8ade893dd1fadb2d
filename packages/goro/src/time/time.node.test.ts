// What can only be seen from outside of the process, or with the help of its garbage collector.
import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture } from "../testkit.js";

test("time: stopped timers and tickers keep no process alive", async () => {
  const outcome = await runFixture("time-exit.mjs", { limitMs: 30_000 });
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "done\n");
});

test("time.tick: ticks on and on, with its period", async () => {
  const outcome = await runFixture("time-tick.mjs");
  equal(outcome.code, 0, describe(outcome));
  const ms = Number(outcome.stdout);
  ok(ms >= 45 && ms < 5000, `five ticks of 10 ms took ${ms} ms`);
});

for (const which of ["time", "context"]) {
  test(`${which}.afterFunc: what the function throws is a panic`, async () => {
    const outcome = await runFixture("time-panic.mjs", { args: [which] });
    equal(outcome.code, 2, describe(outcome));
    equal(outcome.stdout, "");
    match(outcome.stderr, /^panic: Error: boom\n\ngoroutine \d+ \[running\]:\n/);
  });
}

for (const [kind, what] of [
  ["timer", "a stopped Timer"],
  ["reset", "Timer.reset"],
  ["afterFunc", "a stopped afterFunc"],
  ["ticker", "a stopped Ticker"],
  ["sleep", "a lost sleep() in select"],
] as const) {
  test(`time: ${what} leaves nothing behind`, async () => {
    const outcome = await runFixture("time-memory.mjs", { args: [kind], gc: true });
    equal(outcome.code, 0, describe(outcome));
    const bytes = Number(outcome.stdout);
    ok(bytes < 20, `${bytes} bytes each`);
  });
}
