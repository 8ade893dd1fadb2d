// The one table: a row for every figure of every workload, made from the rows of a run.
import { TARGETS } from "../targets.mjs";
import { DISTURBED } from "./machine.mjs";
import { metricsOf, WORKLOADS } from "./workloads.mjs";

/** The peers that are no libraries but what one writes by hand instead: shown apart, and never the best peer. */
const BY_HAND = ["native", "messages", "atomics"];

/**
 * @param {{ rows: { workload: string, peer: string, name: string, value?: number, others?: number }[] }} results
 * @returns one object per figure; what was not measured is undefined in it, and `met` too where that decides it
 */
export function summarize(results) {
  return WORKLOADS.flatMap((workload) => {
    const rows = results.rows.filter((r) => r.workload === workload.id);
    return rows.length === 0 ? [] : metricsOf(workload).map((metric) => summarizeMetric(workload, metric, rows));
  });
}

function summarizeMetric(workload, { key, label, unit, more = false }, rows) {
  const figure = (peer) => rows.find((r) => r.peer === peer)?.[key];
  const bestOf = (some) =>
    some.filter((r) => r[key] !== undefined).sort((a, b) => (more ? b[key] - a[key] : a[key] - b[key]))[0];
  const [go, goro] = [figure("go"), figure("goro")];
  const byHand = bestOf(rows.filter((r) => BY_HAND.includes(r.peer)))?.[key];
  const best = bestOf(rows.filter((r) => !["go", "goro", ...BY_HAND].includes(r.peer)));
  const target = TARGETS[workload.id]?.[key];
  const bound = target?.bound({ go, byHand });
  return {
    workload: workload.id,
    title: workload.title,
    label: label === "" ? workload.id : `${workload.id}, ${label}`,
    unit,
    more,
    go,
    goro,
    ratio: quotient(goro, go),
    target: target?.text,
    targetRatio: quotient(bound, go),
    met: goro === undefined || bound === undefined ? undefined : more ? goro >= bound : goro <= bound,
    best: best && {
      name: best.name,
      figure: best[key],
      goroRatio: quotient(goro, best[key]),
      goRatio: quotient(best[key], go),
    },
    byHand: byHand === undefined ? undefined : { figure: byHand, goRatio: quotient(byHand, go) },
    disturbed: disturbance(rows) >= DISTURBED,
  };
}

const quotient = (a, b) => (a === undefined || b === undefined ? undefined : a / b);

/** The greatest number of cores that others used during any measurement of these rows. */
export const disturbance = (rows) => Math.max(0, ...rows.map((r) => r.others ?? 0));
