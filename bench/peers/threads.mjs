import { Pool, spawn, Worker } from "threads";
import { check, now, sumTo } from "../lib/adapter.mjs";
import { poolWorkloads } from "../lib/pool.mjs";

const observable = "Observable, which nothing holds back";
export const meta = {
  name: "threads",
  pkg: "threads",
  n: { par_empty: 2000, latency_hot: 1000 },
  notes: {
    par_empty: "2,000 tasks: its pool is quadratic in the length of its queue, and waits a setTimeout(0) per task",
    latency_hot: "1,000 calls",
    xchan_num: `${observable}; 1 to n, because it drops the value 0`,
    xchan_obj: observable,
    xmutex: "no mutex",
  },
};

const start = () => spawn(new Worker("./threads/threads.mjs"));
let pool;
const call = (name, argument) => (pool ??= Pool(start, { size: 2 })).queue((worker) => worker[name](argument));

let started;
const stream = (name, idOf) => async (n) => {
  const worker = await (started ??= start());
  let sum = 0;
  let got = 0;
  const next = (value) => {
    sum += idOf(value);
    got++;
  };
  const t0 = now();
  await new Promise((resolve, reject) => worker[name](n).subscribe(next, reject, resolve));
  const ms = now() - t0;
  check(got === n && sum === sumTo(n), "sum");
  return ms;
};

export const workloads = {
  ...poolWorkloads(call),
  xchan_num: stream("numbers", (value) => value - 1),
  xchan_obj: stream("objects", (value) => value.id),
};
