import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

/** What the reporter says of a test file with this text. */
function report(t, source) {
  const folder = mkdtempSync(join(tmpdir(), "goro-reporter-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "some.test.mjs");
  writeFileSync(file, `import { describe, test } from "node:test";\n${source}`);
  const reporter = new URL("./reporter.mjs", import.meta.url).href;
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  return spawnSync(process.execPath, ["--test", `--test-reporter=${reporter}`, file], { env, encoding: "utf8" }).stdout;
}

test("a test that passes is a dot, and the last line is the sum", (t) => {
  assert.equal(report(t, `test("a", () => {}); test("b", async () => {});`), "..\n2 passed, 0 failed\n");
});

test("tests in suites count, suites do not", (t) => {
  assert.equal(report(t, `describe("s", () => { test("a", () => {}); });`), ".\n1 passed, 0 failed\n");
});

test("a test that is skipped has not passed", (t) => {
  assert.equal(
    report(t, `test("a", { skip: true }, () => {}); test("b", { todo: true }, () => {}); test("c", () => {});`),
    ".\n1 passed, 0 failed, 2 skipped\n",
  );
});

test("a failure is shown with its place and its stack", (t) => {
  const output = report(t, `test("it works", () => { throw new RangeError("it does not"); });`);
  assert.match(
    output,
    /FAILED .*some\.test\.mjs:2: it works\n {2}RangeError: it does not\n {6}at .*some\.test\.mjs:2:/,
  );
  assert.match(output, /\n0 passed, 1 failed\n$/);
});

test("a file that ends badly is a failure", (t) => {
  assert.match(
    report(t, `test("a", () => {}); process.exit(3);`),
    /FAILED .*some\.test\.mjs[^]*\n0 passed, 1 failed\n$/,
  );
});
