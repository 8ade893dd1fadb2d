// Runs the library's compiled tests on every platform it promises: Node 20, 24 and 26, Bun, Deno, and Chromium.
//
//   node scripts/platforms.mjs [names...] [--files TEXT] [--tests FOLDER] [--times] [--except NAME] [--full]
//
// Build first: it takes packages/goro/dist as it is. Runtimes come from npm on demand, Chromium from Debian. Prints a line per
// platform, then every failure, then "N passed, N failed" over all of them. A platform that cannot be had here says so in
// its line and counts for nothing: exit code 0 without it, unless it was asked for by name.

import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startChromium } from "./platforms/chromium.mjs";
import { inTurn } from "./platforms/in-turn.mjs";
import { killRunning, runFile } from "./platforms/run-file.mjs";
import { installRuntime, runtimeNames } from "./platforms/runtimes.mjs";
import { Unavailable } from "./platforms/unavailable.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const library = "packages/goro";
const cache = join(root, ".cache", "platforms");
const fileTimeoutMs = 180_000;
const known = [...runtimeNames, "chromium"];
/** What an explorer shows of every interleaving holds on every engine: "unit" has shown it. */
const model = /\.explore\.node\.test\.js$/;

const usage = `node scripts/platforms.mjs [names...] [--files TEXT] [--tests FOLDER] [--times] [--except NAME] [--full]
  names          some of ${known.join(", ")}; all of them by default
  --files TEXT   only test files whose path contains TEXT
  --tests FOLDER where the compiled tests are, ${library}/dist by default
  --times        also print how long each file took
  --except NAME  all but this one
  --full         a million of everything: on several platforms, smaller numbers show the same`;

/**
 * One line of the result.
 * @typedef {{ label: string, files: string[], run: (file: string) => Promise<import("./platforms/junit.mjs").TestCase[]> }} Platform
 */

process.exitCode = await main();

async function main() {
  const args = readArguments();
  if (typeof args === "string") {
    console.error(args);
    return 2;
  }
  if (args.help) {
    console.log(usage);
    return 0;
  }
  const files = await testFiles(args.tests, args.files);
  if (files.length === 0) {
    console.error(
      `no *.test.js under ${args.tests}${args.files === "" ? "" : ` with "${args.files}" in its path`}: npm run build`,
    );
    return 2;
  }

  const size = args.full ? "full" : "small";
  const missing = [];
  const closers = [];
  process.once("SIGINT", () => {
    killRunning();
    process.exit(130);
  });
  /** @type {Platform[]} */
  const platforms = [];
  for (const name of args.names) {
    try {
      platforms.push(
        ...(await (name === "chromium"
          ? chromiumPlatforms(files, size, closers)
          : runtimePlatform(name, args.byName ? files : filesFor(name, files), size))),
      );
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      missing.push(name);
      console.log(`${name}: not run: ${error.message}`);
    }
  }
  try {
    const results = await runAll(platforms, args.times);
    const failures = [...results.flatMap((result) => result.failures), ...fewerTests(results)];
    for (const alike of groupByTest(failures)) printFailure(alike);
    if (failures.length > 0) console.log();
    const passed = results.reduce((sum, result) => sum + result.passed, 0);
    console.log(`${passed} passed, ${failures.length} failed`);
    return failures.length > 0 || passed === 0 || (args.byName && missing.length > 0) ? 1 : 0;
  } finally {
    for (const close of closers) await close();
  }
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        files: { type: "string", default: "" },
        tests: { type: "string", default: `${library}/dist` },
        times: { type: "boolean", default: false },
        except: { type: "string", default: "" },
        full: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) return `no platform is called "${unknown}": ${known.join(", ")}`;
    const byName = positionals.length > 0;
    return {
      ...values,
      byName,
      names: (byName ? [...new Set(positionals)] : known).filter((name) => name !== values.except),
    };
  } catch (error) {
    return `${error.message}\n${usage}`;
  }
}

/** Paths from the root, with "/". */
async function testFiles(folder, part) {
  const from = resolve(root, folder);
  const entries = await readdir(from, { recursive: true }).catch(() => []);
  return entries
    .filter((entry) => entry.endsWith(".test.js") && !entry.split(sep).includes("node_modules"))
    .map((entry) => relative(root, join(from, entry)).split(sep).join("/"))
    .filter((file) => file.includes(part) && !model.test(file))
    .sort();
}

/**
 * V8 of Node 26 stands between that of Node 24 and that of Chromium, which run all: there, what is about the process is run.
 */
