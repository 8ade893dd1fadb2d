// GORODEBUG=schedtrace=1000: Go's line about the scheduler every so many milliseconds; with scheddetail=1 a line for each
// processor and goroutine below it. Go: runtime/proc.go, schedtrace

import type { GoroutineInfo } from "../types.js";
import { printError } from "./exit.js";
import { background, isAnotherCore, now } from "./host.js";
import { maxProcs } from "./max-procs.js";
import { processor, type CoreCounts } from "./processor.js";
import { isParked, sightEverywhere } from "./where.js";

/** A program of one core, as others are counted. */
function oneCore(): CoreCounts {
  const processors = maxProcs();
  const idle = processors - (processor.active ? 1 : 0);
  const local = [processor.runQueue.length + processor.urgent.length];
  return { processors, threads: 1, idle, spinning: 0, sleepingThreads: 0, global: 0, local };
}

function line(startMs: number, c: CoreCounts): string {
  const head = `SCHED ${Math.round(now() - startMs)}ms: gomaxprocs=${c.processors} idleprocs=${c.idle} threads=${c.threads}`;
  const rest = `spinningthreads=${c.spinning} idlethreads=${c.sleepingThreads} runqueue=${c.global}`;
  return `${head} ${rest} [${c.local.join(" ")}]`;
}

/** Go's numbers for what a goroutine does. */
function statusOf({ state }: GoroutineInfo): string {
  return state === "runnable" ? "1()" : state === "running" ? "2()" : `4(${state})`;
}

async function details(c: CoreCounts): Promise<string[]> {
  const everyone = await sightEverywhere();
  const procs = c.local.map((n, id) => {
    const here = everyone.filter((s) => s.info.processor === id);
    const isRunning = here.some((s) => !isParked(s.info.state));
    return `  P${id}: status=${isRunning ? 1 : 0} runqsize=${n} goroutines=${here.length}`;
  });
  const goroutines = everyone.map(({ info }) => `  G${info.id}: status=${statusOf(info)} p=${info.processor}`);
  return [...procs, ...goroutines];
}

export function openSchedTrace(everyMs: number, inDetail: boolean): void {
  if (everyMs <= 0 || isAnotherCore()) return;
  const startMs = now();
  const trace = (): void => {
    const counts = processor.cores?.counts() ?? oneCore();
    const head = line(startMs, counts);
    if (!inDetail) printError(head);
    else void details(counts).then((more) => printError([head, ...more].join("\n")));
  };
  trace();
  background(setInterval(trace, everyMs));
}
