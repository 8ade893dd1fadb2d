// By hand: two worker threads, and a message for each task, each result and each value.
import { MessageChannel, Worker } from "node:worker_threads";
import { check, now, sumTo } from "../lib/adapter.mjs";
import { poolWorkloads } from "../lib/pool.mjs";

const port = "a MessagePort, which nothing holds back";
export const meta = {
  name: "messages, by hand",
  pkg: null,
  notes: { xchan_num: port, xchan_obj: port, xmutex: "no shared memory" },
};

const waiting = new Map();
let last = 0;
let pool;

function makePool() {
  return [0, 1].map(() => {
    const thread = { worker: new Worker(new URL("threads/messages.mjs", import.meta.url)), tasks: 0 };
    thread.worker.on("message", ({ id, result }) => {
      thread.tasks--;
      waiting.get(id)(result);
      waiting.delete(id);
    });
    return thread;
  });
}

function call(name, argument, transfer = []) {
  const [a, b] = (pool ??= makePool());
  const thread = a.tasks <= b.tasks ? a : b;
  const id = ++last;
  thread.tasks++;
  thread.worker.postMessage({ id, name, argument }, transfer);
  return new Promise((resolve) => waiting.set(id, resolve));
}

const stream = (name, idOf) => async (n) => {
  const { port1, port2 } = new MessageChannel();
  let sum = 0;
  let got = 0;
  const t0 = now();
  const all = new Promise((resolve) => {
    port1.on("message", (value) => {
      sum += idOf(value);
      if (++got === n) resolve();
    });
  });
  const sender = call(name, { n, port: port2 }, [port2]);
  await all;
  const ms = now() - t0;
  await sender;
  port1.close();
  check(sum === sumTo(n), "sum");
  return ms;
};

export const workloads = {
  ...poolWorkloads(call),
  xchan_num: stream("numbers", (value) => value),
  xchan_obj: stream("objects", (value) => value.id),
};
