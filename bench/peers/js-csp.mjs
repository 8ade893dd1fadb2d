// js-csp: generator processes, channels, alts.
import csp from "js-csp";
import { now, check, mulberry32, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

export const meta = {
  name: "js-csp",
  pkg: "js-csp",
  notes: {
    mutex_uncontended: "no mutex",
    mutex_100: "no mutex",
    "*": "at most 1,024 waiters on one channel; a process starts running inside go()",
  },
};

const { go, chan, take, put, alts, sleep, CLOSED } = csp;
const main = (gen) =>
  new Promise((resolve, reject) =>
    go(function* () {
      try {
        resolve(yield* gen());
      } catch (e) {
        reject(e);
      }
    }),
  );

export const workloads = {
  spawn_exit_1k: (n) =>
    main(function* () {
      let counter = 0;
      const t0 = now();
      for (let b = 0; b < n; b += 1000) {
        const done = chan(),
          before = counter;
        let left = 1000;
        // one `yield null` so that the process is really scheduled: go() runs it eagerly up to its first yield
        const g = function* () {
          yield null;
          counter++;
          if (--left === 0) done.close();
        };
        for (let i = 0; i < 1000; i++) go(g);
        check(counter === before, "batch not live at once");
        yield take(done);
      }
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  spawn_exit_1M: (n) =>
    main(function* () {
      let counter = 0,
        left = n;
      const t0 = now();
      const gates = [],
        done = chan();
      const g = function* (gate) {
        yield take(gate);
        counter++;
        if (--left === 0) done.close();
      };
      for (let i = 0; i < n; i++) {
        if (i % GROUP === 0) gates.push(chan());
        go(g, [gates[gates.length - 1]]);
      }
      check(counter === 0, "not parked");
      for (const gate of gates) gate.close();
      yield take(done);
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  async parked_bytes(n) {
    let sum = 0,
      waiting = 0;
    const chans = [];
    const g = function* (ch) {
      waiting++;
      const v = yield take(ch);
      waiting--;
      sum += v;
    };
    for (let i = 0; i < n; i++) {
      if (i % GROUP === 0) chans.push(chan());
      go(g, [chans[chans.length - 1]]);
    }
    return {
      parked: () => waiting,
      release: async () => {
        await main(function* () {
          for (const c of chans) for (let i = 0; i < GROUP; i++) yield put(c, 1);
        });
        while (waiting > 0) await new Promise((r) => setTimeout(r, 5));
        return sum;
      },
    };
  },
  chan_unbuf: (n) => pc(n, 0),
  chan_buf100: (n) => pc(n, 100),
  select2: (n) =>
    main(function* () {
      const a = chan(),
        b = chan();
      let sum = 0;
      const prod = function* (ch, from) {
        for (let i = from; i < n; i += 2) yield put(ch, i);
      };
      const t0 = now();
      go(prod, [a, 0]);
      go(prod, [b, 1]);
      for (let i = 0; i < n; i++) {
        const v = (yield alts([a, b])).value;
        sum += v;
      }
      const ms = now() - t0;
      check(sum === sumTo(n), "sum");
      return ms;
    }),
  sieve: (k) =>
    main(function* () {
      const t0 = now();
      let ch = chan(),
        last = 0,
        stop = false;
      go(
        function* (c) {
          for (let i = 2; !stop; i++) yield put(c, i);
        },
        [ch],
      );
      for (let i = 0; i < k; i++) {
        const p = (last = yield take(ch)),
          inp = ch,
          out = chan();
        go(function* () {
          while (!stop) {
            const v = yield take(inp);
            if (v % p !== 0) yield put(out, v);
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
    main(function* () {
      const R = 1000,
        chans = Array.from({ length: R }, () => chan()),
        done = chan();
      let hops = 0;
      for (let i = 0; i < R; i++)
        go(function* () {
          const inp = chans[i],
            out = chans[(i + 1) % R];
          for (;;) {
            const v = yield take(inp);
            hops++;
            if (v === 0) return done.close();
            yield put(out, v - 1);
          }
        });
      const t0 = now();
      yield put(chans[0], n - 1);
      yield take(done);
      const ms = now() - t0;
      check(hops === n, "hops");
      return ms;
    }),
  sleepers: (n, max) =>
    main(function* () {
      const rnd = mulberry32(1),
        done = chan();
      let c = 0;
      const g = function* (ms) {
        yield sleep(ms);
        if (++c === n) done.close();
      };
      const t0 = now();
      for (let i = 0; i < n; i++) go(g, [Math.floor(rnd() * (max + 1))]);
      yield take(done);
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  workerpool: (n) =>
    main(function* () {
      const jobs = chan(100),
        results = chan(100);
      let sum = 0;
      const t0 = now();
      for (let w = 0; w < 4; w++)
        go(function* () {
          for (;;) {
            const j = yield take(jobs);
            if (j === CLOSED) return;
            yield put(results, j * 2);
          }
        });
      go(function* () {
        for (let i = 0; i < n; i++) yield put(jobs, i);
        jobs.close();
      });
      for (let i = 0; i < n; i++) {
        const v = yield take(results);
        sum += v;
      }
      const ms = now() - t0;
      check(sum === 2 * sumTo(n), "sum");
      return ms;
    }),
};

const pc = (n, cap) =>
  main(function* () {
    const ch = chan(cap);
    let sum = 0;
    const t0 = now();
    go(function* () {
      for (let i = 0; i < n; i++) yield put(ch, i);
      ch.close();
    });
    for (;;) {
      const v = yield take(ch);
      if (v === CLOSED) break;
      sum += v;
    }
    const ms = now() - t0;
    check(sum === sumTo(n), "sum");
    return ms;
  });
