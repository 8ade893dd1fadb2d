// `npm run bench -- http`: goro's server beside bare node:http, Fastify, Hono and Go's net/http, under the same load.
//
// The machine is shared by the server, the load generator and whatever else runs: so the servers take turns in short runs,
// round after round, and what counts are the medians of their ratios within a round.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { machine } from "./lib/machine.mjs";
import { BENCH, commit, findNode } from "./lib/toolchain.mjs";
import { countPrimes, HELLO, LIMIT } from "./http/work.mjs";

const here = (...names) => path.join(BENCH, "http", ...names);
const hello = { path: "/", expect: HELLO };
const primes = { path: "/primes", expect: String(countPrimes(LIMIT)) };

/** What is asked of every server, and which figure counts. */
const WORKLOADS = [
  { name: "hello", what: "GET /, 64 connections", groups: [{ ...hello, connections: 64 }] },
  { name: "cpu", what: "GET /primes, 16 connections", groups: [{ ...primes, connections: 16 }] },
  {
    name: "mixed",
    what: "GET / on 32 connections, GET /primes on 4",
    groups: [
      { ...hello, connections: 32 },
      { ...primes, connections: 4 },
    ],
  },
];

export async function http(args) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "2" },
      node: { type: "string", default: process.execPath },
      only: { type: "string" },
      servers: { type: "string" },
      out: { type: "string" },
    },
  });
  const node = findNode(values.node);
  const go = buildGo();
  const servers = [
    { name: "node:http", command: [node.file, here("servers/node.mjs")] },
    { name: "Fastify", command: [node.file, here("servers/fastify.mjs")] },
    { name: "Hono", command: [node.file, here("servers/hono.mjs")] },
    ...(go === undefined ? [] : [{ name: "Go", command: [go] }]),
    { name: "goro, one core", command: [node.file, here("servers/goro.mjs")], env: { GOMAXPROCS: "1" }, only: ["cpu"] },
    { name: "goro", command: [node.file, here("servers/goro.mjs")] },
  ].filter(({ name }) => values.servers?.split(",").includes(name) ?? true);
  const rounds = Number(values.rounds);
  const results = [];
  for (const workload of WORKLOADS) {
    if (values.only !== undefined && !values.only.split(",").includes(workload.name)) continue;
    const rows = await measure(workload, servers, rounds, Number(values.seconds), node.file);
    results.push({ workload: workload.name, what: workload.what, rows });
  }
  const report = [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit()}, Node ${node.version}, ${rounds} rounds of ${values.seconds} s`,
    `${machine().cpu ?? ""}`,
    ...results.map(table),
  ].join("\n\n");
  console.log(report);
  const out = path.resolve(values.out ?? path.join(BENCH, ".cache/results"));
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(path.join(out, "http.md"), `# HTTP\n\n${report}\n`);
}

function buildGo() {
  const out = path.join(BENCH, ".cache", "http-go");
  try {
    execFileSync(process.env.GO ?? "go", ["build", "-buildvcs=false", "-o", out, "."], {
      cwd: here("go"),
      stdio: ["ignore", "ignore", "inherit"],
    });
    return out;
  } catch {
    console.error("bench: there is no Go: its row is left out");
    return undefined;
  }
}

async function measure(workload, servers, rounds, seconds, nodeFile) {
  const running = [];
  for (const server of servers) {
    if (server.only === undefined || server.only.includes(workload.name)) running.push(await startServer(server));
  }
  const rows = running.map(({ server }) => ({ name: server.name, runs: [] }));
  try {
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < running.length; i++) {
        // Each round begins with another server.
        const k = (i + round) % running.length;
        rows[k].runs.push(await oneRun(running[k], workload, seconds, nodeFile));
        process.stderr.write(`${workload.name} ${round + 1}/${rounds} ${rows[k].name}\r\x1b[K`);
      }
    }
  } finally {
    for (const { child } of running) child.kill("SIGKILL");
  }
  return rows;
}

async function startServer(server) {
  const [file, ...args] = server.command;
  const child = spawn(file, args, { env: { ...process.env, ...server.env }, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { server, child, port: Number(String(line)) };
}

/** CPU time of a process, all threads, in ms. */
function cpuOf(pid) {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function oneRun({ child, port }, { groups }, seconds, nodeFile) {
  const before = cpuOf(child.pid);
  const args = [here("load.mjs"), JSON.stringify({ port, seconds, warmUp: 0.5, groups })];
  const generator = spawn(nodeFile, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  generator.stdout.on("data", (chunk) => (text += chunk));
  await once(generator, "close");
  const results = JSON.parse(text);
  for (const { path: where, problems } of results) {
    if (Object.keys(problems).length > 0) throw new Error(`wrong answers at ${where}: ${JSON.stringify(problems)}`);
  }
  // Warm-up included: what matters is the ratio.
  const perSecond = results.reduce((sum, r) => sum + r.perSecond, 0);
  const cpuUs = ((cpuOf(child.pid) - before) * 1000) / (perSecond * (seconds + 0.5));
  return {
    perSecond,
    cpuUs,
    p99: results[0].p99,
    p50: results[0].p50,
    lastP99: results.at(-1).p99,
    perGroup: results.map((r) => r.perSecond),
  };
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Medians, and of the ratios to the first row within each round. */
function table({ workload, what, rows }) {
  const base = rows[0].runs;
  const ratio = (runs, key) => median(runs.map((run, i) => run[key] / base[i][key])).toFixed(2);
  const of = (runs, key, digits) => median(runs.map((run) => run[key])).toFixed(digits);
  const mixed = rows[0].runs[0].perGroup.length > 1;
  const head = [
    `| ${workload}: ${what} | requests/s | of ${rows[0].name} | CPU us each | p50 ms | p99 ms | of ${rows[0].name} |${mixed ? " p99 of /primes | " : ""}`,
    `|---|--:|--:|--:|--:|--:|--:|${mixed ? "--:|" : ""}`,
  ];
  const body = rows.map(({ name, runs }) => {
    const cells = [
      of(runs, "perSecond", 0),
      ratio(runs, "perSecond"),
      of(runs, "cpuUs", 1),
      of(runs, "p50", 2),
      of(runs, "p99", 2),
      ratio(runs, "p99"),
    ];
    if (mixed) cells.push(of(runs, "lastP99", 1));
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  return [...head, ...body].join("\n");
}
