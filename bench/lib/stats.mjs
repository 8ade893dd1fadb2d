// Numbers: the middle one of several, and how one is shown.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Median, least and greatest, as the fields of a result. */
export const spread = (values) => ({
  value: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  reps: values.length,
});

/** Three significant digits and no more: 0.31, 4.05, 35.3, 1,234. Empty for what was not measured. */
export function show(x) {
  if (x === undefined || Number.isNaN(x)) return "";
  if (Math.abs(x) >= 100) return Math.round(x).toLocaleString("en-US");
  return x.toFixed(Math.abs(x) >= 10 ? 1 : 2);
}
