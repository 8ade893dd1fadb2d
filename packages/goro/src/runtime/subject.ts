// What a parked goroutine waits for, as a report names it: "sync.Mutex 3, held by goroutine 7". Things have no names in
// JavaScript: they are numbered when they are first seen here; one that several cores know is named by its address.

import type { Goroutine, ParkedOn } from "./goroutine.js";

/** What an Op may tell of what it waits for. */
export interface Subject {
  /** Its kind, as in "sync.Mutex". */
  readonly kind: string;
  /** By which it is told from others of its kind. */
  readonly thing: object;
  readonly detail?: string;
  /** The id of the goroutine that has to do something before this one can go on: which holds the lock. */
  readonly holder?: number;
}

export interface Awaited {
  /** Such as "chan 2, unbuffered". Empty where there is nothing to tell. */
  readonly on: string;
  /** 0 where no goroutine in particular has to do something first. */
  readonly holder: number;
}

/** An Op that can say what it waits for. */
interface Telling extends ParkedOn {
  // Ops of the core do not say it, so that programs need not carry that: it is read off them.
  readonly channel?: ChannelLike;
  readonly goroutine?: Goroutine;
  readonly ops?: readonly (Telling | null)[];
}
interface ChannelLike {
  readonly capacity: number;
  readonly length: number;
}

const nothing: Awaited = { on: "", holder: 0 };
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

function nameOf(kind: string, thing: object): string {
  const { cell, shared } = thing as { cell?: number; shared?: { cell?: number } | null };
  const address = cell ?? shared?.cell;
  if (address !== undefined) return `${kind} @${address.toString(16)}`;
  let n = numbers.get(thing);
  if (n === undefined) numbers.set(thing, (n = ++lastNumber));
  return `${kind} ${n}`;
}

function describeChannel(ch: ChannelLike): string {
  const { capacity, length } = ch;
  const room = capacity === 0 ? "unbuffered" : `${length} of ${capacity} buffered`;
  return `${nameOf("chan", ch)}, ${room}`;
}

export function awaitedBy(op: ParkedOn | null): Awaited {
  const { subject, channel, goroutine, ops } = (op ?? {}) as Telling;
  if (channel !== undefined) return { on: describeChannel(channel), holder: 0 };
  if (goroutine !== undefined) return { on: `goroutine ${goroutine.id}`, holder: goroutine.id };
  if (ops !== undefined) {
    const cases = ops.map((one) => awaitedBy(one).on || (one?.reason ?? "")).filter((text) => text !== "");
    return cases.length === 0 ? nothing : { on: cases.join("; or "), holder: 0 };
  }
  if (subject === undefined) return nothing;
  const { kind, thing, detail = "", holder = 0 } = subject;
  const parts = [nameOf(kind, thing)];
  if (detail !== "") parts.push(detail);
  else if (holder > 0) parts.push(`held by goroutine ${holder}`);
  return { on: parts.join(", "), holder };
}
