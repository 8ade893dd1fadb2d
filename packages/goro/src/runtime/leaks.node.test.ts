// Goroutines that nothing can wake any more: they cost nothing, and GORODEBUG=leaks names them.
import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, placeOf, runFixture, type Outcome } from "../testkit.js";
import { sized } from "../testkit.portable.js";

async function run(scene: string, level: number, code = 0): Promise<Outcome> {
  const outcome = await runFixture("leaks.mjs", { args: [scene], env: { GORODEBUG: `leaks=${level}` }, gc: true });
  equal(outcome.code, code, describe(outcome));
  return outcome;
}

const linesOf = ({ stderr }: Outcome): string[] => stderr.split("\n").slice(0, -1).sort();

/** A line without its folders: "goroutine 2 was blocked for ever [chan receive] at leaks.mjs:7:, created at leaks.mjs:19:". */
const short = (line: string): string => line.replace(/ at \S*?([^/]+\.mjs:\d+:)\d+/g, " at $1");

const at = (mark: string): string => `at ${placeOf("leaks.mjs", mark)}`;

test("ten million goroutines that nothing can wake run in bounded memory, and still count", async () => {
  const n = sized(10_000_000, 1_000_000);
  const outcome = await runFixture("leak-many.mjs", { args: [String(n)] });
  equal(outcome.code, 0, describe(outcome));
  const { most, count } = JSON.parse(outcome.stdout) as { most: number; count: number };
  // Two million of them, channels included, would take a gigabyte.
  ok(most < 700e6, `${Math.round(most / 1e6)} MB`);
  equal(count, n + 1);
});

test("each goroutine that is collected while it is blocked is named, with its place and where it was started", async () => {
  const outcome = await run("lost", 1);
  equal(outcome.stdout, "7\n", "they still count");
  const said = linesOf(outcome).map(short);
  const three = `[chan receive] ${at("inner")}, created ${at("go three")}`;
  equal(said.length, 6, outcome.stderr);
  equal(said[0], `goroutine 2 was blocked for ever [chan receive] ${at("inner")}, created ${at("go")}`);
  for (const i of [1, 2, 3]) equal(said[i], `goroutine ${i + 2} was blocked for ever ${three}`);
  ok(
    said[4]?.startsWith(`goroutine 6 was blocked for ever [sync.Mutex.Lock] ${at("locker")}, created at`),
    outcome.stderr,
  );
  ok(said[5]?.startsWith(`goroutine 7 was blocked for ever [select] ${at("selector")}, created at`), outcome.stderr);
});

test("the place is the one where it was blocked last", async () => {
  const said = linesOf(await run("moves", 1)).map(short);
  equal(said.length, 1);
  ok(said[0]?.startsWith(`goroutine 2 was blocked for ever [chan receive] ${at("moved")}`), said.join());
});

test("goroutines that have ended are no leaks, however they ended", async () => {
  deepEqual(linesOf(await run("ended", 1)), []);
});

test("with leaks=2 the program tells at its end, also of those that are still blocked, and exits with code 3", async () => {
  const outcome = await run("blocked", 2, 3);
  const [count, first, second] = outcome.stderr.split("\n").map(short);
  equal(count, "goro: 3 goroutines leaked");
  const where = (n: number): string => `goroutine ${n} was %s [chan receive] ${at("inner")}, created at`;
  ok(first?.startsWith(where(4).replace("%s", "blocked for ever")), outcome.stderr);
  ok(second?.startsWith(where(2).replace("%s", "still blocked when main returned")), outcome.stderr);
  ok(second?.endsWith(" (and 1 more)"), outcome.stderr);
});

test("with leaks=2 a program in which nothing leaks ends as ever", async () => {
  deepEqual(linesOf(await run("none", 2)), []);
});
