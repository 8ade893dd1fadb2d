// What any core of the page runs: one row of the Mandelbrot set, drawn into memory that all of them share. A module of its own, so
// that it becomes a chunk of its own: other cores load it, and nothing in it touches the page.
import { parallel } from "goro";

const ROUNDS = 1500;
const BYTES_PER_PIXEL = 4;

export const drawRow = parallel(
  import.meta.url,
  function* drawRow(pixels: Uint8Array, width: number, height: number, y: number) {
    for (let x = 0; x < width; x++) {
      const shade = escape((x / width) * 3 - 2.2, ((y + 0.5) / height - 0.5) * 2.25) % 256;
      pixels.set([shade, shade, 255 - shade, 255], (y * width + x) * BYTES_PER_PIXEL);
    }
    // Was it another core than the page's own, which has a document?
    return !("document" in globalThis);
  },
);

/** Rounds until z² + c is sure to run away. */
function escape(cr: number, ci: number): number {
  let rounds = 0;
  for (let zr = 0, zi = 0; rounds < ROUNDS && zr * zr + zi * zi <= 4; rounds++) {
    const next = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = next;
  }
  return rounds;
}
