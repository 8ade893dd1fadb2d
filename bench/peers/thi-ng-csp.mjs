// @thi.ng/csp: promise channels for plain async functions; select() over channels; no process primitive, no mutex.
import { channel, select, timeout } from "@thi.ng/csp";
import { now, check, mulberry32, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

const asFn = "no process primitive: plain async functions (see native)";
export const meta = {
  name: "@thi.ng/csp",
  pkg: "@thi.ng/csp",
  notes: {
    spawn_exit_1k: asFn,
    spawn_exit_1M: asFn,
    mutex_uncontended: "no mutex",
    mutex_100: "no mutex",
    "*": "at most 1,024 waiters on one channel; write() resolves only when the value is read, even with a buffer",
    sleepers: "read() of a timeout() channel",
  },
};

const tick = () => new Promise((r) => setTimeout(r, 0));

export const workloads = {
  async parked_bytes(n) {
    let sum = 0,
      waiting = 0;
    const chans = [];
    const g = async (ch) => {
      waiting++;
      const v = await ch.read();
      waiting--;
      sum += v;
    };
    for (let i = 0; i < n; i++) {
      if (i % GROUP === 0) chans.push(channel());
      g(chans[chans.length - 1]);
    }
    await tick();
    return {
      parked: () => waiting,
      release: async () => {
        for (const c of chans) for (let i = 0; i < GROUP; i++) await c.write(1);
        while (waiting > 0) await tick();
        return sum;
      },
    };
  },
  chan_unbuf: (n) => pc(n, 1),
  chan_buf100: (n) => pc(n, 100),
  async select2(n) {
    const a = channel(),
      b = channel();
    let sum = 0,
      got = 0;
    const prod = async (ch, from) => {
      for (let i = from; i < n; i += 2) await ch.write(i);
    };
    const t0 = now();
    prod(a, 0);
    prod(b, 1);
    for (; got < n; got++) {
      const [v] = await select(a, b);
      sum += v;
    }
    const ms = now() - t0;
    check(sum === sumTo(n), "sum");
    return ms;
  },
  async sieve(k) {
    const t0 = now();
    let ch = channel(),
      stop = false,
      last = 0;
    (async (c) => {
      for (let i = 2; !stop; i++) await c.write(i);
    })(ch);
    for (let i = 0; i < k; i++) {
      const p = (last = await ch.read()),
        inp = ch,
        out = channel();
      (async () => {
        while (!stop) {
          const v = await inp.read();
          if (v % p !== 0) await out.write(v);
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
      chans = Array.from({ length: R }, () => channel());
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
          const v = await inp.read();
          hops++;
          if (v === 0) return result();
          await out.write(v - 1);
        }
      })();
    await tick();
    const t0 = now();
    await chans[0].write(n - 1);
    await done;
    const ms = now() - t0;
    check(hops === n, "hops");
    return ms;
  },
  async sleepers(n, max) {
    const rnd = mulberry32(1);
    let c = 0,
      result;
    const done = new Promise((r) => {
      result = r;
    });
    const g = async (ms) => {
      await timeout(ms).read();
      if (++c === n) result();
    };
    const t0 = now();
    for (let i = 0; i < n; i++) g(Math.floor(rnd() * (max + 1)));
    await done;
    const ms = now() - t0;
    check(c === n, "count");
    return ms;
  },
  async workerpool(n) {
    const jobs = channel(100),
      results = channel(100);
    let sum = 0;
    const t0 = now();
    for (let w = 0; w < 4; w++)
      (async () => {
        for (;;) {
          const j = await jobs.read();
          if (j === undefined) return;
          await results.write(j * 2);
        }
      })();
    (async () => {
      for (let i = 0; i < n; i++) await jobs.write(i);
      jobs.close();
    })();
    for (let i = 0; i < n; i++) {
      const v = await results.read();
      sum += v;
    }
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};

async function pc(n, cap) {
  const ch = channel(cap);
  let sum = 0;
  const t0 = now();
  (async () => {
    for (let i = 0; i < n; i++) await ch.write(i);
    ch.close();
  })();
  for (;;) {
    const v = await ch.read();
    if (v === undefined) break;
    sum += v;
  }
  const ms = now() - t0;
  check(sum === sumTo(n), "sum");
  return ms;
}
