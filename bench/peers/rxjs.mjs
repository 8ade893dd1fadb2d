// RxJS: Observables. mergeMap runs so many inner ones at a time.
import { from, lastValueFrom, mergeMap, reduce } from "rxjs";
import { now, check, range, sumTo } from "../lib/adapter.mjs";

export const meta = {
  name: "rxjs",
  pkg: "rxjs",
  notes: { "*": "no goroutines, no channels", pipeline: "mergeMap, which queues its whole source" },
};

export const workloads = {
  async pipeline(n) {
    const step = async (i) => {
      await null;
      return i * 2;
    };
    const t0 = now();
    const sum = await lastValueFrom(
      from(range(n)).pipe(
        mergeMap(step, 8),
        reduce((total, v) => total + v, 0),
      ),
    );
    const ms = now() - t0;
    check(sum === 2 * sumTo(n), "sum");
    return ms;
  },
};
