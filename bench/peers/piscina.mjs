import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { poolWorkloads } from "../lib/pool.mjs";

const none = { xchan_num: "no channel", xchan_obj: "no channel", xmutex: "no mutex" };
export const meta = { name: "piscina", pkg: "piscina", notes: none };

const filename = fileURLToPath(new URL("threads/tasks.mjs", import.meta.url));
let pool;
const call = (name, argument) =>
  (pool ??= new Piscina({ filename, minThreads: 2, maxThreads: 2 })).run(argument, { name });

export const workloads = poolWorkloads(call);
