import { test } from "node:test";
import { doesNotMatch, equal, match, ok } from "node:assert/strict";
import { sized } from "../testkit.portable.js";
import { describe, runFixture, startFixture } from "../testkit.js";

// Starting

test("main starts once its module has been evaluated, as goroutine 1, whoever was started before", async () => {
  const outcome = await runFixture("main-order.mjs");
  equal(outcome.code, 0, describe(outcome));
  const lines = outcome.stdout.trim().split("\n");
  equal(lines[0], "numGoroutine before: 0");
  equal(lines[1], "main has been called");
  ok(lines.includes("main is goroutine 1 and sees what is declared below it"), describe(outcome));
  ok(lines.includes("the early one is not 1: true"), describe(outcome));
});

// Ending

test("when main returns the process exits with 0, and exit handlers run", async () => {
  const outcome = await runFixture("main-exit.mjs", { args: ["-"] });
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "main returns\nexit handler: 0\n");
  equal(outcome.stderr, "");
});

test("when main returns the process exits with process.exitCode", async () => {
  for (const code of [0, 1, 3, 255]) {
    const outcome = await runFixture("main-exit.mjs", { args: [String(code)] });
    equal(outcome.code, code, describe(outcome));
    equal(outcome.stdout, `main returns\nexit handler: ${code}\n`);
  }
});

for (const [still, what] of [
  ["goroutines", "goroutines that sleep, wait or have not run"],
  ["server", "a server"],
  ["interval", "an interval"],
  ["spinner", "a goroutine that never pauses"],
  ["promise", "promises and timers"],
] as const) {
  test(`when main returns the process ends, whatever is still there: ${what}`, async () => {
    const outcome = await runFixture("main-exit.mjs", { args: ["5", still], limitMs: 20_000 });
    equal(outcome.signal, null, describe(outcome));
    equal(outcome.code, 5, describe(outcome));
    equal(outcome.stdout, "main returns\nexit handler: 5\n");
    equal(outcome.stderr, "");
  });
}

// Flushing

const megabytes = String(sized(10, 5));
const bytes = Number(megabytes) * 1024 * 1024 + "the last line\n".length;

for (const how of ["one", "lines", "log", "goroutines"]) {
  test(`${megabytes} megabytes that a slow reader has not read when main returns arrive complete: ${how}`, async () => {
    const outcome = await runFixture("main-flush.mjs", { args: [megabytes, how], slowReadMs: 2 });
    equal(outcome.stdout.length, bytes, `code ${outcome.code}, ${outcome.stdout.length} bytes`);
    ok(outcome.stdout.endsWith("\nthe last line\n"));
    equal(outcome.code, 0);
    equal(outcome.stderr, "");
  });
}

test("no goroutine runs while what main has left is flushed", async () => {
  const outcome = await runFixture("main-flush.mjs", { args: [megabytes, "lines", "others"], slowReadMs: 5 });
  equal(outcome.code, 0);
  ok(outcome.stdout.endsWith("\nthe last line\n"), outcome.stdout.slice(-200));
});

test("an exit code is kept over the flush", async () => {
  const outcome = await runFixture("main-flush.mjs", { args: [megabytes, "lines", "code"], slowReadMs: 2 });
  equal(outcome.stdout.length, bytes);
  equal(outcome.code, 7);
});

test("a panic flushes what is pending, then exits with 2", async () => {
  const outcome = await runFixture("main-flush.mjs", { args: [megabytes, "lines", "panic"], slowReadMs: 2 });
  equal(outcome.stdout.length, bytes);
  equal(outcome.code, 2);
  match(outcome.stderr, /^panic: Error: after all that\n/);
});

test("a deadlock flushes what is pending, then exits with 2", async () => {
  const outcome = await runFixture("main-flush.mjs", { args: [megabytes, "one", "deadlock"], slowReadMs: 2 });
  equal(outcome.stdout.length, bytes);
  equal(outcome.code, 2);
  match(outcome.stderr, /^fatal error: all goroutines are asleep - deadlock!\n/);
});

test("standard error is flushed as standard output is", async () => {
  const outcome = await runFixture("main-twice-output.mjs", { slowReadMs: 1 });
  equal(outcome.code, 0);
  ok(outcome.stdout.endsWith("o\nthe last line of stdout\n"));
  equal(outcome.stdout.length, 3_000_001 + "the last line of stdout\n".length);
  ok(outcome.stderr.endsWith("e\nthe last line of stderr\n"));
  equal(outcome.stderr.length, 3_000_001 + "the last line of stderr\n".length);
});

