// The programs that a run needs besides this one: bench/setup's work, the Node.js to measure with, the Go twin.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export const BENCH = path.dirname(import.meta.dirname);
const CACHE = path.join(BENCH, ".cache");

/** Runs bench/setup for these parts ("goro", "peers", "go"). */
export function setup(parts) {
  execFileSync("bash", [path.join(BENCH, "setup"), ...parts], { stdio: ["ignore", 2, 2] }); // standard output is for the tables
}

/** `which` is a path, or a version of the npm package that carries Node's binary for this platform. */
export function findNode(which) {
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

const describeNode = (file) => ({ file, version: execFileSync(file, ["-p", "process.version"]).toString().trim() });

/** Builds the Go twin. undefined where there is no Go. */
export function buildGo(go) {
  let version;
  try {
    version = execFileSync(go, ["version"], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim()
      .replace("go version ", "");
  } catch {
    return undefined;
  }
  const file = path.join(CACHE, "bench-go");
  fs.mkdirSync(CACHE, { recursive: true });
  execFileSync(go, ["build", "-buildvcs=false", "-o", file, "."], { cwd: path.join(BENCH, "go"), stdio: "inherit" });
  return { file, version };
}

/** The commit that is measured, and whether the tree has changes beside it. null outside a repository. */
export function commit() {
  const git = (...args) =>
    execFileSync("git", args, { cwd: BENCH, stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  try {
    const changed = git("status", "--porcelain", "--", "../packages/goro", ".", ":!results") !== "";
    return git("rev-parse", "--short=12", "HEAD") + (changed ? " and local changes" : "");
  } catch {
    return null;
  }
}
