// What can only be seen from outside of the process.
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture } from "../testkit.js";

test("errgroup, singleflight, Once: an error that somebody has taken is not told again when the program ends", async () => {
  const outcome = await runFixture("x-taken.mjs");
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "boom\n".repeat(7));
  equal(outcome.stderr, "");
});
