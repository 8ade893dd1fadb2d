// A thread is lost with the goroutines that it has started: nobody hangs, and its neighbours go on.
import { test } from "node:test";
import { equal, match } from "node:assert/strict";
import { describe, runFixture } from "../testkit.js";

/** How the thread ends, and what is said of why. */
const ways: Record<string, RegExp> = {
  exit: /exit code 3/,
  "exit later": /exit code 0/,
  timer: /Error: thrown in a timer/,
  rejection: /rejected and not handled/,
};
const lost = String.raw`worker 1 was lost, and with it goroutine \d+, dies of file:.*cores-functions\.mjs`;

for (const [how, why] of Object.entries(ways)) {
  test(`who joins a goroutine of a lost worker gets an error, others run elsewhere, the worker is replaced: ${how}`, async () => {
    const outcome = await runFixture("cores-lost.mjs", { args: [how] });
    equal(outcome.code, 0, describe(outcome));
    match(outcome.stdout, new RegExp(`^true ${lost}\nothers done 1\nreplaced 1\n$`), describe(outcome));
    match(outcome.stderr, /^goro: worker 1 was lost: /m, describe(outcome));
    match(outcome.stderr, why, describe(outcome));
  });

  test(`a goroutine that nobody joins and that is lost with its worker is a panic: ${how}`, async () => {
    const outcome = await runFixture("cores-lost.mjs", { args: [how, "unjoined"] });
    equal(outcome.code, 2, describe(outcome));
    match(outcome.stderr, new RegExp(`^panic: Error: ${lost}$`, "m"), describe(outcome));
    match(outcome.stderr, /^created by goElsewhere .*\n {4}at .*cores-lost\.mjs:/m, describe(outcome));
  });
}
