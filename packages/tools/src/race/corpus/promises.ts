// Promises and async functions: settling comes before whatever waits for it.
import { readFile } from "node:fs/promises";
import { readFile as readFileWithCallback } from "node:fs";
import { go, run, sleep, until } from "goro";
import { gosched } from "goro/runtime";
import { both, use } from "./kit.js";

const pause = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export function* asyncGoroutine() {
  let n = 0;
  const g = go(async () => {
    await null;
    n = 1;
    await pause();
    n = 2;
  });
  yield* g.join();
  use(n);
}

export function* asyncGoroutineJoinedLate() {
  let n = 0;
  const g = go(async () => {
    await null;
    n = 1;
  });
  yield* sleep(2);
  yield* g.join();
  use(n);
}

export function* twoAsyncGoroutines() {
  let n = 0;
  const work = async () => {
    await null;
    n++; // race 1
  };
  yield* both(work, work);
  use(n);
}

export function* asyncFunctionAwaited() {
  let n = 0;
  const work = async () => {
    await null;
    n++;
  };
  const all = async () => {
    await work();
    n++;
    await work();
    n++;
  };
  yield* until(all());
  use(n);
}

export function* asyncFunctionsAtOnce() {
  let n = 0;
  const work = async () => {
    await null;
    n++; // race 1
  };
  const all = async () => {
    const one = work();
    const two = work();
    await one;
    await two;
    n++;
  };
  yield* until(all());
}

export function* whatFollowsAnAwaitComesAfterTheWholeStretchThatCalled() {
  let n = 0;
  const work = async () => {
    await null;
    n = 1;
  };
  const all = async () => {
    const one = work();
    n = 2;
    await one;
    n = 3;
  };
  yield* until(all());
}

export function* asyncFunctionAndItsCallerAfterAnAwait() {
  let n = 0;
  const work = async () => {
    await pause(2);
    n = 1; // race 1
  };
  const all = async () => {
    const one = work();
    await null;
    n = 2; // race 1
    await one;
  };
  yield* until(all());
  use(n);
}

export function* beforeItsFirstAwaitItIsItsCaller() {
  let n = 0;
  const work = async () => {
    n++;
    await null;
  };
  const all = async () => {
    const one = work();
    n++;
    await one;
    n++;
  };
  yield* until(all());
}

export function* lostUpdateAcrossAnAwait() {
  let n = 0;
  const work = async () => {
    const before = n;
    await null;
    n = before + 1; // race 1
  };
  yield* until(Promise.all([work(), work()]));
  use(n);
}

export function* promiseAll() {
  let a = 0;
  let b = 0;
  const one = async () => {
    await null;
    a = 1;
  };
  const two = async () => {
    await pause();
    b = 1;
  };
  const all = async () => {
    await Promise.all([one(), two()]);
    use(a, b);
  };
  yield* until(all());
}

export function* promiseAllTheOtherWayRound() {
  let a = 0;
  let b = 0;
  const one = async () => {
    await pause();
    a = 1;
  };
  const two = async () => {
    await null;
    b = 1;
  };
  const all = async () => {
    await Promise.all(new Set([one(), two()]));
    use(a, b);
  };
  yield* until(all());
}

export function* promiseAllSettled() {
  let a = 0;
  let b = 0;
  const one = async () => {
    await pause();
    a = 1;
    throw new Error("no");
  };
  const two = async () => {
    await null;
    b = 1;
  };
  yield* until(Promise.allSettled([one(), two()]));
  use(a, b);
}

export function* promiseRaceOrdersTheWinner() {
  let n = 0;
  const one = async () => {
    await null;
    n = 1;
  };
  yield* until(Promise.race([one(), pause(50)]));
  use(n);
}

export function* promiseRaceOrdersNoLoser() {
  let n = 0;
  const one = async () => {
    await pause(20);
    n = 1; // race 1
  };
  const late = one();
  yield* until(Promise.race([late, pause(0)]));
  yield* sleep(0);
  use(n); // race 1
  yield* until(late);
}

export function* promiseAnyOrdersTheWinner() {
  let n = 0;
  const one = async () => {
    await null;
    n = 1;
  };
  yield* until(Promise.any([one(), pause(50)]));
  use(n);
}