function filesFor(name, files) {
  return name === "node26" ? files.filter((file) => /node\.test\.js$/.test(file)) : files;
}

/** @returns {Promise<Platform[]>} */
async function runtimePlatform(name, files, size) {
  const runtime = await installRuntime(name, cache);
  const options = {
    cwd: root,
    timeoutMs: fileTimeoutMs,
    // Deno's own cache and its look for updates are none of this machine's user's.
    env: {
      GORO_TEST_SIZE: size,
      DENO_DIR: join(cache, "deno-dir"),
      DENO_NO_UPDATE_CHECK: "1",
      DO_NOT_TRACK: "1",
    },
  };
  const wanted = name.startsWith("node") ? files : files.filter((file) => !file.endsWith(".only-node.test.js"));
  return [{ label: `${name} ${runtime.version}`, files: wanted, run: (file) => runFile(runtime, file, options) }];
}

/** @returns {Promise<Platform[]>} */
async function chromiumPlatforms(files, size, closers) {
  const chromium = await startChromium({ root, library, size, timeoutMs: fileTimeoutMs });
  closers.push(chromium.close);
  // What no page can do says so in its name.
  const core = files.filter((file) => !/\.(?:only-)?node\.test\.js$/.test(file));
  const label = (page) => `chromium ${chromium.version} ${page}`;
  return [
    { label: label("cross-origin isolated"), files: core, run: await chromium.testPages(true) },
    { label: label("not isolated"), files: core, run: await chromium.testPages(false) },
    { label: label("no build step"), files: [chromium.noBuildFile], run: await chromium.noBuildPage() },
  ];
}

/** Two files at a time, whatever their platforms: tests with time in them need a core. */
async function runAll(platforms, times) {
  const work = platforms.flatMap((platform) => platform.files.map((file) => ({ platform, file })));
  const results = new Map(
    platforms.map((platform) => [
      platform,
      {
        label: platform.label,
        left: platform.files.length,
        ms: 0,
        passed: 0,
        skipped: 0,
        failures: [],
        counts: new Map(),
      },
    ]),
  );
  await inTurn(Math.min(2, availableParallelism()), work, async ({ platform, file }) => {
    const result = results.get(platform);
    const start = performance.now();
    const cases = await platform.run(file);
    const ms = performance.now() - start;
    result.ms += ms;
    if (times) console.log(`${platform.label}: ${file} ${(ms / 1000).toFixed(1)} s`);
    result.counts.set(file, cases.length);
    for (const { name, status, detail } of cases) {
      if (status === "failed") result.failures.push({ label: platform.label, file, name, detail });
      else result[status]++;
    }
    if (--result.left === 0) printPlatform(result, platform.files.length);
  });
  return [...results.values()];
}

function printPlatform({ label, passed, failures, skipped, ms }, files) {
  const counts = `${passed} passed, ${failures.length} failed, ${skipped} skipped`;
  console.log(
    `${label.padEnd(44)} ${counts} (${files} ${files === 1 ? "file" : "files"}, ${(ms / 1000).toFixed(1)} s)`,
  );
}

/** A runner that silently leaves tests out would look like one on which they pass. */
function fewerTests(results) {
  const most = new Map();
  for (const { counts } of results) {
    for (const [file, count] of counts) most.set(file, Math.max(count, most.get(file) ?? 0));
  }
  return results.flatMap(({ label, counts, failures }) =>
    [...counts]
      .filter(([file, count]) => count < most.get(file) && !failures.some((failure) => failure.file === file))
      .map(([file, count]) => ({
        label,
        file,
        name: file,
        detail: `${count} tests were reported here, ${most.get(file)} on another platform`,
      })),
  );
}

/** A test that fails on five platforms most often fails for one reason. */
function groupByTest(failures) {
  const groups = new Map();
  for (const failure of failures) {
    const key = `${failure.file}\n${failure.name}`;
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return groups.values();
}

/** In full where it came first, and the first line of how it ended elsewhere. */
function printFailure([first, ...others]) {
  const { file, name, detail, label } = first;
  console.log(`\nFAILED: ${file}${name === file ? "" : `\n  ${name}`}`);
  console.log(`  on ${label}:`);
  const lines = detail.split("\n");
  for (const line of lines.slice(0, 40)) console.log(`    ${line}`);
  if (lines.length > 40) console.log(`    ... ${lines.length - 40} more lines`);
  for (const other of others) console.log(`  on ${other.label}: ${other.detail.split("\n")[0]}`);
}
