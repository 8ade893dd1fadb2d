// To leave a wait queue costs the same however long it is, whatever one waits for, and wherever in the queue one stands.
import { test } from "node:test";
import { ok } from "node:assert/strict";
import { chan, go, select, sleep, until, type Op, type Routine } from "goro";
import { Mutex, RWMutex, WaitGroup } from "goro/sync";
import { background, withCancel } from "goro/context";
import { Weighted } from "goro/semaphore";
import { gosched } from "goro/runtime";
import { costRatio, inGoroutine, seeded, shuffled } from "../testkit.portable.js";

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

for (const [kind, make] of kinds) {
  for (const order of ["first come, first gone", "last come, first gone", "in any order"] as const) {
    test(
      `leaving a queue of many costs what leaving a queue of few costs: ${kind}, ${order}`,
      inGoroutine(function* () {
        const random = seeded("withdraw");
        /** Milliseconds for one, where n wait. */
        function* cost(n: number): Routine<number> {
          const op = make();
          const away = Array.from({ length: n }, () => chan<void>(1));
          for (const own of away) {
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
          return (performance.now() - start) / n;
        }
        const ratio = yield* costRatio(
          function* () {
            let sum = 0;
            for (let i = 0; i < 10; i++) {
              const one = yield* cost(1000);
              sum += one;
            }
            return sum / 10;
          },
          () => cost(50_000),
          12,
        );
        // Were the queue walked, it would be fifty.
        ok(ratio <= 12, `among 50,000 it costs ${ratio.toFixed(1)} times what it costs among 1,000`);
      }),
    );
  }
}
