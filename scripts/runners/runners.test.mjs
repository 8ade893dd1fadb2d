// goro/testing's verifyEach in the real test runners: which test leaked is what they print, and that test fails.
//
// node:test is there; vitest and jest are installed once into .cache/runners. Where that cannot be done, without a network, the
// test says so and looks at nothing.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../setup.mjs";

const cache = join(root, ".cache", "runners");
const pinned = ["vitest@4.1.12", "jest@30.5.2"];

const body = (hooks, imports) => `
${imports}
import { chan, go, run, sleep } from "goro";
import { verifyEach } from "goro/testing";

verifyEach(${hooks}, { settle: 30 });

test("is clean", async () => {
  await run(function* () {
    const ch = chan();
    go(function* () { yield* ch.send(1); });
    yield* ch.recv();
  });
});
describe("a group", () => {
  test("leaves one behind", async () => {
    await run(function* () {
      go(function* stuck() { yield* chan().recv(); });
      yield* sleep(1);
    });
  });
});
test("is clean again", async () => {
  await run(function* () { yield* sleep(1); });
});
`;

function execute(args, cwd) {
  const { NODE_OPTIONS, NODE_TEST_CONTEXT, GORODEBUG, FORCE_COLOR, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd, env: { ...env, NO_COLOR: "1", CI: "1" }, timeout: 120_000 },
      (error, out, err) => resolve({ code: error === null ? 0 : error.code, output: `${out}\n${err}` }),
    );
  });
}

/** A folder with the one file in it, where goro and the runners are found. It is removed at the end. */
async function inFolder(file, text, use) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "test-"));
  try {
    writeFileSync(join(folder, "package.json"), `{ "type": "module", "jest": { "transform": {} } }`);
    writeFileSync(join(folder, file), text);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "packages", "goro"), join(folder, "node_modules", "goro"), "junction");
    for (const name of ["vitest", "@jest"]) {
      const target = join(cache, "node_modules", name);
      if (existsSync(target)) symlinkSync(target, join(folder, "node_modules", name), "junction");
    }
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why vitest and jest are not there; undefined where they are. */
let installing;
const install = () => (installing ??= installOnce());

async function installOnce() {
  if (existsSync(join(cache, "node_modules", "jest")) && existsSync(join(cache, "node_modules", "vitest"))) return;
  mkdirSync(cache, { recursive: true });
  // A package of its own, so that npm does not take the repository around it for the place to install into.
  writeFileSync(join(cache, "package.json"), `{ "private": true, "type": "module" }`);
  return new Promise((resolve) => {
    const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", ...pinned];
    execFile("npm", args, { cwd: cache, timeout: 180_000, shell: process.platform === "win32" }, (error) =>
      resolve(error === null ? undefined : `npm could not install ${pinned.join(" and ")}`),
    );
  });
}

function assertNamed({ code, output }, name) {
  assert.notEqual(code, 0, output);
  assert.match(output, new RegExp(`test "${name}": 1 goroutine is left`), output);
  assert.match(output, /goroutine \d+ \[chan receive\]:/, output);
  assert.match(output, /at stuck \(.*leak\.test\.mjs:\d+:\d+/, output);
  assert.doesNotMatch(output, /test "is clean/, output);
}

test("node:test", () =>
  inFolder(
    "leak.test.mjs",
    body("{ beforeEach, afterEach }", `import { afterEach, beforeEach, describe, test } from "node:test";`),
    async (folder) => {
      const result = await execute(["--test", "--test-reporter=tap", "leak.test.mjs"], folder);
      assertNamed(result, "(?:a group > )?leaves one behind");
      assert.match(result.output, /^# fail 1$/m, result.output);
    },
  ));

test("vitest", async (t) => {
  const missing = await install();
  if (missing !== undefined) return t.diagnostic(`${missing}: not tried with vitest`);
  await inFolder(
    "leak.test.mjs",
    body("{ beforeEach, afterEach }", `import { afterEach, beforeEach, describe, test } from "vitest";`),
    async (folder) => {
      const result = await execute(
        [join(cache, "node_modules", "vitest", "vitest.mjs"), "run", "--root", folder],
        folder,
      );
      assertNamed(result, "a group > leaves one behind");
      assert.match(result.output, /1 failed \| 2 passed/, result.output);
    },
  );
});

test("jest", async (t) => {
  const missing = await install();
  if (missing !== undefined) return t.diagnostic(`${missing}: not tried with jest`);
  await inFolder(
    "leak.test.mjs",
    body(
      "{ beforeEach, afterEach, expect }",
      `import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";`,
    ),
    async (folder) => {
      const jest = join(cache, "node_modules", "jest", "bin", "jest.js");
      const args = [
        "--experimental-vm-modules",
        "--no-warnings",
        jest,
        "--rootDir",
        folder,
        "--testMatch",
        "**/*.test.mjs",
      ];
      const result = await execute(args, folder);
      assertNamed(result, "a group leaves one behind");
      assert.match(result.output, /1 failed, 2 passed/, result.output);
    },
  );
});
