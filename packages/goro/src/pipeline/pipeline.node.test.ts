import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture } from "../testkit.js";

for (const kind of ["map", "forEach", "source", "async", "parallel"]) {
  test(`an error in a stage without withPipeline is a panic: ${kind}`, async () => {
    const outcome = await runFixture("pipeline-panic.mjs", { args: [kind] });
    equal(outcome.code, 2, describe(outcome));
    match(outcome.stderr, /^panic: RangeError: boom\n/);
    match(outcome.stderr, /^goroutine \d+ \[running\]:$/m);
    equal(outcome.stdout, "");
  });
}

test("a deadlock report names the stages that wait", async () => {
  const outcome = await runFixture("pipeline-panic.mjs", { args: ["stuck"] });
  equal(outcome.code, 2, describe(outcome));
  match(outcome.stderr, /^fatal error: all goroutines are asleep - deadlock!\n/);
  match(outcome.stderr, /^goroutine \d+ \[chan send\]:\n {4}at pipeline\.map \(goro\)$/m);
});

test("50,000 queued jobs are dropped or drained at SIGTERM, as the program chooses, and nothing is half done", async () => {
  for (const how of ["drop", "drain"]) {
    const outcome = await runFixture("pipeline-sigterm.mjs", { args: [how] });
    equal(outcome.code, 0, describe(outcome));
    const { queued, begun, finished, left } = JSON.parse(outcome.stdout) as Record<string, number>;
    equal(begun, finished);
    equal(queued, 50_000);
    equal(finished! + left!, queued);
    equal(left === 0, how === "drain", outcome.stdout);
  }
});

test("pipelines, scopes, and Ops that a select has left leave nothing in a context that lives on", async () => {
  const outcome = await runFixture("pipeline-memory.mjs", { gc: true });
  equal(outcome.code, 0, describe(outcome));
  const bytes = Number(outcome.stdout);
  // The smallest thing that could stay behind has more.
  ok(bytes < 150, `${bytes} bytes each`);
});
