// Baseline: plain async functions and a hand-written promise channel (this file is the whole "library").
import { now, check, mulberry32, range, sumTo, nthPrime, GROUP } from "../lib/adapter.mjs";

export const meta = {
  name: "native async/await",
  pkg: null,
  notes: { "*": "hand-written promise channel and mutex, in the adapter itself" },
};

/** A queue in a growing ring, O(1) at both ends. */
class Fifo {
  #slots = new Array(16);
  #head = 0;
  #count = 0;
  get length() {
    return this.#count;
  }
  push(x) {
    if (this.#count === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#count++) & (this.#slots.length - 1)] = x;
  }
  shift() {
    if (this.#count === 0) return undefined;
    const x = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#count--;
    return x;
  }
  #grow() {
    const old = this.#slots;
    this.#slots = new Array(old.length * 2);
    for (let i = 0; i < old.length; i++) this.#slots[i] = old[(this.#head + i) & (old.length - 1)];
    this.#head = 0;
  }
}
class Chan {
  constructor(cap = 0) {
    this.cap = cap;
    this.buf = new Fifo();
    this.recvq = new Fifo();
    this.sendq = new Fifo();
    this.closed = false;
  }
  send(v) {
    for (let r; (r = this.recvq.shift());) {
      if (r.tok) {
        if (r.tok.done) continue;
        r.tok.done = true;
        r.resolve([r.idx, v]);
      } else r.resolve(v);
      return;
    }
    if (this.buf.length < this.cap) {
      this.buf.push(v);
      return;
    }
    return new Promise((resolve) => this.sendq.push({ v, resolve }));
  }
  #ready() {
    return this.buf.length > 0 || this.sendq.length > 0;
  }
  #take() {
    if (this.buf.length > 0) {
      const v = this.buf.shift(),
        s = this.sendq.shift();
      if (s) {
        this.buf.push(s.v);
        s.resolve();
      }
      return v;
    }
    const s = this.sendq.shift();
    s.resolve();
    return s.v;
  }
  recv() {
    if (this.#ready()) return this.#take();
    if (this.closed) return undefined;
    return new Promise((resolve) => this.recvq.push({ tok: null, idx: 0, resolve }));
  }
  close() {
    this.closed = true;
    for (let r; (r = this.recvq.shift());)
      if (r.tok) {
        if (!r.tok.done) {
          r.tok.done = true;
          r.resolve([r.idx, undefined]);
        }
      } else r.resolve(undefined);
  }
  static select(chans) {
    const k = chans.length,
      off = (Math.random() * k) | 0;
    for (let i = 0; i < k; i++) {
      const j = (i + off) % k;
      if (chans[j].#ready()) return [j, chans[j].#take()];
    }
    const tok = { done: false };
    return new Promise((resolve) => {
      for (let i = 0; i < k; i++) chans[i].recvq.push({ tok, idx: i, resolve });
    });
  }
}
class WaitGroup {
  #n;
  #r;
  constructor(n) {
    this.#n = n;
    this.p = new Promise((r) => {
      this.#r = r;
    });
    if (n === 0) this.#r();
  }
  done() {
    if (--this.#n === 0) this.#r();
  }
}
class Mutex {
  #locked = false;
  #q = new Fifo();
  lock() {
    if (!this.#locked) {
      this.#locked = true;
      return;
    }
    return new Promise((r) => this.#q.push(r));
  }
  unlock() {
    const r = this.#q.shift();
    if (r) r();
    else this.#locked = false;
  }
}
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

export const workloads = {
  async spawn_exit_1k(n) {
    let counter = 0;
    const t0 = now();
    for (let b = 0; b < n; b += 1000) {
      const wg = new WaitGroup(1000),
        before = counter;
      const g = async () => {
        await null;
        counter++;
        wg.done();
      };
      for (let i = 0; i < 1000; i++) g();
      check(counter === before, "batch not live at once");
      await wg.p;
    }
    const ms = now() - t0;
    check(counter === n, "count");
    return ms;
  },
  async spawn_exit_1M(n) {
    let counter = 0,
      open;
    const t0 = now();
    const gate = new Promise((r) => {
        open = r;
      }),
      wg = new WaitGroup(n);
    const g = async () => {
      await gate;
      counter++;
      wg.done();
    };
    for (let i = 0; i < n; i++) g();
    check(counter === 0, "not parked");
    open();
    await wg.p;
    const ms = now() - t0;
    check(counter === n, "count");
    return ms;
  },
  async parked_bytes(n) {
    let sum = 0,
      waiting = 0;
    const chans = [],
      wg = new WaitGroup(n);
    const g = async (ch) => {
      waiting++;
      const v = await ch.recv();
      waiting--;
      sum += v;
      wg.done();
    };
    for (let i = 0; i < n; i++) {
      if (i % GROUP === 0) chans.push(new Chan());
      g(chans[chans.length - 1]);
    }
    await sleep(0);
    return {
      parked: () => waiting,
      release: async () => {
        for (const c of chans) for (let i = 0; i < GROUP; i++) await c.send(1);
        await wg.p;
        return sum;
      },
    };
  },
  async chan_unbuf(n) {
    return pc(n, 0);
  },
  async chan_buf100(n) {
    return pc(n, 100);
  },
  async select2(n) {
    const a = new Chan(),
      b = new Chan();
    let sum = 0;
    const prod = async (ch, from) => {
      for (let i = from; i < n; i += 2) await ch.send(i);
    };
    const t0 = now();
    prod(a, 0);
    prod(b, 1);
    for (let i = 0; i < n; i++) {
      const [, v] = await Chan.select([a, b]);
      sum += v;
    }
    const ms = now() - t0;
    check(sum === sumTo(n), "sum");
    return ms;
  },
  async mutex_uncontended(n) {
    const m = new Mutex();
    let c = 0;
    const t0 = now();
    for (let i = 0; i < n; i++) {
      await m.lock();
      c++;
      m.unlock();
    }
    const ms = now() - t0;
    check(c === n, "count");
    return ms;
  },
  async mutex_100(n) {
    const m = new Mutex();
    let c = 0,
      inside = 0;
    const each = n / 100,
      wg = new WaitGroup(100);
    const g = async () => {
      for (let i = 0; i < each; i++) {
        await m.lock();
        check(inside++ === 0, "exclusion");
        const x = c;
        await null;
        c = x + 1;
        inside--;
        m.unlock();
      }
      wg.done();
    };
    const t0 = now();
    for (let i = 0; i < 100; i++) g();
    await wg.p;
    const ms = now() - t0;
    check(c === n, "count");
    return ms;
  },
  async sieve(k) {
    const t0 = now();
    let ch = new Chan(),
      stop = false,
      last = 0;
    (async (c) => {
      for (let i = 2; !stop; i++) await c.send(i);
    })(ch);
    for (let i = 0; i < k; i++) {
      const p = (last = await ch.recv()),
        inp = ch,
        out = new Chan();
      (async () => {
        for (;;) {
          const v = await inp.recv();
          if (v % p !== 0) await out.send(v);
          if (stop) return;
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
      chans = Array.from({ length: R }, () => new Chan());
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
          const v = await inp.recv();
          hops++;
          if (v === 0) return result();
          await out.send(v - 1);
        }
      })();
    await sleep(0);
    const t0 = now();
    await chans[0].send(n - 1);
    await done;
    const ms = now() - t0;
    check(hops === n, "hops");
    return ms;
  },
  async sleepers(n, max) {
    const rnd = mulberry32(1),
      wg = new WaitGroup(n);
    let c = 0;
    const g = async (ms) => {
      await sleep(ms);
      c++;
      wg.done();
    };
    const t0 = now();
    for (let i = 0; i < n; i++) g(Math.floor(rnd() * (max + 1)));
    await wg.p;
    const ms = now() - t0;
    check(c === n, "count");
    return ms;
  },
  async workerpool(n) {
    const jobs = new Chan(100),
      results = new Chan(100);
    let sum = 0;
    const t0 = now();
    for (let w = 0; w < 4; w++)
      (async () => {
        for (;;) {
          const j = await jobs.recv();
          if (j === undefined) return;
          await results.send(j * 2);
        }
      })();
    (async () => {
      for (let i = 0; i < n; i++) await jobs.send(i);
      jobs.close();
    })();
    for (let i = 0; i < n; i++) {
      const v = await results.recv();
      sum += v;
    }
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
  async pipeline(n) {
    const values = range(n);
    let sum = 0;
    const t0 = now();
    const worker = async () => {
      for (const i of values) {
        await null;
        sum += i * 2;
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};

async function pc(n, cap) {
  const ch = new Chan(cap);
  let sum = 0;
  const t0 = now();
  (async () => {
    for (let i = 0; i < n; i++) await ch.send(i);
    ch.close();
  })();
  for (;;) {
    const v = await ch.recv();
    if (v === undefined) break;
    sum += v;
  }
  const ms = now() - t0;
  check(sum === sumTo(n), "sum");
  return ms;
}
