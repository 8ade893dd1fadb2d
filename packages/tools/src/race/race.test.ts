// The command as a user runs it: what it prints, writes and exits with.
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { folder, goro, type Folder, type Outcome } from "../testkit.js";
import type { Race } from "./report/finding.js";

const counter = `import { main, go } from "goro";
import { gosched } from "goro/runtime";

let counter = 0;

function* increment() {
  const before = counter;
  yield* gosched();
  counter = before + 1;
}

main(function* () {
  const one = go(increment);
  const two = go(increment);
  yield* one.join();
  yield* two.join();
  console.log(counter);
});
`;

const race = (at: Folder, args: readonly string[]): Promise<Outcome> => goro(at, ["run", "--race", ...args]);

async function withRaceOptions(text: string, act: () => Promise<void>): Promise<void> {
  process.env["GORACE"] = text;
  try {
    await act();
  } finally {
    delete process.env["GORACE"];
  }
}

const rule = "=".repeat(18);

test("a race is told in Go's words and frame, with both places, both stacks and where both goroutines were started", async () => {
  using at = folder({ "a.ts": counter });
  const { code, stdout, stderr } = await race(at, ["a.ts"]);
  const file = join(at.path, "a.ts");
  equal(stdout, "1\n");
  equal(code, 66);
  const [first, second, ...rest] = stderr.split(new RegExp(`^${rule}\n`, "m")).filter((part) => part !== "");
  equal(
    first,
    `WARNING: DATA RACE
Write at counter (${file}:9:3) by goroutine 2:
  increment()
      ${file}:9:3

Previous read at counter (${file}:7:18) by goroutine 3:
  increment()
      ${file}:7:18

Goroutine 2 (running) created at:
  <anonymous>()
      ${file}:13:15

Goroutine 3 (running) created at:
  <anonymous>()
      ${file}:14:15

No update was lost here so far; on another schedule one can be.
`,
  );
  match(second!, /^WARNING: DATA RACE\nWrite at counter .* by goroutine 3:/);
  match(second!, /The update by goroutine 2 was lost: goroutine 3 had read the value before, and wrote over it\.\n$/);
  deepEqual(rest, ["Found 2 data race(s)\n"]);
});

test("without a race nothing is said, and the exit code is the program's", async () => {
  using at = folder({
    "a.ts": `import { main } from "goro"; main(function* () { process.exitCode = Number(process.argv[2]); });`,
  });
  deepEqual(await race(at, ["a.ts", "0"]), { code: 0, signal: null, stdout: "", stderr: "" });
  deepEqual(await race(at, ["a.ts", "3"]), { code: 3, signal: null, stdout: "", stderr: "" });
});

test("a pair of places is told once, however often it races", async () => {
  const more = counter.replace("const two", "for (let i = 0; i < 50; i++) go(increment);\n  const two");
  using at = folder({ "a.ts": more.replace("console.log(counter)", "console.log(2)") });
  const { stderr } = await race(at, ["a.ts"]);
  equal(stderr.match(/WARNING: DATA RACE/g)?.length, 2);
});

test("an exit code of the program's own stays, and a panic's too", async () => {
  using at = folder({
    "exits.ts": counter.replace("console.log(counter)", "process.exit(3)"),
    "panics.ts": counter.replace("console.log(counter)", "throw new Error('no')"),
    "exits0.ts": counter.replace("console.log(counter)", "process.exit(0)"),
  });
  equal((await race(at, ["exits.ts"])).code, 3);
  equal((await race(at, ["panics.ts"])).code, 2);
  equal((await race(at, ["exits0.ts"])).code, 66);
});

