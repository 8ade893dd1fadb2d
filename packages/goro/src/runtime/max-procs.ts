// GOMAXPROCS: how many processors may run goroutines. Go: runtime/proc.go, procresize, and cgroup_linux.go

import { builtin } from "./builtin.js";
import { nodeProcess } from "./host.js";

/** Logical processors of this machine. Go: `runtime.NumCPU()`. */
export function numCPU(): number {
  const os = builtin<{ availableParallelism?: () => number }>("node:os");
  const navigator = (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator;
  return os?.availableParallelism?.() ?? navigator?.hardwareConcurrency ?? 1;
}

interface Files {
  readFileSync(path: string, encoding: "utf8"): string;
}

function read(fs: Files, path: string): string | undefined {
  try {
    return fs.readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}

/**
 * How many processors the container may use at once, where it has a quota: microseconds of work per period. As in Go, a
 * fraction is rounded up, and one alone is still two.
 */
export function quotaOf(fs: Files): number | undefined {
  const group = read(fs, "/proc/self/cgroup") ?? "";
  const paths = (controller: RegExp): string[] => {
    const line = group.split("\n").find((l) => controller.test(l));
    return [line?.split(":")[2] ?? "", ""];
  };
  for (const path of paths(/^0::/)) {
    const [quota, period] = (read(fs, `/sys/fs/cgroup${path}/cpu.max`) ?? "").split(" ");
    if (Number(quota) > 0 && Number(period) > 0) return roundQuota(Number(quota) / Number(period));
  }
  for (const path of paths(/:([^:]*,)?cpu(,[^:]*)?:/)) {
    const quota = Number(read(fs, `/sys/fs/cgroup/cpu${path}/cpu.cfs_quota_us`));
    const period = Number(read(fs, `/sys/fs/cgroup/cpu${path}/cpu.cfs_period_us`));
    if (quota > 0 && period > 0) return roundQuota(quota / period);
  }
  return undefined;
}

function roundQuota(processors: number): number {
  return Math.max(2, Math.ceil(processors));
}

function environment(): number | undefined {
  try {
    const n = Number(nodeProcess?.env["GOMAXPROCS"]);
    return Number.isInteger(n) && n > 0 ? n : undefined;
  } catch {
    return undefined; // Deno without permission to read the environment
  }
}

function initial(): number {
  const fs = builtin<Files>("node:fs");
  const quota = fs === undefined ? undefined : quotaOf(fs);
  return environment() ?? Math.min(numCPU(), quota ?? Infinity);
}

/** Where the number stands: here, until several cores share it. */
interface Holder {
  get(): number;
  set(n: number): void;
  /** The main thread takes no tasks, or does again. */
  keepMainFree(on: boolean): void;
}

let own: number | undefined;
let holder: Holder = {
  get: () => (own ??= initial()),
  set(n) {
    own = n;
  },
  keepMainFree() {},
};

export function maxProcs(): number {
  return holder.get();
}

export function setMaxProcs(n: number): void {
  holder.set(n);
}

export function shareMaxProcs(shared: Holder): void {
  holder = shared;
  if (keepers > 0) shared.keepMainFree(true);
}

let keepers = 0;

/**
 * Until the function that it gives is called, the main thread runs only the goroutines that start there: those of parallel
 * functions run on as many other threads as there may be processors. For who serves connections there, and must not keep
 * them waiting for as long as somebody computes. Where there may be one processor only, nothing changes.
 */
export function keepMainFree(): () => void {
  if (++keepers === 1) holder.keepMainFree(true);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--keepers === 0) holder.keepMainFree(false);
  };
}

/** Whether parallel functions stay on this core, whatever GOMAXPROCS says: the race detector sees one only. */
export const oneCore = { only: false };
