// While goroutines run without ever pausing, everything else is served in time. What is promised is 20 ms; what is asserted is wide, since a
// machine that is busy with other things is late for reasons of its own.
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { p90 } from "../testkit.portable.js";
import { describe, runFixture } from "../testkit.js";

const bound = 60;
const ways = [
  "gosched",
  "closedRecv",
  "closedRecvOk",
  "closedRange",
  "lock",
  "guard",
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
  "spawnOnly",
  "sleepZero",
  "until",
  "untilFunction",
  "selectUntil",
  "asyncReady",
  "asyncGosched",
  "asyncSelect",
  "asyncLock",
  "asyncIteration",
];

// However many there are: with a slice for each before it is anybody else's turn, a hundred would take a second.
for (const [way, count] of [
  ...ways.map((way) => [way, 3] as const),
  ...(["gosched", "closedRecv", "own", "pingPong", "asyncReady"] as const).map((way) => [way, 100] as const),
]) {
  test(`timers, sleeps, sockets, signals and files are served while ${count} goroutines never pause: ${way}`, async () => {
    let worst = "";
    for (let attempt = 0; attempt < 3; attempt++) {
      const outcome = await runFixture("fairness.mjs", { args: [way, String(count)], limitMs: 15_000 });
      equal(outcome.code, 0, `${way} starves them\n${describe(outcome)}`);
      const late = JSON.parse(outcome.stdout) as Record<string, number[]>;
      const bad = Object.entries(late).filter(([, delays]) => !(p90(delays) < bound));
      if (bad.length === 0) return;
      worst = bad.map(([what, delays]) => `${what}: ${delays.map((ms) => ms.toFixed(0)).join(" ")}`).join("\n");
    }
    ok(false, `later than ${bound} ms, three times in a row\n${worst}`);
  });
}
