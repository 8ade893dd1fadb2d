// The benchmark itself, end to end on its quickest settings: two workloads, goro and the hand-written baseline.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const BENCH = path.dirname(import.meta.dirname);
const bench = (...args) => promisify(execFile)(process.execPath, [path.join(BENCH, "run.mjs"), ...args]);

function temporaryFolder(t) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "goro-bench-"));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  return folder;
}

test("a run measures every peer asked for on every workload asked for, and writes its reports", async (t) => {
  const out = temporaryFolder(t);
  const only = ["chan_unbuf", "mutex_uncontended"];
  const { stdout } = await bench(
    "--quick",
    "--no-go",
    "--no-setup",
    `--only=${only}`,
    "--peers=goro,native",
    `--out=${out}`,
  );

  const results = JSON.parse(fs.readFileSync(path.join(out, "results.json"), "utf8"));
  assert.equal(results.node, process.version);
  assert.equal(results.go, null);
  assert.equal(results.machine.cores, os.cpus().length);
  assert.match(results.versions.goro, /^\d+\.\d+\.\d+/);
  assert.deepEqual(
    results.rows.map((r) => [r.workload, r.peer]),
    only.flatMap((w) => [
      [w, "goro"],
      [w, "native"],
    ]),
  );
  for (const row of results.rows) {
    assert.equal(row.error, undefined);
    assert.ok(row.value > 0 && row.min <= row.value && row.value <= row.max, JSON.stringify(row));
    assert.ok(row.reps >= 3 && row.n >= 1000 && row.cpu > 0, JSON.stringify(row));
  }

  for (const workload of only) assert.match(stdout, new RegExp(`^${workload} .*0 x Go`, "m"));
  const table = fs.readFileSync(path.join(out, "README-table.md"), "utf8");
  for (const workload of only) assert.match(table, new RegExp(`^\\| \`${workload}\``, "m"));
  const details = fs.readFileSync(path.join(out, "results.md"), "utf8");
  for (const workload of only) assert.match(details, new RegExp(`^## \\d+\\. \`${workload}\``, "m"));
  assert.match(details, /\| native async\/await \|/);
});

test("a run on two cores gives a speed-up, quantiles and a start, with their parts in the report of all figures", async (t) => {
  const out = temporaryFolder(t);
  const only = ["par_cpu", "start_ms", "latency_hot"];
  const { stdout } = await bench(
    "--quick",
    "--no-go",
    "--no-setup",
    `--only=${only}`,
    "--peers=goro,messages",
    `--out=${out}`,
  );
  const { rows } = JSON.parse(fs.readFileSync(path.join(out, "results.json"), "utf8"));
  assert.deepEqual(
    rows.map((r) => [r.workload, r.peer, r.error]),
    only.flatMap((w) => ["goro", "messages"].map((peer) => [w, peer, undefined])),
  );
  for (const { workload, value, oneMs, allMs, p99, p999, max } of rows) {
    if (workload === "par_cpu") assert.ok(value > 0.1 && value < 10 && oneMs > 10 && allMs > 10);
    if (workload === "start_ms") assert.ok(value > 20 && value < 20_000, `${value} ms`);
    if (workload === "latency_hot") assert.ok(value > 0 && value <= p99 && p99 <= p999 && p999 <= max);
  }
  assert.match(stdout, /^par_cpu, speed-up .* at least 1\.90 times /m);
  for (const quantile of ["p50", "p99", "p99.9"]) assert.ok(stdout.includes(`\nlatency_hot, ${quantile} `), quantile);
  const details = fs.readFileSync(path.join(out, "results.md"), "utf8");
  assert.match(details, /\| speed-up, times \|.*\| 1 thread, ms \|.*\| 2 threads, ms \|/);
});

test("growth measures a case at each of its sizes and gives the ratio", async (t) => {
  const out = temporaryFolder(t);
  const { stdout } = await bench("growth", "--quick", "--no-setup", "--only=select-ready", `--out=${out}`);
  const row = /^case, select-ready.*?(\d[\d.,]*) +(\d[\d.,]*) +(\d[\d.,]*) +(\d[\d.,]*) +(\d+\.\d\d) /m.exec(stdout);
  assert.ok(row, stdout);
  const [small, , , large, ratio] = row.slice(1).map((x) => Number(x.replaceAll(",", "")));
  assert.ok(Math.abs(ratio - large / small) < 0.02, stdout);
  assert.match(fs.readFileSync(path.join(out, "growth.md"), "utf8"), /^\| case, `select-ready`/m);
});

test("a workload, peer or option that does not exist gets one clear line and exit code 2", () => {
  const misuses = {
    "--only=chan": "chan_unbuf",
    "--peers=akka": "effect",
    "--fast": "--fast",
    "--retry=x": "whole number",
    "--node=/none": "does not run",
    "--merge --peers=goro": "whole workloads",
  };
  for (const [argument, told] of Object.entries(misuses)) {
    const command = [path.join(BENCH, "run.mjs"), "--no-setup", ...argument.split(" ")];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
    assert.equal(status, 2, argument);
    assert.match(stderr, new RegExp(`^bench: .*${told}`), argument);
  }
});

test("setup says in one line that Go is left out where there is neither Go nor a way to install it", (t) => {
  const tools = temporaryFolder(t);
  for (const tool of ["bash", "dirname", "id"]) {
    fs.symlinkSync(spawnSync("which", [tool], { encoding: "utf8" }).stdout.trim(), path.join(tools, tool));
  }
  const { status, stdout, stderr } = spawnSync("bash", [path.join(BENCH, "setup"), "go"], {
    encoding: "utf8",
    env: { ...process.env, PATH: tools },
  });
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^bench: there is no Go .* left out\n$/);
});
