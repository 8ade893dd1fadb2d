// spawn() takes the source of a function and what is moved to it: nothing else of this module is there. Channel and mutex are
// asynchronous, as recommended, or block the whole thread; whichever is quicker counts.
import { channel, initRuntime, move, Mutex, spawn } from "multithreading";
import { check, now, sumTo } from "../lib/adapter.mjs";
import { poolWorkloads } from "../lib/pool.mjs";

export const meta = {
  name: "multithreading",
  pkg: "multithreading",
  notes: {
    "*": "needs Node 22",
    xchan_num: "channel() of its default capacity 32, blockingSend and blockingRecv",
    xchan_obj: "channel() of its default capacity 32, blockingSend and blockingRecv",
    xmutex: "blockingLock()",
  },
};

initRuntime({ maxWorkers: 2 });

const tasks = {
  noop: () => spawn(() => 0),
  primes: (range) =>
    spawn(move(range), ([from, to]) => {
      const isPrime = (n) => {
        if (n < 4) return n > 1;
        if (n % 2 === 0) return false;
        for (let d = 3; d * d <= n; d += 2) if (n % d === 0) return false;
        return true;
      };
      let count = 0;
      for (let n = from; n < to; n++) if (isPrime(n)) count++;
      return count;
    }),
  busy: (flags) =>
    spawn(move(flags), (flags) => {
      Atomics.store(flags, 0, 1);
      while (Atomics.load(flags, 1) === 0);
      return 0;
    }),
};

const valueOf = (result) => {
  if (!result.ok) throw result.error;
  return result.value;
};
const call = async (name, argument) => valueOf(await tasks[name](argument).join());
const warmUp = () => Promise.all([call("noop"), call("noop")]);

/** `send` runs on the other thread. */
const stream = (send, idOf) => async (n) => {
  await warmUp();
  const [out, input] = channel();
  let sum = 0;
  const t0 = now();
  const sender = spawn(move(out, n), send);
  await new Promise((resolve) => setTimeout(resolve, 0)); // its message is to leave before this thread blocks
  for (let i = 0; i < n; i++) sum += idOf(valueOf(input.blockingRecv()));
  const ms = now() - t0;
  valueOf(await sender.join());
  check(sum === sumTo(n), "sum");
  return ms;
};

export const workloads = {
  ...poolWorkloads(call),
  xchan_num: stream(
    (out, n) => {
      for (let i = 0; i < n; i++) if (!out.blockingSend(i).ok) throw new Error("not sent");
      return n;
    },
    (value) => value,
  ),
  xchan_obj: stream(
    (out, n) => {
      for (let i = 0; i < n; i++) {
        const value = { id: i, name: "item-" + i, tags: ["alpha", "beta", "t" + (i & 7)] };
        if (!out.blockingSend(value).ok) throw new Error("not sent");
      }
      return n;
    },
    (value) => value.id,
  ),
  async xmutex(n) {
    await warmUp();
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const mutex = new Mutex(counter);
    const t0 = now();
    const both = [0, 1].map(() =>
      spawn(move(mutex, n / 2), (mutex, times) => {
        for (let i = 0; i < times; i++) {
          const guard = mutex.blockingLock();
          guard.value[0]++;
          guard.dispose();
        }
        return 0;
      }),
    );
    for (const one of both) valueOf(await one.join());
    const ms = now() - t0;
    check(counter[0] === n, "count");
    return ms;
  },
};
