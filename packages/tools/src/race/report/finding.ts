// What has been found, as data: what is printed, and what --race-json writes.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withoutMap } from "../loader/source-map.js";
import type { Access } from "../detector/access.js";
import type { Thread } from "../detector/thread.js";
import type { Taken } from "../edges/lock-order.js";
import { nowhere, stackOf, type Frame } from "../operations/stack.js";
import type { Site } from "../accesses.js";
import { siteOf } from "../sites.js";

/** A place in the source, and the function around it. */
export interface At {
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
}

export interface Runner {
  /** "goroutine 7", "main goroutine", "timer 12", "async call 3 (load)". */
  readonly name: string;
  readonly hasEnded: boolean;
  /** Where it was started, innermost first; empty for the main goroutine, and where no instrumented code started it. */
  readonly created: readonly At[];
}

export interface Touch {
  readonly kind: "read" | "write";
  /** What is touched, as it is written there. */
  readonly name: string;
  readonly at: At;
  readonly stack: readonly At[];
  readonly by: Runner;
}

export interface Race {
  readonly type: "race";
  /** The later one, then the earlier one. */
  readonly touches: readonly [Touch, Touch];
  /** An update was lost in this very run. */
  readonly lost: boolean;
}

export interface Lock {
  readonly name: string;
  readonly at: At;
  readonly stack: readonly At[];
}

/** Each took the second while it held the first; together they go round in a circle. */
export interface Inversion {
  readonly type: "lock order";
  readonly steps: readonly { readonly by: Runner; readonly held: Lock; readonly then: Lock }[];
}

export type Finding = Race | Inversion;

const unknown: At = { url: "", line: 0, column: 0, function: "" };

const sources = new Map<string, string>();

/** What the author wrote, where the module that ran is a compiler's output with a map beside it. */
function sourceOf(url: string): string {
  let source = sources.get(url);
  if (source === undefined) sources.set(url, (source = /\.[cm]?js$/.test(url) ? mappedSource(url) : url));
  return source;
}

function mappedSource(url: string): string {
  try {
    const { map } = withoutMap(readFileSync(fileURLToPath(url), "utf8"), url);
    return map?.sources[0] ?? url;
  } catch {
    return url; // no file
  }
}

function at(site: Site): At {
  const place = siteOf(site);
  return place === undefined
    ? unknown
    : { url: sourceOf(place.url), line: place.line, column: place.column, function: place.function };
}

function stack(frame: Frame, site: Site): At[] {
  return stackOf(frame, site)
    .filter((each) => each !== nowhere)
    .map(at)
    .filter((each) => each !== unknown);
}

function nameOf({ name }: Thread): string {
  if (name.kind === "goroutine" && name.id <= 1) return name.id === 1 ? "main goroutine" : "a helper of the runtime";
  const fn = name.site === undefined ? "" : (siteOf(name.site)?.name ?? "");
  return `${name.kind} ${name.id}${fn === "" ? "" : ` (${fn})`}`;
}

function runner(thread: Thread): Runner {
  const isMain = thread.name.kind === "goroutine" && thread.name.id === 1;
  const created = isMain || thread.site === nowhere ? [] : stack(thread.frame, thread.site);
  return { name: nameOf(thread), hasEnded: thread.goroutine?.hasEnded ?? thread.hasEnded, created };
}

function touch(access: Access): Touch {
  return {
    kind: access.isWrite ? "write" : "read",
    name: siteOf(access.site)?.name ?? "",
    at: at(access.site),
    stack: stack(access.frame, access.site),
    by: runner(access.by),
  };
}

export function raceOf(later: Access, earlier: Access, lost: boolean): Race {
  return { type: "race", touches: [touch(later), touch(earlier)], lost };
}

export function inversionOf(way: readonly Taken[]): Inversion {
  const lock = (held: Taken["held"]): Lock => ({
    name: siteOf(held.site)?.name ?? "",
    at: at(held.site),
    stack: stack(held.frame, held.site),
  });
  return {
    type: "lock order",
    steps: way.map(({ thread, held, then }) => ({ by: runner(thread), held: lock(held), then: lock(then) })),
  };
}
