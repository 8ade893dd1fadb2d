import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { linesOf, runExample } from "./run-example.mjs";

const leaking = /^goroutine \d+ was (?:blocked for ever|still blocked when main returned) /m;

test("leak leaves one goroutine behind, and none with a buffer or a context", async () => {
  assert.deepEqual(await linesOf("leak.ts"), [
    "the first answer is from near",
    "unbuffered: 1 left behind",
    "buffered: 0 left behind",
    "with a context: 0 left behind",
  ]);
});

test("leak with --leaks: the first one is named, with its line and the line that started it", async () => {
  const { code, stderr } = await runExample("leak.ts", { flags: ["--leaks"] });
  const [head, line, ...rest] = stderr.split("\n");
  assert.equal(head, "goro: 1 goroutine leaked");
  assert.match(line, /^goroutine \d+ was .* \[chan send\] at \S+leak\.ts:13:\d+, created at \S+leak\.ts:11:\d+$/);
  assert.deepEqual(rest, [""]);
  assert.equal(code, 3);
});

test("leak-detector warns of the leaky task, and goro/testing says where its goroutines are", async () => {
  const [tidy, leaky, ...named] = await linesOf("leak-detector.ts");
  assert.equal(tidy, "tidy: no goroutine is left behind");
  assert.equal(leaky, "leaky: WARNING: 2 more goroutines than before (1 before, 3 now)");
  assert.equal(named.length, 2);
  for (const line of named) {
    assert.match(
      line,
      /^square is blocked \[chan send\] at leak-detector\.ts:\d+:\d+, started at leak-detector\.ts:\d+:\d+$/,
    );
  }
});

// Every example ends with --leaks clean, but those that are about goroutines that do not end.

/** With what they are run, where not as they are: smaller numbers say the same. */
const args = {
  "how-many.ts": ["1000", "5000"],
  "mandelbrot.ts": [join(tmpdir(), `goro-leaks-${process.pid}.png`), "100"],
  "primes.ts": ["100000"],
  "tour.ts": ["1000"],
  "word-count/word-count.ts": ["2"],
};
/** What they have printed when they are told to end, where they do not by themselves. */
const until = { "service.ts": "listening" };
const onPurpose = new Map([
  ["leak.ts", 3],
  ["leak-detector.ts", 3],
  ["main-exits.ts", 3],
  ["deadlock.ts", 2],
]);

const folder = new URL("../", import.meta.url);
const programs = [
  ...readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "speed-up.ts"), // which the others import
  "pipeline/pipeline.ts",
  "word-count/word-count.ts",
];

for (const name of programs) {
  const expected = onPurpose.get(name) ?? 0;
  test(`${name} with --leaks ends ${expected === 0 ? "clean" : `with code ${expected}, as it should`}`, async () => {
    const { code, stderr } = await runExample(name, {
      flags: ["--leaks"],
      args: args[name] ?? [],
      interruptAfter: until[name],
      timeoutMs: 60_000,
    });
    assert.equal(code, expected, stderr);
    assert.equal(leaking.test(stderr), expected === 3, stderr);
  });
}
