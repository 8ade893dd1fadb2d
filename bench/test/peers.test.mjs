// What needs the packages of bench/package.json. Installs them first, as a run of the benchmark does.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { chartSpec, drawChart } from "../lib/chart.mjs";
import { summarize } from "../lib/summary.mjs";
import { setup } from "../lib/toolchain.mjs";
import { exercise, exerciseAlone } from "./exercise.mjs";

before(() => setup(["peers"]));

const onOneCore = [
  "effect",
  "js-csp",
  "thi-ng-csp",
  "async-csp",
  "async-mutex",
  "p-limit",
  "p-map",
  "rxjs",
  "node-streams",
];
for (const peer of onOneCore) {
  test(`${peer} runs its workloads and gets the right answers`, async () => {
    assert.notEqual((await exercise(peer)).length, 0);
  });
}

const withThreads = ["piscina", "tinypool", "workerpool", "poolifier", "threads"];
if ("withResolvers" in Promise) withThreads.push("multithreading"); // from Node 22 on
for (const peer of withThreads) {
  test(`${peer} runs its workloads on two threads and gets the right answers`, async () => {
    const ran = await exerciseAlone(peer);
    for (const id of ["par_empty", "par_cpu", "start_ms", "latency_cold"]) assert.ok(ran.includes(id), id);
  });
}

test("effection gets the right answers, but for the values that its race() loses", async () => {
  const { workloads } = await import("../peers/effection.mjs");
  await assert.rejects(
    workloads.select2(1000),
    /^Error: wrong result: race\(\) over two queues lost 500 of 1000 values/,
  );
  delete workloads.select2;
  await exercise("effection");
});

test("the chart is an SVG with the workloads and the libraries written in it", async () => {
  const figures = Object.entries({ go: 200, goro: 80, effect: 500 });
  const rows = figures.map(([peer, value]) => ({ workload: "ring", peer, name: peer, value }));
  const svg = await drawChart(chartSpec(summarize({ rows }), "where; and when"));
  assert.match(svg, /^<svg [^]*<\/svg>\n$/);
  for (const text of ["ring", "goro", "0.40", "2.5  effect", "target", "where", "and when"])
    assert.ok(svg.includes(`>${text}<`), text);
});
