// To leave a wait queue costs the same however long it is, whatever one waits for, and wherever in the queue one stands.
import { test } from "node:test";
import { ok } from "node:assert/strict";
import { chan, go, select, sleep, until, type Op, type Routine } from "goro";
import { Mutex, RWMutex, WaitGroup } from "goro/sync";
import { background, withCancel } from "goro/context";
import { Weighted } from "goro/semaphore";
import { gosched } from "goro/runtime";
import { costRatio, inGoroutine, seeded, shuffled, sized } from "../testkit.portable.js";

/** What many wait for and nobody gets. */
const kinds: readonly [string, () => Op<unknown>][] = [
  ["recv", () => chan<number>().recv()],
  ["send", () => chan<number>().send(1)],
  [
    "lock",
    () => {
      const mutex = new Mutex();
      mutex.tryLock();
      return mutex.lock();
    },
  ],
  [
    "RWMutex.lock",
    () => {
      const mutex = new RWMutex();
      mutex.tryLock();
      return mutex.lock();
    },
  ],
  [
    "rLock",
    () => {
      const mutex = new RWMutex();
      mutex.tryLock();
      return mutex.rLock();
    },
  ],
  [
    "WaitGroup.wait",
    () => {
      const wg = new WaitGroup();
      wg.add(1);
      return wg.wait();
    },
  ],
  [
    "join",
    () => {
      const forever = chan<void>();
      return go(function* () {
        yield* forever.recv();
      }).join();
    },
  ],
  ["Context.done", () => withCancel(background())[0].done()],
  [
    "acquire",
    () => {
      const weights = new Weighted(1);
      weights.tryAcquire(1);
      return weights.acquire(background(), 1);
    },
  ],
  ["sleep", () => sleep(3_600_000)],
  ["until", () => until(new Promise(() => {}))],
];

const many = sized(40_000, 16_000);

type Order = "first come, first gone" | "last come, first gone" | "in any order";
// Wherever a queue is walked from, leaving it in any order walks half of it.
const cases: readonly (readonly [string, () => Op<unknown>, Order])[] = [
  ...kinds.map(([kind, make]) => [kind, make, "in any order"] as const),
  ...kinds.slice(0, 1).map(([kind, make]) => [kind, make, "first come, first gone"] as const),
  ...kinds.slice(0, 1).map(([kind, make]) => [kind, make, "last come, first gone"] as const),
];

for (const [kind, make, order] of cases) {
  test(
    `leaving a long queue costs what leaving a short one costs: ${kind}, ${order}`,
    inGoroutine(function* () {
      const random = seeded("withdraw");
      /** Milliseconds for many to leave, who wait in so many queues. */
      function* cost(queues: number): Routine<number> {
        const ops = Array.from({ length: queues }, make);
        const away = Array.from({ length: many }, () => chan<void>(1));
        for (const [i, own] of away.entries()) {
          const op = ops[i % queues] as Op<unknown>;
          go(function* () {
            yield* select({ op, own: own.recv() });
          });
        }
        yield* gosched();
        let leavers = away;
        if (order === "last come, first gone") leavers = [...away].reverse();
        if (order === "in any order") leavers = shuffled(away, random);
        const start = performance.now();
        for (const own of leavers) own.trySend();
        yield* gosched();
        return performance.now() - start;
      }
      // As many goroutines both times, and as much memory: only the length of the queues differs.
      const ratio = yield* costRatio(
        () => cost(many / 100),
        () => cost(1),
        4,
      );
      ok(
        ratio <= 4,
        `leaving one queue of ${many} costs ${ratio.toFixed(1)} times what leaving ${many / 100} of 100 costs`,
      );
    }),
  );
}
