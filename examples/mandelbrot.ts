// The Mandelbrot set, a goroutine for each row, on every core: all write their pixels into one SharedArrayBuffer, without a lock.
// Rows in the middle take much longer than those at the edge; who is done takes the next. `goro run mandelbrot.ts [FILE] [WIDTH]`
import { writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";
import { main, parallel } from "goro";
import { WaitGroup } from "goro/sync";
import { onOneCoreAndAll, report } from "./speed-up.ts";

const [FILE = "mandelbrot.png", WIDTH = "1200"] = process.argv.slice(2);
const ROUNDS = 1000;
/** One colour for each remainder of the number of rounds; the last is for what never escapes. */
const COLOURS = 256;
const INSIDE = COLOURS - 1;

const drawRow = parallel(import.meta.url, function* drawRow(pixels: Uint8Array, width: number, y: number) {
  const height = pixels.length / width;
  for (let x = 0; x < width; x++) {
    const rounds = escape((x / width) * 3 - 2.2, ((y + 0.5) / height - 0.5) * 2.25);
    pixels[y * width + x] = rounds === ROUNDS ? INSIDE : rounds % INSIDE;
  }
});

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

function* draw(width: number) {
  const height = Math.round((width * 3) / 4);
  const pixels = new Uint8Array(new SharedArrayBuffer(width * height));
  const rows = new WaitGroup();
  for (let y = 0; y < height; y++) rows.go(drawRow, pixels, width, y);
  yield* rows.wait();
  return { pixels, width, height };
}

/** A PNG with a palette: signature, header, colours, rows each behind its filter (0: as they are), end. */
function png(pixels: Uint8Array, width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8); // bits for each pixel; colours by number
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const chunks = [chunk("IHDR", header), chunk("PLTE", palette()), chunk("IDAT", deflateSync(rows)), chunk("IEND")];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** Around the colour wheel, from blue; black inside. */
function palette(): Buffer {
  const wave = (i: number, turn: number) => Math.round(127.5 - 127.5 * Math.cos((i / 32 + turn) * Math.PI));
  const colours = Array.from({ length: INSIDE }, (_, i) => [wave(i, 0), wave(i, 0.1), wave(i, 0.4)]);
  return Buffer.from([...colours, [0, 0, 0]].flat());
}

main(function* () {
  const measured = yield* onOneCoreAndAll(() => draw(Number(WIDTH)));
  const { pixels, width, height } = measured.result;
  const picture = png(pixels, width, height);
  writeFileSync(FILE, picture);
  console.log(`${FILE}: ${width} x ${height} pixels, ${picture.length} bytes`);
  report(measured);
});
