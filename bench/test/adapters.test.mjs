// The adapters that need nothing installed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../lib/adapter.mjs";
import { WORKLOADS } from "../lib/workloads.mjs";
import { exercise, exerciseAlone } from "./exercise.mjs";

test("goro runs every workload and gets the right answers", async () => {
  assert.deepEqual(
    await exercise("goro"),
    WORKLOADS.map((w) => w.id),
  );
});

test("promises by hand run every workload for one core and get the right answers", async () => {
  assert.deepEqual(
    await exercise("native"),
    WORKLOADS.filter((w) => w.cores === 1).map((w) => w.id),
  );
});

test("messages and Atomics by hand run between them every workload for two cores and get the right answers", async () => {
  const ran = new Set([...(await exerciseAlone("messages")), ...(await exerciseAlone("atomics"))]);
  assert.deepEqual(ran, new Set(WORKLOADS.filter((w) => w.cores === 2).map((w) => w.id)));
});

test("a wrong answer is an error", () => {
  assert.throws(() => check(1 + 1 === 3, "sum"), { message: "wrong result: sum" });
});
