// async-mutex: Mutex only.
import { Mutex } from "async-mutex";
import { now, check } from "../lib/adapter.mjs";

export const meta = { name: "async-mutex", pkg: "async-mutex", notes: { "*": "mutex/semaphore only" } };

export const workloads = {
  async mutex_uncontended(n) {
    const m = new Mutex();
    let c = 0;
    const t0 = now();
    for (let i = 0; i < n; i++) {
      const release = await m.acquire();
      c++;
      release();
    }
    const ms = now() - t0;
    check(c === n, "count");
    return ms;
  },
  async mutex_100(n) {
    const m = new Mutex();
    let c = 0,
      inside = 0;
    const each = n / 100;
    const g = async () => {
      for (let i = 0; i < each; i++) {
        const release = await m.acquire();
        check(inside++ === 0, "exclusion");
        const x = c;
        await null;
        c = x + 1;
        inside--;
        release();
      }
    };
    const t0 = now();
    await Promise.all(Array.from({ length: 100 }, g));
    const ms = now() - t0;
    check(c === n, "count");
    return ms;
  },
};
