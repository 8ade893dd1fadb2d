// The programs that a run needs besides this one: bench/setup's work, the Node.js to measure with, the Go twin.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { misuse } from "./options.mjs";

export const BENCH = path.dirname(import.meta.dirname);
const CACHE = path.join(BENCH, ".cache");

/** Runs bench/setup for these parts ("goro", "peers", "go"). */
export function setup(parts) {
  execFileSync("bash", [path.join(BENCH, "setup"), ...parts], { stdio: ["ignore", 2, 2] }); // standard output is for the tables
}

/** `which` is a path, or a version of the npm package that carries Node's binary for this platform. */
export function findNode(which) {
  if (which.includes("/")) return describeNode(path.resolve(which));
  if (!/^\d+(\.\d+)*$/.test(which)) return describeNode(which);
  const folder = path.join(CACHE, `node-${which}`);
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const executable = path.join(folder, "node_modules", name, "bin", platform === "win" ? "node.exe" : "node");
  if (!fs.existsSync(executable)) {
    process.stderr.write(`bench: installing Node.js ${which} into ${path.relative(process.cwd(), folder)}\n`);
    const install = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", `${name}@${which}`];
    execFileSync("npm", install, { stdio: ["ignore", "ignore", "inherit"] });
  }
  return describeNode(executable);
}

function describeNode(file) {
  const version = output(file, ["-p", "process.version"]);
  if (version === undefined) misuse(`--node: "${file}" does not run`);
  return { file, version };
}

/** Builds the Go twin with the Go that was asked for, or the one on the PATH. undefined where there is none. */
export function buildGo(asked) {
  const go = asked ?? "go";
  const version = output(go, ["version"])?.replace("go version ", "");
  if (version === undefined && asked !== undefined) misuse(`--go: "${asked}" does not run`);
  if (version === undefined) return undefined;
  const file = path.join(CACHE, "bench-go");
  fs.mkdirSync(CACHE, { recursive: true });
  execFileSync(go, ["build", "-buildvcs=false", "-o", file, "."], { cwd: path.join(BENCH, "go"), stdio: "inherit" });
  return { file, version };
}

/** The commit that is measured, and whether the tree has changes beside it. null outside a repository. */
export function commit() {
  const head = output("git", ["rev-parse", "--short=12", "HEAD"]);
  if (head === undefined) return null;
  const changes = output("git", ["status", "--porcelain", "--", "../packages/goro", ".", ":!results"]);
  return changes === "" ? head : `${head} and local changes`;
}

/** What a program prints; undefined where it cannot be run or fails. */
function output(file, argv) {
  try {
    return execFileSync(file, argv, { cwd: BENCH, stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
