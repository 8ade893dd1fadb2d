// Runs an example through the real command, as a user would, in a child process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const command = fileURLToPath(new URL("../../packages/tools/bin/goro.js", import.meta.url));

export const pathOf = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * @param {string} name the file, relative to examples/
 * @param {{ flags?: string[], args?: string[], env?: Record<string, string>, timeoutMs?: number, interruptAfter?: string }} [options]
 *   interruptAfter: it gets SIGINT once it has printed this
 * @returns what it printed (`lines` are those of standard output), how it ended, and how long that took in all
 */
export async function runExample(name, { flags = [], args = [], env = {}, timeoutMs = 60_000, interruptAfter } = {}) {
  // What the test runner, or whoever calls it, has set for itself must not change what the example prints.
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, FORCE_COLOR, NO_COLOR, GORODEBUG, GOMAXPROCS, GORACE, ...inherited } =
    process.env;
  const start = performance.now();
  const child = spawn(process.execPath, [command, "run", ...flags, pathOf(name), ...args], {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  if (interruptAfter !== undefined) {
    let printed = "";
    child.stdout.on("data", (chunk) => {
      const isNew = !printed.includes(interruptAfter);
      printed += chunk;
      if (isNew && printed.includes(interruptAfter)) setTimeout(() => child.kill("SIGINT"), 300);
    });
  }
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  const [{ code, signal }, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (signal)
    throw new Error(`${name} was ended by ${signal} after ${timeoutMs} ms; it had printed:\n${stdout}${stderr}`);
  return { code, stdout, stderr, lines: stdout.split("\n").slice(0, -1), ms: performance.now() - start };
}

/** For programs that are meant to succeed: asserts exit code 0 and silence on standard error, and gives the lines. */
export async function linesOf(name, options) {
  const { code, lines, stderr } = await runExample(name, options);
  if (code !== 0 || stderr !== "") throw new Error(`${name} ended with ${code} and said:\n${stderr}`);
  return lines;
}

/** The number after a label, as in "numCPU: 2" or "total: 1,234 ms". */
export function numberIn(lines, pattern) {
  const match = lines.map((line) => pattern.exec(line)).find(Boolean);
  if (!match) throw new Error(`no line matches ${pattern} in:\n${lines.join("\n")}`);
  return Number(match[1].replaceAll(",", ""));
}

/** What a program says of its speed-up, checked for what the two times make: the times themselves are the machine's affair. */
export function speedUpIn(lines, cores) {
  const said = lines.at(-1);
  const [, one, all, times] =
    new RegExp(`^one core (\\d+) ms, every core \\(${cores}\\) (\\d+) ms: speed-up (\\d+\\.\\d\\d)$`).exec(said) ??
    assert.fail(`not a speed-up on ${cores} cores: ${said}`);
  // Both times are rounded to whole milliseconds.
  const error = 0.006 + (Number(one) + Number(all)) / Number(all) ** 2;
  assert.ok(Math.abs(times - one / all) < error, `${one} ms and ${all} ms make ${times}`);
}
