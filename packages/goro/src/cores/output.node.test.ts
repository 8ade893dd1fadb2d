// What several cores print appears whole, line by line, before the program ends.
import { test } from "node:test";
import { deepEqual, equal, match } from "node:assert/strict";
import { describe, runFixture, type Outcome } from "../testkit.js";

const LINES = 3000;
const WIDTH = 1200;

function assertWhole(outcome: Outcome): void {
  const lines = outcome.stdout.split("\n");
  equal(lines.pop(), "", "the last line ends");
  const next = new Map([
    ["a", 0],
    ["b", 0],
    ["c", 0],
  ]);
  let ends = 0;
  for (const line of lines) {
    if (line === "end") {
      ends++;
      continue;
    }
    match(line, new RegExp(`^[abc] \\d+ x{${WIDTH}}$`), "lines are whole");
    const name = line[0]!;
    equal(line.split(" ")[1], String(next.get(name)), `the lines of ${name} come in order`);
    next.set(name, next.get(name)! + 1);
  }
  deepEqual([...next.values(), ends], [LINES, LINES, LINES, 1]);
}

for (const [how, code] of [
  ["return", 0],
  ["panic", 2],
  ["deadlock", 2],
] as const) {
  test(`ten megabytes printed on several cores are there when the program ends, however slowly they are read: ${how}`, async () => {
    const outcome = await runFixture("cores-output.mjs", { args: [how, String(LINES), String(WIDTH)], slowReadMs: 2 });
    equal(outcome.code, code, describe({ ...outcome, stdout: "" }));
    assertWhole(outcome);
  });
}

test("what other cores have printed is there at process.exit", async () => {
  const outcome = await runFixture("cores-output.mjs", { args: ["exit", "20", "100"] });
  equal(outcome.code, 5, describe(outcome));
  equal(outcome.stdout.match(/^b \d+ x+$/gm)?.length, 20, describe(outcome));
});
