// A page that draws the Mandelbrot set on every core. `npx vite examples/page` serves it, `npx vite build examples/page` builds it.
import { go, run, until } from "goro";
import { gomaxprocs } from "goro/runtime";

const WIDTH = 1200;
const HEIGHT = 900;
const canvas = document.querySelector("canvas")!;
const text = document.querySelector("p")!;

function* draw() {
  const { drawRow } = yield* until(import("./rows.ts"));
  const pixels = new Uint8Array(new SharedArrayBuffer(WIDTH * HEIGHT * 4));
  const rows = Array.from({ length: HEIGHT }, (_, y) => go(drawRow, pixels, WIDTH, HEIGHT, y).join());
  let elsewhere = 0;
  for (const row of rows) if (yield* row) elsewhere++;
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  // A canvas takes no shared memory: it gets a copy.
  canvas.getContext("2d")!.putImageData(new ImageData(new Uint8ClampedArray(pixels), WIDTH, HEIGHT), 0, 0);
  return `${HEIGHT} rows on ${gomaxprocs()} cores, ${elsewhere} of them not on the page's own`;
}

text.textContent = crossOriginIsolated
  ? await run(draw)
  : "This page is not cross-origin isolated, and so has no shared memory: see vite.config.ts.";
