// SharedArrayBuffers of the user: each goes to every core once, through a port, and is a shared thing like others then.
//
// A core keeps what has come until a value mentions it; from then on the handle (handles.ts), which is the buffer itself, is
// collected like any other. The main thread keeps an object of its own for each, for cores that start later.

import { ShareKind } from "../ds/shareable.js";
import { Header, me, mem, type Addr } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Cell, registerKind } from "./handles.js";
import { onPort, sendByPort, waitForPort } from "./ports.js";

const NUMBER = Cell.holder + 1;
const WORDS = 8;

const arrived = new Map<number, SharedArrayBuffer>();
/** On the main thread: all there are. */
const known = new Map<number, SharedArrayBuffer>();

/** For a core that starts. */
export function knownBuffers(): ReadonlyMap<number, SharedArrayBuffer> {
  return known;
}

export function arriveWithBuffers(buffers: ReadonlyMap<number, SharedArrayBuffer>): void {
  for (const [number, buffer] of buffers) arrived.set(number, buffer);
}

function toOthers(kind: string, number: number, buffer?: SharedArrayBuffer): void {
  const procs = mem[Header.procs]!;
  for (let id = 0; id < procs; id++) if (id !== me) sendByPort(id, kind, number, buffer);
}

onPort("buffer", ({ number, value }) => {
  arrived.set(number, value as SharedArrayBuffer);
  if (me === 0) known.set(number, structuredClone(value) as SharedArrayBuffer);
});
onPort("no buffer", ({ number }) => {
  arrived.delete(number);
  known.delete(number);
});

registerKind<SharedArrayBuffer>(ShareKind.buffer, {
  share(buffer): Addr {
    const cell = allocate(WORDS);
    const number = Atomics.add(mem, Header.buffers, 1) + 1;
    mem[cell + Cell.lock] = 0;
    mem[cell + NUMBER] = number;
    if (me === 0) known.set(number, structuredClone(buffer));
    toOthers("buffer", number, buffer);
    return cell;
  },
  adopt(cell): SharedArrayBuffer {
    const number = mem[cell + NUMBER]!;
    waitForPort(() => arrived.has(number));
    const buffer = arrived.get(number)!;
    arrived.delete(number);
    return buffer;
  },
  destroy(cell): void {
    const number = mem[cell + NUMBER]!;
    arrived.delete(number);
    known.delete(number);
    toOthers("no buffer", number);
    free(cell, WORDS);
  },
});
