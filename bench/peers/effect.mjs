// effect v4: fibers (Effect.forkChild), Queue (bounded(0) is a rendezvous), Semaphore(1) as the mutex.
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Fiber from "effect/Fiber";
import * as Semaphore from "effect/Semaphore";
import * as Stream from "effect/Stream";
import * as Latch from "effect/Latch";
import * as Pull from "effect/Pull";
import { now, check, mulberry32, range, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

export const meta = {
  name: "effect",
  pkg: "effect",
  notes: {
    select2: "no select: Effect.raceFirst of two Queue.take (two fibers and an interruption per value)",
    ring: "Queue.bounded(1): with the rendezvous bounded(0) the hand-off runs the taker on the offering fiber's JS stack, and a ring of 1,000 overflows it (the forked fiber dies silently and the ring hangs)",
    mutex_uncontended: "Semaphore(1).withPermits(1)",
    mutex_100: "Semaphore(1).withPermits(1)",
  },
};

const run = (gen) => Effect.runPromise(Effect.gen(gen));
const fork = (gen) => Effect.forkChild(Effect.gen(gen));

export const workloads = {
  spawn_exit_1k: (n) =>
    run(function* () {
      let counter = 0;
      const t0 = now();
      for (let b = 0; b < n; b += 1000) {
        const fibers = [];
        for (let i = 0; i < 1000; i++)
          fibers.push(
            yield* Effect.forkChild(
              Effect.sync(() => {
                counter++;
              }),
            ),
          );
        yield* Fiber.awaitAll(fibers);
      }
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  spawn_exit_1M: (n) =>
    run(function* () {
      let counter = 0;
      const t0 = now();
      const gate = Latch.makeUnsafe(false),
        fibers = [];
      for (let i = 0; i < n; i++)
        fibers.push(
          yield* fork(function* () {
            yield* gate.await;
            counter++;
          }),
        );
      check(counter === 0, "not parked");
      yield* gate.open;
      yield* Fiber.awaitAll(fibers);
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  async parked_bytes(n) {
    let sum = 0,
      waiting = 0;
    const chans = [];
    const stay = Latch.makeUnsafe(false);
    const root = Effect.runFork(
      Effect.gen(function* () {
        for (let i = 0; i < n; i++) {
          if (i % GROUP === 0) chans.push(yield* Queue.bounded(0));
          const ch = chans[chans.length - 1];
          yield* fork(function* () {
            waiting++;
            const v = yield* Queue.take(ch);
            waiting--;
            sum += v;
          });
        }
        yield* stay.await;
      }),
    );
    while (waiting < n) await new Promise((r) => setTimeout(r, 5));
    return {
      parked: () => waiting,
      release: async () => {
        await run(function* () {
          for (const c of chans) for (let i = 0; i < GROUP; i++) yield* Queue.offer(c, 1);
        });
        while (waiting > 0) await new Promise((r) => setTimeout(r, 5));
        stay.openUnsafe();
        await Effect.runPromise(Fiber.join(root));
        return sum;
      },
    };
  },
  chan_unbuf: (n) => pc(n, 0),
  chan_buf100: (n) => pc(n, 100),
  select2: (n) =>
    run(function* () {
      const a = yield* Queue.bounded(0),
        b = yield* Queue.bounded(0);
      let sum = 0;
      const prod = (ch, from) =>
        fork(function* () {
          for (let i = from; i < n; i += 2) yield* Queue.offer(ch, i);
        });
      const t0 = now();
      yield* prod(a, 0);
      yield* prod(b, 1);
      for (let i = 0; i < n; i++) {
        const v = yield* Effect.raceFirst(Queue.take(a), Queue.take(b));
        sum += v;
      }
      const ms = now() - t0;
      check(sum === sumTo(n), "sum");
      return ms;
    }),
  mutex_uncontended: (n) =>
    run(function* () {
      const m = yield* Semaphore.make(1);
      let c = 0;
      const crit = m.withPermits(1)(
        Effect.sync(() => {
          c++;
        }),
      );
      const t0 = now();
      for (let i = 0; i < n; i++) yield* crit;
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  mutex_100: (n) =>
    run(function* () {
      const m = yield* Semaphore.make(1);
      let c = 0,
        inside = 0;
      const each = n / 100,
        fibers = [];
      const crit = m.withPermits(1)(
        Effect.gen(function* () {
          check(inside++ === 0, "exclusion");
          const x = c;
          yield* Effect.yieldNow;
          c = x + 1;
          inside--;
        }),
      );
      const t0 = now();
      for (let i = 0; i < 100; i++)
        fibers.push(
          yield* fork(function* () {
            for (let i = 0; i < each; i++) yield* crit;
          }),
        );
      yield* Fiber.awaitAll(fibers);
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  sieve: (k) =>
    run(function* () {
      const t0 = now();
      let ch = yield* Queue.bounded(0),
        last = 0;
      const first = ch;
      yield* fork(function* () {
        for (let i = 2; ; i++) yield* Queue.offer(first, i);
      });
      for (let i = 0; i < k; i++) {
        const p = (last = yield* Queue.take(ch)),
          inp = ch,
          out = yield* Queue.bounded(0);
        yield* fork(function* () {
          for (;;) {
            const v = yield* Queue.take(inp);
            if (v % p !== 0) yield* Queue.offer(out, v);
          }
        });
        ch = out;
      }
      const ms = now() - t0;
      check(last === nthPrime(k), "prime");
      return ms;
    }),
  ring: (n) =>
    run(function* () {
      const R = 1000,
        chans = [];
      let hops = 0;
      for (let i = 0; i < R; i++) chans.push(yield* Queue.bounded(1)); // see meta.notes.ring
      const done = Latch.makeUnsafe(false);
      for (let i = 0; i < R; i++)
        yield* fork(function* () {
          const inp = chans[i],
            out = chans[(i + 1) % R];
          for (;;) {
            const v = yield* Queue.take(inp);
            hops++;
            if (v === 0) {
              yield* done.open;
              return;
            }
            yield* Queue.offer(out, v - 1);
          }
        });
      const t0 = now();
      yield* Queue.offer(chans[0], n - 1);
      yield* done.await;
      const ms = now() - t0;
      check(hops === n, "hops");
      return ms;
    }),
  sleepers: (n, max) =>
    run(function* () {
      const rnd = mulberry32(1),
        fibers = [];
      let c = 0;
      const t0 = now();
      for (let i = 0; i < n; i++) {
        const ms = Math.floor(rnd() * (max + 1));
        fibers.push(
          yield* fork(function* () {
            yield* Effect.sleep(ms);
            c++;
          }),
        );
      }
      yield* Fiber.awaitAll(fibers);
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  async pipeline(n) {
    let sum = 0;
    const t0 = now();
    const step = (i) => Effect.as(Effect.yieldNow, i * 2);
    const results = Stream.fromIterable(range(n)).pipe(Stream.mapEffect(step, { concurrency: 8, unordered: true }));
    const add = (v) =>
      Effect.sync(() => {
        sum += v;
      });
    await Effect.runPromise(Stream.runForEach(results, add));
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
  workerpool: (n) =>
    run(function* () {
      const jobs = yield* Queue.bounded(100),
        results = yield* Queue.bounded(100);
      let sum = 0;
      const t0 = now();
      for (let w = 0; w < 4; w++)
        yield* Effect.forkChild(
          Effect.gen(function* () {
            for (;;) {
              const j = yield* Queue.take(jobs);
              yield* Queue.offer(results, j * 2);
            }
          }).pipe(Pull.catchDone(() => Effect.void)),
        );
      yield* fork(function* () {
        for (let i = 0; i < n; i++) yield* Queue.offer(jobs, i);
        yield* Queue.end(jobs);
      });
      for (let i = 0; i < n; i++) {
        const v = yield* Queue.take(results);
        sum += v;
      }
      const ms = now() - t0;
      check(sum === 2 * sumTo(n), "sum");
      return ms;
    }),
};

const pc = (n, cap) =>
  run(function* () {
    const ch = yield* Queue.bounded(cap);
    let sum = 0;
    const t0 = now();
    yield* fork(function* () {
      for (let i = 0; i < n; i++) yield* Queue.offer(ch, i);
      yield* Queue.end(ch);
    });
    yield* Effect.gen(function* () {
      for (;;) {
        const v = yield* Queue.take(ch);
        sum += v;
      }
    }).pipe(Pull.catchDone(() => Effect.void));
    const ms = now() - t0;
    check(sum === sumTo(n), "sum");
    return ms;
  });
