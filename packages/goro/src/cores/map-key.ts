// Keys of a Map that several cores know: as words, which are equal where the keys are.
//
// A primitive is what it is on every core (0 and -0 are one key, and so are all NaN, as in Map); a shared thing is its cell; a
// parallel function is its number. Any other object would be another one on another core: those are no keys.

import { bytes, mem, type Addr } from "../arena/arena.js";
import { isShareable } from "../ds/shareable.js";
import { bigintCell, floatCell, wordCells } from "./codec/format.js";
import { describe } from "./codec/refusal.js";
import { readBytes, readUnits } from "./codec/strings.js";
import { declarationOf, functionOf, numberOf } from "./functions.js";
import { adoptReference, Cell, cellOf, dropReference, referenceTo } from "./handles.js";
import { unloaded } from "./codec.js";

/** The first word: what it is, and above that how many characters. */
const Kind = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  notANumber: 4,
  /** A word. */
  integer: 5,
  /** Two words. */
  float: 6,
  bigint64: 7,
  /** Of one byte each, or of two. */
  bytes: 8,
  units: 9,
  /** In base 16, as bytes. */
  bigint: 10,
  /** The cell. */
  reference: 11,
  /** The number. */
  fn: 12,
} as const;
const KIND_BITS = 4;
const KIND = (1 << KIND_BITS) - 1;

const FIRST_WORDS = 64;
const MOST_KEPT_WORDS = 1 << 14;

/** The key that was written last: its words, how many, and their hash. */
export const key = { words: new Int32Array(FIRST_WORDS), length: 0, hash: 0 };

/**
 * Writes a key into `key`. False where it is a thing that no other core knows yet, so that no shared map has it; with
 * `isStored` such a thing is shared.
 *
 * @throws TypeError for what cannot be a key.
 */
export function writeKey(value: unknown, what: string, isStored: boolean): boolean {
  if (!writeWords(value, what, isStored)) return false;
  const { words, length } = key;
  let hash = length;
  for (let i = 0; i < length; i++) {
    hash = Math.imul(hash ^ words[i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  key.hash = hash;
  return true;
}

function writeWords(value: unknown, what: string, isStored: boolean): boolean {
  switch (typeof value) {
    case "string":
      writeText(value, Kind.bytes);
      return true;
    case "number":
      writeNumber(value);
      return true;
    case "boolean":
      return writeWord(value ? Kind.true : Kind.false, 0, 1);
    case "undefined":
      return writeWord(Kind.undefined, 0, 1);
    case "bigint":
      writeBigint(value);
      return true;
    case "function": {
      const declared = declarationOf(value);
      if (declared === undefined) break;
      return writeWord(Kind.fn, numberOf(declared), 2);
    }
    case "object":
      if (value === null) return writeWord(Kind.null, 0, 1);
      if (!isShareable(value)) break;
      if (isStored && cellOf(value) === undefined) dropReference(referenceTo(value));
      return writeWord(Kind.reference, cellOf(value) ?? 0, 2) && cellOf(value) !== undefined;
  }
  throw new TypeError(
    `${what}: ${nameOf(value)} cannot be a key of a Map that several cores know: there it is another one`,
  );
}

function nameOf(value: unknown): string {
  return typeof value === "object" ? describe(value!) : `a ${typeof value}`;
}

function writeWord(first: number, second: number, length: number): true {
  key.words[0] = first;
  key.words[1] = second;
  key.length = length;
  return true;
}

function writeNumber(value: number): void {
  if ((value | 0) === value)
    writeWord(Kind.integer, value, 2); // also -0
  else if (value !== value) writeWord(Kind.notANumber, 0, 1);
  else {
    floatCell[0] = value;
    writeTwo(Kind.float);
  }
}

function writeTwo(kind: number): void {
  writeWord(kind, wordCells[0]!, 3);
  key.words[2] = wordCells[1]!;
}

function writeBigint(value: bigint): void {
  if (BigInt.asIntN(64, value) === value) {
    bigintCell[0] = value;
    writeTwo(Kind.bigint64);
  } else writeText(value.toString(16), Kind.bigint);
}

/** Four characters to a word, or two where some do not fit into a byte. */
function writeText(text: string, kind: number): void {
  const { length } = text;
  const words = roomFor(1 + ((length + 1) >> 1));
  let all = 0;
  words[0] = kind | (length << KIND_BITS);
  for (let i = 0, at = 1; i < length; i += 4, at++) {
    let word = 0;
    const end = Math.min(4, length - i);
    for (let j = 0; j < end; j++) {
      const code = text.charCodeAt(i + j);
      all |= code;
      word |= code << (j * 8);
    }
    words[at] = word;
  }
  key.length = 1 + ((length + 3) >> 2);
  if (all < 256) return;
  words[0] = Kind.units | (length << KIND_BITS);
  for (let i = 0, at = 1; i < length; i += 2, at++) {
    words[at] = text.charCodeAt(i) | (i + 1 < length ? text.charCodeAt(i + 1) << 16 : 0);
  }
  key.length = 1 + ((length + 1) >> 1);
}

function roomFor(length: number): Int32Array {
  if (length > key.words.length || (key.words.length > MOST_KEPT_WORDS && length <= FIRST_WORDS)) {
    key.words = new Int32Array(Math.max(FIRST_WORDS, length));
  }
  return key.words;
}

/** Stores the words of `key`, for as long as somebody may read them there. */
export function storeKey(at: Addr): void {
  const { words, length } = key;
  for (let i = 0; i < length; i++) mem[at + i] = words[i]!;
  if ((words[0]! & KIND) === Kind.reference) Atomics.add(mem, words[1]! + Cell.references, 1);
}

/** Are the words at an address those of `key`? */
export function isKeyAt(at: Addr): boolean {
  const { words, length } = key;
  for (let i = 0; i < length; i++) if (mem[at + i] !== words[i]) return false;
  return true;
}

export function readKey(at: Addr): unknown {
  const first = mem[at]!;
  const length = first >>> KIND_BITS;
  const start = (at + 1) * 4;
  switch (first & KIND) {
    case Kind.undefined:
      return undefined;
    case Kind.null:
      return null;
    case Kind.true:
      return true;
    case Kind.false:
      return false;
    case Kind.notANumber:
      return NaN;
    case Kind.integer:
      return mem[at + 1];
    case Kind.float:
      takeTwo(at);
      return floatCell[0];
    case Kind.bigint64:
      takeTwo(at);
      return bigintCell[0];
    case Kind.bytes:
      return readBytes(bytes, start, length);
    case Kind.units:
      return readUnits(bytes, start, length);
    case Kind.bigint: {
      const text = readBytes(bytes, start, length);
      return text.startsWith("-") ? -BigInt(`0x${text.slice(1)}`) : BigInt(`0x${text}`);
    }
    case Kind.reference:
      Atomics.add(mem, mem[at + 1]! + Cell.references, 1);
      return adoptReference(mem[at + 1]!);
    default:
      return functionOf(mem[at + 1]!)?.inline ?? unloaded.stand(mem[at + 1]!);
  }
}

function takeTwo(at: Addr): void {
  wordCells[0] = mem[at + 1]!;
  wordCells[1] = mem[at + 2]!;
}

/** The key is no longer read. */
export function dropKey(at: Addr): void {
  if ((mem[at]! & KIND) === Kind.reference) dropReference(mem[at + 1]!);
}
