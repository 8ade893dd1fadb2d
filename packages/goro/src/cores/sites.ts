// Where `go` was called with a parallel function, so that an error that comes back from another core can say so.
//
// A stack costs ten times as much as all the rest of a `go`. So there is a budget, a few for each millisecond: what a program
// starts now and then is recorded exactly; of thousands started in a loop the first are, and the others are said to come from
// there too, or from one of the places where that function was started lately.

import { userFrames } from "../runtime/frames.js";
import { processor } from "../runtime/processor.js";
import type { Declared } from "./functions.js";

const MOST_STACKS = 64;
const STACKS_PER_MS = 4;
const MOST_KEPT = 4;
/** Frames of the library between the user's code and this, and some of the user's. */
const DEPTH = 10;

/** The stack of one `go`. */
class Place {
  /** Written out by the engine when it is first asked for. */
  readonly stack: string | undefined;

  constructor() {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = DEPTH;
    Error.captureStackTrace?.(this, Place);
    Error.stackTraceLimit = limit;
  }
}

/** Where one goroutine was started: one place, or one of those. */
export type Site = readonly Place[];

const lately = new WeakMap<Declared, Place[]>();
let budget = MOST_STACKS;
let lastClock = 0;

export function siteOf(entry: Declared): Site {
  let places = lately.get(entry);
  if (places === undefined) lately.set(entry, (places = []));
  const { clock } = processor;
  if (clock !== lastClock) {
    budget = Math.min(MOST_STACKS, budget + (clock - lastClock) * STACKS_PER_MS);
    lastClock = clock;
  }
  if (places.length > 0 && budget <= 0) return places;
  budget--;
  const place = new Place();
  if (places.length === MOST_KEPT) places.shift();
  places.push(place);
  return [place];
}

/** The stack as a goroutine keeps it that was started there. */
export function stackOf(site: Site): string {
  return site[0]?.stack ?? "";
}

/** Gives an error that was thrown on another core the place of the `go` as its last line. */
export function addSite(error: unknown, site: Site): void {
  if (!(error instanceof Error) || typeof error.stack !== "string") return;
  const { stack } = error;
  const head = stack.slice(0, /\n\s+at /.exec(stack)?.index ?? stack.length);
  const frames = new Set(site.flatMap((place) => userFrames(place.stack ?? "").slice(0, 1)));
  const created = [...frames].map((frame) => frame.replace(/^ *at /, "")).join(" or ");
  try {
    error.stack = [head, ...userFrames(stack), ...(created === "" ? [] : [`    created by ${created}`])].join("\n");
  } catch {
    // A frozen error keeps the stack it has.
  }
}
