// By hand: two worker threads and memory that they share. Waiting blocks the whole thread, and values are numbers: no pool and
// no channel, but what the cores can do at all.
import { setTimeout as delay } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { check, now, primeRanges, PRIMES_BELOW_2M, sumTo } from "../lib/adapter.mjs";
import { IDLE_MS, onThisThread } from "../lib/pool.mjs";

const noPool = "no pool";
export const meta = {
  name: "Atomics, by hand",
  pkg: null,
  notes: {
    par_empty: noPool,
    par_rtt: noPool,
    par_rtt_idle: "a word written and one read back, Atomics.wait there, Atomics.waitAsync here",
    par_cpu: "the ranges are taken with one Atomics.add each",
    xchan_num: "ring of 1,024 numbers, one sender and one receiver, Atomics.wait on both sides",
    xchan_obj: "numbers only",
    xmutex: "a word with three states, 100 tries and then Atomics.wait",
    start_ms: noPool,
    latency_hot: noPool,
    latency_cold: noPool,
  },
};

const FREE = 0;
const HELD = 1;
const AWAITED = 2;
const TRIES = 100;

export class Futex {
  #word;
  constructor(memory) {
    this.#word = new Int32Array(memory, 0, 1);
  }
  lock() {
    const word = this.#word;
    for (let i = 0; i < TRIES; i++) if (Atomics.compareExchange(word, 0, FREE, HELD) === FREE) return;
    while (Atomics.exchange(word, 0, AWAITED) !== FREE) Atomics.wait(word, 0, AWAITED);
  }
  unlock() {
    if (Atomics.exchange(this.#word, 0, FREE) === AWAITED) Atomics.notify(this.#word, 0, 1);
  }
}

/** One sender, one receiver. Words: how many were received, how many were sent; does the receiver, the sender sleep? */
export class Ring {
  static #SLOTS = 1024;
  static #HEAD_BYTES = 64;
  static BYTES = Ring.#HEAD_BYTES + Ring.#SLOTS * 8;
  #words;
  #slots;
  constructor(memory) {
    this.#words = new Int32Array(memory, 0, 4);
    this.#slots = new Float64Array(memory, Ring.#HEAD_BYTES, Ring.#SLOTS);
  }
  send(value) {
    const words = this.#words;
    const sent = Atomics.load(words, 1);
    this.#awaitChange(3, () => sent - Atomics.load(words, 0) < Ring.#SLOTS);
    this.#slots[sent % Ring.#SLOTS] = value;
    Atomics.store(words, 1, sent + 1);
    this.#wake(2);
  }
  receive() {
    const words = this.#words;
    const received = Atomics.load(words, 0);
    this.#awaitChange(2, () => Atomics.load(words, 1) > received);
    const value = this.#slots[received % Ring.#SLOTS];
    Atomics.store(words, 0, received + 1);
    this.#wake(3);
    return value;
  }
  #awaitChange(sleeper, holds) {
    for (let i = 0; i < 2 * TRIES; i++) if (holds()) return;
    for (;;) {
      Atomics.store(this.#words, sleeper, 1);
      if (holds()) return;
      Atomics.wait(this.#words, sleeper, 1);
    }
  }
  #wake(sleeper) {
    if (Atomics.exchange(this.#words, sleeper, 0) === 1) Atomics.notify(this.#words, sleeper);
  }
}

let workers;
function twoWorkers() {
  workers ??= [0, 1].map(() => new Worker(new URL("threads/atomics.mjs", import.meta.url)));
  return Promise.all(workers.map((worker) => ask(worker, "ready")));
}

function ask(worker, name, argument) {
  worker.postMessage({ name, argument });
  return new Promise((resolve) => worker.once("message", resolve));
}

export const workloads = {
  async par_rtt_idle(n) {
    await twoWorkers();
    const words = new Int32Array(new SharedArrayBuffer(8));
    const done = ask(workers[0], "answer", { words, n });
    const times = new Float64Array(n);
    for (let i = 1; i <= n; i++) {
      await delay(IDLE_MS);
      const t0 = now();
      const answered = Atomics.waitAsync(words, 1, i - 1);
      Atomics.store(words, 0, i);
      Atomics.notify(words, 0);
      await answered.value;
      times[i - 1] = now() - t0;
      check(Atomics.load(words, 1) === i, "answer");
    }
    await done;
    return times;
  },
  async par_cpu(how) {
    await twoWorkers();
    const counts = new Int32Array(new SharedArrayBuffer(8));
    const ranges = primeRanges();
    const t0 = now();
    if (how === "one") counts[1] = onThisThread().reduce((a, b) => a + b);
    else await Promise.all(workers.map((worker) => ask(worker, "primes", { counts, ranges })));
    const ms = now() - t0;
    check(counts[1] === PRIMES_BELOW_2M, "primes");
    return ms;
  },
  async xchan_num(n) {
    await twoWorkers();
    const memory = new SharedArrayBuffer(Ring.BYTES);
    const ring = new Ring(memory);
    let sum = 0;
    const t0 = now();
    const done = ask(workers[0], "numbers", { memory, n });
    for (let i = 0; i < n; i++) sum += ring.receive();
    const ms = now() - t0;
    await done;
    check(sum === sumTo(n), "sum");
    return ms;
  },
  async xmutex(n) {
    await twoWorkers();
    const memory = new SharedArrayBuffer(8);
    const t0 = now();
    await Promise.all(workers.map((worker) => ask(worker, "increments", { memory, n: n / 2 })));
    const ms = now() - t0;
    check(new Int32Array(memory)[1] === n, "count");
    return ms;
  },
};
