// Runs one measurement in a child process, so that a wrong, crashed or hung peer shows up as such and stops nothing.
import { spawn } from "node:child_process";
import { parse } from "./result-line.mjs";
import { median } from "./stats.mjs";
import { quiet, watchOthers, DISTURBED } from "./machine.mjs";
import { BENCH } from "./toolchain.mjs";

const TIMEOUT_MS = 120_000;
export const NODE_FLAGS = ["--expose-gc", "--max-old-space-size=12000"];
/** A shorter child is mostly its own start and end, which look like others' work. */
const LONG_ENOUGH_MS = 500;
/** Fresh processes for each figure, by kind, where one process has measured only once. */
const PROCESSES = { sleepers: 3, start: 9 };
/** What there can be in a result. */
const FIGURES = ["value", "cpu", "rss", "peakRssMB", "oneMs", "allMs", "p99", "p999"];

/** Runs a command and returns the result it prints, or { error }. Never throws, never hangs. */
export function runChild(file, argv, { quick = false } = {}) {
  return new Promise((resolve) => {
    const start = performance.now();
    const others = watchOthers();
    const short = quick ? { BENCH_TARGET_MS: "80", BENCH_BUDGET_MS: "500" } : {};
    const env = { ...process.env, NO_COLOR: "1", ...short };
    const child = spawn(file, argv, { cwd: BENCH, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    let hung = false;
    child.stdout.on("data", (d) => (stdout += d));
    child.stderr.on("data", (d) => (stderr = (stderr + d).slice(-100_000)));
    const timer = setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, TIMEOUT_MS);
    child.on("error", (e) => {
      clearTimeout(timer);
      resolve({ error: e.message });
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const wallMs = Math.round(performance.now() - start);
      const result = parse(stdout);
      if (result === undefined)
        resolve({ error: hung ? `hang: killed after ${TIMEOUT_MS / 1000} s` : death(code, signal, stderr), wallMs });
      else
        resolve({
          ...result,
          startedAt: performance.timeOrigin + start,
          wallMs,
          others: wallMs > LONG_ENOUGH_MS ? Math.round(others(result.cpuMs) * 100) / 100 : 0,
        });
    });
  });
}

/** Why a child ended without a result. */
function death(code, signal, stderr) {
  if (code === 13) return "deadlock: the event loop emptied with the workload unfinished";
  const line = /^\s*(\w*Error(?: \[\w+\])?: .*)$/m.exec(stderr)?.[1] ?? stderr.trim().split("\n").at(-1);
  return (line || `ended by ${signal ?? `exit code ${code}`}`).slice(0, 300);
}

/** One figure of a peer: the median of `rounds` fresh processes, of several at least where a process measures only once. */
export async function figure(peer, workload, tools, { rounds, quick }) {
  const [file, argv] = command(peer, workload, tools);
  const results = [];
  for (let i = 0; i < Math.max(rounds, (!quick && PROCESSES[workload.kind]) || 1); i++) {
    const { startedAt, at, ...result } = await runChild(file, argv, { quick });
    if (result.error !== undefined || result.skipped !== undefined) return result;
    results.push(workload.kind === "start" ? { ...result, value: at - startedAt, reps: 1 } : result);
  }
  return results.length === 1 ? results[0] : combine(results);
}

function command(peer, workload, { goFile, nodeFile }) {
  if (peer.id === "go") return [goFile, [workload.id, String(workload.cores)]];
  if (workload.kind === "start") return [nodeFile, ["lib/start.mjs", peer.id]];
  return [nodeFile, [...NODE_FLAGS, "lib/child.mjs", peer.id, workload.id]];
}

function combine(results) {
  const sum = (key) => results.reduce((total, r) => total + r[key], 0);
  const medians = FIGURES.filter((key) => results[0][key] !== undefined);
  return {
    ...results[0],
    ...Object.fromEntries(medians.map((key) => [key, median(results.map((r) => r[key]))])),
    min: Math.min(...results.map((r) => r.min ?? r.value)),
    max: Math.max(...results.map((r) => r.max ?? r.value)),
    reps: sum("reps"),
    wallMs: sum("wallMs"),
    others: Math.max(...results.map((r) => r.others)),
  };
}

/** Measures again while others disturb, or once more after an error, and keeps the least disturbed result. */
export async function undisturbed(measure, { waitIdleSeconds, retries }) {
  let best;
  for (let attempt = 0; attempt <= retries; attempt++) {
    if (waitIdleSeconds > 0) await quiet(waitIdleSeconds);
    const result = await measure();
    if (best === undefined || best.error !== undefined || result.others < best.others) best = result;
    if (best.skipped !== undefined || best.others < DISTURBED) break;
    if (best.error !== undefined && attempt >= 1) break;
  }
  return best;
}
