// The reports that are text: the table in the terminal, the same in markdown, and all figures in detail.
import { styleText } from "node:util";
import { disturbance } from "./summary.mjs";
import { DISTURBED } from "./machine.mjs";
import { show } from "./stats.mjs";
import { metricsOf, WORKLOADS } from "./workloads.mjs";

const HEAD = ["workload", "Go", "goro", "goro / Go", "target", "met", "best npm peer", "goro / peer", "by hand"];

function cells(row, code) {
  const withUnit = (x) => (x === undefined ? "" : `${show(x)} ${row.unit}`);
  return [
    code(row.label) + (row.disturbed ? " (disturbed)" : ""),
    withUnit(row.go),
    withUnit(row.goro),
    show(row.ratio),
    row.target ?? "",
    row.met === undefined ? "" : row.met ? "yes" : "no",
    row.best === undefined ? "none" : `${row.best.name} ${show(row.best.figure)}`,
    show(row.best?.goroRatio),
    show(row.byHand?.figure),
  ];
}

const ALIGN = ["left", "right", "right", "right", "right", "left", "right", "right", "right"];

const LEGEND =
  'Less is better, but for the speed-up. "by hand" is the same written by hand, with promises or, from par_empty on, with ' +
  "worker threads and messages or Atomics; the best peer is the best of the libraries. Go has one core, and from par_empty on two.";

/** Where the figures come from, in one line. */
export function provenance(results) {
  const { cpu, cores, memoryGiB } = results.machine;
  const commit = results.commit ? `, commit ${results.commit}` : "";
  const again =
    results.merged?.map((m) => `; ${m.workloads} again on ${m.date.slice(0, 10)}, commit ${m.commit}`).join("") ?? "";
  const versions = `Node ${results.node}, ${results.go ?? "no Go"}`;
  return `${versions}; ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${results.date.slice(0, 10)}${commit}${again}.`;
}

/** How many of the targets that could be judged are met. */
export function verdict(summary) {
  const judged = summary.filter((r) => r.met !== undefined);
  if (judged.length === 0) return "No target could be judged.";
  return `${judged.filter((r) => r.met).length} of ${judged.length} targets met.`;
}

const disturbedNote = (summary) =>
  summary.some((r) => r.disturbed)
    ? ["disturbed: other processes used the machine meanwhile; do not trust these rows."]
    : [];

export function terminalTable(results, summary, { colors }) {
  const body = summary.map((r) => cells(r, (s) => s));
  const [head, rule, ...lines] = alignedTable(HEAD, ALIGN, body).split("\n");
  const paint = (line, { met }) => (colors && met !== undefined ? styleText(met ? "green" : "red", line) : line);
  const painted = lines.map((line, i) => paint(line, summary[i]));
  const notes = [verdict(summary), LEGEND, ...disturbedNote(summary), provenance(results)];
  return [head, rule, ...painted, "", ...notes, ""].join("\n");
}

export function readmeTable(results, summary) {
  const table = markdownTable(
    HEAD,
    ALIGN,
    summary.map((r) => cells(r, (s) => `\`${s}\``)),
  );
  const notes = [LEGEND, ...disturbedNote(summary), provenance(results)];
  return `${table}\n\n${notes.join(" ")}\n`;
}

/** Every figure of every peer, a table per workload. */
export function detailedReport(results) {
  const versions = Object.entries(results.versions).map(([name, version]) => `${name} ${version}`);
  const sections = WORKLOADS.flatMap((w) => {
    const rows = results.rows.filter((r) => r.workload === w.id);
    return rows.length === 0 ? [] : [detailedSection(w, rows)];
  });
  return (
    [
      "# Results",
      `${provenance(results)} Total time ${results.seconds} s.`,
      `Peers: ${versions.join(", ")}.`,
      ...sections,
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

function detailedSection(workload, rows) {
  const go = rows.find((r) => r.peer === "go");
  const metrics = [...metricsOf(workload), ...(workload.details ?? [])];
  const hasCpu = rows.some((r) => r.cpu !== undefined);
  const columns = [
    ["peer", "left", (r) => r.name],
    ...metrics.flatMap(({ key, label, unit }) => [
      [label === "" ? workload.unit : `${label}, ${unit}`, "right", (r) => show(r[key])],
      ["x Go", "right", (r) => show(r[key] / go?.[key])],
    ]),
    ["min - max", "right", (r) => (r.min === undefined ? "" : `${show(r.min)} - ${show(r.max)}`)],
    ...(hasCpu
      ? [
          ["CPU time", "right", (r) => show(r.cpu)],
          ["CPU x Go", "right", (r) => show(r.cpu / go?.cpu)],
        ]
      : []),
    ["n", "right", (r) => (r.n === undefined ? "" : r.n.toLocaleString("en-US"))],
    ["repetitions", "right", (r) => String(r.reps ?? "")],
  ];
  const measured = rows
    .filter((r) => r.value !== undefined)
    .sort((a, b) => (b.peer === "go") - (a.peer === "go") || (metrics[0].more ? b.value - a.value : a.value - b.value));
  const others = disturbance(rows);
  const disturbed = others >= DISTURBED ? ` (disturbed: others used up to ${others.toFixed(1)} cores)` : "";
  const list = (what, some, text) => (some.length === 0 ? [] : [`${what}: ${some.map(text).join("; ")}.`]);
  return [
    `## ${workload.no}. \`${workload.id}\`: ${workload.title}${disturbed}`,
    markdownTable(
      columns.map(([head]) => head),
      columns.map(([, align]) => align),
      measured.map((r) => columns.map(([, , cell]) => cell(r))),
    ),
    ...list(
      "Failed",
      rows.filter((r) => r.error !== undefined),
      (r) => `${r.name} (${r.error})`,
    ),
    ...list(
      "Not offered",
      rows.filter((r) => r.skipped !== undefined),
      (r) => `${r.name} (${r.skipped})`,
    ),
    ...list(
      "Notes",
      measured.filter((r) => r.note !== undefined),
      (r) => `${r.name}: ${r.note}`,
    ),
  ].join("\n\n");
}

/** For a terminal. */
export function alignedTable(head, align, body) {
  const widths = widthsOf([head, ...body]);
  const line = (row) =>
    row
      .map((cell, i) => pad(cell, widths[i], align[i]))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((w) => "-".repeat(w)).join("  "), ...body.map(line)].join("\n");
}

/** Padded as Prettier pads, so that the files that are kept pass its check. */
export function markdownTable(head, align, body) {
  const widths = widthsOf([head, ...body]).map((w) => Math.max(w, 3));
  const line = (row) => `| ${row.map((cell, i) => pad(cell, widths[i], align[i])).join(" | ")} |`;
  const rule = align.map((a, i) => (a === "right" ? `${"-".repeat(widths[i] - 1)}:` : "-".repeat(widths[i])));
  return [line(head), line(rule), ...body.map(line)].join("\n");
}

const widthsOf = (rows) => rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
const pad = (cell, width, align) => (align === "right" ? cell.padStart(width) : cell.padEnd(width));
