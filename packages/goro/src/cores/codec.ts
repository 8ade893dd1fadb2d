// Values that go to another core: written into shared memory on one, read on the other.
//
// A slot is four words, in a channel's buffer, a task or wherever else a value waits: [tag, a, b, c]. What fits into a slot
// stands in it; for everything else a block is allocated, and the slot says where.
//
// Writing is a walk that changes nothing (codec/writer.ts), and then what can fail, in such an order that it can be undone
// (codec/block.ts).
//
//   I1  a slot is read or dropped once;
//   I2  a write that throws has left nothing behind.

import { bytes, floats, mem, type Addr } from "../arena/arena.js";
import { free } from "../arena/blocks.js";
import { dropFull, openFull, refer, writeFull, writePlain } from "./codec/block.js";
import { bigintCell, Tag, wordCells } from "./codec/format.js";
import { Reader } from "./codec/reader.js";
import { readShort } from "./codec/strings.js";
import { transfer } from "./codec/transfer.js";
import { unloaded } from "./codec/unloaded.js";
import { wellKnownObject } from "./codec/well-known.js";
import { Writer } from "./codec/writer.js";
import { functionOf } from "./functions.js";
import { adoptReference, dropReference } from "./handles.js";

export { unloaded } from "./codec/unloaded.js";
export { wellKnown } from "./codec/well-known.js";

/** How a slot is to be read: in the low byte of its first word. */
const Slot = {
  undefined: 0,
  null: 1,
  true: 2,
  false: 3,
  /** The words b and c. */
  float: 4,
  bigint: 5,
  /** Up to twelve characters of one byte; how many stands above the tag. */
  string: 6,
  /** a: the cell. */
  reference: 7,
  /** a: its number. */
  fn: 8,
  wellKnown: 9,
  /** a: the block, b: its words, c: see Mentions. */
  block: 10,
  fullBlock: 11,
} as const;
const INLINE_CHARACTERS = 12;
/** In c of a block: the number of values in it, doubled, plus one where objects are mentioned more than once. */
const MENTIONS = 1;

/** The one that is at rest: walks may nest, as a getter may send. */
let idleWriter: Writer | null = null;
let idleReader: Reader | null = null;

/**
 * Writes a value into a slot. `path` names it in errors: "value".
 *
 * @throws TypeError that names by its path what cannot be sent; RangeError where the arena is used up. Nothing has been sent,
 *   shared, moved or allocated then.
 */
export function writeSlot(at: Addr, value: unknown, path: string): void {
  if (!writeInline(at, value)) writeBlock(at, value, null, path);
}

/** The same for the arguments of a function, as one value: what stands in several of them is one thing there too. */
export function writeArguments(at: Addr, args: readonly unknown[]): void {
  if (args.length === 0) mem[at] = Slot.undefined;
  else writeBlock(at, undefined, args, "argument");
}

function writeInline(at: Addr, value: unknown): boolean {
  if (typeof value === "number") {
    mem[at] = Slot.float;
    floats[(at + 2) >> 1] = value;
  } else if (typeof value === "string") {
    return value.length <= INLINE_CHARACTERS && writeInlineString(at, value);
  } else if (typeof value === "object") {
    if (value !== null) return false;
    mem[at] = Slot.null;
  } else if (typeof value === "undefined") {
    mem[at] = Slot.undefined;
  } else if (typeof value === "boolean") {
    mem[at] = value ? Slot.true : Slot.false;
  } else if (typeof value === "bigint") {
    return writeInlineBigint(at, value);
  } else {
    return false;
  }
  return true;
}

function writeInlineBigint(at: Addr, value: bigint): boolean {
  if (BigInt.asIntN(64, value) !== value) return false;
  bigintCell[0] = value;
  mem[at] = Slot.bigint;
  mem[at + 2] = wordCells[0]!;
  mem[at + 3] = wordCells[1]!;
  return true;
}

function writeInlineString(at: Addr, text: string): boolean {
  let all = 0;
  const from = (at + 1) * 4;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    all |= code;
    bytes[from + i] = code;
  }
  mem[at] = Slot.string | (text.length << 8);
  return all < 256;
}

function writeBlock(at: Addr, value: unknown, args: readonly unknown[] | null, path: string): void {
  const writer = idleWriter ?? new Writer();
  idleWriter = null;
  try {
    const count = walk(writer, value, args, path);
    if (args === null && writer.at === 1 && writeSingle(at, writer)) return;
    const isFull = writer.hasThings || writer.tail.length > 0;
    mem[at + 1] = isFull ? writeFull(writer) : writePlain(writer);
    mem[at + 2] = writer.blockWords;
    mem[at + 3] = (count << 1) | (writer.mentions ? MENTIONS : 0);
    mem[at] = isFull ? Slot.fullBlock : Slot.block;
  } finally {
    writer.clear();
    idleWriter = writer;
  }
}

