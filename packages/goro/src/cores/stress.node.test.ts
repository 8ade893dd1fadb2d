import { test } from "node:test";
import { equal, match } from "node:assert/strict";
import { describe, runFixture } from "../testkit.js";
import { sized } from "../testkit.portable.js";

// GORO_STRESS=seconds[,seed]: longer, or the same again.
const [seconds = sized(20, 2), seed = Date.now() % 1_000_000] = (process.env["GORO_STRESS"] ?? "")
  .split(",")
  .filter((text) => text !== "")
  .map(Number);

for (let run = 0; run < sized(3, 1); run++) {
  test(`random producers, consumers, selects, closes, cancellations and locks on 2 to 8 processors lose and double nothing: run ${run}`, async () => {
    console.log(`seed ${seed + run}, ${seconds} s`);
    const outcome = await runFixture("cores-stress.mjs", {
      args: [String(seed + run), String(seconds)],
      limitMs: (seconds + 100) * 1000,
    });
    equal(outcome.code, 0, `seed ${seed + run}\n${describe(outcome)}`);
    match(outcome.stdout, /^ok \d+\n$/, describe(outcome));
  });
}
