// runtime.goroutines() and runtime.stack(): who is there, in what state, where.
import { availableParallelism } from "node:os";
import { before, test } from "node:test";
import { doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { GoroutineInfo } from "goro";
import type { MemStats } from "goro/runtime";
import { describe, goroutinesIn, placeOf, runFixture } from "../testkit.js";

interface Seen {
  readonly one: { readonly count: number; readonly listed: readonly GoroutineInfo[]; readonly dump: string };
  readonly two: { readonly listed: readonly GoroutineInfo[] };
  readonly ids: Readonly<Record<string, number>>;
  readonly unstarted: number;
  readonly main: number;
  readonly count: number;
  readonly all: readonly (Omit<GoroutineInfo, "waitSince"> & { readonly waitSince?: string })[];
  readonly begun: number;
  readonly now: number;
  readonly own: string;
  readonly dump: string;
}
let seen: Seen;
let recorded: Seen;

async function look(env: Record<string, string>): Promise<Seen> {
  const outcome = await runFixture("inspect.mjs", { env });
  equal(outcome.code, 0, describe(outcome));
  return JSON.parse(outcome.stdout) as Seen;
}
before(async () => {
  seen = await look({});
  recorded = await look({ GORODEBUG: "created=1" });
});

const states = [
  ["receiver", "chan receive"],
  ["sender", "chan send"],
  ["selector", "select"],
  ["sleeper", "sleep"],
  ["locker", "sync.Mutex.Lock"],
  ["reader", "sync.RWMutex.RLock"],
  ["waiter", "sync.WaitGroup.Wait"],
  ["conditioned", "sync.Cond.Wait"],
  ["nested", "chan receive"],
  ["spinner", "runnable"],
] as const;

test("a program that has only main has one goroutine, and the library adds none of its own", () => {
  equal(seen.one.count, 1);
  equal(seen.one.listed.length, 1);
  equal(seen.one.dump.match(/^goroutine /gm)?.length, 1);
  equal(seen.main, 1);
});

test("goroutines lists every goroutine once", () => {
  const ids = seen.all.map((g) => g.id);
  equal(new Set(ids).size, ids.length);
  equal(ids.length, seen.count);
  for (const id of [seen.main, ...Object.values(seen.ids)]) ok(ids.includes(id), `${id} is missing`);
  ok(!ids.includes(seen.unstarted), "who has ended is not there");
});

test("goroutines that have not run yet are there too, as runnable", () => {
  equal(seen.two.listed.length, 1 + states.length + 2);
  const waiting = seen.two.listed.filter((g) => g.id !== seen.main);
  for (const g of waiting) equal(g.state, "runnable");
  ok(waiting.some((g) => g.id === seen.unstarted && g.name === "unstarted"));
});

test("the running goroutine is running", () => {
  const main = seen.all.find((g) => g.id === seen.main);
  equal(main?.state, "running");
  equal(main?.name, "theMain");
});

for (const [name, state] of states) {
  test(`${name}: its state is ${state}, with its name and its place`, () => {
    const g = seen.all.find((one) => one.id === seen.ids[name]);
    ok(g);
    equal(g.state, state);
    equal(g.name, name);
    equal(g.processor, 0);
    const at = g.at ?? "";
    // Where it is parked is the innermost place.
    ok(at.includes(placeOf("inspect.mjs", name === "nested" ? "helper" : name)), at);
    match(at, /:\d+:\d+$/);
    equal(g.createdAt, undefined);
  });
}

test("a goroutine that waits for a promise is listed with its place", () => {
  const g = seen.all.find((one) => one.id === seen.ids["promised"]);
  ok(g && g.state !== "running" && g.state !== "runnable", String(g?.state));
  ok(g.at?.includes(placeOf("inspect.mjs", "promised")), g.at ?? "");
});

test("who is parked says since when", () => {
  for (const name of ["receiver", "sleeper", "locker"]) {
    const g = seen.all.find((one) => one.id === seen.ids[name]);
    const since = Date.parse(g?.waitSince ?? "");
    ok(since >= seen.begun - 50 && since <= seen.now, `${name}: ${g?.waitSince}`);
  }
});

test("with GORODEBUG=created=1 each says where it was started", () => {
  for (const [name] of states) {
    const g = recorded.all.find((one) => one.id === recorded.ids[name]);
    ok(g?.createdAt?.includes(placeOf("inspect.mjs", "go")), `${name}: ${g?.createdAt}`);
  }
});

test("stack is the goroutine that asks, in Go's form", () => {
  match(seen.own, /^goroutine 1 \[running\]:\n/);
  ok(seen.own.includes(placeOf("inspect.mjs", "stack")), seen.own);
  equal(seen.own.match(/^goroutine /gm)?.length, 1);
  doesNotMatch(seen.own, /goro\/(dist|src)\//);
});

test("stack(true) is all of them, each with its frames", () => {
  match(seen.dump, /^goroutine 1 \[running\]:\n/);
  const found = goroutinesIn(seen.dump);
  equal(found.size, seen.count);
  for (const [name, state] of states) {
    const g = found.get(seen.ids[name] ?? 0);
    ok(g, `${name} is missing\n${seen.dump}`);
    equal(g.reason, state);
    ok(g.frames.includes(placeOf("inspect.mjs", name)), g.frames);
    doesNotMatch(g.frames, /goro\/(dist|src)\//);
  }
  const nested = found.get(seen.ids["nested"] ?? 0)?.frames ?? "";
  const [inner, outer] = [placeOf("inspect.mjs", "helper"), placeOf("inspect.mjs", "nested")];
  ok(nested.includes(inner) && nested.indexOf(inner) < nested.indexOf(outer), nested);
});

test("who has been parked for minutes says for how many", async () => {
  const outcome = await runFixture("minutes.mjs");
  const found = [...goroutinesIn(outcome.stdout).values()];
  const reasonOf = (name: string): string | undefined => found.find((g) => g.frames.includes(`${name} (`))?.reason;
  equal(reasonOf("early"), "chan receive, 2 minutes", describe(outcome));
  equal(reasonOf("late"), "chan receive", describe(outcome));
});

// Processors and memory

test("goroutines that nobody can wake any more are garbage, and count all the same", async () => {
  const outcome = await runFixture("garbage.mjs", { gc: true });
  equal(outcome.code, 0, describe(outcome));
  const { bytes, count } = JSON.parse(outcome.stdout) as { bytes: number; count: number };
  ok(bytes < 200, `each three of them still take ${bytes} bytes`);
  equal(count, 1 + 3 * 51_000);
});

test("numCPU is what the platform has for this process", async () => {
  const outcome = await runFixture("processors.mjs");
  equal((JSON.parse(outcome.stdout) as { cpus: number }).cpus, availableParallelism());
});

test("gomaxprocs starts from GOMAXPROCS, else from numCPU", async () => {
  for (const [value, expected] of [
    ["1", 1],
    ["3", 3],
    ["64", 64],
    [undefined, availableParallelism()],
    ["", availableParallelism()],
    ["0", availableParallelism()],
    ["-2", availableParallelism()],
    ["many", availableParallelism()],
  ] as const) {
    const outcome = await runFixture("processors.mjs", { env: value === undefined ? {} : { GOMAXPROCS: value } });
    equal(outcome.code, 0, describe(outcome));
    equal((JSON.parse(outcome.stdout) as { procs: number }).procs, expected, `GOMAXPROCS=${value}`);
  }
});

test("gc collects, and readMemStats shows it, without any flag of the platform's", async () => {
  const outcome = await runFixture("memory.mjs");
  equal(outcome.code, 0, describe(outcome));
  const { before, full, after } = JSON.parse(outcome.stdout) as { before: MemStats; full: MemStats; after: MemStats };
  ok(before.heapAlloc > 0 && before.heapSys >= before.heapInuse && before.sys >= before.heapSys, outcome.stdout);
  ok(before.alloc > 0);
  ok(full.totalAlloc >= before.totalAlloc);
  ok(after.numGC > before.numGC, `collections: ${before.numGC}, then ${after.numGC}`);
  ok(after.pauseTotalNs > before.pauseTotalNs, "a collection takes its time");
  // Fifty megabytes were made, and none of them is left.
  ok(after.heapAlloc < before.heapAlloc + 15_000_000, `heapAlloc ${before.heapAlloc}, then ${after.heapAlloc}`);
});
