// How the running code came to be called, without a stack trace: a chain of frames, one for each call of an instrumented
// function, each naming the place of the call.
//
// `frame` is that of the running function and `call` the place it calls from. A function makes its frame when it is entered
// and gives it back when it leaves; where it is left by an exception nobody does, so whoever catches one, and whoever goes
// on after a yield or await, puts back their own. A frame is never changed, so an access keeps its stack by keeping one
// reference, and frames that no access keeps are garbage.
import type { Site } from "../accesses.js";

export class Frame {
  /** The callee last called, to be used again: a loop that calls one function makes one frame. */
  last: Frame | null = null;

  readonly caller: Frame | null;
  /** Where the caller called; of a goroutine's first frame, where it was started. */
  readonly site: Site;
  readonly depth: number;

  constructor(caller: Frame | null, site: Site, depth: number) {
    this.caller = caller;
    this.site = site;
    this.depth = depth;
  }
}

/** No place: of a frame whose caller is not instrumented. */
export const nowhere: Site = -1;

export let frame = new Frame(null, nowhere, 0);
export let call: Site = nowhere;

/** For the detector: goes on as another goroutine. A goroutine's first frame is `new Frame(null, nowhere, 0)`. */
export function setStack(to: Frame, at: Site): void {
  frame = to;
  call = at;
}

/** The running code calls something at `site`. */
export function calling(site: Site): void {
  call = site;
}

/** A function is entered; the result is its frame. */
export function enter(): Frame {
  const caller = frame;
  const last = caller.last;
  if (last !== null && last.site === call) return (frame = last);
  return (frame = caller.last = new Frame(caller, call, caller.depth + 1));
}

/** A function whose frame is `own` leaves with `value`. */
export function exit<T>(own: Frame, value: T): T {
  if (own.caller !== null) frame = own.caller;
  call = own.site;
  return value;
}

/** A function whose frame is `own` goes on, with `value`: after a yield or await, or in a catch clause. */
export function back<T>(own: Frame, value: T): T {
  frame = own;
  return value;
}

/** The places of a stack, innermost first: the access itself, then where each function was called. */
export function stackOf(innermost: Frame, site: Site): Site[] {
  const sites = [site];
  for (let at: Frame | null = innermost; at !== null; at = at.caller) if (at.site !== nowhere) sites.push(at.site);
  return sites;
}
