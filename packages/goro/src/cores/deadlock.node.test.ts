// Deadlock over several cores: found when no core can wake any, and only then.
import { test } from "node:test";
import { equal, ok } from "node:assert/strict";
import { describe, goroutinesIn, placeOf, runFixture, runtimeName } from "../testkit.js";

async function printed(what: string): Promise<string> {
  const outcome = await runFixture("cores-deadlock.mjs", { args: [what] });
  equal(outcome.code, 0, describe(outcome));
  return outcome.stdout;
}

for (const [what, slept] of [["sleeps", "slept"], ["promise"], ["child"], ["socket"]] as const) {
  test(`there is no deadlock while a goroutine on another core waits for what its event loop brings: ${what}`, async () => {
    equal(await printed(what), `${slept ?? what}\n`);
  });
}

test("a program without main ends by itself when all that its goroutines do on several cores is done", async () => {
  equal(await printed("no main"), "received\n");
});

// Deno does not say when the event loop of a worker has run empty: a goroutine on another core may be waiting for anything
// there, and the program waits on.
const isDeno = runtimeName === "deno";

test("a deadlock report lists the goroutines of every core, with what they wait for and where", async () => {
  const outcome = await runFixture("cores-deadlock.mjs", { args: ["deadlock"], limitMs: isDeno ? 3_000 : 60_000 });
  if (isDeno) return equal(outcome.code, null, describe(outcome));
  equal(outcome.code, 2, describe(outcome));
  ok(outcome.stderr.startsWith("fatal error: all goroutines are asleep - deadlock!\n"), describe(outcome));
  const goroutines = [...goroutinesIn(outcome.stderr).entries()];
  equal(goroutines.length, 4, describe(outcome));
  const [main, ...others] = goroutines.map(([, goroutine]) => goroutine);
  equal(main!.reason, "join");
  ok(main!.frames.includes(placeOf("cores-deadlock.mjs", "joins")), describe(outcome));
  for (const { reason, frames } of others) {
    equal(reason, "chan receive");
    ok(frames.includes(placeOf("cores-functions.mjs", "receives")), describe(outcome));
  }
});

test("run rejects when no core can wake any", async () => {
  const outcome = await runFixture("cores-deadlock.mjs", { args: ["run"], limitMs: isDeno ? 3_000 : 60_000 });
  const said = "DeadlockError all goroutines are asleep - deadlock!\n";
  equal(outcome.stdout, isDeno ? "" : said, describe(outcome));
});
