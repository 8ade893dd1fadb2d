// npm test: gets the clone ready, runs the stages in order, and ends with one line, "N passed, N failed".
//
//   npm test                       everything
//   npm test -- unit examples      some stages
//   npm test -- unit -- mutex      only test files whose path contains "mutex"
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { root, setUp, tool } from "./setup.mjs";

const testTimeoutMs = 300_000;
/** Few: the tests of the scheduler look at the clock. */
const filesAtOnce = Math.min(2, availableParallelism());

/** A command, run with this Node. Where it says "N passed, N failed" that is what counts; else it counts as one. */
const run = (title, ...args) => ({ title, args });

const stages = {
  check: () => [
    run("format (prettier)", tool("prettier/bin/prettier.cjs"), "--check", "--log-level=warn", "."),
    run(
      "the library has the types it promises (tsc)",
      tool("typescript/bin/tsc"),
      "--build",
      "packages/goro/test-contract",
    ),
    run("types of the examples (tsc)", tool("typescript/bin/tsc"), "-p", "examples"),
    run("types of the example page (tsc)", tool("typescript/bin/tsc"), "-p", "examples/page"),
    run("lint (eslint)", tool("eslint/bin/eslint.js"), "."),
  ],
  unit: (part) => [
    ...nodeTests("the packages, as compiled", ["packages"], /[\\/]dist[\\/].*\.test\.js$/, part),
    ...nodeTests("the house", ["scripts"], /\.test\.mjs$/, part),
  ],
  examples: (part) => nodeTests("the examples", ["examples/test"], /\.test\.mjs$/, part),
  bench: (part) => nodeTests("the benchmark", ["bench/test"], /\.test\.mjs$/, part),
  docs: () => [run("the documentation's snippets", "scripts/docs.mjs")],
  platforms: () => [
    // This very Node has run them in "unit".
    run(
      "the library on every other platform",
      "scripts/platforms.mjs",
      "--except",
      `node${process.versions.node.split(".")[0]}`,
    ),
    run("the tools on other Nodes", "scripts/platforms.mjs", "node24", "node26", "--tests", "packages/tools/dist"),
  ],
};

function nodeTests(title, folders, pattern, part) {
  const files = folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, name)))
    .filter((file) => pattern.test(file) && !file.includes("node_modules") && relative(root, file).includes(part))
    .sort();
  if (files.length === 0) return [];
  const reporter = new URL("./test/reporter.mjs", import.meta.url).href;
  const flags = [`--test-timeout=${testTimeoutMs}`, `--test-concurrency=${filesAtOnce}`, `--test-reporter=${reporter}`];
  return [run(title, "--test", ...flags, ...files)];
}

async function main() {
  const args = process.argv.slice(2);
  const dashes = args.includes("--") ? args.indexOf("--") : args.length;
  const names = args.slice(0, dashes);
  const part = args[dashes + 1] ?? "";
  const unknown = names.find((name) => !Object.hasOwn(stages, name));
  if (unknown !== undefined) {
    console.error(`npm test: there is no stage "${unknown}"; there are ${Object.keys(stages).join(", ")}`);
    return 2;
  }
  setUp();
  const sums = [];
  for (const name of names.length > 0 ? names : Object.keys(stages)) {
    for (const { title, args } of stages[name](part)) sums.push(await runCommand(`${name}: ${title}`, args));
  }
  const passed = sums.reduce((sum, each) => sum + each.passed, 0);
  const failed = sums.reduce((sum, each) => sum + each.failed, 0);
  console.log();
  for (const each of sums) console.log(`${each.failed > 0 ? "FAILED" : "ok    "} ${each.line}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

async function runCommand(title, args) {
  console.log(`\n== ${title} ==`);
  const start = performance.now();
  const { code, output } = await execute(args);
  const seconds = Math.round((performance.now() - start) / 1000);
  const { passed, failed } = sumOf(output) ?? { passed: code === 0 ? 1 : 0, failed: 0 };
  const counted = { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
  return { ...counted, line: `${title}: ${counted.passed} passed, ${counted.failed} failed, ${seconds} s` };
}

function sumOf(output) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed/gm)].at(-1);
  return last && { passed: Number(last[1]), failed: Number(last[2]) };
}

let running;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    running?.kill(signal); // nothing is left behind
    process.kill(process.pid, signal);
  });
}

function execute(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  running = child;
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    process.stdout.write(text);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

process.exitCode = await main();
