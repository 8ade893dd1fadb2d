// Where `go` was called with a parallel function, so that an error that comes back from another core can say so.
//
// A stack costs more than all the rest of a `go` (1.5 us against 0.5). So the places of a function's first starts are
// recorded, and if they are one and the same, as in a loop, that one is taken for the next ones too, with a look every so
// often; a function that is started from several places has every start recorded.

import { userFrames } from "../runtime/frames.js";
import type { Declared } from "./functions.js";

const FIRST = 32;
const EVERY = 256;
/** Frames of the library between the user's code and this, and some of the user's. */
const DEPTH = 10;

/** Where one or several goroutines were started. */
export class Site {
  /** Written out by the engine when it is first asked for. */
  readonly stack: string | undefined;

  constructor() {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = DEPTH;
    Error.captureStackTrace?.(this, Site);
    Error.stackTraceLimit = limit;
  }

  get frame(): string | undefined {
    return userFrames(this.stack ?? "")[0];
  }
}

interface Starts {
  n: number;
  site: Site;
  severalPlaces: boolean;
}

const starts = new WeakMap<Declared, Starts>();

export function siteOf(entry: Declared): Site {
  const known = starts.get(entry);
  if (known === undefined) {
    const site = new Site();
    starts.set(entry, { n: 1, site, severalPlaces: false });
    return site;
  }
  const n = ++known.n;
  if (known.severalPlaces) return new Site();
  if (n > FIRST && n % EVERY !== 0) return known.site;
  const site = new Site();
  if (site.frame !== known.site.frame) known.severalPlaces = true;
  return site;
}

/** Gives an error that was thrown on another core the place of the `go` as its last line. */
export function addSite(error: unknown, site: Site): void {
  if (!(error instanceof Error) || typeof error.stack !== "string") return;
  const { stack } = error;
  const head = stack.slice(0, /\n\s+at /.exec(stack)?.index ?? stack.length);
  const created = (site.frame ?? "").replace(/^ *at /, "    created by ");
  try {
    error.stack = [head, ...userFrames(stack), ...(created === "" ? [] : [created])].join("\n");
  } catch {
    // A frozen error keeps the stack it has.
  }
}
