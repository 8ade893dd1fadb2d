// Where a goroutine is, and why: asked of the goroutine itself, so that it costs nothing while nobody asks.
//
// A parked one is resumed with the mark `probed` in place of its Op. The innermost Op's `next` sees the mark, takes the
// stack it is called on, which is that of all the goroutine's nested `yield*` calls, and parks again: nothing has changed.
//
// Of many goroutines most stand at few places, and to write a stack out costs most of the time. So while all are asked, a
// stack is first taken as the engine has it, positions only, and written out once for each place.

import type { GoroutineInfo, Routine } from "../types.js";
import { callerFrames, functionOf, placeOf, userFrames } from "./frames.js";
import { State, type Goroutine } from "./goroutine.js";
import { allGoroutines } from "./heap-query.js";
import { now } from "./host.js";
import { elsewhere, probe, probed } from "./operation.js";
import { orLabel } from "./labels.js";
import { asPositions } from "./positions.js";
import { processor } from "./processor.js";
import { runnable } from "./scheduler.js";
import { CLOCK } from "./slice.js";
import { awaitedBy, type Awaited } from "./subject.js";

/** A goroutine as it was seen. Plain data: it may come from another core. */
export interface Sighting {
  readonly info: GoroutineInfo;
  /** Innermost first. */
  readonly frames: readonly string[];
  /** Of the `go` that started it, where that was recorded. */
  readonly created: readonly string[];
  readonly awaits: Awaited;
}

/** Where one or many goroutines stand. */
interface Spot {
  readonly frames: readonly string[];
  readonly at: string | undefined;
  readonly name: string | undefined;
}

const spotOf = (frames: readonly string[]): Spot => ({
  frames,
  at: placeOf(frames[0]),
  name: functionOf(frames.at(-1)),
});
const nowhere = spotOf([]);

function whereIs(g: Goroutine, written: Written): Spot {
  if (g === processor.current) return spotOf(callerFrames());
  if (g.state !== State.live || g.body === null || g.op === null) return nowhere;
  const key = asPositions(() => stackOf(g));
  let spot = written.get(key);
  if (spot === undefined) written.set(key, (spot = spotOf(userFrames(stackOf(g)))));
  return spot.frames.length > 0 ? spot : spotOf(orLabel(g, spot.frames));
}

/** By the positions in the code that they stand for. */
type Written = Map<string, Spot>;

/** Its name is looked for in frames.ts and positions.ts: below this a stack is no longer the goroutine's. */
function probeFrames(g: Goroutine): void {
  const { op } = g;
  const { current } = processor;
  g.op = probed;
  processor.current = g;
  probe.stack = "";
  try {
    (g.body as Routine<unknown>).next();
  } finally {
    g.op = op;
    processor.current = current;
  }
}

function stackOf(g: Goroutine): string {
  probeFrames(g);
  return probe.stack;
}

function stateOf(g: Goroutine, runnable: ReadonlySet<Goroutine>): string {
  if (g === processor.current) return "running";
  return g.since < 0 || g.op === null || runnable.has(g) ? "runnable" : g.op.reason;
}

/** What is parked waits for something: all but what runs or could run. */
export function isParked(state: string): boolean {
  return state !== "running" && state !== "runnable";
}

const createdFrames = (g: Goroutine): readonly string[] => userFrames(g.extra?.created ?? "");

function sight(g: Goroutine, runnable: ReadonlySet<Goroutine>, written: Written): Sighting {
  const { frames, at, name: outermost } = whereIs(g, written);
  const created = createdFrames(g);
  const state = stateOf(g, runnable);
  const awaits = isParked(state) ? awaitedBy(g.op) : awaitedBy(null);
  const name = g.since < 0 ? (g.body as { name?: string } | null)?.name : outermost;
  const info: GoroutineInfo = {
    id: g.id,
    state,
    waitSince: isParked(state) ? new Date(Date.now() - ((now() - g.since) & CLOCK)) : undefined,
    name: name === undefined || name === "" ? "<anonymous>" : name,
    at,
    createdAt: placeOf(created[0]),
    processor: processor.id,
    waitsFor: awaits.on === "" ? undefined : awaits.on,
    heldBy: awaits.holder === 0 ? undefined : awaits.holder,
  };
  return { info, frames, created, awaits };
}

export function sightCurrent(): Sighting {
  return sight(processor.current, new Set(), new Map());
}

/** Without a look at the run queues, for who asks for few at a time: who waits there is told of as what it was before. */
export function sightEach(goroutines: readonly Goroutine[], ready: ReadonlySet<Goroutine> = new Set()): Sighting[] {
  const written: Written = new Map();
  return goroutines.map((g) => sight(g, ready, written));
}

export function sightThese(goroutines: readonly Goroutine[]): Sighting[] {
  return sightEach(goroutines, new Set(runnable()));
}

/** Those of this core. */
export function sightAll(): Sighting[] {
  const all = allGoroutines();
  // One that this core has taken itself stands here twice: as what was started, and as what runs.
  const running = new Set(all.map((g) => (g.op === elsewhere ? 0 : g.id)));
  return sightEach(
    all.filter((g) => g.op !== elsewhere || !running.has(g.id)),
    new Set(runnable()),
  );
}

/** Those of all cores, each once: one that has gone elsewhere is named there. */
export async function sightEverywhere(): Promise<Sighting[]> {
  const here = sightAll();
  return processor.cores === null ? here : merge(here, await processor.cores.sightElsewhere());
}

/** The same, while this thread waits: cores that do not answer soon are left out, and named. */
export function sightEverywhereNow(): { readonly sightings: Sighting[]; readonly silent: readonly number[] } {
  const here = sightAll();
  const others = processor.cores?.sightElsewhereNow();
  if (others === undefined) return { sightings: here, silent: [] };
  return { sightings: merge(here, others.sightings), silent: others.silent };
}

function merge(here: readonly Sighting[], others: readonly Sighting[]): Sighting[] {
  const left = new Map(here.map((s) => [s.info.id, s]));
  const there = others.map((s) => {
    const start = left.get(s.info.id);
    left.delete(s.info.id);
    // Where it was started is known where that was.
    return start === undefined || s.created.length > 0
      ? s
      : { ...s, created: start.created, info: { ...s.info, createdAt: start.info.createdAt } };
  });
  return [...left.values(), ...there].sort((a, b) => a.info.id - b.info.id);
}
