// The adapters that need nothing installed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../lib/adapter.mjs";
import { WORKLOADS } from "../lib/workloads.mjs";
import { exercise } from "./exercise.mjs";

for (const peer of ["goro", "native"]) {
  test(`${peer} runs every workload and gets the right answers`, async () => {
    assert.deepEqual(
      await exercise(peer),
      WORKLOADS.map((w) => w.id),
    );
  });
}

test("a wrong answer is an error", () => {
  assert.throws(() => check(1 + 1 === 3, "sum"), { message: "wrong result: sum" });
});
