// Memory: collections and statistics. Go: runtime/mstats.go

import { builtin } from "./builtin.js";
import { nodeProcess, now } from "./host.js";

/** Go's field names, lowered. Bytes; 0 where the platform does not tell. */
export interface MemStats {
  /** In use by objects and by buffers outside the heap. */
  readonly alloc: number;
  /** What `alloc` has grown by from one call to the next, added up: a lower bound of all that was allocated. */
  readonly totalAlloc: number;
  /** Obtained from the system: the resident set. */
  readonly sys: number;
  readonly heapAlloc: number;
  readonly heapSys: number;
  readonly heapInuse: number;
  /** Collections since the first call of gc or readMemStats. */
  readonly numGC: number;
  /** Nanoseconds spent in them. */
  readonly pauseTotalNs: number;
}

interface V8 {
  setFlagsFromString(flags: string): void;
  getHeapStatistics(): { used_heap_size: number; total_heap_size: number };
}
interface Collection {
  readonly duration: number;
  readonly detail?: { readonly flags?: number };
}
interface Observer {
  observe(options: { entryTypes: string[] }): void;
  takeRecords(): Iterable<Collection>;
}
interface PerfHooks {
  PerformanceObserver: new (then: (list: { getEntries(): Iterable<Collection> }) => void) => Observer;
}

/** NODE_PERFORMANCE_GC_FLAGS_FORCED: those of gc() below are counted there, at once. */
const FORCED = 4;

let collections = 0;
let pauseMs = 0;
let observer: Observer | undefined;

function count(entries: Iterable<Collection>): void {
  for (const { duration, detail } of entries) {
    if (((detail?.flags ?? 0) & FORCED) !== 0) continue;
    collections++;
    pauseMs += duration;
  }
}

function watchCollections(): void {
  if (observer !== undefined) return;
  const hooks = builtin<PerfHooks>("node:perf_hooks");
  if (hooks === undefined) return;
  try {
    observer = new hooks.PerformanceObserver((list) => count(list.getEntries()));
    observer.observe({ entryTypes: ["gc"] });
  } catch {
    // Not every runtime that has perf_hooks reports collections.
  }
}

interface Collectors {
  readonly gc?: () => void;
  readonly Bun?: { gc(wait: boolean): void };
}

function findCollector(): (() => void) | undefined {
  const { gc: exposed, Bun: bun } = globalThis as Collectors;
  if (exposed !== undefined) return exposed;
  if (bun !== undefined) return () => bun.gc(true);
  try {
    builtin<V8>("node:v8")?.setFlagsFromString("--expose-gc");
    return builtin<{ runInNewContext(code: string): () => void }>("node:vm")?.runInNewContext("gc");
  } catch {
    return undefined;
  }
}

let collector: (() => void) | undefined;

/** Runs a full collection, where the platform lets a program ask for one. Go: `runtime.GC()`. */
export function gc(): void {
  watchCollections();
  collector ??= findCollector();
  if (collector === undefined) return;
  const start = now();
  collector();
  collections++;
  pauseMs += now() - start;
  noteAllocation();
}

let lastAlloc = 0;
let totalAlloc = 0;

function noteAllocation(): number {
  const usage = nodeProcess?.memoryUsage();
  const alloc = usage === undefined ? 0 : usage.heapUsed + usage.external;
  totalAlloc += Math.max(0, alloc - lastAlloc);
  lastAlloc = alloc;
  return alloc;
}

/** Statistics of the memory of this process. Go: `runtime.ReadMemStats(&m)`. */
export function readMemStats(): MemStats {
  watchCollections();
  if (observer !== undefined) count(observer.takeRecords());
  const alloc = noteAllocation();
  const usage = nodeProcess?.memoryUsage();
  const heap = builtin<V8>("node:v8")?.getHeapStatistics();
  return {
    alloc,
    totalAlloc,
    sys: usage?.rss ?? 0,
    heapAlloc: usage?.heapUsed ?? 0,
    heapSys: heap?.total_heap_size ?? usage?.heapTotal ?? 0,
    heapInuse: heap?.used_heap_size ?? usage?.heapUsed ?? 0,
    numGC: collections,
    pauseTotalNs: Math.round(pauseMs * 1e6),
  };
}
