// effection v4: structured-concurrency tasks (spawn), createQueue (unbounded). It has no bounded channel,
// no select with exactly-once delivery and no mutex; rendezvous/bounded channels below are built from two
// of its queues (data + acknowledgement/credit), the shortest thing its own primitives allow.
import { run, spawn, sleep, createQueue, race, withResolvers } from "effection";
import { now, check, mulberry32, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

export const meta = {
  name: "effection",
  pkg: "effection",
  n: { parked_bytes: 100_000, spawn_exit_1M: 100_000 },
  notes: {
    "*": "no bounded channel: rendezvous = data queue + ack queue; buffer of 100 = data queue + credit queue",
    mutex_uncontended: "no mutex",
    mutex_100: "no mutex",
    spawn_exit_1M: "100,000 live instead of 1,000,000",
    parked_bytes: "100,000 parked instead of 1,000,000",
  },
};

class Rendezvous {
  data = createQueue();
  ack = createQueue();
  *send(v) {
    this.data.add(v);
    yield* this.ack.next();
  }
  *recv() {
    const r = yield* this.data.next();
    this.ack.add(0);
    return r;
  }
}
class Bounded {
  data = createQueue();
  credit = createQueue();
  constructor(cap) {
    for (let i = 0; i < cap; i++) this.credit.add(0);
  }
  *send(v) {
    yield* this.credit.next();
    this.data.add(v);
  }
  *recv() {
    const r = yield* this.data.next();
    this.credit.add(0);
    return r;
  }
  close() {
    this.data.close();
  }
}

export const workloads = {
  spawn_exit_1k: (n) =>
    run(function* () {
      let counter = 0;
      const t0 = now();
      for (let b = 0; b < n; b += 1000) {
        const tasks = [];
        const g = function* () {
          counter++;
        };
        for (let i = 0; i < 1000; i++) tasks.push(yield* spawn(g));
        for (const t of tasks) yield* t;
      }
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  spawn_exit_1M: (n) =>
    run(function* () {
      let counter = 0;
      const t0 = now();
      const gate = withResolvers(),
        tasks = [];
      const g = function* () {
        yield* gate.operation;
        counter++;
      };
      for (let i = 0; i < n; i++) tasks.push(yield* spawn(g));
      check(counter === 0, "not parked");
      gate.resolve();
      for (const t of tasks) yield* t;
      const ms = now() - t0;
      check(counter === n, "count");
      return ms;
    }),
  async parked_bytes(n) {
    let sum = 0,
      waiting = 0;
    const qs = [];
    const stay = withResolvers();
    const root = run(function* () {
      for (let i = 0; i < n; i++) {
        if (i % GROUP === 0) qs.push(createQueue());
        const q = qs[qs.length - 1];
        yield* spawn(function* () {
          waiting++;
          const r = yield* q.next();
          waiting--;
          sum += r.value;
        });
      }
      yield* stay.operation;
    });
    while (waiting < n) await new Promise((r) => setTimeout(r, 5));
    return {
      parked: () => waiting,
      release: async () => {
        for (const q of qs) for (let i = 0; i < GROUP; i++) q.add(1);
        while (waiting > 0) await new Promise((r) => setTimeout(r, 5));
        stay.resolve();
        await root;
        return sum;
      },
    };
  },
  chan_unbuf: (n) =>
    run(function* () {
      const ch = new Rendezvous();
      let sum = 0;
      const t0 = now();
      yield* spawn(function* () {
        for (let i = 0; i < n; i++) yield* ch.send(i);
      });
      for (let i = 0; i < n; i++) {
        const v = (yield* ch.recv()).value;
        sum += v;
      }
      const ms = now() - t0;
      check(sum === sumTo(n), "sum");
      return ms;
    }),
  chan_buf100: (n) =>
    run(function* () {
      const ch = new Bounded(100);
      let sum = 0;
      const t0 = now();
      yield* spawn(function* () {
        for (let i = 0; i < n; i++) yield* ch.send(i);
        ch.close();
      });
      for (;;) {
        const r = yield* ch.recv();
        if (r.done) break;
        sum += r.value;
      }
      const ms = now() - t0;
      check(sum === sumTo(n), "sum");
      return ms;
    }),
  // Not exactly-once: when both queues hold a value race() takes from both and drops one. Kept so that the
  // runner shows it.
  select2: (n) =>
    run(function* () {
      const a = new Rendezvous(),
        b = new Rendezvous();
      let sum = 0;
      const t0 = now();
      yield* spawn(function* () {
        for (let i = 0; i < n; i += 2) yield* a.send(i);
      });
      yield* spawn(function* () {
        for (let i = 1; i < n; i += 2) yield* b.send(i);
      });
      const lost = withResolvers();
      const timer = setTimeout(() => lost.resolve({ value: undefined }), 1000);
      let got = 0;
      for (; got < n; got++) {
        const r = yield* race([a.recv(), b.recv(), lost.operation]);
        if (r.value === undefined) break;
        sum += r.value;
      }
      clearTimeout(timer);
      const ms = now() - t0;
      check(got === n && sum === sumTo(n), `race() over two queues lost ${n - got} of ${n} values`);
      return ms;
    }),
  sieve: (k) =>
    run(function* () {
      const t0 = now();
      let ch = new Rendezvous(),
        last = 0;
      const first = ch,
        tasks = [];
      tasks.push(
        yield* spawn(function* () {
          for (let i = 2; ; i++) yield* first.send(i);
        }),
      );
      for (let i = 0; i < k; i++) {
        const p = (last = (yield* ch.recv()).value),
          inp = ch,
          out = new Rendezvous();
        tasks.push(
          yield* spawn(function* () {
            for (;;) {
              const v = (yield* inp.recv()).value;
              if (v % p !== 0) yield* out.send(v);
            }
          }),
        );
        ch = out;
      }
      const ms = now() - t0;
      check(last === nthPrime(k), "prime");
      return ms;
    }),
  ring: (n) =>
    run(function* () {
      const R = 1000,
        chans = Array.from({ length: R }, () => new Rendezvous()),
        done = withResolvers();
      let hops = 0;
      for (let i = 0; i < R; i++)
        yield* spawn(function* () {
          const inp = chans[i],
            out = chans[(i + 1) % R];
          for (;;) {
            const v = (yield* inp.recv()).value;
            hops++;
            if (v === 0) return done.resolve();
            yield* out.send(v - 1);
          }
        });
      const t0 = now();
      yield* chans[0].send(n - 1);
      yield* done.operation;
      const ms = now() - t0;
      check(hops === n, "hops");
      return ms;
    }),
  sleepers: (n, max) =>
    run(function* () {
      const rnd = mulberry32(1),
        tasks = [];
      let c = 0;
      const t0 = now();
      for (let i = 0; i < n; i++) {
        const ms = Math.floor(rnd() * (max + 1));
        tasks.push(
          yield* spawn(function* () {
            yield* sleep(ms);
            c++;
          }),
        );
      }
      for (const t of tasks) yield* t;
      const ms = now() - t0;
      check(c === n, "count");
      return ms;
    }),
  workerpool: (n) =>
    run(function* () {
      const jobs = new Bounded(100),
        results = new Bounded(100);
      let sum = 0;
      const t0 = now();
      for (let w = 0; w < 4; w++)
        yield* spawn(function* () {
          for (;;) {
            const j = yield* jobs.recv();
            if (j.done) {
              jobs.close();
              return;
            }
            yield* results.send(j.value * 2);
          }
        });
      yield* spawn(function* () {
        for (let i = 0; i < n; i++) yield* jobs.send(i);
        jobs.close();
      });
      for (let i = 0; i < n; i++) {
        const v = (yield* results.recv()).value;
        sum += v;
      }
      const ms = now() - t0;
      check(sum === 2 * sumTo(n), "sum");
      return ms;
    }),
};
