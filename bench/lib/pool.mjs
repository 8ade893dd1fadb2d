// The workloads of a pool of two threads, from how it is called and nothing else:
//   call(name, argument) -> Promise of the result of the task with that name: "noop" (0), "primes" ([from, to], how many),
//   "busy" (keepBusy with the flags).
import { setTimeout as delay } from "node:timers/promises";
import { check, countPrimes, flags, now, primeRanges, PRIMES_BELOW_2M } from "./adapter.mjs";

export const IDLE_MS = 5;
export const REST_MS = 2;

export const poolWorkloads = (call) => ({
  async par_empty(n) {
    const t0 = now();
    const results = await Promise.all(Array.from({ length: n }, () => call("noop")));
    const ms = now() - t0;
    check(results.length === n && results.every((result) => result === 0), "results");
    return ms;
  },
  async par_rtt(n) {
    const t0 = now();
    for (let i = 0; i < n; i++) check((await call("noop")) === 0, "result");
    return now() - t0;
  },
  par_rtt_idle: (n) => oneAtATime(call, n, IDLE_MS),
  async par_cpu(how) {
    const t0 = now();
    const counts =
      how === "one" ? onThisThread() : await Promise.all(primeRanges().map((range) => call("primes", range)));
    const ms = now() - t0;
    check(counts.reduce((a, b) => a + b) === PRIMES_BELOW_2M, "primes");
    return ms;
  },
  async start_ms() {
    check((await call("noop")) === 0, "result");
  },
  latency_hot: (n) => whileBusy(call, () => oneAtATime(call, n, 0)),
  latency_cold: (n) => whileBusy(call, () => oneAtATime(call, n, REST_MS)),
});

export const onThisThread = () => primeRanges().map(([from, to]) => countPrimes(from, to));

async function oneAtATime(call, n, restMs) {
  const times = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    if (restMs > 0) await delay(restMs);
    const t0 = now();
    check((await call("noop")) === 0, "result");
    times[i] = now() - t0;
  }
  return times;
}

/** Does something while one of the two threads computes. */
async function whileBusy(call, what) {
  const both = flags();
  await Promise.all([call("noop"), call("noop")]); // both threads are there
  const busy = call("busy", both);
  while (Atomics.load(both, 0) === 0) await delay(1);
  try {
    return await what();
  } finally {
    Atomics.store(both, 1, 1);
    await busy;
  }
}
