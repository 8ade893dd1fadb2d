// Counts the words of a text of 200 MB, which it makes itself: a `parallel` goroutine for each part of the file, on every core.
// A word that crosses into the next part belongs to the one in which it starts. `goro run word-count.ts [MEGABYTES]`
import { closeSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { go, main, parallel } from "goro";
import { onOneCoreAndAll, report } from "../speed-up.ts";
import { PART, writePart } from "./text.ts";
import { letterOf, Words } from "./words.ts";

const MEGABYTES = Number(process.argv[2] ?? 200);
/** More than the longest word has. */
const BEYOND = 64;

const countPart = parallel(import.meta.url, function* countPart(path: string, part: number) {
  // One byte before the part, to see whether a word starts here, and some behind it, for the word that ends there.
  const before = part === 0 ? 0 : 1;
  const bytes = Buffer.alloc(before + PART + BEYOND);
  const file = openSync(path, "r");
  const length = readSync(file, bytes, 0, bytes.length, part * PART - before);
  closeSync(file);

  const words = new Words();
  let i = 0;
  if (before > 0) while (i < length && letterOf(bytes[i]!) >= 0) i++;
  while (i < before + PART && i < length) {
    if (letterOf(bytes[i]!) < 0) i++;
    else i = words.add(bytes, i, length);
  }
  return words.counts();
});

function* writeText(path: string) {
  closeSync(openSync(path, "w"));
  const parts = Array.from({ length: MEGABYTES }, (_, part) => go(writePart, path, part).join());
  let words = 0;
  for (const part of parts) {
    const count = yield* part;
    words += count;
  }
  return words;
}

function* countWords(path: string) {
  const parts = Array.from({ length: MEGABYTES }, (_, part) => go(countPart, path, part).join());
  const total = new Map<string, number>();
  for (const part of parts) {
    for (const [word, count] of yield* part) total.set(word, (total.get(word) ?? 0) + count);
  }
  return total;
}

main(function* () {
  const folder = mkdtempSync(join(tmpdir(), "goro-words-"));
  try {
    const path = join(folder, "text");
    const written = yield* writeText(path);
    const measured = yield* onOneCoreAndAll(() => countWords(path));
    const words = [...measured.result].sort(([, a], [, b]) => b - a);
    const counted = words.reduce((sum, [, count]) => sum + count, 0);
    console.log(
      `${MEGABYTES} MB of text: ${written} words written, ${counted} counted, ${words.length} of them different`,
    );
    for (const [word, count] of words.slice(0, 5)) console.log(`${word.padEnd(5)} ${count}`);
    report(measured);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