test("a reader that goes away does not hang the program", async () => {
  const running = startFixture("main-flush.mjs", { args: [megabytes, "lines"], input: "", limitMs: 30_000 });
  running.child.stdout?.once("data", () => running.child.stdout?.destroy());
  const outcome = await running.outcome;
  equal(outcome.signal === "SIGKILL", false, "it had to be killed");
  ok(outcome.ms < 20_000, `it took ${outcome.ms} ms`);
});

// Without main

for (const what of ["sleep", "run", "chain", "async", "until", "spin"]) {
  test(`without main, goroutines keep the process alive while something can wake them: ${what}`, async () => {
    const outcome = await runFixture("alive.mjs", { args: [what], limitMs: 20_000 });
    equal(outcome.code, 0, describe(outcome));
    match(outcome.stdout, /^woken\nexit 0 after/, describe(outcome));
    equal(outcome.stderr, "");
  });
}

test("without main, the timers of sleeps that lost do not keep the process alive", async () => {
  const outcome = await runFixture("alive.mjs", { args: ["lost-sleep"], limitMs: 20_000 });
  equal(outcome.code, 0, describe(outcome));
  match(outcome.stdout, /^woken\n/, describe(outcome));
  ok(outcome.ms < 15_000, `it took ${outcome.ms} ms`);
});

// Errors that were claimed

for (const [which, texts, code] of [
  ["untaken", ["nobody took me"], 0],
  ["lost", ["the join lost"], 0],
  ["several", ["error 1", "error 2", "error 3"], 0],
  ["text", ["just text"], 0],
] as const) {
  test(`an error that was claimed and that no joiner took is printed when main returns: ${which}`, async () => {
    const outcome = await runFixture("unclaimed.mjs", { args: [which] });
    for (const text of texts) {
      equal(outcome.stderr.split(text).length - 1 > 0, true, `${text} is missing\n${describe(outcome)}`);
    }
    equal(outcome.code, code, describe(outcome));
    doesNotMatch(outcome.stderr, /^panic:/m);
  });
}

test("such an error is printed with its stack", async () => {
  const outcome = await runFixture("unclaimed.mjs", { args: ["untaken"] });
  match(outcome.stderr, /Error: nobody took me/);
  match(outcome.stderr, /failingWorker[^\n]*unclaimed\.mjs:\d+/);
});

test("an error that one joiner took is not printed", async () => {
  for (const which of ["taken", "takenOnce"]) {
    const outcome = await runFixture("unclaimed.mjs", { args: [which] });
    match(outcome.stdout, /^caught: /, describe(outcome));
    equal(outcome.stderr, "");
    equal(outcome.code, 0);
  }
});

test("an error thrown before anybody called join is a panic", async () => {
  const outcome = await runFixture("unclaimed.mjs", { args: ["late"] });
  match(outcome.stderr, /^panic: Error: nobody had asked\n/);
  equal(outcome.code, 2);
});

// goexit in main

const noGoroutines = /^fatal error: no goroutines \(main called runtime\.Goexit\) - deadlock!\n/m;

test("goexit in main runs its finally blocks and lets the others go on; when none is left that is a deadlock", async () => {
  for (const which of ["plain", "swallowed"]) {
    const outcome = await runFixture("goexit-main.mjs", { args: [which] });
    equal(
      outcome.stdout,
      `${which === "swallowed" ? "swallowed\n" : ""}main's finally has run\nthe other goroutine goes on\n`,
      describe(outcome),
    );
    match(outcome.stderr, noGoroutines);
    equal(outcome.code, 2);
  }
});

test("after goexit in main another goroutine may end the program", async () => {
  const outcome = await runFixture("goexit-main.mjs", { args: ["exit"] });
  equal(outcome.code, 3, describe(outcome));
  match(outcome.stdout, /the other goroutine goes on/);
});

test("after goexit in main a panic is a panic", async () => {
  const outcome = await runFixture("goexit-main.mjs", { args: ["panic"] });
  match(outcome.stderr, /^panic: Error: boom\n\ngoroutine [2-9]\d* \[running\]:\n/);
  equal(outcome.code, 2);
});

test("after goexit in main those who are left may deadlock", async () => {
  const outcome = await runFixture("goexit-main.mjs", { args: ["parked"] });
  match(outcome.stderr, /^fatal error: .* - deadlock!\n/);
  match(outcome.stderr, /^goroutine \d+ \[chan receive\]:$/m);
  equal(outcome.code, 2);
});

test("an error thrown by main's finally block takes the place of goexit and is a panic", async () => {
  const outcome = await runFixture("goexit-main.mjs", { args: ["throws"] });
  match(outcome.stderr, /^panic: Error: from the finally block\n\ngoroutine 1 \[running\]:\n/);
  match(outcome.stdout, /main's finally has run/);
  equal(outcome.code, 2);
});
