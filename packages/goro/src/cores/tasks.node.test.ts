// Goroutines of parallel functions on real threads: how they start, what they give back, and what happens to those that cannot.
import { test } from "node:test";
import { equal, match, ok } from "node:assert/strict";
import { describe, placeOf, runFixture, type Outcome } from "../testkit.js";

async function printed(what: string): Promise<string> {
  const outcome = await runFixture("cores-tasks.mjs", { args: [what] });
  equal(outcome.code, 0, describe(outcome));
  // Each core that loads the module says so.
  return outcome.stdout.replaceAll(/^loaded \d+\n/gm, "");
}

test("the main module's own parallel functions run on every core, and main runs once", async () => {
  equal(await printed("own"), "true true 1\n");
});

test("a goroutine on another core starts others, and joins them", async () => {
  equal(await printed("worker"), "true 5\n");
});

test("goroutines start goroutines on several cores, and none is left", async () => {
  equal(await printed("nested"), "729 1\n");
});

test("a goroutine has one id, wherever it runs, and no other has it", async () => {
  equal(await printed("ids"), "1000\n");
});

test("one that ends by goexit is joined with undefined", async () => {
  equal(await printed("goexit"), "undefined 1\n");
});

test("an error carries where it was thrown, on the other core, and where its goroutine was started", async () => {
  const [first, ...stack] = (await printed("errors")).trimEnd().split("\n");
  equal(first, "true boom");
  equal(stack[0], "RangeError: boom");
  ok(stack[1]!.includes(placeOf("cores-functions.mjs", "throws")), stack.join("\n"));
  match(stack.at(-1)!, /^ {4}created by .*cores-functions\.mjs:\d+:\d+\)?$/);
});

test("a panic on another core ends the program as one here does, with both stacks", async () => {
  const outcome = await runFixture("cores-tasks.mjs", { args: ["panic"] });
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /^panic: RangeError: boom\n\ngoroutine \d+ \[running\]:\n {4}at throws /, describe(outcome));
  ok(outcome.stderr.includes(placeOf("cores-functions.mjs", "throws")), describe(outcome));
  match(outcome.stderr, /\ncreated by goElsewhere /);
  ok(outcome.stderr.includes(placeOf("cores-tasks.mjs", "unjoined")), describe(outcome));
});

test("nobody waits for one that takes a hundred times longer while another core has nothing to do", async () => {
  const late = Number(await printed("uneven"));
  ok(late <= 3, `${late} of 64 began on the core of the long one after it`);
});

test("a function that is not declared at the top level is an error at the join that says so", async () => {
  match(
    await printed("reload"),
    /^parallel: file:.*cores-tasks\.mjs has no parallel function named hidden where another core loads it: declare it at the top level/,
  );
});

test("a module that is not there, or throws while it is loaded, is an error at the join that says why", async () => {
  const outcome: Outcome = await runFixture("cores-broken.mjs");
  equal(outcome.code, 0, describe(outcome));
  const [missing, broken] = outcome.stdout.trimEnd().split("\n");
  match(missing!, /^parallel: file:.*no-such-module\.mjs could not be loaded on another core: .* <- ./);
  match(
    broken!,
    /^parallel: file:.*cores-broken\.mjs could not be loaded .*: cannot be loaded here <- cannot be loaded here$/,
  );
});
