// What can only be seen with the help of the garbage collector.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { describe, runFixture } from "../testkit.js";

test("onceFunc, onceValue: fn is let go of once it has run, also where it threw", async () => {
  const outcome = await runFixture("sync-let-go.mjs", { gc: true });
  equal(outcome.code, 0, describe(outcome));
  deepEqual(JSON.parse(outcome.stdout), []);
});

test("sync: what a parked goroutine waits for is told in Go's words", async () => {
  const outcome = await runFixture("sync-states.mjs");
  equal(outcome.code, 0, describe(outcome));
  deepEqual(JSON.parse(outcome.stdout), [
    "sync.Cond.Wait",
    "sync.Mutex.Lock",
    "sync.Mutex.Lock",
    "sync.RWMutex.Lock",
    "sync.RWMutex.RLock",
    "sync.WaitGroup.Wait",
  ]);
});

for (const what of ["Mutex.lock", "Mutex.guard", "RWMutex.lock", "RWMutex.rLock", "WaitGroup.wait", "Cond.wait"]) {
  test(`a lost ${what}() in select leaves nothing behind`, async () => {
    const outcome = await runFixture("sync-memory.mjs", { args: [what], gc: true });
    equal(outcome.code, 0, describe(outcome));
    const bytes = Number(outcome.stdout);
    ok(bytes < 20, `${bytes} bytes each`);
  });
}
