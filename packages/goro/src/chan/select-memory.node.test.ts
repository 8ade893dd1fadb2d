// A select leaves nothing behind: the heap after ten million of them, or two hundred thousand, is what it was after ten thousand.
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { sized } from "../testkit.portable.js";
import { describe, runFixture } from "../testkit.js";

async function grownBy(way: string, rounds: number): Promise<number> {
  const outcome = await runFixture("select-memory.mjs", { args: [way, String(rounds)], gc: true, limitMs: 120_000 });
  equal(outcome.code, 0, describe(outcome));
  const bytes = Number(outcome.stdout.trim());
  ok(Number.isFinite(bytes), describe(outcome));
  return bytes;
}

// Anything kept per select would be tens of bytes times the rounds: megabytes. What the engine itself keeps or not is less.
const tolerated = 1_500_000;
const million = sized(1_000_000, 200_000);

for (const [way, rounds] of [
  ["ready:recv", million],
  ["tried:recv", million],
  ["parked:recv", 10 * million],
  ["parked:send", 200_000],
  ["parked:range", 200_000],
  ["parked:nested", 200_000],
  ["parked:lock", 200_000],
  ["parked:rLock", 200_000],
  ["parked:wait", 200_000],
  ["parked:done", 200_000],
  ["parked:acquire", 200_000],
  ["parked:join", 200_000],
  ["parked:sleep", 200_000],
  ["ready:sleep", 200_000],
  ["parked:until", million],
  ["parked:untilFunction", 200_000],
  ["ready:until", 200_000],
  ["awaited:recv", 200_000],
  ["awaited:until", 200_000],
] as const) {
  const [how, loser] = way.split(":");
  test(`${rounds.toLocaleString("en")} selects that ${loser} loses (${how}) leave nothing behind`, async () => {
    const bytes = await grownBy(way, rounds);
    ok(bytes < tolerated, `the heap has grown by ${bytes} bytes: ${(bytes / rounds).toFixed(1)} for each`);
  });
}
