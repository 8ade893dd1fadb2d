// The bar chart of the README: goro and the best peer relative to Go, drawn by Vega.
//
// Go is the line at 1 and bars grow from it, to the left for faster or lighter, to the right for slower or heavier. The
// scale is logarithmic, so that half and double are equally far from Go.

const SERIES = { goro: "goro", peer: "best npm peer" };
const COLORS = { [SERIES.goro]: "#0a7ea4", [SERIES.peer]: "#c3c8ce" };
const INK = "#24292f";
const FAINT = "#6e7781";
const TARGET = "#cf222e";
const ROW_HEIGHT = 40;

/** The chart as a Vega specification: plain data. Rows without goro's or Go's figure have no place in it, nor has the speed-up. */
export function chartSpec(summary, caption) {
  const rows = summary.filter((r) => r.ratio !== undefined && !r.more);
  const bars = rows.flatMap(({ label, ratio, targetRatio = 1, best }) => [
    { label, series: SERIES.goro, ratio, text: shown(ratio), textFrom: Math.max(1, ratio, targetRatio) },
    ...(best === undefined
      ? []
      : [
          {
            label,
            series: SERIES.peer,
            ratio: best.goRatio,
            text: `${shown(best.goRatio)}  ${best.name}`,
            textFrom: Math.max(1, best.goRatio),
          },
        ]),
  ]);
  const targets = rows
    .filter((r) => r.targetRatio !== undefined)
    .map((r) => ({ label: r.label, series: SERIES.goro, ratio: r.targetRatio }));
  const all = [...bars, ...targets].map((b) => b.ratio);
  const barPosition = {
    y: { scale: "workload", field: "label", offset: { scale: "series", field: "series" } },
    height: { scale: "series", band: 1 },
  };
  return {
    $schema: "https://vega.github.io/schema/vega/v6.json",
    description: "goro and the best npm peer relative to Go, by workload",
    width: 600,
    height: rows.length * ROW_HEIGHT,
    // fixed, because without a canvas Vega only guesses how wide the text is
    autosize: "none",
    padding: { left: 150, right: 20, top: 96, bottom: 52 },
    background: "white",
    config: {
      text: { font: "sans-serif" },
      axis: {
        labelFont: "sans-serif",
        titleFont: "sans-serif",
        labelColor: INK,
        titleColor: FAINT,
        titleFontWeight: "normal",
      },
      legend: { labelFont: "sans-serif", labelColor: INK, labelFontSize: 12 },
      title: { font: "sans-serif", subtitleFont: "sans-serif", color: INK, subtitleColor: FAINT },
    },
    title: {
      text: "Time and memory relative to Go on as many cores",
      subtitle: caption.split("; ").slice(0, 2), // the programs; the machine
      anchor: "start",
      frame: "group",
      fontSize: 15,
      subtitleFontSize: 11,
      subtitlePadding: 4,
      offset: 8,
    },
    data: [
      { name: "bars", values: bars },
      { name: "targets", values: targets },
    ],
    scales: [
      // room on the right for the text behind the longest bar
      { name: "ratio", type: "log", domain: [Math.min(...all, 0.5) * 0.85, Math.max(...all, 2) * 4], range: "width" },
      { name: "workload", type: "band", domain: rows.map((r) => r.label), range: "height", padding: 0.25 },
      {
        name: "series",
        type: "band",
        domain: Object.values(SERIES),
        range: [0, { signal: "bandwidth('workload')" }],
        paddingInner: 0.08,
      },
      { name: "color", type: "ordinal", domain: Object.keys(COLORS), range: Object.values(COLORS) },
      { name: "mark", type: "ordinal", domain: ["target"], range: [TARGET] },
    ],
    axes: [
      {
        orient: "bottom",
        scale: "ratio",
        values: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
        format: "~g",
        grid: true,
        gridColor: "#eaeef2",
        domain: false,
        tickColor: "#d0d7de",
        labelFontSize: 11,
        title: "times Go's figure, less is better (logarithmic)",
        titleFontSize: 11,
        titlePadding: 8,
      },
      {
        orient: "left",
        scale: "workload",
        domain: false,
        ticks: false,
        labelPadding: 8,
        labelFontSize: 12,
        labelLimit: 0,
      },
    ],
    legends: [
      { fill: "color", orient: "top", direction: "horizontal", symbolType: "square", symbolSize: 120 },
      {
        stroke: "mark",
        orient: "top",
        direction: "horizontal",
        symbolType: "stroke",
        symbolStrokeWidth: 2.5,
        symbolSize: 120,
      },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "bars" },
        encode: {
          enter: {
            ...barPosition,
            x: { scale: "ratio", value: 1 },
            x2: { scale: "ratio", field: "ratio" },
            fill: { scale: "color", field: "series" },
          },
        },
      },
      {
        type: "rule",
        encode: {
          enter: {
            x: { scale: "ratio", value: 1 },
            y: { value: 0 },
            y2: { signal: "height" },
            stroke: { value: INK },
            strokeWidth: { value: 1.2 },
          },
        },
      },
      {
        type: "rect",
        from: { data: "targets" },
        encode: {
          enter: {
            ...barPosition,
            xc: { scale: "ratio", field: "ratio" },
            width: { value: 2.5 },
            fill: { value: TARGET },
          },
        },
      },
      {
        type: "text",
        from: { data: "bars" },
        encode: {
          enter: {
            x: { scale: "ratio", field: "textFrom", offset: 5 },
            y: { scale: "workload", field: "label", offset: { scale: "series", field: "series", band: 0.5 } },
            baseline: { value: "middle" },
            fontSize: { value: 11 },
            fontWeight: { signal: `datum.series === '${SERIES.goro}' ? 'bold' : 'normal'` },
            fill: { signal: `datum.series === '${SERIES.goro}' ? '${INK}' : '${FAINT}'` },
            text: { field: "text" },
          },
        },
      },
      {
        type: "text",
        encode: {
          enter: {
            x: { scale: "ratio", value: 1 },
            y: { value: -4 },
            align: { value: "center" },
            baseline: { value: "bottom" },
            fontSize: { value: 12 },
            fontWeight: { value: "bold" },
            fill: { value: INK },
            text: { value: "Go" },
          },
        },
      },
    ],
  };
}

const shown = (ratio) => ratio.toFixed(ratio >= 10 ? 0 : ratio >= 1 ? 1 : 2);

/** The chart as SVG text. Loads Vega, which is installed only for the benchmark. */
export async function drawChart(spec) {
  const vega = await import("vega");
  const view = new vega.View(vega.parse(spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg + "\n";
}
