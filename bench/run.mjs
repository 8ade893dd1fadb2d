// `npm run bench`: measures goro, Go and the npm peers on the same workloads and reports how they compare.
// What is measured and how stands in README.md; the options in lib/options.mjs.
import fs from "node:fs";
import path from "node:path";
import { chartSpec, drawChart } from "./lib/chart.mjs";
import { machine } from "./lib/machine.mjs";
import { figure, runChild, undisturbed } from "./lib/measure.mjs";
import { checkNames, misuse, readOptions } from "./lib/options.mjs";
import { show } from "./lib/stats.mjs";
import { summarize } from "./lib/summary.mjs";
import { detailedReport, provenance, readmeTable, terminalTable } from "./lib/tables.mjs";
import { BENCH, buildGo, commit, findNode, setup } from "./lib/toolchain.mjs";
import { WORKLOADS } from "./lib/workloads.mjs";

/** The order of the columns where figures do not decide it. */
const PEERS = [
  ...["goro", "native", "effect", "effection", "js-csp", "thi-ng-csp", "async-csp", "async-mutex", "p-limit"],
  ...["p-map", "rxjs", "node-streams"],
  ...["messages", "atomics", "piscina", "tinypool", "workerpool", "poolifier", "threads", "multithreading"],
];

const log = (line) => process.stderr.write(`${line}\n`);

if (process.argv[2] === "growth") {
  const { growth } = await import("./growth.mjs");
  await growth(process.argv.slice(3));
} else if (process.argv[2] === "http") {
  const { http } = await import("./http.mjs");
  await http(process.argv.slice(3));
} else {
  await bench(readOptions(process.argv.slice(2)));
}

async function bench(options) {
  checkNames(
    "only",
    options.only,
    WORKLOADS.map((w) => w.id),
  );
  checkNames("peers", options.peers, PEERS);
  if (options.merge && (options.peers || options.noGo))
    misuse("--merge replaces whole workloads: it goes with neither --peers nor --no-go");
  const ids = PEERS.filter((id) => options.peers?.includes(id) ?? true);
  if (!options.noSetup) setup([...(ids.includes("goro") ? ["goro"] : []), "peers", ...(options.noGo ? [] : ["go"])]);
  const node = findNode(options.node);
  const go = options.noGo ? undefined : buildGo(options.go);
  if (go === undefined && options.noSetup && !options.noGo) log("bench: there is no Go: the Go rows are left out");
  const peers = [...(go ? [{ id: "go", name: "Go", notes: {} }] : []), ...(await describePeers(ids, node))];
  const tools = { nodeFile: node.file, goFile: go?.file };

  const whole = !options.only && !options.peers && !options.quick && go !== undefined;
  const out = path.resolve(options.out ?? path.join(BENCH, whole || options.merge ? "results" : ".cache/results"));
  const start = performance.now();
  const results = {
    date: new Date().toISOString(),
    commit: commit(),
    node: node.version,
    go: go?.version ?? null,
    quick: options.quick,
    machine: machine(),
    versions: Object.fromEntries(peers.filter((p) => p.pkg).map((p) => [p.pkg, p.version])),
    rows: [],
  };
  const earlier = options.merge ? readEarlier(out, results) : undefined;
  let report;
  for (const workload of WORKLOADS.filter((w) => options.only?.includes(w.id) ?? true)) {
    for (const peer of peers) results.rows.push(await row(peer, workload, tools, options));
    results.seconds = Math.round((performance.now() - start) / 1000);
    // after every workload, so that a run that is stopped loses nothing
    report = merge(earlier, results);
    save(out, report);
  }
  const summary = summarize(report);
  await saveChart(out, report, summary);
  process.stdout.write(`\n${terminalTable(report, summary, { colors: process.stdout.isTTY === true })}\n`);
  log(`Details: ${path.relative(process.cwd(), path.join(out, "results.md"))}`);
}

/** What each adapter says of itself; one that cannot be loaded keeps its place and fails in every workload. */
async function describePeers(ids, node) {
  const peers = [];
  for (const id of ids) {
    const described = await runChild(node.file, ["lib/describe.mjs", id]);
    if (described.error) log(`${id}: cannot be loaded: ${described.error}`);
    peers.push({ id, name: id, notes: {}, ...described });
  }
  return peers;
}

async function row(peer, workload, tools, options) {
  const note = peer.notes[workload.id];
  const base = { workload: workload.id, peer: peer.id, name: peer.name, ...(note === undefined ? {} : { note }) };
  if (peer.error !== undefined) return { ...base, error: peer.error };
  if (peer.has !== undefined && !peer.has.includes(workload.id))
    return { ...base, skipped: note ?? peer.notes["*"] ?? "n/a" };
  const result = await undisturbed(() => figure(peer, workload, tools, options), options);
  const shown = result.error ? `failed: ${result.error}` : `${show(result.value)} ${workload.unit}`;
  const others = result.others > 0 ? `, others ${result.others} cores` : "";
  log(
    `${workload.id.padEnd(18)} ${peer.name.padEnd(18)} ${shown}  (${((result.wallMs ?? 0) / 1000).toFixed(1)} s${others})`,
  );
  delete result.cpuMs; // of the whole process, start and end included: it has served its purpose
  return { ...base, ...result };
}

function readEarlier(out, results) {
  const file = path.join(out, "results.json");
  if (!fs.existsSync(file)) return undefined;
  const earlier = JSON.parse(fs.readFileSync(file, "utf8"));
  // a table whose rows come from different programs would compare what cannot be compared
  for (const key of ["node", "go", "quick"]) {
    if (earlier[key] !== results[key]) misuse(`--merge: ${key} is ${earlier[key]} in ${file} and ${results[key]} now`);
  }
  return earlier;
}

/** Whole workloads only, so that the ratios of one always come from one run. */
function merge(earlier, results) {
  if (earlier === undefined) return results;
  const fresh = new Set(results.rows.map((r) => r.workload));
  const rows = WORKLOADS.flatMap((w) => (fresh.has(w.id) ? results : earlier).rows.filter((r) => r.workload === w.id));
  const merged = [
    ...(earlier.merged ?? []),
    { date: results.date, commit: results.commit, workloads: [...fresh].join(", ") },
  ];
  return { ...earlier, rows, merged };
}

function save(out, results) {
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(path.join(out, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  fs.writeFileSync(path.join(out, "results.md"), detailedReport(results));
  fs.writeFileSync(path.join(out, "README-table.md"), readmeTable(results, summarize(results)));
}

async function saveChart(out, results, summary) {
  if (!summary.some((r) => r.ratio !== undefined)) return log("No chart: it needs both Go and goro.");
  const svg = await drawChart(chartSpec(summary, provenance(results)));
  fs.writeFileSync(path.join(out, "ratios.svg"), svg);
}