test("GORACE: exitcode, halt_on_error, log_path, strip_path_prefix", async () => {
  using at = folder({ "a.ts": counter });
  await withRaceOptions("exitcode=5", async () => equal((await race(at, ["a.ts"])).code, 5));
  await withRaceOptions("exitcode=0 history_size=2", async () => equal((await race(at, ["a.ts"])).code, 0));
  await withRaceOptions("halt_on_error=1", async () => {
    const { code, stdout, stderr } = await race(at, ["a.ts"]);
    equal(code, 66);
    equal(stdout, "");
    equal(stderr.match(/WARNING/g)?.length, 1);
    doesNotMatch(stderr, /Found/);
  });
  await withRaceOptions(`log_path=${join(at.path, "log")}`, async () => {
    const { code, stderr } = await race(at, ["a.ts"]);
    equal(code, 66);
    equal(stderr, "");
    const [log] = readdirSync(at.path).filter((name) => /^log\.\d+$/.test(name));
    match(readFileSync(join(at.path, log!), "utf8"), /WARNING: DATA RACE[^]*Found 2 data race\(s\)\n$/);
  });
  await withRaceOptions(`strip_path_prefix=${at.path}/`, async () =>
    match((await race(at, ["a.ts"])).stderr, /Write at counter \(a\.ts:9:3\) by goroutine 2:/),
  );
});

test("GORACE: what is no option is refused, by name", async () => {
  using at = folder({ "a.ts": counter });
  for (const [text, named] of [
    ["halt=1", "halt"],
    ["exitcode=many", "exitcode"],
    ["halt_on_error=perhaps", "halt_on_error"],
  ] as const) {
    await withRaceOptions(text, async () => {
      const { code, stderr } = await race(at, ["a.ts"]);
      equal(code, 2);
      match(stderr, new RegExp(`^goro: GORACE: .*${named}.*\n$`));
    });
  }
});

test("--race-json writes what was found for tools, as SARIF where the name says so", async () => {
  using at = folder({ "src/a.ts": counter });
  await race(at, ["--race-json", "found.json", "src/a.ts"]);
  const { findings } = JSON.parse(readFileSync(join(at.path, "found.json"), "utf8")) as { findings: Race[] };
  deepEqual(
    findings.map(({ type, lost, touches }) => [
      type,
      lost,
      ...touches.map((t) => [t.kind, t.name, t.at.line, t.by.name]),
    ]),
    [
      ["race", false, ["write", "counter", 9, "goroutine 2"], ["read", "counter", 7, "goroutine 3"]],
      ["race", true, ["write", "counter", 9, "goroutine 3"], ["write", "counter", 9, "goroutine 2"]],
    ],
  );
  await race(at, ["--race-json", "found.sarif", "src/a.ts"]);
  const sarif = JSON.parse(readFileSync(join(at.path, "found.sarif"), "utf8")) as {
    version: string;
    runs: { results: { ruleId: string; locations: { physicalLocation: object }[] }[] }[];
  };
  equal(sarif.version, "2.1.0");
  const [result] = sarif.runs[0]!.results;
  equal(result!.ruleId, "data-race");
  deepEqual(result!.locations[0]!.physicalLocation, {
    artifactLocation: { uri: "src/a.ts", uriBaseId: "%SRCROOT%" },
    region: { startLine: 9, startColumn: 3 },
  });
});

test("--race-json is written where nothing was found, too", async () => {
  using at = folder({ "a.ts": `console.log("hello");` });
  equal((await race(at, ["--race-json", "found.json", "a.ts"])).code, 0);
  deepEqual(JSON.parse(readFileSync(join(at.path, "found.json"), "utf8")), { findings: [] });
});

test("goro.raceIgnore with a reason, on the line or above it, silences; without a reason it does not", async () => {
  const ignored = (comment: string): string =>
    counter.replace("counter = before + 1;", `counter = before + 1; ${comment}`);
  using at = folder({
    "line.ts": ignored("// goro.raceIgnore: an approximate count will do"),
    "above.ts": counter.replace("  counter = before", "  // goro.raceIgnore: as good as any\n  counter = before"),
    "bare.ts": ignored("// goro.raceIgnore"),
  });
  deepEqual(await race(at, ["line.ts"]), { code: 0, signal: null, stdout: "1\n", stderr: "" });
  equal((await race(at, ["above.ts"])).code, 0);
  equal((await race(at, ["bare.ts"])).code, 66);
});

