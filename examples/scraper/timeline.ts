// A picture of who fetched what when: a row for each worker, a bar for each fetch.
import type { Fetched } from "./scraper.ts";

const WIDTH = 1200;
const ROW = 22;
const LEFT = 80;
const TOP = 34;

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** As SVG. Times are milliseconds since the beginning. */
export function timeline(fetches: readonly Fetched[], workers: number): string {
  const end = Math.max(1, ...fetches.map(({ end }) => end));
  const x = (ms: number): number => LEFT + (ms / end) * (WIDTH - LEFT - 10);
  const y = (worker: number): number => TOP + (worker - 1) * ROW;
  const height = y(workers + 1) + 24;

  const bars = fetches.map(({ url, worker, start, end, status }) => {
    const colour = status === 200 ? "#3b7dd8" : status === "timeout" ? "#d9822b" : "#c23030";
    const width = Math.max(1, x(end) - x(start)).toFixed(1);
    const title = `<title>${escape(url)}: ${status}, ${(end - start).toFixed(0)} ms</title>`;
    return `<rect x="${x(start).toFixed(1)}" y="${y(worker) + 3}" width="${width}" height="${ROW - 6}" rx="2" fill="${colour}" fill-opacity="0.8">${title}</rect>`;
  });
  const names = Array.from({ length: workers }, (_, i) => `<text x="8" y="${y(i + 1) + 15}">worker ${i + 1}</text>`);
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = x(part * end).toFixed(1);
    const bottom = height - 20;
    return `<line x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}" stroke="#ddd"/><text x="${at}" y="${bottom + 14}" text-anchor="middle">${(part * end).toFixed(0)} ms</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="8" y="20" font-size="14">${fetches.length} fetches by ${workers} workers</text>`,
    ...ticks,
    ...names,
    ...bars,
    "</svg>",
    "",
  ].join("\n");
}
