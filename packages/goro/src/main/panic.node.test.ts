import { test } from "node:test";
import { doesNotMatch, equal, match, ok } from "node:assert/strict";
import { describe, placeOf, runFixture, type Outcome } from "../testkit.js";

const panic = (which: string): Promise<Outcome> => runFixture("panic.mjs", { args: [which], limitMs: 20_000 });

/** The report as a whole: message, blank line, goroutine, frames; the user's own, and none of the library between or below them. */
function assertReport(outcome: Outcome, message: string, marks: readonly string[]): void {
  equal(outcome.signal, null, describe(outcome));
  equal(outcome.code, 2, describe(outcome));
  ok(outcome.stderr.startsWith(`panic: ${message}\n\ngoroutine `), describe(outcome));
  const [, frames] = /^goroutine \d+ \[running\]:\n([^]*)$/m.exec(outcome.stderr) ?? [];
  ok(frames !== undefined, describe(outcome));
  let at = -1;
  for (const mark of marks) {
    const place = placeOf("panic.mjs", mark);
    const next = frames.indexOf(place, at + 1);
    ok(next > at, `${place} (${mark}) is missing or out of order\n${describe(outcome)}`);
    at = next;
  }
  doesNotMatch(frames, /goro\/(dist|src)\//, `frames of the library\n${describe(outcome)}`);
}

test("an error that main throws is a panic: the message, goroutine 1 [running], the stack, exit code 2", async () => {
  const outcome = await panic("main");
  assertReport(outcome, "Error: boom", ["throw"]);
  match(outcome.stderr, /^goroutine 1 \[running\]:$/m);
  equal(outcome.stdout, "exit handler: 2\n");
});

test("the stack has every frame of the yield* chain, innermost first, also after the goroutine has been parked", async () => {
  const outcome = await panic("nested");
  assertReport(outcome, "Error: boom", ["throw", "inner", "outer"]);
  match(outcome.stderr, /\bthrower\b[^]*\binner\b[^]*\bouter\b/);
  equal(outcome.stdout, "outer's finally has run\nexit handler: 2\n");
});

for (const which of ["goroutine", "arrow", "waitGroup"]) {
  test(`an error of another goroutine ends the program, though main is parked: ${which}`, async () => {
    const outcome = await panic(which);
    assertReport(outcome, "Error: boom", ["throw", "inner", "outer"]);
    match(outcome.stderr, /^goroutine ([2-9]|\d\d+) \[running\]:$/m);
  });
}

for (const which of ["asyncFunction", "plainFunction"]) {
  test(`an error of an async or plain function that was started with go is a panic: ${which}`, async () => {
    const outcome = await panic(which);
    assertReport(outcome, "Error: boom", ["throw"]);
    match(outcome.stderr, /\bworker\b/);
  });
}

test("an error thrown at a joiner that does not catch it is a panic of the joiner", async () => {
  const outcome = await panic("join");
  assertReport(outcome, "Error: boom", ["throw", "inner", "outer"]);
  match(outcome.stderr, /^goroutine 1 \[running\]:$/m);
});

test("an error that a promise brought in has its own frames and those of the goroutine", async () => {
  const outcome = await panic("until");
  assertReport(outcome, "Error: from a promise", ["promise", "until"]);
});

test("misuse of a channel or a lock is a panic with Go's message and the place of the misuse", async () => {
  for (const [which, message] of [
    ["closed", "send on closed channel"],
    ["select", "send on closed channel"],
    ["unlock", "sync: unlock of unlocked mutex"],
  ] as const) {
    const outcome = await panic(which);
    ok(/^panic: (Panic: )?/.test(outcome.stderr), describe(outcome));
    assertReport({ ...outcome, stderr: outcome.stderr.replace(/^panic: Panic: /, "panic: ") }, message, [which]);
  }
});

for (const which of ["withoutMain", "lateWithoutMain", "besideRun"]) {
  test(`an error that nobody catches is a panic without main too: ${which}`, async () => {
    const outcome = await panic(which);
    assertReport(outcome, "Error: boom", ["throw", "inner", "outer"]);
    doesNotMatch(outcome.stdout, /still there/);
  });
}

for (const [which, message] of [
  ["string", /^panic: "?just text"?\n/],
  ["number", /^panic: 42\n/],
  ["undefined", /^panic: undefined\n/],
  ["null", /^panic: null\n/],
  ["symbol", /^panic: Symbol\(strange\)\n/],
  ["object", /^panic: .*E_STRANGE/],
  ["nullPrototype", /^panic: /],
  ["custom", /^panic: CustomError: of a class of its own\n/],
  ["changed", /^panic: Error: as it was changed\n/],
  ["noStack", /^panic: Error: without a stack\n/],
  ["hostile", /^panic: /],
  ["overflow", /^panic: RangeError: /],
  ["bareYield", /^panic: TypeError: .*yield/],
] as const) {
  test(`whatever is thrown is a panic: ${which}`, async () => {
    const outcome = await panic(which);
    equal(outcome.code, 2, describe(outcome));
    match(outcome.stderr, message);
    match(outcome.stderr, /\n\ngoroutine 1 \[running\]:\n/);
    doesNotMatch(outcome.stderr, /must not be/);
  });
}

test("a message of several lines is printed once", async () => {
  const outcome = await panic("multiline");
  match(
    outcome.stderr,
    /^panic: Error: line one\nline two\n {4}at nowhere \(like a frame\)\n\ngoroutine 1 \[running\]:\n/,
  );
  equal(outcome.stderr.split("line two").length, 2, describe(outcome));
  equal(outcome.stderr.split("line one").length, 2, describe(outcome));
  equal(outcome.code, 2);
});

test("the message is not repeated above the frames", async () => {
  const outcome = await panic("main");
  equal(outcome.stderr.split("boom").length, 2, describe(outcome));
});

test("a panic ends the program at once, whatever is pending, and process.exitCode does not change its code", async () => {
  const outcome = await panic("pending");
  assertReport(outcome, "Error: boom", ["throw"]);
  ok(outcome.ms < 15_000);
});

test("no goroutine runs after a panic", async () => {
  const outcome = await panic("others");
  assertReport(outcome, "Error: boom", ["throw"]);
  doesNotMatch(outcome.stdout, /ran after/);
});

test("there is one panic, the first", async () => {
  const outcome = await panic("two");
  equal(outcome.stderr.match(/^panic: /gm)?.length, 1, describe(outcome));
  equal(outcome.stderr.match(/^goroutine /gm)?.length, 1, describe(outcome));
  equal(outcome.code, 2);
});

test("an error that is caught is none", async () => {
  const outcome = await panic("caught");
  equal(outcome.stdout, "outer's finally has run\ncaught: boom\nexit handler: 0\n", describe(outcome));
  equal(outcome.stderr, "");
  equal(outcome.code, 0);
});

test("what was deferred runs before the program ends", async () => {
  const outcome = await panic("deferred");
  equal(outcome.stdout, "deferred has run\nexit handler: 2\n", describe(outcome));
  equal(outcome.code, 2);
});

test("with GORODEBUG=created=1 a panic says where its goroutine was started", async () => {
  const outcome = await runFixture("created.mjs", { env: { GORODEBUG: "created=1" } });
  equal(outcome.code, 2, describe(outcome));
  const [, created] = /^created by ([^]*)$/m.exec(outcome.stderr) ?? [];
  ok(created !== undefined, describe(outcome));
  ok(created.includes(placeOf("created.mjs", "go")), describe(outcome));
  match(created, /\bstarts\b/);
});

test("without it the panic has no such line", async () => {
  for (const env of [{}, { GORODEBUG: "created=0" }, { GORODEBUG: "other=1" }]) {
    const outcome = await runFixture("created.mjs", { env });
    equal(outcome.code, 2, describe(outcome));
    doesNotMatch(outcome.stderr, /created by/);
  }
});