/** What turned out to be but a thing that all cores know: it stands in the slot. */
function writeSingle(at: Addr, writer: Writer): boolean {
  const word = writer.words[0]!;
  switch (word & 0xff) {
    case Tag.reference:
      mem[at + 1] = refer(writer.references[0]!);
      mem[at] = Slot.reference;
      return true;
    case Tag.fn:
      mem[at + 1] = word >>> 8;
      mem[at] = Slot.fn;
      return true;
    case Tag.wellKnown:
      mem[at + 1] = word >>> 8;
      mem[at] = Slot.wellKnown;
      return true;
    default:
      return false;
  }
}

/** How many values it was. */
function walk(writer: Writer, value: unknown, args: readonly unknown[] | null, path: string): number {
  if (args === null) {
    writer.write(value, path);
    return 1;
  }
  for (let i = 0; i < args.length; i++) writer.write(args[i], `${path} ${i + 1}`);
  return args.length;
}

/** Reads what a slot holds, which is gone from it then. */
export function readSlot(at: Addr): unknown {
  const word = mem[at]!;
  switch (word & 0xff) {
    case Slot.float:
      return floats[(at + 2) >> 1];
    case Slot.undefined:
      return undefined;
    case Slot.null:
      return null;
    case Slot.true:
      return true;
    case Slot.false:
      return false;
    case Slot.bigint:
      wordCells[0] = mem[at + 2]!;
      wordCells[1] = mem[at + 3]!;
      return bigintCell[0];
    case Slot.string:
      return readShort(bytes, (at + 1) * 4, word >> 8);
    case Slot.reference:
      return adoptReference(mem[at + 1]!);
    case Slot.fn:
      return functionOf(mem[at + 1]!)?.inline ?? unloaded.stand(mem[at + 1]!);
    case Slot.wellKnown:
      return wellKnownObject(mem[at + 1]!);
    default:
      return readBlock(at, null);
  }
}

/** Reads arguments. */
export function readArguments(at: Addr): unknown[] {
  const args: unknown[] = [];
  if ((mem[at]! & 0xff) !== Slot.undefined) readBlock(at, args);
  return args;
}

/** The value, or as many values as there are into `args`. */
function readBlock(at: Addr, args: unknown[] | null): unknown {
  const block = mem[at + 1]!;
  const words = mem[at + 2]!;
  const count = mem[at + 3]! >> 1;
  const mentions = (mem[at + 3]! & MENTIONS) !== 0;
  const reader = idleReader ?? new Reader();
  idleReader = null;
  try {
    if ((mem[at]! & 0xff) === Slot.block) reader.open(mem, bytes, block, mentions);
    else openFull(reader, block, mentions);
    if (args === null) return reader.read();
    for (let i = 0; i < count; i++) args.push(reader.read());
  } finally {
    free(block, words);
    reader.clear();
    idleReader = reader;
  }
  return undefined;
}

/** Lets go what a slot holds, arguments too, without reading it. */
export function dropSlot(at: Addr): void {
  const tag = mem[at]! & 0xff;
  if (tag === Slot.reference) dropReference(mem[at + 1]!);
  if (tag === Slot.fullBlock) dropFull(mem[at + 1]!);
  if (tag === Slot.block || tag === Slot.fullBlock) free(mem[at + 1]!, mem[at + 2]!);
}

/**
 * Copies of values that stay on this core, as if they had been sent: `path(i)` names the value with index i. What is shared
 * is not copied, and not moved into the arena; there may be none.
 *
 * @throws TypeError that names what cannot be sent; nothing has been moved then.
 */
export function copyAll(values: readonly unknown[], path: (i: number) => string): unknown[] {
  const writer = idleWriter ?? new Writer();
  idleWriter = null;
  const reader = idleReader ?? new Reader();
  idleReader = null;
  try {
    writer.local = true;
    for (let i = 0; i < values.length; i++) writer.write(values[i], path(i));
    if (writer.moved.length > 0) transfer(writer.moved, writer.foreign);
    reader.open(writer.words, writer.bytes, 0, writer.mentions);
    reader.setTail(writer.tail, 0);
    reader.setThings(writer.references, writer.foreign);
    return values.map(() => reader.read());
  } finally {
    writer.clear();
    reader.clear();
    idleWriter = writer;
    idleReader = reader;
  }
}
