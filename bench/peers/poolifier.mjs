import { fileURLToPath } from "node:url";
import { FixedThreadPool, WorkerChoiceStrategies } from "poolifier";
import { poolWorkloads } from "../lib/pool.mjs";

export const meta = {
  name: "poolifier",
  pkg: "poolifier",
  notes: {
    xchan_num: "no channel",
    xchan_obj: "no channel",
    xmutex: "no mutex",
    "*": "least used worker first, as a task behind the busy one would wait for ever",
  },
};

const file = fileURLToPath(new URL("threads/poolifier.mjs", import.meta.url));
let pool;
const call = (name, argument) => {
  pool ??= new FixedThreadPool(2, file, {
    workerChoiceStrategy: WorkerChoiceStrategies.LEAST_USED,
    errorHandler(error) {
      throw error;
    },
  });
  return pool.execute(argument, name);
};

export const workloads = poolWorkloads(call);
