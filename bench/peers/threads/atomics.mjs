import { parentPort } from "node:worker_threads";
import { Futex, Ring } from "../atomics.mjs";
import { primes } from "./tasks.mjs";

const tasks = {
  ready() {},
  primes: ({ counts, ranges }) => {
    for (let i = Atomics.add(counts, 0, 1); i < ranges.length; i = Atomics.add(counts, 0, 1)) {
      Atomics.add(counts, 1, primes(ranges[i]));
    }
  },
  numbers: ({ memory, n }) => {
    const ring = new Ring(memory);
    for (let i = 0; i < n; i++) ring.send(i);
  },
  increments: ({ memory, n }) => {
    const lock = new Futex(memory);
    const counter = new Int32Array(memory, 4, 1);
    for (let i = 0; i < n; i++) {
      lock.lock();
      counter[0]++;
      lock.unlock();
    }
  },
  answer: ({ words, n }) => {
    for (let i = 1; i <= n; i++) {
      while (Atomics.load(words, 0) < i) Atomics.wait(words, 0, i - 1);
      Atomics.store(words, 1, i);
      Atomics.notify(words, 1);
    }
  },
};

parentPort.on("message", ({ name, argument }) => {
  tasks[name](argument);
  parentPort.postMessage(name);
});
