// Blocks: what does not fit into a slot.
//
//   plain block   the words of format.ts
//   full block    [references, foreign things, where the tail is, owner], the references, the numbers of the foreign things,
//                 the words, the tail. What a value mentions and does not copy stands in front, to be let go unread.
//
// What can fail comes in such an order that it can be undone: memory, references, and last what moves, which cannot be undone
// and after which nothing fails.

import { bytes, me, mem, type Addr } from "../../arena/arena.js";
import { allocate, free } from "../../arena/blocks.js";
import { ShareKind } from "../../ds/shareable.js";
import { foreign } from "../foreign.js";
import { adoptReference, dropReference, referenceOf, referenceTo } from "../handles.js";
import { bytesOf } from "./buffers.js";
import { wordsFor } from "./format.js";
import type { Reader } from "./reader.js";
import { writeBytes, writeUnits } from "./strings.js";
import { transfer } from "./transfer.js";
import type { TailPart } from "./words.js";
import type { Shareable, Writer } from "./writer.js";

const Full = { references: 0, foreign: 1, tail: 2, owner: 3 } as const;
const FRONT_WORDS = 4;

/** More words than this are copied by the platform. */
const FEW_WORDS = 64;

/** Writes a plain block. @throws RangeError where the arena is used up. */
export function writePlain(writer: Writer): Addr {
  const block = allocate(writer.at);
  writer.blockWords = writer.at;
  copyWords(writer.words, writer.at, block);
  return block;
}

function copyWords(words: Int32Array, length: number, to: Addr): void {
  if (length > FEW_WORDS) {
    mem.set(words.subarray(0, length), to);
    return;
  }
  const target = mem;
  for (let i = 0; i < length; i++) target[to + i] = words[i]!;
}

/** Writes a full block. Where it throws, nothing has happened. */
export function writeFull(writer: Writer): Addr {
  const { references, foreign: things } = writer;
  const front = FRONT_WORDS + references.length + things.length;
  const length = front + writer.at + writer.tailWords;
  const block = allocate(length);
  writer.blockWords = length;
  let referenced = 0;
  try {
    for (; referenced < references.length; referenced++) {
      mem[block + FRONT_WORDS + referenced] = refer(references[referenced]!);
    }
    copyWords(writer.words, writer.at, block + front);
    copyTail(writer.tail, block + front + writer.at);
    if (writer.moved.length > 0) transfer(writer.moved, things);
  } catch (error) {
    for (let i = 0; i < referenced; i++) dropReference(mem[block + FRONT_WORDS + i]!);
    free(block, length);
    throw error;
  }
  for (let i = 0; i < things.length; i++) {
    const isMoved = writer.moved.some((each) => each.foreign === i);
    const number = foreign.ports.keep(things[i], isMoved ? [things[i] as object] : []);
    mem[block + FRONT_WORDS + references.length + i] = number;
  }
  mem[block + Full.references] = references.length;
  mem[block + Full.foreign] = things.length;
  mem[block + Full.tail] = block + front + writer.at;
  mem[block + Full.owner] = me;
  return block;
}

export function refer(thing: Shareable): Addr {
  return thing instanceof SharedArrayBuffer ? referenceOf(thing, ShareKind.buffer) : referenceTo(thing);
}

function copyTail(tail: readonly TailPart[], from: Addr): void {
  let at = from;
  for (const { content, byteLength } of tail) {
    if (typeof content !== "string") copyBuffer(content, byteLength, at * 4);
    else if (byteLength === content.length) writeBytes(content, bytes, at * 4);
    else writeUnits(content, bytes, at * 4);
    at += wordsFor(byteLength);
  }
}

/** As many bytes as there were during the walk. */
function copyBuffer(buffer: ArrayBuffer, byteLength: number, to: number): void {
  const source = bytesOf(buffer);
  bytes.set(source.length > byteLength ? source.subarray(0, byteLength) : source, to);
  if (source.length < byteLength) bytes.fill(0, to + source.length, to + byteLength);
}

/**
 * Makes the reader ready to read a full block: its references become those of handles, its foreign things are fetched. Where
 * the platform cannot fetch now, the rest is let go.
 */
export function openFull(reader: Reader, block: Addr, mentions: boolean): void {
  const references: unknown[] = [];
  const things: unknown[] = [];
  const from = block + FRONT_WORDS;
  const counted = mem[block + Full.references]!;
  const count = counted + mem[block + Full.foreign]!;
  let done = 0;
  try {
    while (done < counted) references.push(adoptReference(mem[from + done++]!));
    const owner = mem[block + Full.owner]!;
    while (done < count) things.push(foreign.ports.fetch(owner, mem[from + done++]!));
  } catch (error) {
    dropThings(block, done);
    throw error;
  }
  reader.open(mem, bytes, from + count, mentions);
  reader.setTail(null, mem[block + Full.tail]!);
  reader.setThings(references, things);
}

/** Lets go what a full block mentions. */
export function dropFull(block: Addr): void {
  dropThings(block, 0);
}

function dropThings(block: Addr, first: number): void {
  const from = block + FRONT_WORDS;
  const counted = mem[block + Full.references]!;
  const count = counted + mem[block + Full.foreign]!;
  const owner = mem[block + Full.owner]!;
  for (let i = first; i < count; i++) {
    if (i < counted) dropReference(mem[from + i]!);
    else foreign.ports.forget(owner, mem[from + i]!);
  }
}
