// Words of 32 bits as they are written: a memory of its own that grows, and what is so long that it waits behind it, to be
// copied once, to where it will stay.

import { allocate } from "../../arena/blocks.js";
import { mem } from "../../arena/arena.js";
import {
  bigintCell,
  ESCAPE,
  floatCell,
  SHORT_STRING,
  Tag as AllTags,
  TAIL_FROM,
  wordCells,
  wordsFor,
} from "./format.js";
import { forgetScratch, isOfBytes, writeBytes, writeUnits } from "./strings.js";

/** A long string, or a buffer with the length that it had. */
export interface TailPart {
  readonly content: string | ArrayBuffer;
  readonly byteLength: number;
}

/** A constant of this module is one for the compiler too; what is imported is not. */
const Tag = AllTags;

const FIRST_WORDS = 1024;
/** More is given back after use. */
const MOST_KEPT_WORDS = 1 << 16;

export class Words {
  words = new Int32Array(FIRST_WORDS);
  bytes = new Uint8Array(this.words.buffer);
  private units = new Uint16Array(this.words.buffer);
  private room = FIRST_WORDS;
  /** How many words have been written. */
  at = 0;
  /** What follows the words. */
  readonly tail: TailPart[] = [];
  tailWords = 0;
  /** Whether the reader is this core: then none of it goes into the arena. */
  local = false;

  protected clearWords(): void {
    this.at = 0;
    if (this.tail.length > 0) {
      this.tail.length = 0;
      this.tailWords = 0;
    }
    this.local = false;
    if (this.room > MOST_KEPT_WORDS) {
      this.use(new Int32Array(FIRST_WORDS));
      forgetScratch();
    }
  }

  /** Room for so many more words. */
  protected reserve(words: number): void {
    if (this.at + words > this.room) this.grow(words);
  }

  private use(words: Int32Array<ArrayBuffer>): void {
    this.words = words;
    this.bytes = new Uint8Array(words.buffer);
    this.units = new Uint16Array(words.buffer);
    this.room = words.length;
  }

  private grow(words: number): void {
    const needed = this.at + words;
    // Says so where it cannot fit, before much work is done in vain.
    if (!this.local && needed > mem.length) allocate(needed);
    const larger = new Int32Array(Math.max(needed, this.room * 2));
    larger.set(this.words);
    this.use(larger);
  }

  protected word(tag: number, number: number): void {
    if (this.at + 2 > this.room) this.grow(2);
    if (number < ESCAPE) {
      this.words[this.at++] = tag | (number << 8);
    } else {
      this.words[this.at++] = tag | (ESCAPE << 8);
      this.words[this.at++] = number;
    }
  }

  protected number(value: number): void {
    if (this.at + 3 > this.room) this.grow(3);
    if ((value << 8) >> 8 === value && (value !== 0 || 1 / value > 0)) {
      this.words[this.at++] = Tag.integer | (value << 8);
      return;
    }
    floatCell[0] = value;
    this.words[this.at++] = Tag.float;
    this.words[this.at++] = wordCells[0]!;
    this.words[this.at++] = wordCells[1]!;
  }

  protected string(text: string): void {
    const length = text.length;
    if (length > SHORT_STRING) return this.longString(text);
    if (this.at + 1 + SHORT_STRING / 2 > this.room) this.grow(1 + SHORT_STRING / 2);
    if (length < 4 && this.tiny(text, length)) return;
    const bytes = this.bytes;
    const at = (this.at + 1) * 4;
    let all = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      all |= code;
      bytes[at + i] = code;
    }
    if (all < 256) {
      this.words[this.at] = Tag.bytes | (length << 8);
      this.at += 1 + ((length + 3) >> 2);
      return;
    }
    const units = this.units;
    for (let i = 0; i < length; i++) units[at / 2 + i] = text.charCodeAt(i);
    this.words[this.at] = Tag.units | (length << 8);
    this.at += 1 + ((length + 1) >> 1);
  }

  private tiny(text: string, length: number): boolean {
    const a = length > 0 ? text.charCodeAt(0) : 0;
    const b = length > 1 ? text.charCodeAt(1) : 0;
    const c = length > 2 ? text.charCodeAt(2) : 0;
    if ((a | b | c) > 255) return false;
    this.words[this.at++] = (Tag.string0 + length) | (a << 8) | (b << 16) | (c << 24);
    return true;
  }

  private longString(text: string): void {
    const length = text.length;
    const ofBytes = isOfBytes(text);
    const byteLength = ofBytes ? length : length * 2;
    if (byteLength >= TAIL_FROM) {
      this.word(ofBytes ? Tag.tailBytes : Tag.tailUnits, length);
      this.addTail(text, byteLength);
      return;
    }
    const words = wordsFor(byteLength);
    this.word(ofBytes ? Tag.bytes : Tag.units, length);
    if (this.at + words > this.room) this.grow(words);
    if (ofBytes) writeBytes(text, this.bytes, this.at * 4);
    else writeUnits(text, this.bytes, this.at * 4);
    this.at += words;
  }

  protected addTail(content: string | ArrayBuffer, byteLength: number): void {
    this.tail.push({ content, byteLength });
    this.tailWords += wordsFor(byteLength);
  }

  protected bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      if (this.at + 3 > this.room) this.grow(3);
      bigintCell[0] = value;
      this.words[this.at++] = Tag.bigint64;
      this.words[this.at++] = wordCells[0]!;
      this.words[this.at++] = wordCells[1]!;
      return;
    }
    this.word(Tag.bigint, value < 0n ? 1 : 0);
    this.string((value < 0n ? -value : value).toString(16));
  }
}
