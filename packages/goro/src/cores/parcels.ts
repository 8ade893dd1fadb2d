// Values that only a structured clone can carry, or that are transferred: they stay where they were sent from until the one
// core that reads the value fetches them, by their number.

import { me } from "../arena/arena.js";
import { onPort, sendAwaited, sendByPort, waitForPort } from "./ports.js";

interface Parcel {
  readonly value: unknown;
  readonly transfer: readonly object[];
}

const kept = new Map<number, Parcel>();
const fetched = new Map<number, unknown>();
let last = 0;
let lastFetch = 0;

/** Keeps a value, this side's own already, until it is fetched. Returns its number. */
export function keepParcel(value: unknown, transfer: readonly object[]): number {
  kept.set(++last, { value, transfer });
  return last;
}

function takeKept(number: number): Parcel {
  const parcel = kept.get(number)!;
  kept.delete(number);
  return parcel;
}

/** Fetches what processor `owner` keeps under a number. Once. Waits for that processor's event loop. */
export function fetchParcel(owner: number, number: number): unknown {
  if (owner === me) return takeKept(number).value;
  const ticket = ++lastFetch;
  sendByPort(owner, "fetch", number, ticket);
  waitForPort(() => fetched.has(ticket));
  const value = fetched.get(ticket);
  fetched.delete(ticket);
  return value;
}

/** It will not be fetched. */
export function forgetParcel(owner: number, number: number): void {
  if (owner === me) kept.delete(number);
  else sendByPort(owner, "forget", number);
}

onPort("fetch", ({ from, number, value }) => {
  const parcel = takeKept(number);
  sendAwaited(from, "parcel", value as number, parcel.value, parcel.transfer);
});
onPort("parcel", ({ number, value }) => fetched.set(number, value));
onPort("forget", ({ number }) => kept.delete(number));
