import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Frame, nowhere } from "../operations/stack.js";
import { dawn, joined, known } from "./clock.js";
import { Meeting } from "./sync.js";
import { resetThreads, startThread, type Thread } from "./thread.js";

const frame = new Frame(null, nowhere, 0);

test("whatever threads do at meetings, they know what plain sums of all they have acquired say", () => {
  let seed = 5;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 50; round++) {
    resetThreads();
    const start = (): Thread => startThread({ kind: "goroutine", id: 1 }, dawn, frame, nowhere);
    const threads = Array.from({ length: 2 + random(30) }, start);
    const sums = threads.map(() => new Map<number, number>());
    const meetings = Array.from({ length: 3 }, () => ({ meeting: new Meeting(), sum: new Map<number, number>() }));
    const add = (to: Map<number, number>, from: ReadonlyMap<number, number>): void => {
      for (const [thread, time] of from) to.set(thread, Math.max(time, to.get(thread) ?? 0));
    };
    for (let step = 0; step < 400; step++) {
      const i = random(threads.length);
      const thread = threads[i]!;
      const own = sums[i]!;
      const { meeting, sum } = meetings[random(10) < 7 ? 0 : random(3)]!;
      const what = random(10);
      const publish = (): void => {
        if (thread.used === thread.time) own.set(thread.number, thread.time);
      };
      if (what < 3) thread.access(frame, 1, true);
      else if (what < 7) {
        meeting.acquire(thread);
        add(own, sum);
      } else if (what < 9) {
        publish();
        meeting.release(thread);
        sum.clear();
        add(sum, own);
      } else {
        publish();
        meeting.releaseToo(thread);
        add(sum, own);
      }
      for (const other of threads) equal(known(thread.clock, other.number), own.get(other.number) ?? 0);
    }
  }
});

test("who comes again to a lock takes over its clock as it is", () => {
  resetThreads();
  const [a, b] = [1, 2].map((id) => startThread({ kind: "goroutine", id }, dawn, frame, nowhere)) as [Thread, Thread];
  const lock = new Meeting();
  for (const thread of [a, b, a, b]) {
    lock.acquire(thread);
    ok(lock.clock === null || joined(thread.clock, lock.clock) === thread.clock);
    thread.access(frame, 1, true);
    lock.release(thread);
  }
  lock.acquire(a);
  equal(a.clock, lock.clock);
});
