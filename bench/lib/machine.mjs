// The machine: what it is, and how much of it others use while we measure.
import fs from "node:fs";
import os from "node:os";
import { setTimeout as delay } from "node:timers/promises";

export const machine = () => ({
  cpu: os.cpus()[0]?.model ?? "unknown",
  cores: os.cpus().length,
  memoryGiB: Math.round(os.totalmem() / 2 ** 30),
  os: `${os.type()} ${os.release()}`,
});

/** Cores that others use from which on a measurement counts as disturbed. */
export const DISTURBED = 0.4;
const QUIET = 0.2;

/** Starts to watch. The returned function tells how many cores others have used since, less the CPU time that is ours. */
export function watchOthers() {
  const start = performance.now();
  const busyBefore = busySeconds();
  const ownBefore = process.cpuUsage();
  return (childCpuMs = 0) => {
    const own = process.cpuUsage(ownBefore);
    const others = busySeconds() - busyBefore - childCpuMs / 1000 - (own.user + own.system) / 1e6;
    return Math.max(0, others / ((performance.now() - start) / 1000));
  };
}

/** Waits until others leave the machine alone, at most that long. Returns the cores they use. */
export async function quiet(atMostSeconds) {
  const deadline = performance.now() + atMostSeconds * 1000;
  for (;;) {
    const others = watchOthers();
    await delay(250);
    const used = others();
    if (used < QUIET || performance.now() >= deadline) return used;
    await delay(1000);
  }
}

/** CPU time that the whole machine has spent not idling. Linux only: elsewhere nothing counts as disturbed. */
function busySeconds() {
  if (process.platform !== "linux") return 0;
  const [user, nice, system, , , irq, softirq, steal] = fs
    .readFileSync("/proc/stat", "utf8")
    .split("\n", 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}
