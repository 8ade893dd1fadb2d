// SharedArrayBuffers of the user: each goes to every core once, through a port, and is a shared thing like others then.
//
// Every core keeps an object of its own for each, from which the handles (handles.ts) are made: those are collected like any
// other, and made again when a value mentions the buffer again. What each core keeps goes when the last handle anywhere has gone.

import { ShareKind } from "../ds/shareable.js";
import { Header, me, mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Cell, registerKind } from "./handles.js";
import { onPort, sendAwaited, sendByPort, waitForPort } from "./ports.js";

const NUMBER = Cell.holder + 1;
const WORDS = 8;

const buffers = new Map<number, SharedArrayBuffer>();
/** Told to be gone before they have come: what two cores send comes in any order. */
const gone = new Set<number>();

/** For a core that starts. */
export function knownBuffers(): ReadonlyMap<number, SharedArrayBuffer> {
  return buffers;
}

export function arriveWithBuffers(known: ReadonlyMap<number, SharedArrayBuffer>): void {
  for (const [number, buffer] of known) buffers.set(number, buffer);
}

/** Another object with the same memory. */
function another(buffer: SharedArrayBuffer): SharedArrayBuffer {
  return structuredClone(buffer);
}

/** All processors but this one. */
function* others(): Generator<number> {
  const procs = mem[Header.procs]!;
  for (let id = 0; id < procs; id++) if (id !== me) yield id;
}

onPort("buffer", ({ number, value }) => {
  if (!gone.delete(number)) buffers.set(number, value as SharedArrayBuffer);
});
onPort("no buffer", ({ number }) => {
  if (!buffers.delete(number)) gone.add(number);
});

registerKind<SharedArrayBuffer>(ShareKind.buffer, {
  share(buffer): Addr {
    const cell = allocate(WORDS);
    const number = Atomics.add(mem, Header.buffers, 1) + 1;
    mem[cell + Cell.lock] = 0;
    mem[cell + NUMBER] = number;
    buffers.set(number, another(buffer));
    for (const id of others()) sendAwaited(id, "buffer", number, buffer);
    return cell;
  },
  adopt(cell): SharedArrayBuffer {
    const number = mem[cell + NUMBER]!;
    waitForPort(() => buffers.has(number));
    return another(buffers.get(number)!);
  },
  destroy(cell): void {
    const number = mem[cell + NUMBER]!;
    buffers.delete(number);
    for (const id of others()) sendByPort(id, "no buffer", number);
    free(cell, WORDS);
  },
});
