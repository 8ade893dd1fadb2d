// Runs every workload of an adapter once, small, in this process. Each checks its own answer.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GROUP } from "../lib/adapter.mjs";
import { WORKLOADS } from "../lib/workloads.mjs";

/** @returns the names of the workloads it ran */
export async function exercise(peer) {
  const { workloads } = await import(`../peers/${peer}.mjs`);
  const offered = WORKLOADS.filter((w) => w.id in workloads);
  assert.deepEqual(new Set(Object.keys(workloads)), new Set(offered.map((w) => w.id)), "workloads that nobody runs");
  for (const { id, kind } of offered) await exerciseOne(workloads[id], id, kind);
  return offered.map((w) => w.id);
}

/** The same in a process of its own, which most peers with threads would not let end. */
export async function exerciseAlone(peer) {
  const script = fileURLToPath(new URL("exercise-alone.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, peer]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

async function exerciseOne(run, id, kind) {
  if (kind === "parked") {
    const crowd = await run(GROUP);
    assert.equal(crowd.parked(), GROUP, id);
    assert.equal(await crowd.release(), GROUP, id);
    return;
  }
  if (kind === "start") return run();
  if (kind === "latency") {
    const times = await run(5);
    assert.ok(times.length === 5 && times.every((ms) => ms > 0), `${id}: ${times}`);
    return;
  }
  if (kind === "speedup") {
    for (const how of ["one", "all"]) assert.ok((await run(how)) > 0, `${id}, ${how}`);
    return;
  }
  const ms = await { op: () => run(1000), fixed: () => run(1000), total: () => run(200), sleepers: () => run(100, 20) }[
    kind
  ]();
  assert.ok(ms > 0, `${id}: ${ms} ms`);
}
