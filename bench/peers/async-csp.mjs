// async-csp: promise channels for plain async functions; no select, no process primitive, no mutex.
import csp from "async-csp";
import { now, check, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

const Channel = csp.Channel ?? csp.default ?? csp;
const asFn = "no process primitive: plain async functions (see native)";
export const meta = {
  name: "async-csp",
  pkg: "async-csp",
  n: { parked_bytes: 100_000 },
  notes: {
    spawn_exit_1k: asFn,
    spawn_exit_1M: asFn,
    mutex_uncontended: "no mutex",
    mutex_100: "no mutex",
    select2: "no select",
    sleepers: "no process or sleep of its own",
    parked_bytes: "100,000 parked instead of 1,000,000",
  },
};

const tick = () => new Promise((r) => setTimeout(r, 0));
const DONE = Channel.DONE;

export const workloads = {
  async parked_bytes(n) {
    let sum = 0,
      waiting = 0;
    const chans = [];
    const g = async (ch) => {
      waiting++;
      const v = await ch.take();
      waiting--;
      sum += v;
    };
    for (let i = 0; i < n; i++) {
      if (i % GROUP === 0) chans.push(new Channel());
      g(chans[chans.length - 1]);
    }
    await tick();
    return {
      parked: () => waiting,
      release: async () => {
        for (const c of chans) for (let i = 0; i < GROUP; i++) await c.put(1);
        while (waiting > 0) await tick();
        return sum;
      },
    };
  },
  chan_unbuf: (n) => pc(n, 0),
  chan_buf100: (n) => pc(n, 100),
  async sieve(k) {
    const t0 = now();
    let ch = new Channel(),
      stop = false,
      last = 0;
    (async (c) => {
      for (let i = 2; !stop; i++) await c.put(i);
    })(ch);
    for (let i = 0; i < k; i++) {
      const p = (last = await ch.take()),
        inp = ch,
        out = new Channel();
      (async () => {
        while (!stop) {
          const v = await inp.take();
          if (v % p !== 0) await out.put(v);
        }
      })();
      ch = out;
    }
    stop = true;
    const ms = now() - t0;
    check(last === nthPrime(k), "prime");
    return ms;
  },
  async ring(n) {
    const R = 1000,
      chans = Array.from({ length: R }, () => new Channel());
    let result,
      hops = 0;
    const done = new Promise((r) => {
      result = r;
    });
    for (let i = 0; i < R; i++)
      (async () => {
        const inp = chans[i],
          out = chans[(i + 1) % R];
        for (;;) {
          const v = await inp.take();
          hops++;
          if (v === 0) return result();
          await out.put(v - 1);
        }
      })();
    await tick();
    const t0 = now();
    await chans[0].put(n - 1);
    await done;
    const ms = now() - t0;
    check(hops === n, "hops");
    return ms;
  },
  async workerpool(n) {
    const jobs = new Channel(100),
      results = new Channel(100);
    let sum = 0;
    const t0 = now();
    for (let w = 0; w < 4; w++)
      (async () => {
        for (;;) {
          const j = await jobs.take();
          if (j === DONE) return;
          await results.put(j * 2);
        }
      })();
    (async () => {
      for (let i = 0; i < n; i++) await jobs.put(i);
      jobs.close();
    })();
    for (let i = 0; i < n; i++) {
      const v = await results.take();
      sum += v;
    }
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};

async function pc(n, cap) {
  const ch = cap ? new Channel(cap) : new Channel();
  let sum = 0;
  const t0 = now();
  (async () => {
    for (let i = 0; i < n; i++) await ch.put(i);
    ch.close();
  })();
  for (;;) {
    const v = await ch.take();
    if (v === DONE) break;
    sum += v;
  }
  const ms = now() - t0;
  check(sum === sumTo(n), "sum");
  return ms;
}
