// goro itself: the built package in this repository, found as a workspace.
import { go, chan, select, sleep, run } from "goro";
import { WaitGroup, Mutex } from "goro/sync";
import { gosched } from "goro/runtime";
import { now, check, mulberry32, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

export const meta = { name: "goro", pkg: "goro" };

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
};

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