test("locks taken in both orders are a potential deadlock, with four stacks", async () => {
  using at = folder({
    "a.ts": `import { main, go } from "goro";
import { Mutex } from "goro/sync";
const one = new Mutex();
const two = new Mutex();
function* take(first: Mutex, second: Mutex) {
  yield* first.lock();
  yield* second.lock();
  second.unlock();
  first.unlock();
}
main(function* () {
  yield* go(take, one, two).join();
  yield* go(take, two, one).join();
});
`,
  });
  const { code, stderr } = await race(at, ["a.ts"]);
  equal(code, 66);
  match(stderr, new RegExp(`^${rule}\nWARNING: POTENTIAL DEADLOCK\n`));
  equal(stderr.match(/^ {6}.*a\.ts:[67]:\d+$/gm)?.length, 4);
  match(stderr, /Found 1 potential deadlock\(s\)\n$/);
});

test("packages in node_modules are looked into where they are named, and CommonJS modules too", async () => {
  const lib = `let n = 0; exports.add = () => { n++; };`;
  using at = folder({
    "deps/lib/package.json": `{ "name": "lib", "main": "index.js" }`,
    "deps/lib/index.js": lib,
    "own.cjs": lib,
    "dep.ts": `import { both } from "./both.js"; import lib from "./deps/node_modules/lib/index.js"; both(lib.add);`,
    "deps/node_modules/lib/index.js": lib,
    "cjs.ts": `import { both } from "./both.js"; import lib from "./own.cjs"; both(lib.add);`,
    "both.ts": `import { main, go } from "goro";
export const both = (fn: () => void) => main(function* () {
  const one = go(() => fn());
  const two = go(() => fn());
  yield* one.join();
  yield* two.join();
});`,
  });
  equal((await race(at, ["dep.ts"])).code, 0);
  equal((await race(at, ["--race-deps", "other,lib", "dep.ts"])).code, 66);
  equal((await race(at, ["--race-deps", "*", "dep.ts"])).code, 66);
  match((await race(at, ["cjs.ts"])).stderr, /Write at n \(.*own\.cjs:1:\d+\)/);
});

test("of compiled modules with a map beside them, the author's file and lines are told", async () => {
  using at = folder({
    "src/a.ts": counter.replace("function* increment() {", "function* increment(): Generator<never, void> {"),
  });
  const made = buildSync({
    entryPoints: [join(at.path, "src/a.ts")],
    outdir: join(at.path, "dist"),
    format: "esm",
    sourcemap: true,
    outExtension: { ".js": ".mjs" },
  });
  equal(made.errors.length, 0);
  const { stderr } = await race(at, ["dist/a.mjs"]);
  match(stderr, /Write at counter \(.*\/src\/a\.ts:9:3\) by/);
});

test("--race-json and --race-deps need --race", async () => {
  using at = folder({ "a.ts": counter });
  const { code, stderr } = await goro(at, ["run", "--race-json", "x.json", "a.ts"]);
  equal(code, 2);
  equal(stderr, "goro: run: --race-deps and --race-json need --race\n");
});

test("node --import @goro/tools/race does the same for a test runner", () => {
  using at = folder({
    "a.test.mjs": `import { test } from "node:test";
import { run, go } from "goro";
test("a", () => run(function* () {
  let n = 0;
  const one = go(() => { n = 1; });
  const two = go(() => { n = 2; });
  yield* one.join();
  yield* two.join();
}));
`,
  });
  const register = fileURLToPath(new URL("./register.js", import.meta.url));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", register, "a.test.mjs"], {
    cwd: at.path,
    encoding: "utf8",
    env,
  });
  match(stderr, /Write at n \(.*a\.test\.mjs:6:\d+\) by goroutine \d+:/);
  match(stdout, /# pass 1|pass 1/);
  ok(status === 66, `${status}\n${stderr}`);
});
