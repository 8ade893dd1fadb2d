// How long goroutines may run before the event loop has its turn.
//
// A slice is 10 ms of running goroutines, however many, in turns and microtasks without a turn of the event loop in
// between. The clock costs 40 ns to read, so it is read every few ticks (a tick is a switch, or an Op that was ready): at
// every one when a slice begins and where the last ones took long, so that goroutines that compute are noticed; at every
// thirty-second where they only talk, so that those pay little. At every one, too, where somebody looks on (watch.ts).

import { now } from "./host.js";
import { processor } from "./processor.js";

export const SLICE_MS = 10;
const MOST_TICKS = 32;
/** Longer between two looks than this, and every tick is looked at. */
const SLOW_MS = 0.5;

/** The bits of `processor.clock`: whole milliseconds as a small integer, on any engine. It wraps every twelve days. */
export const CLOCK = 2 ** 30 - 1;

let between = MOST_TICKS;
let lastLook = 0;

/** Is the slice over? Also sets the ticks until the next look. */
export function lookAtClock(): boolean {
  const time = now();
  processor.clock = time & CLOCK;
  const { watch } = processor;
  watch?.looked?.(time - lastLook);
  if (processor.cores !== null) processor.cores.receive();
  between = time - lastLook > SLOW_MS ? 1 : Math.min(between * 2, MOST_TICKS);
  lastLook = time;
  const over = time >= processor.sliceEnd;
  processor.ticks = over || watch?.looked ? 0 : between;
  return over;
}

/** As of the last look. */
export function sliceIsOver(): boolean {
  return lastLook >= processor.sliceEnd;
}

/** At the start of a turn: a slice that is over begins anew. Returns the time. */
export function enterSlice(): number {
  const time = now();
  processor.clock = time & CLOCK;
  if (time >= processor.sliceEnd) processor.sliceEnd = time + SLICE_MS;
  lastLook = time;
  between = 1;
  processor.ticks = processor.watch?.looked ? 0 : 1;
  return time;
}
