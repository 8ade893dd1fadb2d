// The memory that the cores share: it is given back, and running out of it is an error that leaves all as it was.
import { test } from "node:test";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describe, runFixture } from "../testkit.js";
import { sized } from "../testkit.portable.js";

for (const [what, count] of [
  ["channels", sized(1_000_000, 100_000)],
  ["mutexes", sized(200_000, 100_000)],
  ["contexts", sized(200_000, 50_000)],
] as const) {
  test(`${what} that are shared and dropped, ${count} of them, give back their memory`, async () => {
    const outcome = await runFixture("cores-arena.mjs", {
      args: ["dropped", what, String(count)],
      gc: true,
      limitMs: 200_000,
    });
    equal(outcome.code, 0, describe(outcome));
    const grown = Number(outcome.stdout);
    // Were none given back: a hundred bytes each.
    ok(grown < 8, `${grown} MB more than after the first ones`);
  });
}

test("memory that is used up is a RangeError that names the limit and the option, and all goes on", async () => {
  const outcome = await runFixture("cores-arena.mjs", { args: ["exhausted"], env: { GOROARENA: "1" } });
  equal(outcome.code, 0, describe(outcome));
  const [atSend, atGo, after] = outcome.stdout.trimEnd().split("\n");
  match(
    atSend!,
    /^true true the memory that the cores share is used up: 32768 bytes do not fit into its 1 MB any more; set GOROARENA to /,
  );
  match(atGo!, /^true the memory that the cores share is used up: 524288 bytes /);
  equal(after, "20 20000");
});

test("a GOROARENA that is no number of megabytes is a RangeError that says what it must be", async () => {
  for (const value of ["0", "x", "1.5", "4096"]) {
    const outcome = await runFixture("cores-arena.mjs", { args: ["exhausted"], env: { GOROARENA: value } });
    deepEqual(
      [outcome.code, outcome.stderr.split("\n")[0]],
      [2, `panic: RangeError: GOROARENA must be a whole number of megabytes from 1 to 2047, got ${value}`],
    );
  }
});
