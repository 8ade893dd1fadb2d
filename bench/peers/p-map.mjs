// p-map: a function called with every value of an iterable, so many at a time.
import pMap from "p-map";
import { now, check, range, sumTo } from "../lib/adapter.mjs";

export const meta = {
  name: "p-map",
  pkg: "p-map",
  notes: { "*": "bounded map only", pipeline: "in order, a list of all results" },
};

export const workloads = {
  async pipeline(n) {
    let sum = 0;
    const step = async (i) => {
      await null;
      return i * 2;
    };
    const t0 = now();
    for (const v of await pMap(range(n), step, { concurrency: 8 })) sum += v;
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};
