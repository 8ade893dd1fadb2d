import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { crc32, inflateSync } from "node:zlib";
import { linesOf, numberIn, speedUpIn } from "./run-example.mjs";

const onTwoCores = { GOMAXPROCS: "2" };
const matches = (lines, pattern) => lines.map((line) => pattern.exec(line)?.slice(1)).filter(Boolean);

async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "goro-every-core-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

test("worker-pool-parallel counts the primes of ten spans, and no worker changes its core", async () => {
  const lines = await linesOf("worker-pool-parallel.ts", { env: onTwoCores });
  const results = matches(lines, /^job (\d): (\d+) primes from (\d+) to (\d+) \(worker ([123]), thread (\d+)\)$/);
  assert.deepEqual(results.map(([job]) => job).sort(), [..."0123456789"]);
  // From tables of pi(n): 9,592 below 100,000; 17,984 below 200,000; 78,498 below 1,000,000.
  const primesOf = (n) => Number(results.find(([job]) => job === n)[1]);
  assert.equal(primesOf("0"), 9592);
  assert.equal(primesOf("1"), 17984 - 9592);
  const threads = new Map();
  for (const [, , , , worker, thread] of results) {
    assert.equal(threads.get(worker) ?? thread, thread, `worker ${worker} was on two threads`);
    threads.set(worker, thread);
  }
  assert.equal(lines.at(-2), "primes below 1000000: 78498");
  speedUpIn(lines, 2);
  assert.equal(lines.length, 12);
});

test("primes counts those below five million on both threads, each part once", async () => {
  const lines = await linesOf("primes.ts", { env: onTwoCores });
  assert.equal(lines[0], "348513 primes below 5000000");
  const taken = matches(lines, /^thread (\d+) took (\d+) of 100 parts$/).map((numbers) => numbers.map(Number));
  assert.equal(taken.length, 2);
  assert.ok(taken[0][0] !== taken[1][0] && taken.some(([thread]) => thread === 0));
  assert.equal(taken[0][1] + taken[1][1], 100);
  speedUpIn(lines, 2);
  assert.equal(lines.length, 4);
});

test("primes does all on the main thread where GOMAXPROCS is 1", async () => {
  const lines = await linesOf("primes.ts", { args: ["2000000"], env: { GOMAXPROCS: "1" } });
  assert.deepEqual(lines.slice(0, 2), ["148933 primes below 2000000", "thread 0 took 100 of 100 parts"]);
  speedUpIn(lines, 1);
});

test("mandelbrot writes the same PNG from one core and from three", async (t) => {
  const folder = await temporaryFolder(t);
  const pictures = [];
  for (const cores of ["1", "3"]) {
    const file = join(folder, `${cores}.png`);
    const lines = await linesOf("mandelbrot.ts", { args: [file, "160"], env: { GOMAXPROCS: cores } });
    const bytes = await readFile(file);
    assert.equal(lines[0], `${file}: 160 x 120 pixels, ${bytes.length} bytes`);
    speedUpIn(lines, cores);
    pictures.push(bytes);
  }
  assert.ok(pictures[0].equals(pictures[1]));

  const { size, colours, rows } = decode(pictures[0]);
  assert.deepEqual(size, [160, 120]);
  const colourAt = (x, y) => colours.subarray(rows[y][x] * 3, rows[y][x] * 3 + 3).toString("hex");
  // The middle of the set is black; what is far outside is blue; above is as below.
  const column = (re) => Math.round(((re + 2.2) / 3) * 160);
  for (const re of [0, -1]) assert.equal(colourAt(column(re), 60), "000000");
  assert.match(colourAt(0, 0), /^0.0.[4-9]/);
  for (let y = 0; y < 60; y++) assert.ok(rows[y].equals(rows[119 - y]), `row ${y}`);
  assert.ok(new Set(rows.flatMap((row) => [...row])).size > 50, "many shades");
});

/** Reads a PNG with a palette, and checks its checksums. */
function decode(png) {
  assert.equal(png.toString("latin1", 0, 8), "\x89PNG\r\n\x1a\n");
  const chunks = {};
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    chunks[type] = png.subarray(at + 8, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)), type);
    at += 12 + length;
  }
  assert.deepEqual(Object.keys(chunks), ["IHDR", "PLTE", "IDAT", "IEND"]);
  const size = [chunks.IHDR.readUInt32BE(0), chunks.IHDR.readUInt32BE(4)];
  assert.deepEqual([...chunks.IHDR.subarray(8)], [8, 3, 0, 0, 0]);
  const data = inflateSync(chunks.IDAT);
  const rows = Array.from({ length: size[1] }, (_, y) => {
    const start = y * (size[0] + 1);
    assert.equal(data[start], 0, "rows as they are");
    return data.subarray(start + 1, start + 1 + size[0]);
  });
  return { size, colours: chunks.PLTE, rows };
}

test("word-count counts every word that it has written once, and takes its text away", async (t) => {
  const folder = await temporaryFolder(t);
  const env = { ...onTwoCores, TMPDIR: folder, TEMP: folder };
  const lines = await linesOf("word-count/word-count.ts", { args: ["5"], env });
  const [, written, counted] =
    /^5 MB of text: (\d+) words written, (\d+) counted, 184 of them different$/.exec(lines[0]) ?? assert.fail(lines[0]);
  assert.equal(counted, written);
  assert.ok(written > 1_000_000 && written < 1_500_000, `${written} words of three to five letters`);
  const frequent = lines.slice(1, 6).map((line) => line.split(/ +/));
  assert.deepEqual(
    frequent.map(([word]) => word),
    ["the", "of", "and", "to", "in"],
  );
  const ratio = numberIn(lines, /^the +(\d+)$/) / numberIn(lines, /^of +(\d+)$/);
  assert.ok(ratio > 1.6 && ratio < 1.8, "log 2 / log (3 / 2)");
  speedUpIn(lines, 2);
  assert.deepEqual(await readdir(folder), []);
});
