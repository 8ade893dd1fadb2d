import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture } from "../testkit.js";

test("what a handler throws is printed with the goroutine's trace, and the server goes on", async () => {
  const outcome = await runFixture("http-panic.mjs", { args: ["answer"] });
  equal(outcome.stdout, "500\n200\n", describe(outcome));
  equal(outcome.code, 0, describe(outcome));
  match(
    outcome.stderr,
    /^http: panic serving GET \/boom for 127\.0\.0\.1\npanic: Error: boom\n\ngoroutine \d+ \[running\]:\n/,
  );
  match(outcome.stderr, /at .*thrower.*http-panic\.mjs/);
});

test("with panics: crash it ends the program, as in any other goroutine", async () => {
  const outcome = await runFixture("http-panic.mjs", { args: ["crash"] });
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /panic: Error: boom\n\ngoroutine \d+ \[running\]:\n/);
});
