// Dumps: what they say of those who wait, what they put together, and the signal that asks for one.
import { test } from "node:test";
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import type { GoroutineInfo } from "goro";
import { describe, goroutinesIn, placeOf, runFixture, runtimeName, startFixture } from "../testkit.js";
import { sized } from "../testkit.portable.js";

interface Seen {
  readonly text: string;
  readonly all: readonly GoroutineInfo[];
}

async function look(scene: string, env: Record<string, string> = {}): Promise<Seen> {
  const outcome = await runFixture("dump.mjs", { args: [scene], env });
  equal(outcome.code, 0, describe(outcome));
  return JSON.parse(outcome.stdout) as Seen;
}

test("goroutines that are alike are one paragraph, with their number and ids, and all their frames", async () => {
  const { text } = await look("alike");
  match(text, /^goroutine 2 \[chan receive, 4 more: 3-6\]:$/m);
  const [inner, outer] = [placeOf("dump.mjs", "inner"), placeOf("dump.mjs", "outer")];
  const found = goroutinesIn(text);
  for (let id = 2; id <= 6; id++) {
    const frames = found.get(id)?.frames ?? "";
    ok(frames.includes(inner) && frames.indexOf(inner) < frames.indexOf(outer), text);
  }
  match(text, /^goroutine 7 \[chan receive\]:$/m);
  equal(text.match(/ {4}on chan 1, unbuffered$/gm)?.length, 2, text);
});

test("with GORODEBUG=created=1 each paragraph says where they were started", async () => {
  const { text } = await look("alike", { GORODEBUG: "created=1" });
  match(text, /^goroutine 2 \[chan receive, 4 more: 3-6\]:$/m);
  ok(text.includes(`created by`) && text.includes(placeOf("dump.mjs", "go")), text);
});

test("a dump says what each waits for, and who holds it", async () => {
  const { text, all } = await look("locks");
  const idOf = (name: string): number => all.find((g) => g.name === name)?.id ?? 0;
  const waitsFor = (name: string): string | undefined => all.find((g) => g.name === name)?.waitsFor;
  const holder = idOf("holder");
  const isOn = (name: string, what: RegExp): void => match(waitsFor(name) ?? "", what, name);
  isOn("waiter", new RegExp(`^sync\\.Mutex \\d+, held by goroutine ${holder}$`));
  equal(all.find((g) => g.name === "waiter")?.heldBy, holder);
  isOn("caseOfSelect", new RegExp(`^sync\\.Mutex \\d+, held by goroutine ${holder}; or chan \\d+, unbuffered$`));
  isOn("writer", /^sync\.RWMutex \d+, held by 2 reading$/);
  isOn("readsLater", new RegExp(`^sync\\.RWMutex \\d+, held by goroutine ${idOf("writing")}$`));
  isOn("waitsForOnce", new RegExp(`^sync\\.Once \\d+, held by goroutine ${idOf("runsOnce")}$`));
  isOn("waitsForGroup", /^sync\.WaitGroup \d+, counter 3$/);
  isOn("sender", /^chan \d+, 2 of 2 buffered$/);
  equal(waitsFor("joins"), `goroutine ${idOf("joined")}`);
  equal(waitsFor("holder"), undefined);
  for (const g of all.filter((one) => one.waitsFor !== undefined)) ok(text.includes(`    on ${g.waitsFor}`), text);
  doesNotMatch(text, /wait for each other/);
});

test("where somebody looks on, the readers of a lock are named", async () => {
  const { all } = await look("locks", { GORODEBUG: "created=1" });
  const readers = all.filter((g) => g.name === "reader").map((g) => g.id);
  match(
    all.find((g) => g.name === "writer")?.waitsFor ?? "",
    new RegExp(`^sync\\.RWMutex \\d+, held by 2 reading: ${readers.join(" ")}$`),
  );
});

test("a lock that was handed over is held by the one who got it", async () => {
  const { all } = await look("handedOver");
  const next = all.find((g) => g.name === "next");
  equal(all.find((g) => g.name === "waiter")?.heldBy, next?.id);
});

test("goroutines that wait for each other in a circle are named, without those who only wait for them", async () => {
  const { text } = await look("cycle");
  const circle = /goroutines that wait for each other:\n(.*)\n(.*)\n$/.exec(text);
  ok(circle, text);
  const place = placeOf("dump.mjs", "second");
  const line = (me: number, other: number): RegExp =>
    new RegExp(
      `^ {4}goroutine ${me} waits for sync\\.Mutex \\d+, held by goroutine ${other} at philosopher \\(.*${place}`,
    );
  match(circle[1]!, line(2, 3));
  match(circle[2]!, line(3, 2));
});

test("a deadlock report begins with the circle that locks form", async () => {
  const outcome = await runFixture("dump.mjs", { args: ["cycle", "deadlock"] });
  equal(outcome.code, 2, describe(outcome));
  match(
    outcome.stderr,
    /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutines that wait for each other:\n {4}goroutine 2 .*\n {4}goroutine 3 .*\n\ngoroutine 1 /,
  );
});

test("many goroutines are dumped in less than three seconds of the processor's time", async () => {
  // To write a stack takes Deno ten times as long.
  const n = runtimeName === "node" ? sized(100_000, 20_000) : 5_000;
  // Elsewhere than on Node the youngest 1,024 are known, and with a setting all.
  const env = runtimeName === "node" ? {} : { GORODEBUG: "created=1" };
  const outcome = await runFixture("dump.mjs", { args: ["many", String(n)], env });
  equal(outcome.code, 0, describe(outcome));
  const { ms, text, listed } = JSON.parse(outcome.stdout) as { ms: number; text: string; listed: number };
  ok(ms < 3000, `${ms} ms`);
  equal(listed, n + 1);
  ok(text.includes(` more: 3-${n + 1}]:`), text.slice(0, 2000));
});

if (process.platform !== "win32") {
  test("SIGQUIT prints every goroutine and ends the program with code 2", async () => {
    const { child, printed, outcome } = startFixture("dump.mjs", { args: ["cycle", "wait"] });
    await printed("ready");
    process.kill(child.pid!, "SIGQUIT");
    const { code, signal, stderr } = await outcome;
    deepEqual({ code, signal }, { code: 2, signal: null }, stderr);
    match(stderr, /^SIGQUIT: quit\n\ngoroutine 1 \[chan receive\]:\n/);
    equal(goroutinesIn(stderr).size, 4, stderr);
    ok(stderr.includes(placeOf("dump.mjs", "main")), stderr);
    match(stderr, /goroutines that wait for each other:/);
  });

  test("a program that listens for SIGQUIT itself gets it, and nothing is printed", async () => {
    const { child, printed, outcome } = startFixture("dump.mjs", { args: ["alike", "listening"] });
    await printed("ready");
    process.kill(child.pid!, "SIGQUIT");
    const { code, stdout, stderr } = await outcome;
    deepEqual({ code, stdout, stderr }, { code: 0, stdout: "ready\nmine\n", stderr: "" });
  });
}
