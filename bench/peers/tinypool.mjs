import { Tinypool } from "tinypool";
import { poolWorkloads } from "../lib/pool.mjs";

const none = { xchan_num: "no channel", xchan_obj: "no channel", xmutex: "no mutex" };
export const meta = { name: "tinypool", pkg: "tinypool", notes: none };

const filename = new URL("threads/tasks.mjs", import.meta.url).href;
let pool;
const call = (name, argument) =>
  (pool ??= new Tinypool({ filename, minThreads: 2, maxThreads: 2 })).run(argument, { name });

export const workloads = poolWorkloads(call);
