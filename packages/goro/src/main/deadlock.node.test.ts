import { connect } from "node:net";
import { test } from "node:test";
import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import type { GoroutineInfo } from "goro";
import { describe, goroutinesIn, placeOf, runFixture, runtimeName, startFixture, type Outcome } from "../testkit.js";

const asleep = "fatal error: all goroutines are asleep - deadlock!\n";

async function deadlock(which: string): Promise<Outcome> {
  const outcome = await runFixture("deadlock.mjs", { args: [which], limitMs: 20_000 });
  equal(outcome.signal, null, describe(outcome));
  equal(outcome.code, 2, describe(outcome));
  ok(outcome.stderr.startsWith(asleep), describe(outcome));
  return outcome;
}

/** Fails unless the report has a goroutine that is parked for that reason at that place; gives its frames. */
function assertParked(outcome: Outcome, reason: string | RegExp, mark: string): string {
  const place = placeOf("deadlock.mjs", mark);
  for (const g of goroutinesIn(outcome.stderr).values()) {
    if (!g.frames.includes(place)) continue;
    if (typeof reason === "string") equal(g.reason, reason, `at ${place} (${mark})\n${describe(outcome)}`);
    else match(g.reason, reason, `at ${place} (${mark})\n${describe(outcome)}`);
    doesNotMatch(g.frames, /goro\/(dist|src)\//, `frames of the library\n${describe(outcome)}`);
    return g.frames;
  }
  throw new Error(`nobody is parked at ${place} (${mark})\n${describe(outcome)}`);
}

for (const [which, reason] of [
  ["recv", "chan receive"],
  ["send", "chan send"],
  ["select", "select"],
  ["nothing", /^select( \(no cases\))?$/],
  ["nulls", /^select( \(no cases\))?$/],
  ["mutex", "sync.Mutex.Lock"],
  ["until", /./],
] as const) {
  test(`a program whose main goroutine nobody can wake ends with Go's line, its wait reason and place, and code 2: ${which}`, async () => {
    const outcome = await deadlock(which);
    assertParked(outcome, reason, which);
    deepEqual([...goroutinesIn(outcome.stderr).keys()], [1]);
    equal(outcome.stdout, "");
  });
}

test("the report has every goroutine with its reason and its place", async () => {
  const outcome = await deadlock("everything");
  for (const [mark, reason] of [
    ["all-recv", "chan receive"],
    ["all-recvOk", "chan receive"],
    ["all-range", "chan receive"],
    ["all-send", "chan send"],
    ["all-select", "select"],
    ["all-mutex", "sync.Mutex.Lock"],
    ["all-rwlock", "sync.RWMutex.Lock"],
    ["all-rlock", "sync.RWMutex.RLock"],
    ["all-wg", "sync.WaitGroup.Wait"],
    ["all-cond", "sync.Cond.Wait"],
    ["all-once-inner", "chan receive"],
    ["all-until", /./],
    ["all-ctx", /./],
    ["all-sleep", "sleep"],
    ["all-join", /./],
  ] as const) {
    // Bun gives the line of the call before it.
    if (mark === "all-join" && runtimeName === "bun") continue;
    assertParked(outcome, reason, mark);
  }
  const ids = [...goroutinesIn(outcome.stderr).keys()];
  // Fourteen and main; once.do may or may not have one of its own.
  ok(ids.length === 15 || ids.length === 16, describe(outcome));
  equal(ids[0], 1, "main comes first");
});

test("the frames are the whole yield* chain, innermost first", async () => {
  const outcome = await deadlock("deep");
  const frames = assertParked(outcome, "chan receive", "deepest");
  const at = ["deepest", "middle", "deep"].map((mark) => frames.indexOf(placeOf("deadlock.mjs", mark)));
  ok(at.every((n) => n >= 0) && (at[0] ?? 0) < (at[1] ?? 0) && (at[1] ?? 0) < (at[2] ?? 0), describe(outcome));
});

test("three philosophers with three forks", async () => {
  const outcome = await deadlock("philosophers");
  equal(outcome.stderr.match(/^goroutine \d+ \[sync\.Mutex\.Lock\]:$/gm)?.length, 3, describe(outcome));
  assertParked(outcome, "sync.Mutex.Lock", "fork");
  assertParked(outcome, "sync.WaitGroup.Wait", "meal");
});

test("a goroutine that joins itself", async () => {
  const outcome = await deadlock("self");
  assertParked(outcome, /./, "self");
  assertParked(outcome, "chan receive", "self-main");
});

test("a timer that wakes nobody puts the report off until it has gone off", async () => {
  const outcome = await deadlock("afterwards");
  equal(outcome.stdout, "the timer has gone off\n");
});

test("a timer that does not keep the process alive does not make it end as if all were well", async () => {
  await deadlock("unref");
});

test("process.exitCode = 0 does not make a deadlock a success", async () => {
  await deadlock("exitCode");
});

test("what was written before is flushed", async () => {
  const outcome = await deadlock("output");
  equal(outcome.stdout.length, 1_000_001);
});

for (const what of [
  "timer",
  "interval",
  "immediate",
  "client",
  "http",
  "child",
  "childOutput",
  "worker",
  "file",
  "promise",
  "async",
  "sleeper",
  "until",
  "asyncFunction",
  "chain",
  "select",
]) {
  test(`main parked while something outside can wake it is no deadlock: ${what}`, async () => {
    const outcome = await runFixture("wakes.mjs", { args: [what], limitMs: 20_000 });
    equal(outcome.stdout, `woken by ${what}\n`, describe(outcome));
    equal(outcome.stderr, "");
    equal(outcome.code, 0);
  });
}

test("main parked while a server listens is no deadlock", async () => {
  const running = startFixture("wakes.mjs", { args: ["server"], limitMs: 20_000 });
  const [, port] = /port (\d+)/.exec(await running.printed("\n")) ?? [];
  await new Promise((resolve) => setTimeout(resolve, 300));
  const socket = connect(Number(port), "127.0.0.1", () => socket.write("server"));
  socket.on("error", () => {});
  const outcome = await running.outcome;
  socket.destroy();
  match(outcome.stdout, /woken by server\n$/, describe(outcome));
  equal(outcome.stderr, "");
  equal(outcome.code, 0);
});

test("main parked while standard input may still say something is no deadlock", async () => {
  const running = startFixture("wakes.mjs", { args: ["stdin"], limitMs: 20_000 });
  await new Promise((resolve) => setTimeout(resolve, 400));
  running.child.stdin?.write("stdin\n");
  const outcome = await running.outcome;
  equal(outcome.stdout, "woken by stdin\n", describe(outcome));
  equal(outcome.stderr, "");
  equal(outcome.code, 0);
});

// run

interface Report {
  readonly deadlock: boolean;
  readonly isError: boolean;
  readonly name: string;
  readonly message: string;
  readonly goroutines: readonly GoroutineInfo[];
}
async function reports(which: string): Promise<{ outcome: Outcome; reports: Report[] }> {
  const outcome = await runFixture("run-deadlock.mjs", { args: [which], limitMs: 20_000 });
  const lines = outcome.stdout.split("\n").filter((line) => line.startsWith("{"));
  return { outcome, reports: lines.map((line) => JSON.parse(line) as Report) };
}

test("run rejects with a DeadlockError that lists the goroutines, and the program may go on", async () => {
  const { outcome, reports: all } = await reports("one");
  equal(all.length, 1, describe(outcome));
  const [error] = all;
  ok(error?.deadlock && error.isError);
  equal(error.name, "DeadlockError");
  match(error.message, /all goroutines are asleep - deadlock!/);
  equal(error.goroutines.length, 1);
  const [g] = error.goroutines;
  ok(g);
  ok(Number.isInteger(g.id) && g.id > 0);
  equal(g.state, "chan receive");
  equal(g.name, "stuck");
  equal(g.processor, 0);
  const at = g.at ?? "";
  ok(at.includes(placeOf("run-deadlock.mjs", "stuck")), at);
  match(at, /:\d+:\d+$/);
  match(outcome.stdout, /the program goes on\n$/);
  doesNotMatch(outcome.stderr, /fatal error/);
  equal(outcome.code, 0);
});

test("every run that is stuck rejects", async () => {
  const { outcome, reports: all } = await reports("two");
  equal(all.length, 2, describe(outcome));
  ok(all.every((error) => error.deadlock));
  // Two goroutines were there at the time, and each of the errors says so.
  for (const error of all) equal(error.goroutines.length, 2, describe(outcome));
  equal(outcome.code, 0);
});

test("run can find a deadlock again and again", async () => {
  const { outcome, reports: all } = await reports("again");
  equal(all.length, 3, describe(outcome));
  ok(all.every((error) => error.deadlock));
  equal(outcome.code, 0);
});

test("the DeadlockError of run names the helpers that are stuck as well", async () => {
  const { outcome, reports: all } = await reports("helpers");
  equal(all.length, 1, describe(outcome));
  const states = all[0]?.goroutines.map((g) => g.state).sort();
  deepEqual(states, ["chan receive", "chan send"], describe(outcome));
  const helper = all[0]?.goroutines.find((g) => g.name === "helper");
  ok(helper?.at?.includes(placeOf("run-deadlock.mjs", "helper")), describe(outcome));
});

test("run rejects when only a promise that never settles is waited for", async () => {
  const { outcome, reports: all } = await reports("until");
  equal(all.length, 1, describe(outcome));
  ok(all[0]?.deadlock);
});

test("a deadlock of run that nobody catches does not look like success", async () => {
  const { outcome } = await reports("thrown");
  ok(outcome.code !== 0 || outcome.signal !== null, describe(outcome));
  match(outcome.stderr, /all goroutines are asleep - deadlock!/);
});

test("run that a module awaits at its top level", async () => {
  const outcome = await runFixture("run-deadlock.mjs", { args: ["top"], limitMs: 3_000 });
  // Deno ends such a program itself, and Bun waits for ever: neither asks anybody before.
  if (runtimeName === "node") match(outcome.stdout, /^\{"deadlock":true,/, describe(outcome));
  else notEqual(outcome.code, 0, describe(outcome));
});

for (const [which, text] of [
  ["timer", "woken by a timer"],
  ["async", "woken by async code"],
] as const) {
  test(`run waits where something can still wake its goroutine: ${which}`, async () => {
    const outcome = await runFixture("run-deadlock.mjs", { args: [which], limitMs: 20_000 });
    equal(outcome.stdout, `${text}\n`, describe(outcome));
    equal(outcome.code, 0);
  });
}

test("what catches the deadlock of one run may wake another, or that is rejected too", async () => {
  const outcome = await runFixture("run-deadlock.mjs", { args: ["handler"], limitMs: 20_000 });
  match(outcome.stdout, /^(woken by the handler|DeadlockError)\n$/, describe(outcome));
  equal(outcome.code, 0);
});
