// Each test writes a test file that goes wrong in its own way, and looks at what becomes of it under the Node that runs us.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runFile } from "./run-file.mjs";
import { commandOf } from "./runtimes.mjs";

const runtime = { binary: process.execPath, command: commandOf("node20") };

async function outcomeOf(body, timeoutMs = 30_000) {
  const cwd = await mkdtemp(join(tmpdir(), "goro-platforms-test-"));
  try {
    await writeFile(join(cwd, "subject.test.mjs"), `import { test } from "node:test";\n${body}`);
    return await runFile(runtime, "subject.test.mjs", { cwd, timeoutMs });
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

const verdicts = (cases) => cases.map(({ name, status }) => [name, status]);

test("reports passed, failed and skipped tests by name, a failure with its reason", async () => {
  const cases = await outcomeOf(`
    test("good", () => {});
    test("bad", () => { throw new Error("because") });
    test("not now", { skip: true }, () => {});`);
  assert.deepEqual(verdicts(cases), [
    ["good", "passed"],
    ["bad", "failed"],
    ["not now", "skipped"],
  ]);
  assert.match(cases[1].detail, /because/);
});

test("fails a file whose module throws, with what it printed", async () => {
  const cases = await outcomeOf(`throw new Error("at the top");`);
  assert.deepEqual(verdicts(cases), [["subject.test.mjs", "failed"]]);
  assert.match(cases[0].detail, /at the top/);
});

test("fails a file that ends the process with code 0 before its tests have ended", async () => {
  const cases = await outcomeOf(`test("exits", () => process.exit(0)); test("never", () => {});`);
  assert.deepEqual(verdicts(cases), [["subject.test.mjs", "failed"]]);
});

test("fails a file without tests", async () => {
  const cases = await outcomeOf("");
  assert.deepEqual(verdicts(cases), [["subject.test.mjs", "failed"]]);
});

test("fails a file that does not end, and kills what it started", async () => {
  const start = performance.now();
  const cases = await outcomeOf(
    `import { spawn } from "node:child_process";
     test("hangs", async () => {
       const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" });
       await new Promise((resolve) => child.once("exit", resolve));
     });`,
    2_000,
  );
  assert.deepEqual(verdicts(cases), [["subject.test.mjs", "failed"]]);
  assert.match(cases[0].detail, /still running after 2 s/);
  assert.ok(performance.now() - start < 20_000);
});
