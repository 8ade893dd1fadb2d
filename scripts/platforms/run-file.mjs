// Runs one test file in a process of its own under one runtime, and says how each of its tests ended.
//
// One process per file on every runtime: `node --test` does so by itself, while Bun and Deno would load all files into one
// process, where goroutines left by one file show up in the counts of the next. It also lets a file that hangs be named.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { parseJunit } from "./junit.mjs";

const outputLines = 40;
const live = new Set();

/**
 * @param {{ binary: string, command: (file: string, report: string) => string[] }} runtime
 * @param {string} file relative to `cwd`
 * @param {{ cwd: string, timeoutMs: number, env?: Record<string, string> }} options
 * @returns {Promise<import("./junit.mjs").TestCase[]>} at least one; what went wrong outside of a test is a failed case named after the file
 */
export async function runFile(runtime, file, { cwd, timeoutMs, env = {} }) {
  const scratch = await mkdtemp(join(tmpdir(), "goro-platforms-"));
  try {
    const report = join(scratch, "report.xml");
    const ended = await runProcess(runtime.binary, runtime.command(file, report), { cwd, timeoutMs, env });
    const xml = await readFile(report, "utf8").catch(() => "");
    return judge(file, parseJunit(xml), ended, timeoutMs);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Ends what runFile still runs, children included: they are in process groups of their own, where Ctrl-C does not reach. */
export function killRunning() {
  for (const child of live) killGroup(child);
}

/** A runner is believed only where its report, its exit code and the file agree. */
function judge(file, cases, { code, signal, timedOut, output }, timeoutMs) {
  // Node reports a file that ended before its tests did as one test with the file's name, passed if the exit code was 0.
  const isFile = ({ name }) => name === file || name.endsWith(`/${file}`);
  const tests = cases.filter((one) => !isFile(one));
  const fail = (what) => [...tests, { name: file, status: "failed", detail: `${what}\n${tail(output)}`.trim() }];
  if (timedOut) return fail(`still running after ${timeoutMs / 1000} s, killed`);
  if (tests.some(({ status }) => status === "failed")) return tests;
  if (code !== 0) return fail(`ended with ${signal ?? `exit code ${code}`}, and no test was reported as failed`);
  if (tests.length === 0) return fail("no test was reported: the file has none, or ended the process before they did");
  return tests;
}

function runProcess(binary, args, { cwd, timeoutMs, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, args, {
      cwd,
      env: { ...inheritedEnv(), NO_COLOR: "1", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // The head of a process group, so that killGroup reaches what its tests have started.
      detached: true,
    });
    live.add(child);
    let output = "";
    let timedOut = false;
    const collect = (chunk) => {
      // Enough for the tail, whatever a test prints.
      output = (output + chunk).slice(-100_000);
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child);
    }, timeoutMs);
    child.once("error", (error) => {
      clearTimeout(timer);
      live.delete(child);
      reject(error);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      live.delete(child);
      // What a test left behind holds our pipes open, and perhaps for ever; gone with it, they close.
      killGroup(child);
      const end = () => resolve({ code, signal, timedOut, output });
      const late = setTimeout(end, 1_000);
      child.once("close", () => {
        clearTimeout(late);
        end();
      });
    });
  });
}

/** Ours without what would change how a runner or the library behaves. */
function inheritedEnv() {
  const env = { ...process.env };
  // Set by a `node --test` around us, it would make the inner one report to that in a private format.
  for (const name of ["NODE_TEST_CONTEXT", "NODE_OPTIONS", "FORCE_COLOR", "GORODEBUG", "GOMAXPROCS"]) delete env[name];
  return env;
}

function killGroup(child) {
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

function tail(output) {
  return stripVTControlCharacters(output).trimEnd().split("\n").slice(-outputLines).join("\n");
}
