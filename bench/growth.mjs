// `npm run bench -- growth`: what one operation costs with 1,000 and with 1,000,000 goroutines, buffered values, timers,
// waiters and contexts at once, and with 1 to 1,000 cases in a select. It is to stay within GREATEST times the smallest.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DISTURBED, machine } from "./lib/machine.mjs";
import { NODE_FLAGS, runChild, undisturbed } from "./lib/measure.mjs";
import { checkNames, readOptions } from "./lib/options.mjs";
import { show } from "./lib/stats.mjs";
import { alignedTable, markdownTable, provenance } from "./lib/tables.mjs";
import { BENCH, commit, findNode, setup } from "./lib/toolchain.mjs";

const GREATEST = 1.5;

export async function growth(argv) {
  const options = readOptions(argv);
  if (!options.noSetup) setup(["goro"]);
  const { GROWTH } = await import("./growth/cases.mjs"); // needs the built goro
  checkNames(
    "only",
    options.only,
    GROWTH.map((c) => c.id),
  );
  const node = findNode(options.node);
  const origin = { date: new Date().toISOString(), commit: commit(), node: node.version, go: null, machine: machine() };
  const measured = [];
  for (const each of GROWTH.filter((c) => options.only?.includes(c.id) ?? true)) {
    const results = [];
    for (const n of each.sizes) {
      const child = [...NODE_FLAGS, "growth/child.mjs", each.id, String(n)];
      results.push(await undisturbed(() => runChild(node.file, child, options), options));
      process.stderr.write(`${each.id.padEnd(14)} ${String(n).padStart(9)}  ${figure(results.at(-1))}\n`);
    }
    measured.push({ ...each, results });
  }
  const out = path.resolve(
    options.out ?? path.join(BENCH, options.only || options.quick ? ".cache/results" : "results"),
  );
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(
    path.join(out, "growth.md"),
    report(measured, markdownTable, (s) => `\`${s}\``, origin),
  );
  process.stdout.write(`\n${report(measured, alignedTable, (s) => s, origin)}`);
}

/** A table for each list of sizes, since those are its columns. */
function report(measured, table, code, origin) {
  const lists = [...new Set(measured.map((m) => m.sizes))];
  const tables = lists.map((sizes) => {
    const of = measured.filter((m) => m.sizes === sizes);
    const head = [
      "ns per",
      ...sizes.map((n) => `n = ${n.toLocaleString("en-US")}`),
      "ratio",
      "",
      "collector",
      "ratio without",
      "what",
    ];
    const align = ["left", ...sizes.map(() => "right"), "right", "left", "right", "right", "left"];
    return table(
      head,
      align,
      of.map((m) => cells(m, code)),
    );
  });
  const legend =
    `The ratio is the largest size over the smallest; "grows" marks more than ${GREATEST}. "collector" is the share of ` +
    'the pauses of the garbage collector in the time of the largest size, "ratio without" the ratio of what is left.';
  return `${[...tables, legend, provenance(origin)].join("\n\n")}\n`;
}

function cells({ id, unit, title, results }, code) {
  const [small, large] = [results[0], results.at(-1)];
  const ratio = large.value / small.value;
  const disturbed = results.some((r) => r.others >= DISTURBED) ? " (disturbed)" : "";
  return [
    `${unit}, ${code(id)}${disturbed}`,
    ...results.map(figure),
    show(ratio),
    ratio > GREATEST ? "grows" : "",
    large.gcShare === undefined ? "" : `${Math.round(large.gcShare * 100)}%`,
    show((large.value * (1 - large.gcShare)) / (small.value * (1 - small.gcShare))),
    title,
  ];
}

const figure = (result) => (result.error === undefined ? show(result.value) : `failed: ${result.error}`);

if (process.argv[1] === fileURLToPath(import.meta.url)) await growth(process.argv.slice(2));
