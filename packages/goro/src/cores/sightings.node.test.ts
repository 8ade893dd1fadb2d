// A dump that is made at once has the goroutines of every core that answers.
import { test } from "node:test";
import { equal, match, ok } from "node:assert/strict";
import type { GoroutineInfo } from "goro";
import { describe, goroutinesIn, placeOf, runFixture } from "../testkit.js";

test("stack(true) and goroutines() have those of other cores, with their places, and who holds a shared lock", async () => {
  const outcome = await runFixture("cores-dump.mjs");
  equal(outcome.code, 0, describe(outcome));
  const { text, all, busy } = JSON.parse(outcome.stdout) as {
    text: string;
    all: readonly GoroutineInfo[];
    busy: string;
  };
  equal(all.length, 3, text);
  const [main, holds, waits] = all;
  equal(main?.processor, 0);
  equal(holds?.state, "sleep");
  equal(waits?.state, "sync.Mutex.Lock");
  equal(waits.heldBy, holds.id);
  match(waits.waitsFor ?? "", new RegExp(`^sync\\.Mutex @[0-9a-f]+, held by goroutine ${holds.id}$`));
  const found = goroutinesIn(text);
  for (const [g, mark] of [
    [holds, "holds"],
    [waits, "waits"],
  ] as const) {
    equal(g.processor, 1, text);
    ok(found.get(g.id)?.frames.includes(placeOf("cores-dump.mjs", mark)), text);
  }
  // A core that computes does not answer: nobody waits for it for long, and it is named.
  match(busy, /^goroutine 1 \[running\]:\n/);
  match(busy, /^processor 1 is busy$/m);
});
