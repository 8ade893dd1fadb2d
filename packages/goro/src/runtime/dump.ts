// Goroutines for people to read, in Go's form. Go: runtime/traceback.go
//
//   goroutine 12 [chan receive, 2 minutes, 3 more: 13-15]:
//       at worker (file:///app/pool.ts:9:14)
//       on chan 2, unbuffered, for 134 s
//   created by start (file:///app/pool.ts:20:3)
//
// Goroutines that stand at the same place in the same state, started at the same place, are one paragraph. Those that wait
// for a lock which somebody holds only where it is the same lock.

import type { Sighting } from "./where.js";

const SECOND = 1000;
const MINUTE = 60_000;

interface Group {
  readonly first: Sighting;
  readonly all: Sighting[];
}

function groupsOf(sightings: readonly Sighting[]): Group[] {
  const groups = new Map<string, Group>();
  for (const s of sightings) {
    const { info, frames, created, awaits } = s;
    const lock = awaits.holder > 0 ? awaits.on : "";
    const key = [info.state, info.name, info.processor, lock, ...frames, "", ...created].join("\n");
    const group = groups.get(key);
    // The one that runs has the frames of whoever asks.
    if (group === undefined || info.state === "running") groups.set(key, { first: s, all: [s] });
    else group.all.push(s);
  }
  return [...groups.values()];
}

/** "13-15 18". */
function ranges(ids: readonly number[]): string {
  const found: { from: number; to: number }[] = [];
  for (const id of ids) {
    const last = found.at(-1);
    if (last?.to === id - 1) last.to = id;
    else found.push({ from: id, to: id });
  }
  return found.map(({ from, to }) => (from === to ? from : `${from}-${to}`)).join(" ");
}

function waitedMs({ info }: Sighting): number {
  return info.waitSince === undefined ? 0 : Date.now() - info.waitSince.getTime();
}

function paragraph({ first, all }: Group): string {
  const { info, frames, created, awaits } = first;
  const longest = Math.max(...all.slice(0, 1000).map(waitedMs));
  const minutes = Math.floor(longest / MINUTE);
  const head = [info.state];
  if (minutes > 0) head.push(`${minutes} minutes`);
  if (all.length > 1) head.push(`${all.length - 1} more: ${ranges(all.slice(1).map((s) => s.info.id))}`);
  const lines = [`goroutine ${info.id} [${head.join(", ")}]:`, ...frames];
  if (frames.length === 0 && info.state === "runnable") lines.push(`    ${info.name}`);
  const waits = awaits.on === "" ? [] : [`on ${awaits.on}`];
  if (all.some((s) => s.awaits.on !== awaits.on)) waits.push("and others");
  if (longest >= SECOND) waits.push(`for ${Math.floor(longest / SECOND)} s`);
  if (waits.length > 0) lines.push(`    ${waits.join(", ")}`);
  return [...lines, ...createdBy(created)].join("\n");
}

/** "created by" and the place of the `go`, and the frames below. */
export function createdBy(created: readonly string[]): string[] {
  if (created.length === 0) return [];
  return [created[0]!.replace(/^ *at /, "created by "), ...created.slice(1)];
}

/** A paragraph for each, or for those that are alike. */
export function paragraphs(sightings: readonly Sighting[]): string[] {
  return groupsOf(sightings).map(paragraph);
}

/**
 * Goroutines that wait for each other in a circle, such as each for a lock that the next one holds: none of them can ever go
 * on, whatever the others do. A paragraph for each circle.
 */
export function cycles(sightings: readonly Sighting[]): string[] {
  const waiting = new Map(sightings.filter((s) => s.awaits.holder > 0).map((s) => [s.info.id, s]));
  const seen = new Set<number>();
  const found: string[] = [];
  for (const start of waiting.keys()) {
    const path: number[] = [];
    let id = start;
    while (waiting.has(id) && !seen.has(id)) {
      seen.add(id);
      path.push(id);
      id = waiting.get(id)!.awaits.holder;
    }
    const from = path.indexOf(id);
    if (from < 0) continue;
    const circle = path.slice(from).map((one) => waiting.get(one)!);
    found.push(["goroutines that wait for each other:", ...circle.map(waitLine)].join("\n"));
  }
  return found;
}

function waitLine({ info, awaits, frames }: Sighting): string {
  return `    goroutine ${info.id} waits for ${awaits.on}${frames[0]?.replace(/^ */, " ") ?? ""}`;
}
