// A million of each, in a process of its own, and what one costs beside what it costs among a few.
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { sized } from "../testkit.portable.js";
import { describe, runFixture } from "../testkit.js";

const many = sized(1_000_000, 200_000);
const few = many / 100;

async function cost(what: string, n: number): Promise<{ readonly ns: number; readonly bytes: number }> {
  const outcome = await runFixture("million.mjs", { args: [what, String(n)], gc: true, limitMs: 120_000 });
  equal(outcome.code, 0, describe(outcome));
  return JSON.parse(outcome.stdout) as { ns: number; bytes: number };
}

for (const [what, bytes] of [
  // The collector has more to do with a million alive; what is asserted is that nothing is walked, which would be a hundred times.
  ["goroutines", 1000],
  ["values", 100],
  ["sleepers", 1500],
  ["senders", 1000],
  ["closed", 1500],
] as const) {
  test(`${many.toLocaleString("en")} ${what} cost what their number says`, async () => {
    let ratio = Infinity;
    let large = { ns: Infinity, bytes: Infinity };
    for (let attempt = 0; attempt < 3 && ratio > 10; attempt++) {
      const small = await cost(what, few);
      large = await cost(what, many);
      ratio = Math.min(ratio, large.ns / small.ns);
    }
    ok(ratio <= 10, `one of ${many} costs ${ratio.toFixed(1)} times what one of ${few} costs`);
    ok(large.bytes <= bytes, `${large.bytes} bytes each`);
  });
}
