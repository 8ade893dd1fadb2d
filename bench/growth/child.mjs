// One case at one size, in a process of its own. Usage: node --expose-gc growth/child.mjs CASE N
import { PerformanceObserver } from "node:perf_hooks";
import { run } from "goro";
import { emit } from "../lib/result-line.mjs";
import { spread } from "../lib/stats.mjs";
import { GROWTH } from "./cases.mjs";

const [, , id, size] = process.argv;
const n = Number(size);
const { round } = GROWTH.find((c) => c.id === id);

const BATCHES = { least: 3, most: 7 };
const BUDGET_MS = Number(process.env.BENCH_BUDGET_MS ?? 2000);
/** Small sizes are repeated within a batch, so that each pays for its share of the collections. */
const OPERATIONS_PER_BATCH = 200_000;

/** Says when the clock ran, for the collections that fell into it. */
class Clock {
  windows = [];
  ms = 0;
  #startedAt = 0;
  start() {
    this.#startedAt = performance.now();
  }
  stop() {
    const end = performance.now();
    this.windows.push([this.#startedAt, end]);
    this.ms += end - this.#startedAt;
  }
}

const pauses = [];
const observer = new PerformanceObserver((list) => pauses.push(...list.getEntries()));
observer.observe({ entryTypes: ["gc"] });

// the same code is warm at every size; what a large one does to the heap is part of what is measured
for (const start = performance.now(); performance.now() - start < 300;) {
  await run(round, Math.min(n, 1000), new Clock());
}
globalThis.gc();

const clock = new Clock();
const batches = [];
for (const start = performance.now(); batches.length < BATCHES.most;) {
  const before = clock.ms;
  let operations = 0;
  do {
    const done = await run(round, n, clock);
    operations += done;
  } while (operations < OPERATIONS_PER_BATCH);
  batches.push(((clock.ms - before) * 1e6) / operations);
  const spent = performance.now() - start;
  if (batches.length >= BATCHES.least && spent + spent / batches.length > BUDGET_MS) break;
}
emit({ ...spread(batches), gcShare: (await collectorMs()) / clock.ms, n });
process.exit(0);

/** Pauses of the collector while the clock ran. The observer hears of them on a later turn of the event loop. */
async function collectorMs() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  const within = pauses.filter((p) => clock.windows.some(([from, to]) => p.startTime >= from && p.startTime < to));
  return within.reduce((sum, p) => sum + p.duration, 0);
}
