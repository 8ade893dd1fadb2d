import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import test from "node:test";
import { linesOf, numberIn, runExample } from "./run-example.mjs";

test("hello greets three times and says Done after them, with a sleep and with a WaitGroup", async () => {
  const greetings = ["Hello, Ada!", "Hello, Grace!", "Hello, Rob!", "Done"];
  assert.deepEqual(await linesOf("hello.ts"), ["With a sleep:", ...greetings, "With a WaitGroup:", ...greetings]);
});

test("main-exits ends with main: nothing of the sleepers is printed, and nobody waits for them", async () => {
  const { code, stdout, stderr, ms } = await runExample("main-exits.ts");
  assert.equal(stdout, "main returns\n");
  assert.equal(stderr, "");
  assert.equal(code, 0);
  assert.ok(ms < 9_000, `the sleepers need 10 s, the program took ${ms} ms`);
});

test("waitgroup starts five workers, which end in the order of their sleeps, and then says so", async () => {
  const ids = [1, 2, 3, 4, 5];
  assert.deepEqual(await linesOf("waitgroup.ts"), [
    ...ids.map((id) => `worker ${id} starts`),
    ...ids.map((id) => `worker ${id} is done`),
    "All workers finished",
  ]);
});

test("closures capture each turn's own let, the one var, and an argument as it was", async () => {
  assert.deepEqual(await linesOf("closures.ts"), [
    ...["captured, let:", "0", "1", "2"],
    ...["captured, var:", "3", "3", "3"],
    ...["passed as an argument, var:", "0", "1", "2"],
  ]);
});

test("squares are in order whatever the order of the goroutines", async () => {
  assert.deepEqual(await linesOf("squares.ts"), ["1 4 9 16 25 36 49 64 81 100"]);
});

test("how-many has 100,000 and then 1,000,000 goroutines alive at once, each far smaller than a thread", async () => {
  const lines = await linesOf("how-many.ts");
  const rows = lines
    .map((line) => line.trim().split(/\s{2,}/))
    .filter(([count]) => /^1,?000,000$|^100,000$/.test(count));
  assert.deepEqual(
    rows.map(([count]) => count),
    ["100,000", "1,000,000"],
  );
  for (const [count, total, each, bytes] of rows) {
    const n = Number(count.replaceAll(",", ""));
    const us = parseFloat(each);
    assert.ok(us > 0.01 && us < 17, `${each} to start a goroutine; a thread takes 17 us`);
    assert.ok(
      Math.abs(parseFloat(total) - (us * n) / 1000) <= 0.005 * (n / 1000) + 1,
      `${total} is ${count} x ${each}`,
    );
    assert.ok(Number(bytes) > 100 && Number(bytes) < 2048, `${bytes} bytes each; a goroutine of Go's starts with 2048`);
  }
  assert.ok(lines.includes("All have finished: 1 goroutine is left, this one."));
  for (const source of ["github.com/jimblandy/context-switch", "pthread_create(3)"]) {
    assert.ok(
      lines.some((line) => line.includes(source)),
      `cites ${source}`,
    );
  }
});

test("orders are all done in about the time of one", async () => {
  const lines = await linesOf("orders.ts");
  const concurrent = numberIn(lines, /^100 orders, a goroutine each: +(\d+) ms$/);
  const sequential = numberIn(lines, /^ ?10 orders, one after another: (\d+) ms/);
  assert.ok(concurrent >= 99 && concurrent < 500, `100 orders took ${concurrent} ms`);
  assert.ok(sequential >= 990, `10 orders one after another took ${sequential} ms`);
  assert.ok(numberIn(lines, /^(\d+) times as fast$/) >= 20);
});

test("processors prints what the machine has, counts goroutines, and sees a collection", async () => {
  const lines = await linesOf("processors.ts");
  assert.equal(numberIn(lines, /^numCPU: (\d+)$/), availableParallelism());
  assert.equal(numberIn(lines, /^gomaxprocs: (\d+)$/), availableParallelism());
  assert.equal(numberIn(lines, /^numGoroutine: (\d+)$/), 1);
  assert.equal(numberIn(lines, /^numGoroutine, ten parked: (\d+)$/), 11);
  assert.equal(numberIn(lines, /^numGoroutine, ten gone: (\d+)$/), 1);
  const heap = ["at rest", "with 1,000,000 objects", "after gc\\(\\)"].map((title) =>
    numberIn(lines, new RegExp(`^${title}: heapAlloc ([\\d.]+) MB`)),
  );
  assert.ok(heap[1] - heap[0] > 10, `a million objects take more than 10 MB: ${heap}`);
  assert.ok(heap[2] - heap[0] < (heap[1] - heap[0]) / 4, `most of it is free again: ${heap}`);
  assert.ok(numberIn(lines, /^collections since: (\d+)$/) >= 1);
});

test("processors takes gomaxprocs from the environment", async () => {
  const lines = await linesOf("processors.ts", { env: { GOMAXPROCS: "3" } });
  assert.equal(numberIn(lines, /^gomaxprocs: (\d+)$/), 3);
});
