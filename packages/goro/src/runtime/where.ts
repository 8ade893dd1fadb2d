// Where a goroutine is, and why: asked of the goroutine itself, so that it costs nothing while nobody asks.
//
// A parked one is resumed with the mark `probed` in place of its Op. The innermost Op's `next` sees the mark, takes the
// stack it is called on, which is that of all the goroutine's nested `yield*` calls, and parks again: nothing has changed.

import type { Ring } from "../ds/ring.js";
import type { GoroutineInfo, Routine } from "../types.js";
import { callerFrames, functionOf, placeOf, userFrames } from "./frames.js";
import { State, type Goroutine } from "./goroutine.js";
import { allGoroutines } from "./heap-query.js";
import { now } from "./host.js";
import { elsewhere, probe, probed } from "./operation.js";
import { orLabel } from "./labels.js";
import { processor } from "./processor.js";
import { CLOCK } from "./slice.js";
import { createdBy } from "./error-text.js";

function framesOf(g: Goroutine): string[] {
  if (g === processor.current) return callerFrames();
  return g.state === State.live && g.body !== null && g.op !== null ? probeFrames(g) : [];
}

function probeFrames(g: Goroutine): string[] {
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
  return userFrames(probe.stack);
}

function stateOf(g: Goroutine, runnable: ReadonlySet<Goroutine>): string {
  if (g === processor.current) return "running";
  return g.since < 0 || g.op === null || runnable.has(g) ? "runnable" : g.op.reason;
}

function describe(g: Goroutine, state: string, frames: readonly string[]): GoroutineInfo {
  const parked = state !== "running" && state !== "runnable";
  const name = g.since < 0 ? (g.body as { name?: string }).name : functionOf(frames.at(-1));
  return {
    id: g.id,
    state,
    waitSince: parked ? new Date(Date.now() - ((now() - g.since) & CLOCK)) : undefined,
    name: name === undefined || name === "" ? "<anonymous>" : name,
    at: placeOf(frames[0]),
    createdAt: placeOf(userFrames(g.extra?.created ?? "")[0]),
    processor: processor.id,
  };
}

/** A goroutine as data, and as a paragraph of a dump. */
export interface Sighting {
  readonly info: GoroutineInfo;
  readonly text: string;
}

const MINUTE = 60_000;

function sight(g: Goroutine, runnable: ReadonlySet<Goroutine>): Sighting {
  const frames = orLabel(g, framesOf(g));
  const info = describe(g, stateOf(g, runnable), frames);
  const waited = info.waitSince === undefined ? 0 : Math.floor((Date.now() - info.waitSince.getTime()) / MINUTE);
  const state = waited > 0 ? `${info.state}, ${waited} minutes` : info.state;
  return { info, text: [`goroutine ${g.id} [${state}]:`, ...frames, ...createdBy(g)].join("\n") };
}

export function sightCurrent(): Sighting {
  return sight(processor.current, new Set());
}

function inOrder(queue: Ring<Goroutine>): Goroutine[] {
  return Array.from({ length: queue.length }, (_, i) => queue.at(i)!);
}

export function sightAll(): Sighting[] {
  const runnable = new Set([...inOrder(processor.urgent), ...inOrder(processor.runQueue)]);
  const all = allGoroutines();
  // One that this core has taken itself stands here twice: as what was started, and as what runs.
  const running = new Set(all.map((g) => (g.op === elsewhere ? 0 : g.id)));
  return all.filter((g) => g.op !== elsewhere || !running.has(g.id)).map((g) => sight(g, runnable));
}

/** Those of all cores, each once: one that has gone elsewhere is named there. */
export async function sightEverywhere(): Promise<Sighting[]> {
  const here = sightAll();
  if (processor.cores === null) return here;
  const others = await processor.cores.sightElsewhere();
  const there = new Set(others.map((s) => s.info.id));
  return [...here.filter((s) => !there.has(s.info.id)), ...others].sort((a, b) => a.info.id - b.info.id);
}
