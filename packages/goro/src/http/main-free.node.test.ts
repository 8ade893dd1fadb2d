import { equal } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture } from "../testkit.js";

for (const [procs, expected] of [
  ["1", "main true, threads 1\n"],
  ["2", "main false, threads 2\n"],
] as const) {
  test(`while a server is open, GOMAXPROCS=${procs} is the number of threads that compute, the main one only if alone`, async () => {
    const outcome = await runFixture("http-main-free.mjs", { env: { GOMAXPROCS: procs } });
    equal(outcome.stdout, expected, describe(outcome));
    equal(outcome.code, 0, describe(outcome));
  });
}
