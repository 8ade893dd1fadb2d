// goro itself: the built package in this repository, found as a workspace.
import { go, chan, select, sleep, run } from "goro";
import { background } from "goro/context";
import { forEach, map, source, withPipeline } from "goro/pipeline";
import { WaitGroup, Mutex } from "goro/sync";
import { gomaxprocs, gosched } from "goro/runtime";
import {
  now,
  check,
  flags,
  mulberry32,
  sumTo,
  range,
  nthPrime,
  GROUP,
  primeRanges,
  PRIMES_BELOW_2M,
} from "../lib/adapter.mjs";
import { IDLE_MS, onThisThread, REST_MS } from "../lib/pool.mjs";
import { answer, busy, increments, noop, primes, sendNumbers, sendObjects } from "./threads/goro.mjs";

gomaxprocs(2);

export const meta = {
  name: "goro",
  pkg: "goro",
  notes: { par_rtt_idle: "a value to a goroutine on the other core and back: a call would be served on this one" },
};

export const workloads = {
  spawn_exit_1k: (n) =>
    run(function* () {
      let counter = 0;
      const t0 = now();
      for (let b = 0; b < n; b += 1000) {
        const wg = new WaitGroup(),
          before = counter;
        wg.add(1000);
        const g = function* () {
          counter++;
          wg.done();
        };
        for (let i = 0; i < 1000; i++) go(g);
        check(counter === before, "batch not live at once");
        yield* wg.wait();
      }
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  spawn_exit_1M: (n) =>
    run(function* () {
      let counter = 0,
        parked = 0;
      const t0 = now();
      const gate = chan(),
        wg = new WaitGroup();
      wg.add(n);
      const g = function* () {
        parked++;
        yield* gate.recv();
        counter++;
        wg.done();
      };
      for (let i = 0; i < n; i++) go(g);
      while (parked < n) yield* gosched();
      check(counter === 0, "not parked");
      gate.close();
      yield* wg.wait();
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  parked_bytes: (n) =>
    run(function* () {
      let sum = 0,
        waiting = 0;
      const chans = [],
        wg = new WaitGroup();
      wg.add(n);
      const g = function* (ch) {
        waiting++;
        const v = yield* ch.recv();
        waiting--;
        sum += v;
        wg.done();
      };
      for (let i = 0; i < n; i++) {
        if (i % GROUP === 0) chans.push(chan());
        go(g, chans[chans.length - 1]);
      }
      while (waiting < n) yield* gosched();
      return {
        parked: () => waiting,
        release: () =>
          run(function* () {
            for (const c of chans) for (let i = 0; i < GROUP; i++) yield* c.send(1);
            yield* wg.wait();
            return sum;
          }),
      };
    }),
  chan_unbuf: (n) => run(() => pc(n, 0)),
  chan_buf100: (n) => run(() => pc(n, 100)),
  select2: (n) =>
    run(function* () {
      const a = chan(),
        b = chan();
      let sum = 0;
      const prod = function* (ch, from) {
        for (let i = from; i < n; i += 2) yield* ch.send(i);
      };
      const t0 = now();
      go(prod, a, 0);
      go(prod, b, 1);
      for (let i = 0; i < n; i++) {
        const got = yield* select({ a: a.recv(), b: b.recv() });
        sum += got.value;
      }
      const ms = now() - t0;
      check(sum === sumTo(n), "sum");
      return ms;
    }),
  mutex_uncontended: (n) =>
    run(function* () {
      const m = new Mutex();
      let c = 0;
      const t0 = now();
      for (let i = 0; i < n; i++) {
        yield* m.lock();
        c++;
        m.unlock();
      }
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  mutex_100: (n) =>
    run(function* () {
      const m = new Mutex(),
        wg = new WaitGroup(),
        each = n / 100;
      let c = 0,
        inside = 0;
      wg.add(100);
      const g = function* () {
        for (let i = 0; i < each; i++) {
          yield* m.lock();
          check(inside++ === 0, "exclusion");
          const x = c;
          yield* gosched();
          c = x + 1;
          inside--;
          m.unlock();
        }
        wg.done();
      };
      const t0 = now();
      for (let i = 0; i < 100; i++) go(g);
      yield* wg.wait();
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  sieve: (k) =>
    run(function* () {
      const t0 = now();
      let ch = chan(),
        stop = false,
        last = 0;
      go(function* (c) {
        for (let i = 2; !stop; i++) yield* c.send(i);
      }, ch);
      for (let i = 0; i < k; i++) {
        const p = (last = yield* ch.recv()),
          inp = ch,
          out = chan();
        go(function* () {
          for (;;) {
            const v = yield* inp.recv();
            if (v % p !== 0) yield* out.send(v);
            if (stop) return;
          }
        });
        ch = out;
      }
      stop = true;
      const ms = now() - t0;
      check(last === nthPrime(k), "prime");
      return ms;
    }),
  ring: (n) =>
    run(function* () {
      const R = 1000,
        chans = Array.from({ length: R }, () => chan()),
        done = chan();
      let hops = 0,
        ready = 0;
      for (let i = 0; i < R; i++)
        go(function* () {
          const inp = chans[i],
            out = chans[(i + 1) % R];
          ready++;
          for (;;) {
            const v = yield* inp.recv();
            hops++;
            if (v === 0) {
              done.close();
              return;
            }
            yield* out.send(v - 1);
          }
        });
      while (ready < R) yield* gosched();
      const t0 = now();
      yield* chans[0].send(n - 1);
      yield* done.recv();
      const ms = now() - t0;
      check(hops === n, "hops");
      return ms;
    }),
  sleepers: (n, max) =>
    run(function* () {
      const rnd = mulberry32(1),
        wg = new WaitGroup();
      let c = 0;
      wg.add(n);
      const g = function* (ms) {
        yield* sleep(ms);
        c++;
        wg.done();
      };
      const t0 = now();
      for (let i = 0; i < n; i++) go(g, Math.floor(rnd() * (max + 1)));
      yield* wg.wait();
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  workerpool: (n) =>
    run(function* () {
      const jobs = chan(100),
        results = chan(100);
      let sum = 0;
      const t0 = now();
      for (let w = 0; w < 4; w++)
        go(function* () {
          for (const r = jobs.range(); yield* r.next();) yield* results.send(r.value * 2);
        });
      go(function* () {
        for (let i = 0; i < n; i++) yield* jobs.send(i);
        jobs.close();
      });
      for (let i = 0; i < n; i++) {
        const v = yield* results.recv();
        sum += v;
      }
      const ms = now() - t0;
      check(sum === 2 * sumTo(n), "sum");
      return ms;
    }),
  pipeline: (n) =>
    run(function* () {
      let sum = 0;
      const [ctx, wait] = withPipeline(background());
      const step = function* (i) {
        yield* gosched();
        return i * 2;
      };
      const t0 = now();
      const results = map(ctx, source(ctx, range(n)), step, { workers: 8 });
      yield* forEach(ctx, results, (v) => {
        sum += v;
      });
      yield* wait();
      const ms = now() - t0;
      check(sum === 2 * sumTo(n), "sum");
      return ms;
    }),
  par_empty: (n) =>
    run(function* () {
      const t0 = now();
      const results = Array.from({ length: n }, () => go(noop).join());
      for (const result of results) check((yield* result) === 0, "result");
      return now() - t0;
    }),
  par_rtt: (n) =>
    run(function* () {
      const t0 = now();
      for (let i = 0; i < n; i++) check((yield* go(noop).join()) === 0, "result");
      return now() - t0;
    }),
  par_rtt_idle: (n) =>
    run(function* () {
      const questions = chan(),
        answers = chan();
      const done = onTheOtherCore((started) => go(answer, started, questions, answers)).join();
      const times = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        yield* sleep(IDLE_MS);
        const t0 = now();
        yield* questions.send(i);
        const got = yield* answers.recv();
        times[i] = now() - t0;
        check(got === i, "answer");
      }
      questions.close();
      yield* done;
      return times;
    }),
  par_cpu: (how) =>
    run(function* () {
      const t0 = now();
      let count = 0;
      if (how === "one") for (const n of onThisThread()) count += n;
      else {
        const counts = primeRanges().map(([from, to]) => go(primes, from, to).join());
        for (const op of counts) {
          const n = yield* op;
          count += n;
        }
      }
      const ms = now() - t0;
      check(count === PRIMES_BELOW_2M, "primes");
      return ms;
    }),
  xchan_num: (n) => stream(n, sendNumbers, (value) => value),
  xchan_obj: (n) => stream(n, sendObjects, (value) => value.id),
  xmutex: (n) =>
    run(function* () {
      const mutex = new Mutex(),
        counter = new Int32Array(new SharedArrayBuffer(8));
      const t0 = now();
      const both = [0, 1].map(() => go(increments, mutex, counter, n / 2).join());
      for (const one of both) yield* one;
      const ms = now() - t0;
      check(counter[1] === n, "count");
      return ms;
    }),
  start_ms: () =>
    run(function* () {
      const done = onTheOtherCore((started) => go(busy, started)).join();
      yield* done;
    }),
  latency_hot: (n) => whileBusy(n, 0),
  latency_cold: (n) => whileBusy(n, REST_MS),
};

/** Keeps this core from taking what `start` starts, until the other one has. The second flag is set. */
function onTheOtherCore(start) {
  const started = flags();
  Atomics.store(started, 1, 1);
  const g = start(started);
  while (Atomics.load(started, 0) === 0);
  return g;
}

const stream = (n, send, idOf) =>
  run(function* () {
    const values = chan(1024);
    let sum = 0;
    const t0 = now();
    onTheOtherCore((started) => go(send, started, values, n));
    for (const r = values.range(); yield* r.next();) sum += idOf(r.value);
    const ms = now() - t0;
    check(sum === sumTo(n), "sum");
    return ms;
  });

const whileBusy = (n, restMs) =>
  run(function* () {
    const both = flags();
    const computing = go(busy, both).join();
    while (Atomics.load(both, 0) === 0); // so this core cannot take it
    const times = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      if (restMs > 0) yield* sleep(restMs);
      const t0 = now();
      check((yield* go(noop).join()) === 0, "result");
      times[i] = now() - t0;
    }
    Atomics.store(both, 1, 1);
    yield* computing;
    return times;
  });

function* pc(n, cap) {
  const ch = chan(cap);
  let sum = 0;
  const t0 = now();
  go(function* () {
    for (let i = 0; i < n; i++) yield* ch.send(i);
    ch.close();
  });
  for (const r = ch.range(); yield* r.next();) sum += r.value;
  const ms = now() - t0;
  check(sum === sumTo(n), "sum");
  return ms;
}
