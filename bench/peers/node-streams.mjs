// Node's own streams: Readable.from, map, forEach.
import { Readable } from "node:stream";
import { now, check, range, sumTo } from "../lib/adapter.mjs";

export const meta = {
  name: "Node streams",
  pkg: null,
  notes: { "*": "streams only", pipeline: "Readable.map, in order" },
};

export const workloads = {
  async pipeline(n) {
    let sum = 0;
    const step = async (i) => {
      await null;
      return i * 2;
    };
    const t0 = now();
    await Readable.from(range(n))
      .map(step, { concurrency: 8 })
      .forEach((v) => {
        sum += v;
      });
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};
