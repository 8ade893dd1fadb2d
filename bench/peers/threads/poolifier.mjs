import { ThreadWorker } from "poolifier";
import { busy, noop, primes } from "./tasks.mjs";

export default new ThreadWorker({ noop, primes, busy });
