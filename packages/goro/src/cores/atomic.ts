// The integers and the Bool of goro/sync/atomic in the memory that the cores share.

import { ShareKind } from "../ds/shareable.js";
import { mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Bool, Int32, Int64, Uint32, Uint64 } from "../sync/atomic.js";
import { registerKind, registerUnsendable } from "./handles.js";

/** Words of the cell, behind those of every cell. */
const Cell = {
  /** Eight bytes. */
  value: 4,
  /** Which class. Only ever add at the end. */
  type: 6,
  WORDS: 8,
} as const;

const types = [Int32, Uint32, Int64, Uint64, Bool] as const;
type Atomic = InstanceType<(typeof types)[number]>;
type Integer = Exclude<Atomic, Bool>;

const integerOf = (atomic: Atomic): Integer => (atomic instanceof Bool ? atomic.word : atomic);
const offsetOf = (cell: Addr): number => (cell + Cell.value) * 4;

registerKind<Atomic>(ShareKind.integer, {
  share(atomic) {
    const cell = allocate(Cell.WORDS);
    mem.fill(0, cell, cell + Cell.WORDS);
    mem[cell + Cell.type] = types.findIndex((type) => atomic instanceof type);
    integerOf(atomic).moveTo(mem.buffer, offsetOf(cell));
    return cell;
  },
  adopt(cell) {
    const atomic = new types[mem[cell + Cell.type]!]!();
    integerOf(atomic).standFor(mem.buffer, offsetOf(cell));
    return atomic;
  },
  destroy(cell) {
    free(cell, Cell.WORDS);
  },
});

registerUnsendable(ShareKind.atomicValue, {
  what: "an atomic.Value",
  advice: "what it holds stays on this core; a sync.Map crosses, and copies what it holds",
});
