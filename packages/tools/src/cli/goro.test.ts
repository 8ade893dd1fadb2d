import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { folder, goro } from "../testkit.js";

async function refused(args: readonly string[], line: RegExp, files: Record<string, string> = {}): Promise<void> {
  using here = folder(files);
  const { code, stdout, stderr } = await goro(here, args);
  assert.equal(stdout, "");
  assert.match(stderr, line);
  assert.match(stderr, /^goro: [^\n]+\n$/, "one line");
  assert.equal(code, 2);
}

test("goro --version prints the version of the package", async () => {
  using here = folder({});
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  for (const flag of ["--version", "-v"]) {
    assert.deepEqual(await goro(here, [flag]), { code: 0, signal: null, stdout: `goro ${version}\n`, stderr: "" });
  }
});

test("goro --help lists the commands on standard output", async () => {
  using here = folder({});
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const { code, stdout, stderr } = await goro(here, args);
    assert.match(stdout, /^Usage: goro COMMAND \[args\.\.\.\]\n/);
    assert.match(stdout, /^ +run \[options\] \[FILE\] \[args\.\.\.\] +\S/m);
    assert.match(stdout, /^ +help \[COMMAND\] +\S/m);
    assert.equal(stderr, "");
    assert.equal(code, 0);
  }
});

test("goro help run, and goro run --help, tell how to run a program", async () => {
  using here = folder({});
  const asked = await goro(here, ["help", "run"]);
  assert.match(asked.stdout, /^Usage: goro run \[--race\] \[--leaks\] FILE \[args\.\.\.\]\n/);
  assert.equal(asked.code, 0);
  assert.deepEqual(await goro(here, ["run", "--help"]), asked);
});

test("goro alone prints its help on standard error and exits with code 2", async () => {
  using here = folder({});
  const { code, stdout, stderr } = await goro(here, []);
  assert.equal(stdout, "");
  assert.match(stderr, /^Usage: goro COMMAND/);
  assert.equal(code, 2);
});

test("an unknown command gets one line and exit code 2", async () => {
  await refused(["walk"], /unknown command 'walk'/);
  await refused(["walk", "a.ts", "--fast"], /unknown command 'walk'/);
  await refused(["help", "walk"], /unknown command 'walk'/);
});

test("an unknown option before the file gets one line and exit code 2", async () => {
  await refused(["--walk"], /unknown option '--walk'/);
  await refused(["run", "--walk", "a.ts"], /unknown option '--walk'/, { "a.ts": "" });
});

test("goro run without a file gets one line and exit code 2", () => refused(["run"], /name the file/));

test("a missing file gets one line and exit code 2", () =>
  refused(["run", "no/such.ts"], /no such file: no\/such\.ts/));

test("a directory gets one line and exit code 2", () =>
  refused(["run", "src"], /src is a directory/, { "src/index.ts": "" }));

test("a file of another kind gets one line and exit code 2", () =>
  refused(["run", "notes.txt"], /notes\.txt is neither TypeScript nor JavaScript/, { "notes.txt": "" }));
