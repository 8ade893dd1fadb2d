// p-limit: bounded concurrency only.
import pLimit from "p-limit";
import { now, check, sumTo } from "../lib/adapter.mjs";

export const meta = {
  name: "p-limit",
  pkg: "p-limit",
  notes: {
    "*": "bounded concurrency only",
    spawn_exit_1k: "limit(1000)",
    workerpool: "limit(4), results by Promise.all, no channels",
  },
};

export const workloads = {
  async spawn_exit_1k(n) {
    let counter = 0;
    const limit = pLimit(1000),
      all = [];
    const t0 = now();
    for (let i = 0; i < n; i++)
      all.push(
        limit(async () => {
          counter++;
        }),
      );
    await Promise.all(all);
    const ms = now() - t0;
    check(counter === n, "count");
    return ms;
  },
  async workerpool(n) {
    const limit = pLimit(4);
    const t0 = now();
    const res = await Promise.all(Array.from({ length: n }, (_, i) => limit(async () => i * 2)));
    let sum = 0;
    for (const r of res) sum += r;
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};
