import assert from "node:assert/strict";
import { test } from "node:test";
import { chartSpec } from "../lib/chart.mjs";
import { summarize } from "../lib/summary.mjs";
import { readmeTable, terminalTable, verdict } from "../lib/tables.mjs";
import { metricsOf, WORKLOADS } from "../lib/workloads.mjs";
import { TARGETS } from "../targets.mjs";

const results = (rows) => ({
  rows,
  node: "v20.0.0",
  go: "go1.19 linux/amd64",
  date: "2026-01-02T03:04:05Z",
  commit: "abc",
  machine: { cpu: "some processor", cores: 2, memoryGiB: 8 },
});
const row = (workload, peer, figures) => ({ workload, peer, name: peer, others: 0, ...figures });
const ring = [
  row("ring", "go", { value: 200 }),
  row("ring", "goro", { value: 80 }),
  row("ring", "native", { value: 60 }),
  row("ring", "effect", { value: 500 }),
  row("ring", "js-csp", { value: 400 }),
  row("ring", "async-csp", { error: "wrong result: hops" }),
];

test("every figure of every workload but the latencies and the pipeline has a target, and no target is without a figure", () => {
  const isFree = (w) => w.id.startsWith("latency_") || w.id === "pipeline";
  const figures = WORKLOADS.filter((w) => !isFree(w)).map((w) => [w.id, metricsOf(w).map((m) => m.key)]);
  const targets = Object.entries(TARGETS).map(([id, bounds]) => [id, Object.keys(bounds)]);
  assert.deepEqual(targets, figures);
});

test("a row compares with Go, with the best library and with what is written by hand, each by itself", () => {
  const [summary] = summarize(results(ring));
  assert.equal(summary.ratio, 0.4);
  assert.equal(summary.met, true);
  assert.deepEqual(summary.best, { name: "js-csp", figure: 400, goroRatio: 0.2, goRatio: 2 });
  assert.deepEqual(summary.byHand, { figure: 60, goRatio: 0.3 });
});

test("a target is met up to its bound and missed beyond it", () => {
  const met = (goro) =>
    summarize(results([row("ring", "go", { value: 200 }), row("ring", "goro", { value: goro })]))[0].met;
  assert.deepEqual([89, 90, 91].map(met), [true, true, false]);
});

test("of a speed-up more is better: for the target, and for the best library", () => {
  const speedUps = (goro) =>
    summarize(
      results([
        row("par_cpu", "go", { value: 1.95 }),
        row("par_cpu", "goro", { value: goro }),
        row("par_cpu", "messages", { value: 1.7 }),
        row("par_cpu", "atomics", { value: 1.8 }),
        row("par_cpu", "piscina", { value: 1.6 }),
        row("par_cpu", "tinypool", { value: 1.75 }),
      ]),
    );
  assert.deepEqual(
    [1.89, 1.9, 1.97].map((goro) => speedUps(goro)[0].met),
    [false, true, true],
  );
  const [summary] = speedUps(1.93);
  assert.equal(summary.best.name, "tinypool");
  assert.equal(summary.byHand.figure, 1.8);
  assert.deepEqual(chartSpec([summary], "caption").data[0].values, [], "and it has no bar");
});

test("a target that is relative to what is written by hand takes the better of that", () => {
  const [summary] = summarize(
    results([
      row("par_rtt_idle", "goro", { value: 91 }),
      row("par_rtt_idle", "messages", { value: 100 }),
      row("par_rtt_idle", "atomics", { value: 80 }),
    ]),
  );
  assert.deepEqual([summary.met, summary.target], [true, "1.15 x by hand"]);
});

test("without Go an absolute target is judged and a relative one is not", () => {
  const goro = [row("ring", "goro", { value: 80 }), row("parked_bytes", "goro", { value: 361, rss: 400 })];
  const summary = summarize(results(goro));
  assert.deepEqual(
    summary.map((r) => [r.label, r.met]),
    [
      ["parked_bytes, heap", false],
      ["parked_bytes, resident", true],
      ["ring", undefined],
    ],
  );
  assert.equal(verdict(summary), "1 of 2 targets met.");
});

test("a row that others disturbed says so in both tables", () => {
  const disturbed = results([...ring.slice(1), row("ring", "go", { value: 200, others: 0.7 })]);
  const summary = summarize(disturbed);
  assert.match(terminalTable(disturbed, summary, { colors: false }), /^ring \(disturbed\) .*yes/m);
  assert.match(readmeTable(disturbed, summary), /^\| `ring` \(disturbed\) .*do not trust these rows/ms);
});

test("the chart has goro, its target and the best library of each row that has a ratio", () => {
  const summary = summarize(results([...ring, row("sieve", "goro", { value: 50 })]));
  const [bars, targets] = chartSpec(summary, "caption").data;
  assert.deepEqual(
    bars.values.map((b) => [b.label, b.series, b.ratio]),
    [
      ["ring", "goro", 0.4],
      ["ring", "best npm peer", 2],
    ],
  );
  assert.deepEqual(
    targets.values.map((b) => [b.label, b.ratio]),
    [["ring", 0.45]],
  );
});
