// Shapes: the names of an object's properties, in order, as one number that all cores know. Most objects of a program have one
// of a few shapes, and reading and writing names costs more than all the rest.
//
// Each core finds the shape of an object in a tree of its own, name by name. What has been met often enough gets its number
// in the arena, in a table that only grows: a word per shape, the address of a block with its names. Objects that are used as
// dictionaries have a new shape each; those that the tree has no room for are dropped from it.
//
//   I1  a number stands for the same names on every core, for ever;
//   I2  the tree has at most MOST_NODES nodes, the table at most MOST_SHAPES numbers.

import { bytes, Header, mem, type Addr } from "../../arena/arena.js";
import { allocate } from "../../arena/blocks.js";
import { lock, unlock } from "../../arena/spin-lock.js";
import { isOfBytes, readName, writeBytes } from "./strings.js";

const MOST_SHAPES = 4096;
const MOST_NODES = 8192;
const MOST_NAMES = 32;
const LONGEST_NAME = 32;
/** Met so often, a shape gets a number. */
const OFTEN = 8;

/** The names on the way from the root. */
export class Shape {
  /** What all cores call it, or -1. */
  number = -1;
  met = 0;
  /** The next name met last, and where it leads. */
  name = "";
  next: Shape | null = null;
  /** All names that are not `name`. */
  readonly others = new Map<string, Shape>();
}

let root = new Shape();
let nodes = 0;
const byNumber: (readonly string[])[] = [];
const numbers = new Map<string, number>();
/** All shapes with lower numbers have been read here. */
let allReadTo = 0;

/** The shape with these names, or null where there is no room for it now. */
export function shapeOf(names: readonly string[]): Shape | null {
  let shape = root;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const next = shape.name === name ? shape.next : step(shape, name);
    if (next === null) return null;
    shape = next;
  }
  return shape;
}

/** An object of this shape is written: its number, or -1 where it has none. */
export function meet(shape: Shape | null, names: readonly string[]): number {
  if (shape === null) return -1;
  if (shape.number < 0 && ++shape.met === OFTEN) shape.number = numberFor(names);
  return shape.number;
}

function step(shape: Shape, name: string): Shape | null {
  let next = shape.others.get(name);
  if (next === undefined) {
    if (nodes === MOST_NODES) {
      root = new Shape();
      nodes = 0;
      return null;
    }
    nodes++;
    next = new Shape();
    shape.others.set(name, next);
  }
  shape.name = name;
  shape.next = next;
  return next;
}

/** The names of a shape. */
export function namesOf(number: number): readonly string[] {
  return byNumber[number] ?? readNames(number);
}

function readNames(number: number): readonly string[] {
  const block = mem[mem[Header.shapeTable]! + number]!;
  const names: string[] = [];
  let at = block + 1;
  for (let i = mem[block]!; i > 0; i--) {
    const length = mem[at]!;
    names.push(readName(bytes, (at + 1) * 4, length));
    at += 1 + ((length + 3) >> 2);
  }
  byNumber[number] = names;
  numbers.set(keyOf(names), number);
  return names;
}

/** No name has a line break. */
const keyOf = (names: readonly string[]): string => `${names.length}\n${names.join("\n")}`;

/** The number that all cores have for a shape from now on, or -1 where it cannot have any. */
function numberFor(names: readonly string[]): number {
  if (names.length > MOST_NAMES || !names.every(canStand)) return -1;
  const words = names.reduce((sum, name) => sum + 1 + ((name.length + 3) >> 2), 1);
  const key = keyOf(names);
  lock(Header.shapeLock);
  try {
    // What other cores have numbered.
    const count = mem[Header.shapes]!;
    for (; allReadTo < count; allReadTo++) namesOf(allReadTo);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (count === MOST_SHAPES) return -1;
    if (mem[Header.shapeTable] === 0) mem[Header.shapeTable] = allocate(MOST_SHAPES);
    mem[mem[Header.shapeTable]! + count] = writeNames(names, allocate(words));
    mem[Header.shapes] = count + 1;
    return count;
  } catch {
    return -1; // The arena is used up.
  } finally {
    unlock(Header.shapeLock);
  }
}

/** No indices: an object that has them looks like `arguments`. */
function canStand(name: string): boolean {
  return name.length <= LONGEST_NAME && name !== "__proto__" && isOfBytes(name) && !/^\d|\n/.test(name);
}

function writeNames(names: readonly string[], block: Addr): Addr {
  mem[block] = names.length;
  let at = block + 1;
  for (const name of names) {
    mem[at] = name.length;
    writeBytes(name, bytes, (at + 1) * 4);
    at += 1 + ((name.length + 3) >> 2);
  }
  return block;
}
