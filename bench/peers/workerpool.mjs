import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { check, now, sumTo } from "../lib/adapter.mjs";
import { poolWorkloads } from "../lib/pool.mjs";

const events = "workerEmit events, which nothing holds back";
export const meta = {
  name: "workerpool",
  pkg: "workerpool",
  notes: { xchan_num: events, xchan_obj: events, xmutex: "no mutex" },
};

const file = fileURLToPath(new URL("threads/workerpool.mjs", import.meta.url));
let pool;
const exec = (name, argument, options) => {
  pool ??= workerpool.pool(file, { workerType: "thread", minWorkers: 2, maxWorkers: 2 });
  return pool.exec(name, argument === undefined ? [] : [argument], options);
};

const stream = (name, idOf) => async (n) => {
  let sum = 0;
  let got = 0;
  const on = (value) => {
    sum += idOf(value);
    got++;
  };
  const t0 = now();
  await exec(name, n, { on });
  const ms = now() - t0;
  check(got === n && sum === sumTo(n), "sum");
  return ms;
};

export const workloads = {
  ...poolWorkloads(exec),
  xchan_num: stream("numbers", (value) => value),
  xchan_obj: stream("objects", (value) => value.id),
};
