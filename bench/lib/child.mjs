// One (peer, workload) measurement in a process of its own. Usage: node --expose-gc lib/child.mjs PEER WORKLOAD
// Prints one line "@@RESULT {json}".
import { setTimeout as delay } from "node:timers/promises";
import { check, now } from "./adapter.mjs";
import { emit } from "./result-line.mjs";
import { median, spread } from "./stats.mjs";
import { workloadById } from "./workloads.mjs";

const TARGET_MS = Number(process.env.BENCH_TARGET_MS ?? 250); // length of one repetition
const BUDGET_MS = Number(process.env.BENCH_BUDGET_MS ?? 2000); // all repetitions together
const REPETITIONS = { least: 3, most: 7 };

const [, , peer, id] = process.argv;
process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);

const { meta, workloads } = await import(`../peers/${peer}.mjs`);
const workload = workloadById(id);
const run = workloads[id];
if (run === undefined) finish({ skipped: meta.notes?.[id] ?? "n/a" });
const n = meta.n?.[id] ?? workload.n;
const measure = { op, fixed, total, parked, sleepers, speedup, latency }[workload.kind];
finish(await measure());

async function op() {
  const size = await calibrate();
  return repeat(size, perOperation(size));
}

async function fixed() {
  await warmUp();
  return repeat(n, perOperation(n));
}

function perOperation(size) {
  const { scale = 1 } = workload;
  return (ms) => ((ms * 1e6) / size) * scale;
}

async function total() {
  await warmUp();
  return repeat(n, (ms) => ms);
}

async function parked() {
  check((await (await run(2000)).release()) === 2000, "released in the warm-up");
  await settle();
  const before = process.memoryUsage();
  const crowd = await run(n);
  await settle();
  const after = process.memoryUsage();
  const heap = after.heapUsed + after.external - before.heapUsed - before.external;
  check(crowd.parked() === n, `parked ${crowd.parked()} of ${n}`);
  const released = await crowd.release();
  check(released === n, `released ${released} of ${n}`);
  return { value: heap / n, rss: (after.rss - before.rss) / n, n, reps: 1 };
}

async function sleepers() {
  await run(1000, 20);
  const ms = await run(n, 500);
  return { value: ms - 500, peakRssMB: process.resourceUsage().maxRSS / 1024, n, reps: 1 };
}

/** By turns, so that both see the same machine. */
async function speedup() {
  const ways = { one: [], all: [] };
  for (let i = 0; i <= REPETITIONS.least; i++) {
    globalThis.gc();
    for (const how of ["one", "all"]) {
      const ms = await run(how);
      if (i > 0) ways[how].push(ms);
    }
  }
  const times = ways.one.map((ms, i) => ms / ways.all[i]);
  return { ...spread(times), oneMs: median(ways.one), allMs: median(ways.all) };
}

async function latency() {
  await warmUp();
  globalThis.gc();
  const us = (await run(n)).map((ms) => ms * 1000).sort();
  const quantile = (q) => us[Math.min(n - 1, Math.floor(q * n))];
  const quantiles = { value: quantile(0.5), p99: quantile(0.99), p999: quantile(0.999) };
  return { ...quantiles, min: us[0], max: us[n - 1], reps: 1, n };
}

/** Warms up with growing n and returns the one whose run takes about the target time. */
async function calibrate() {
  let size = 1000;
  if (workload.cores > 1) await run(size); // the threads are started
  for (let warm = 0; ;) {
    // in CPU time, so that a busy machine does not cut the warm-up short; but threads mostly wait for each other
    const cpu = process.cpuUsage();
    const start = now();
    await run(size);
    const ms = workload.cores > 1 ? now() - start : cpuMsSince(cpu);
    warm += ms;
    if (ms > 2 * TARGET_MS) return fitting(size, ms);
    if (size >= n || ms > TARGET_MS || warm > BUDGET_MS) return size;
    if (ms <= TARGET_MS / 4) size = Math.min(n, size * 4);
    else {
      size = Math.min(n, fitting(size, ms));
      if (warm > 200) return size;
    }
  }
}

/** The n, in thousands, that takes the target time if `size` took `ms`. */
function fitting(size, ms) {
  return Math.max(1000, Math.round((size * TARGET_MS) / ms / 1000) * 1000);
}

/** Two runs of a smaller problem. */
async function warmUp() {
  for (let i = 0; i < 2; i++) await run(Math.min(workload.warm, n));
}

/** Runs several times, a full collection before each. CPU time is that of all threads of the process. */
async function repeat(size, unit) {
  const wall = [];
  const cpu = [];
  const start = now();
  for (let i = 1; i <= REPETITIONS.most; i++) {
    globalThis.gc();
    const cpuBefore = process.cpuUsage();
    wall.push(unit(await run(size)));
    cpu.push(unit(cpuMsSince(cpuBefore)));
    const spent = now() - start;
    if (i >= REPETITIONS.least && spent + spent / i > BUDGET_MS) break;
    // a very slow peer: settle for what there is
    if (i < REPETITIONS.least && spent > BUDGET_MS * (workload.kind === "op" ? 3 : 7)) break;
  }
  return { ...spread(wall), cpu: median(cpu), n: size };
}

function cpuMsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function settle() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await delay(5);
  }
}

function finish(result) {
  emit(result);
  process.exit(0);
}

function fail(error) {
  emit({
    error: String(error?.message ?? error)
      .split("\n")[0]
      .slice(0, 300),
  });
  process.exit(1);
}
