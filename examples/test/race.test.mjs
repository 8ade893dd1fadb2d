// The race detector over the examples: it names both lines of the race that is there on purpose, and is silent otherwise.
import assert from "node:assert/strict";
import test from "node:test";
import { linesOf, runExample } from "./run-example.mjs";

test("race loses updates, unless a mutex guards them", async () => {
  assert.deepEqual(await linesOf("race.ts"), ["1000 increments: 1"]);
  assert.deepEqual(await linesOf("race.ts", { args: ["--locked"] }), ["1000 increments: 1000"]);
});

test("race: the detector names the line that reads and the line that writes, and says that an update was lost", async () => {
  const { code, stderr } = await runExample("race.ts", { flags: ["--race"] });
  assert.equal(code, 66);
  assert.match(stderr, /Write at counter \(.*race\.ts:13:3\) by goroutine \d+:/);
  assert.match(stderr, /Previous read at counter \(.*race\.ts:11:18\) by goroutine \d+:/);
  assert.match(stderr, /The update by goroutine \d+ was lost/);
  assert.match(stderr, /Found 2 data race\(s\)\n$/);
  assert.deepEqual(await linesOf("race.ts", { flags: ["--race"], args: ["--locked"] }), ["1000 increments: 1000"]);
});

test("closures: the trap of `var` is a race, and the only one", async () => {
  const { code, stderr } = await runExample("closures.ts", { flags: ["--race"] });
  assert.equal(code, 66);
  assert.match(stderr, /Read at j .*[^]*Previous write at j /);
  assert.match(stderr, /Found 1 data race\(s\)\n$/);
});

for (const name of ["fetch.ts", "mutex.ts", "rwmutex.ts", "squares.ts", "sync-map.ts", "worker-pool-parallel.ts"]) {
  test(`no race in ${name}`, async () => {
    const { stderr, code } = await runExample(name, { flags: ["--race"] });
    assert.equal(stderr, "");
    assert.equal(code, 0);
  });
}