export function* thenChains() {
  let n = 0;
  const chain = pause()
    .then(() => (n = 1))
    .then(() => (n = 2))
    .finally(() => (n = 3));
  yield* until(chain);
  use(n);
}

export function* twoThensOfOnePromise() {
  let n = 0;
  const start = pause();
  const one = start.then(() => n++); // race 1
  const two = start.then(() => n++); // race 1
  yield* until(one);
  yield* until(two);
  use(n);
}

export function* catchKnowsWhoRejected() {
  let n = 0;
  const fail = async () => {
    await null;
    n = 1;
    throw new Error("no");
  };
  yield* until(fail().catch(() => (n = 2)));
  use(n);
}

export function* errorsThroughUntil() {
  let n = 0;
  const fail = async () => {
    await null;
    n = 1;
    throw new Error("no");
  };
  try {
    yield* until(fail());
  } catch {
    use(n);
  }
}

export function* resolveFromAGoroutine() {
  let n = 0;
  const promise = new Promise<void>((resolve) => {
    go(function* () {
      yield* gosched();
      n = 1;
      resolve();
    });
  });
  yield* until(promise);
  use(n);
}

export function* settledLongAgo() {
  let n = 0;
  const work = async () => {
    await null;
    n = 1;
  };
  const promise = work();
  yield* sleep(2);
  yield* until(promise);
  use(n);
}

export function* notWaitedFor() {
  let n = 0;
  const work = async () => {
    await null;
    n = 1; // race 1
  };
  void work();
  yield* sleep(2);
  use(n); // race 1
}

export function* whoElseWaitsForAPromiseIsNotBefore() {
  let n = 0;
  const promise = pause();
  yield* both(
    function* () {
      n = 1; // race 1
      yield* until(promise);
    },
    function* () {
      yield* until(promise);
      use(n); // race 1
    },
  );
}

export function* returnedPromises() {
  let n = 0;
  const inner = async () => {
    await null;
    n++;
  };
  const outer = async () => {
    await null;
    n++;
    return inner();
  };
  yield* until(outer());
  n++;
}

export function* resolvedWithPromises() {
  let n = 0;
  const inner = async () => {
    await pause();
    n++;
  };
  const outer = new Promise<void>((resolve) => {
    n++;
    resolve(inner());
  });
  yield* until(outer);
  n++;
}

export function* thenables() {
  let n = 0;
  const all = async () => {
    n = 1;
    await {
      then(resolve: (value: number) => void) {
        n++;
        resolve(1);
      },
    };
    n++;
  };
  yield* until(all());
}

export function* asyncGenerators() {
  const all = async () => {
    let n = 0;
    const read = () => n;
    async function* produce() {
      for (let i = 0; i < 3; i++) {
        await null;
        n++;
        yield i;
      }
    }
    for await (const value of produce()) {
      n += value;
      use(read());
    }
    n++;
  };
  yield* until(all());
}

export function* forAwaitOverPromises() {
  let n = 0;
  const work = async () => {
    await null;
    n = 1;
  };
  const all = async () => {
    for await (const _ of [work()]) use(n);
  };
  yield* until(all());
}

export function* runGivesItsResult() {
  let n = 0;
  const all = async () => {
    await run(function* () {
      yield* gosched();
      n = 1;
    });
    use(n);
  };
  yield* until(all());
}

export function* filesByPromise() {
  let n = 0;
  n = 1;
  const text = yield* until(readFile(new URL(import.meta.url), "utf8").then((read) => read + n));
  use(text, n);
}

export function* filesByCallback() {
  const state = { n: 0 };
  state.n = 1;
  yield* until(
    new Promise<void>((resolve) =>
      readFileWithCallback(new URL(import.meta.url), () => {
        state.n++;
        resolve();
      }),
    ),
  );
  use(state.n);
}

export function* oneAsyncMutex() {
  let n = 0;
  let last: Promise<void> = Promise.resolve();
  const locked = (work: () => Promise<void>) => (last = last.then(work));
  const add = async () => {
    const before = n;
    await null;
    n = before + 1;
  };
  const one = locked(add);
  const two = locked(add);
  yield* until(Promise.all([one, two]));
  use(n);
}
