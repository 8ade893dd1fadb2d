// What the tour has other cores do. They load this module, and not the tour itself.
import { parallel } from "goro";

export const countPrimes = parallel(import.meta.url, function* countPrimes(from: number, to: number) {
  let count = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) count++;
  return count;
});

function isPrime(n: number): boolean {
  if (n < 4) return n > 1;
  if (n % 2 === 0) return false;
  for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
  return true;
}

export const nothing = parallel(import.meta.url, function* nothing() {});

/** One row of the Mandelbrot set, as shades from 0 to `most`. */
export const drawRow = parallel(
  import.meta.url,
  function* drawRow(shades: Uint8Array, width: number, y: number, most: number) {
    const height = shades.length / width;
    for (let x = 0; x < width; x++) {
      const rounds = escape((x / width) * 3 - 2.2, ((y + 0.5) / height - 0.5) * 2.3);
      shades[y * width + x] = Math.min(most, Math.floor(Math.log2(rounds)));
    }
  },
);

function escape(cr: number, ci: number): number {
  let rounds = 1;
  for (let zr = 0, zi = 0; rounds < 100_000 && zr * zr + zi * zi <= 4; rounds++) {
    const next = zr * zr - zi * zi + cr;
    zi = 2 * zr * zi + ci;
    zr = next;
  }
  return rounds;
}
