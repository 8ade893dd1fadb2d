import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./setup.mjs";

function npmTest(...args) {
  const { NODE_TEST_CONTEXT, ...env } = process.env; // or the tests in there would report to this runner
  return spawnSync(process.execPath, [join(root, "scripts/test.mjs"), ...args], { encoding: "utf8", env });
}

test("a stage that there is not gets one line that names those there are, and exit code 2", () => {
  const { stdout, stderr, status } = npmTest("unit", "nothing");
  assert.equal(stdout, "");
  assert.match(stderr, /^npm test: there is no stage "nothing"; there are check, unit, [a-z, ]+\n$/);
  assert.equal(status, 2);
});

test("some stages and some files can be asked for, and the last line is the sum", () => {
  const { stdout, status } = npmTest("unit", "--", "scripts/test/reporter");
  assert.match(stdout, /^== unit: the house ==$/m);
  assert.match(stdout, /\nok {4} unit: the house: 5 passed, 0 failed, \d+ s\n\n5 passed, 0 failed\n$/);
  assert.equal(status, 0);
});
