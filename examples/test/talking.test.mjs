import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { linesOf, numberIn, pathOf, runExample } from "./run-example.mjs";

const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const matches = (lines, pattern) => lines.map((line) => pattern.exec(line)?.slice(1)).filter(Boolean);

test("worker-pool does ten jobs once each, in order of sending, shared among three workers", async () => {
  const lines = await linesOf("worker-pool.ts");
  const starts = matches(lines, /^worker (\d) starts job (\d+)$/);
  const results = matches(lines, /^job (\d+): (\d+) \(worker (\d)\)$/);
  assert.equal(lines.length, starts.length + results.length + 1);
  assert.deepEqual(
    starts.map(([, job]) => Number(job)),
    range(1, 10),
  );
  assert.deepEqual([...new Set(starts.map(([worker]) => worker))].sort(), ["1", "2", "3"]);
  assert.deepEqual(
    results.map(([job]) => Number(job)).sort((a, b) => a - b),
    range(1, 10),
  );
  for (const [job, doubled, worker] of results) {
    assert.equal(Number(doubled), Number(job) * 2);
    assert.ok(
      starts.some(([w, j]) => w === worker && j === job),
      `worker ${worker} had started job ${job}`,
    );
  }
  assert.equal(lines.at(-1), "sum: 110");
});

test("fan-out-in squares every number once, and the faster worker takes more", async () => {
  const lines = await linesOf("fan-out-in.ts");
  const squares = matches(lines, /^(\d+) x (\d+) = (\d+) \(worker (\d)\)$/);
  assert.deepEqual(
    squares.map(([n]) => Number(n)).sort((a, b) => a - b),
    range(1, 24),
  );
  for (const [a, b, square] of squares) assert.ok(a === b && Number(square) === a * b);
  assert.ok(lines.includes("sum: 4900"));
  const taken = range(1, 4).map((worker) => numberIn(lines, new RegExp(`^worker ${worker} took (\\d+)$`)));
  assert.equal(
    taken.reduce((a, b) => a + b),
    24,
  );
  assert.ok(taken[0] > taken[3] && taken[3] >= 1, `taken by workers 1 to 4: ${taken}`);
  assert.deepEqual(
    taken,
    range(1, 4).map((worker) => squares.filter(([, , , w]) => Number(w) === worker).length),
  );
});

test("pipeline writes exactly the errors of the log, in order, and the slow writer holds the reader back", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "goro-pipeline-"));
  t.after(() => rm(dir, { recursive: true }));
  const to = join(dir, "errors.txt");
  const from = pathOf("pipeline/access.log");
  const lines = await linesOf("pipeline/pipeline.ts", { args: [from, to] });

  const log = (await readFile(from, "utf8")).trimEnd().split("\n");
  // The log's fields: address - - [time] "method path protocol" status size.
  const expected = log
    .filter((line) => /" [45]\d\d \d+$/.test(line))
    .map((line) => line.replace(/^.*\[(.*)\] "(\S+) (\S+) .*" (\d+) \d+$/, "$4 $2 $3 at $1\n"));
  assert.ok(expected.length > 50 && expected.length < log.length / 2);
  assert.equal(await readFile(to, "utf8"), expected.join(""));

  assert.equal(lines[0], `read ${log.length} lines, wrote ${expected.length} errors to ${to}`);
  const underWay = numberIn(lines, /^lines under way at the same time: at most (\d+)$/);
  // Three channels with room for two, and one line in the hands of each of the four stages.
  assert.ok(underWay >= 3 && underWay <= 3 * 2 + 4, `${underWay} lines under way`);
  const reader = numberIn(lines, /^the reader finished after (\d+) ms/);
  const writer = numberIn(lines, /the writer after (\d+) ms$/);
  assert.ok(writer >= expected.length * 4, `${expected.length} writes of 4 ms took ${writer} ms`);
  assert.ok(reader > writer / 2, `the reader was held back: it took ${reader} ms, the writer ${writer} ms`);
});

test("pipeline names the line that it cannot read, and ends with code 2", async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "goro-pipeline-"));
  t.after(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "bad.log"), "this is no log\n");
  const { code, stderr } = await runExample("pipeline/pipeline.ts", { args: [join(dir, "bad.log"), join(dir, "out")] });
  assert.match(stderr, /^panic: Error: not a line of an access log: this is no log$/m);
  assert.match(stderr, /^goroutine \d+ \[running\]:$/m);
  assert.match(stderr, /pipeline\.ts:\d+/);
  assert.equal(code, 2);
});

