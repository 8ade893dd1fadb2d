// While goroutines run without ever pausing, everything else is served in time. What is promised is 20 ms. What is asserted is wide, since a
// machine that is busy with other things is late for reasons of its own: where it seems to be, plain JavaScript says how late.
import { test } from "node:test";
import { equal, fail } from "node:assert/strict";
import { sized, threeOfFour } from "../testkit.portable.js";
import { describe, runFixture } from "../testkit.js";

const bound = 60;
const samples = sized(12, 6);
type Delays = Readonly<Record<string, readonly number[]>>;

async function delays(way: string, count: number): Promise<Delays> {
  const outcome = await runFixture("fairness.mjs", { args: [way, String(count), String(samples)], limitMs: 15_000 });
  equal(outcome.code, 0, `${way} starves them\n${describe(outcome)}`);
  return JSON.parse(outcome.stdout) as Delays;
}

const ways = [
  "gosched",
  "closedRecv",
  "closedRange",
  "lock",
  "rLock",
  "buffered",
  "own",
  "pingPong",
  "select",
  "nested",
  "wait",
  "done",
  "once",
  "acquire",
  "join",
  "spawn",
  "sleepZero",
  "until",
  "untilFunction",
  "selectUntil",
  "asyncReady",
  "asyncSelect",
  "asyncLock",
  "asyncIteration",
];

// However many there are: with a slice for each before it is anybody else's turn, a hundred would take a second.
for (const [way, count] of [
  ...ways.map((way) => [way, 3] as const),
  ...(["gosched", "closedRecv", "asyncReady"] as const).map((way) => [way, 100] as const),
]) {
  test(`timers, sleeps, sockets, signals and files are served while ${count} goroutines never pause: ${way}`, async () => {
    let late = "";
    for (let attempt = 0; attempt < 3; attempt++) {
      const seen = await delays(way, count);
      if (Object.values(seen).every((each) => threeOfFour(each) < bound)) return;
      const usual = await delays("control", 1);
      const bad = Object.keys(seen).filter(
        (what) => !(threeOfFour(seen[what] ?? []) < Math.max(bound, 3 * threeOfFour(usual[what] ?? []))),
      );
      if (bad.length === 0) return;
      const show = (list: readonly number[] = []): string => list.map((ms) => ms.toFixed(0)).join(" ");
      late = bad.map((what) => `${what}: ${show(seen[what])} (control: ${show(usual[what])})`).join("\n");
    }
    fail(`later than ${bound} ms, and than plain JavaScript, three times in a row\n${late}`);
  });
}
