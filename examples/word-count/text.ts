// A text to count words in: sentences of English words, the frequent ones as frequent as they are in English (Zipf's law).
// Made in parts on every core; always the same text, as each part begins with a seed of its own.
import { closeSync, openSync, writeSync } from "node:fs";
import { parallel } from "goro";

/** Bytes of a part. */
export const PART = 2 ** 20;

/** By rank: the most frequent first. */
const WORDS = (
  "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which " +
  "one you were all her she there would their we him been has when who will no more if out so up said what its " +
  "about than into them can only other time new some could these two may first then do any like my now over such " +
  "our man me even most made after also did many off before must well back through years much where your way down " +
  "should because long each just state those people how too little world good make very year still see own work get " +
  "here between both life being under never day same another know while last might us great old since against go " +
  "came right used take three house himself few use during without again place around however home small found " +
  "thought went say part once general high upon school every river morning letter evening window captain garden " +
  "silver thousand question whisper mountain philosophy neighbour weather"
).split(" ");

/** Writes one part into a file that is there. Returns how many words are in it. */
export const writePart = parallel(import.meta.url, function* writePart(path: string, part: number) {
  const random = mulberry32(part);
  let text = "";
  let count = 0;
  let isFirst = true;
  for (;;) {
    const word = WORDS[Math.floor((WORDS.length + 1) ** random()) - 1]!;
    const isLast = random() < 0.1;
    const end = isLast ? (random() < 0.2 ? ".\n" : ". ") : " ";
    const next = (isFirst ? word[0]!.toUpperCase() + word.slice(1) : word) + end;
    if (text.length + next.length > PART) break;
    text += next;
    count++;
    isFirst = isLast;
  }
  const file = openSync(path, "r+");
  writeSync(file, text.padEnd(PART, "\n"), part * PART, "latin1");
  closeSync(file);
  return count;
});

/** Random numbers from 0 to 1 that are the same for the same seed. */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