test("log-writer writes every line of every producer, in each one's order, also those still buffered at close", async () => {
  const lines = await linesOf("log-writer.ts");
  const events = matches(lines, /^ ?(\d+) (http|mail|cron): event (\d)$/);
  assert.equal(events.length, 12);
  assert.deepEqual(
    events.map(([n]) => Number(n)),
    range(1, 12),
  );
  for (const name of ["http", "mail", "cron"]) {
    assert.deepEqual(
      events.filter(([, who]) => who === name).map(([, , n]) => Number(n)),
      range(1, 4),
    );
  }
  assert.ok(numberIn(lines, /^(\d+) lines were still in the buffer at close; all 12 have been written$/) > 0);
  assert.equal(lines.length, 13);
});

test("sieve finds the first 100 primes, or as many as it is asked for", async () => {
  const isPrime = (n) => n > 1 && range(2, Math.floor(Math.sqrt(n))).every((d) => n % d !== 0);
  const primes = range(2, 541).filter(isPrime);
  assert.equal(primes.length, 100);
  assert.deepEqual((await linesOf("sieve.ts")).join(" "), primes.join(" "));
  assert.deepEqual(await linesOf("sieve.ts", { args: ["5"] }), ["2 3 5 7 11"]);
});

test("task-pool accounts for all twenty tasks when its two seconds are up", async () => {
  const lines = await linesOf("task-pool.ts");
  const tasks = matches(lines, /^task (\d+) \((\d+) ms, worker ([1-5])\): (done|cancelled|not started)$/);
  assert.deepEqual(
    tasks.map(([id]) => Number(id)).sort((a, b) => a - b),
    range(1, 20),
  );
  const count = (outcome) => tasks.filter(([, , , got]) => got === outcome).length;
  assert.ok(count("done") >= 5 && count("done") < 20, "some were done, not all");
  assert.ok(count("cancelled") >= 1 && count("cancelled") <= 5, "at most one for each worker was at work");
  assert.ok(
    lines.includes(`${count("done")} done, ${count("cancelled")} cancelled, ${count("not started")} not started`),
  );
  const ms = numberIn(lines, /^after (\d+) ms: context deadline exceeded$/);
  assert.ok(ms >= 1999 && ms < 3000, `it ended after ${ms} ms`);
  for (const worker of range(1, 5)) {
    const worked = tasks.filter(([, , w, got]) => Number(w) === worker && got === "done");
    const sum = worked.reduce((total, [, length]) => total + Number(length), 0);
    assert.ok(sum <= ms + 10, `worker ${worker} did ${sum} ms of work in ${ms} ms`);
  }
});

test("cancel stops three tasks, each after at most the step that it was in", async () => {
  const lines = await linesOf("cancel.ts");
  const at = lines.indexOf("main cancels");
  const steps = ["index", "backup", "metrics"].map((name) => {
    const own = lines.filter((line) => line.startsWith(`${name}`));
    const count = own.length - 1;
    assert.deepEqual(own, [
      ...range(1, count).map((step) => `${name}: step ${step}`),
      `${name} stops after ${count} steps: context canceled`,
    ]);
    const late = lines.slice(at).filter((line) => line.startsWith(`${name}: step`));
    assert.ok(late.length <= 1, `${name} made ${late.length} steps after it was cancelled`);
    return count;
  });
  assert.ok(steps[0] >= steps[1] && steps[1] >= steps[2] && steps[2] >= 1, `the quicker, the more steps: ${steps}`);
  assert.equal(lines.at(-1), "all tasks have stopped");
});

test("timeout lets the quick service answer and gives up on the slow one", async () => {
  const lines = await linesOf("timeout.ts");
  const quick = numberIn(lines, /^a quick service says hello after (\d+) ms$/);
  const slow = numberIn(lines, /^a slow service: timed out after (\d+) ms$/);
  assert.equal(lines.length, 2);
  assert.ok(quick >= 29 && quick < 1500, `${quick} ms`);
  assert.ok(slow >= 249 && slow < 1990, `${slow} ms`);
});

test("deadlock says who waits for what and where, and ends with code 2", async () => {
  const { code, stdout, stderr } = await runExample("deadlock.ts");
  assert.equal(stdout, "waiting for three squares\n");
  assert.match(stderr, /^fatal error: all goroutines are asleep - deadlock!\n/);
  assert.match(stderr, /^goroutine 1 \[sync\.WaitGroup\.Wait\]:$/m);
  assert.match(stderr, /^goroutine 2 \[chan send, 2 more: 3-4\]:$/m);
  const source = (await readFile(pathOf("deadlock.ts"), "utf8")).split("\n");
  for (const waits of ["yield* results.send(", "yield* wg.wait()"]) {
    const line = source.findIndex((text) => text.trim().startsWith(waits)) + 1;
    assert.ok(line > 0);
    assert.equal(stderr.split(`deadlock.ts:${line}:`).length - 1, 1, `line ${line} is named once:\n${stderr}`);
  }
  assert.equal(code, 2);
});
