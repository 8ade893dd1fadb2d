// The one table: a row for every figure of every workload, made from the rows of a run.
import { TARGETS } from "../targets.mjs";
import { DISTURBED } from "./machine.mjs";
import { metricsOf, WORKLOADS } from "./workloads.mjs";

/** The peer that is no library but what one writes by hand instead: shown apart, and never the best peer. */
export const PROMISES = "native";

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

function summarizeMetric(workload, { key, label, unit }, rows) {
  const figure = (peer) => rows.find((r) => r.peer === peer)?.[key];
  const [go, goro, promises] = [figure("go"), figure("goro"), figure(PROMISES)];
  const libraries = rows.filter((r) => r[key] !== undefined && !["go", "goro", PROMISES].includes(r.peer));
  const best = libraries.sort((a, b) => a[key] - b[key])[0];
  const target = TARGETS[workload.id]?.[key];
  const bound = target?.bound(go);
  return {
    workload: workload.id,
    title: workload.title,
    label: label === "" ? workload.id : `${workload.id}, ${label}`,
    unit,
    go,
    goro,
    ratio: quotient(goro, go),
    target: target?.text,
    targetRatio: quotient(bound, go),
    met: goro === undefined || bound === undefined ? undefined : goro <= bound,
    best: best && {
      name: best.name,
      figure: best[key],
      goroRatio: quotient(goro, best[key]),
      goRatio: quotient(best[key], go),
    },
    promises: promises === undefined ? undefined : { figure: promises, goRatio: quotient(promises, go) },
    disturbed: disturbance(rows) >= DISTURBED,
  };
}

const quotient = (a, b) => (a === undefined || b === undefined ? undefined : a / b);

/** The greatest number of cores that others used during any measurement of these rows. */
export const disturbance = (rows) => Math.max(0, ...rows.map((r) => r.others ?? 0));
