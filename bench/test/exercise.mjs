// Runs every workload of an adapter once, small, in this process. Each checks its own answer.
import assert from "node:assert/strict";
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

async function exerciseOne(run, id, kind) {
  if (kind === "parked") {
    const crowd = await run(GROUP);
    assert.equal(crowd.parked(), GROUP, id);
    assert.equal(await crowd.release(), GROUP, id);
    return;
  }
  const ms = await { op: () => run(1000), fixed: () => run(1000), total: () => run(200), sleepers: () => run(100, 20) }[
    kind
  ]();
  assert.ok(ms > 0, `${id}: ${ms} ms`);
}
