// Timers, the library's and the platform's: a callback comes after whoever registered it.
import { chan, go, sleep, until } from "goro";
import { gosched } from "goro/runtime";
import { after, afterFunc, Ticker, Timer } from "goro/time";
import { both, use } from "./kit.js";

export function* afterFuncKnowsWhoSetIt() {
  let n = 0;
  const done = chan<void>();
  n = 1;
  afterFunc(1, function* () {
    use(n);
    yield* done.send();
  });
  yield* done.recv();
}

export function* afterFuncAndWhatGoesOn() {
  let n = 0;
  afterFunc(1, () => {
    n = 1; // race 1
  });
  yield* sleep(3);
  use(n); // race 1
}

export function* afterFuncThatTells() {
  let n = 0;
  const done = chan<void>();
  afterFunc(1, function* () {
    n = 1;
    yield* done.send();
  });
  yield* done.recv();
  use(n);
}

export function* twoAfterFuncs() {
  let n = 0;
  const done = chan<void>(2);
  for (let i = 0; i < 2; i++) {
    afterFunc(1, function* () {
      n++; // race 1
      yield* done.send();
    });
  }
  yield* done.recv();
  yield* done.recv();
  use(n);
}

export function* afterFuncKnowsNothingOfOthers() {
  let n = 0;
  const done = chan<void>();
  afterFunc(2, function* () {
    use(n); // race 1
    yield* done.send();
  });
  const g = go(function* () {
    for (let i = 0; i < 5; i++) yield* gosched();
    n = 1; // race 1
  });
  yield* done.recv();
  yield* g.join();
}

export function* timerChannels() {
  let n = 0;
  const timer = new Timer(1);
  const g = go(() => (n = 1)); // race 1
  yield* timer.c.recv();
  use(n); // race 1
  yield* g.join();
}

export function* tickerChannels() {
  let n = 0;
  const ticker = new Ticker(1);
  for (let i = 0; i < 3; i++) {
    yield* ticker.c.recv();
    n++;
  }
  ticker.stop();
  use(n);
}

export function* afterChannels() {
  let n = 0;
  yield* after(1).recv();
  n = 1;
  use(n);
}

export function* setTimeoutKnowsWhoSetIt() {
  const state = { n: 0 };
  state.n = 1;
  yield* until(
    new Promise<void>((resolve) =>
      setTimeout(() => {
        use(state.n);
        resolve();
      }, 1),
    ),
  );
}

export function* setTimeoutTellsByItsPromise() {
  const state = { n: 0 };
  yield* until(
    new Promise<void>((resolve) =>
      setTimeout(() => {
        state.n = 1;
        resolve();
      }, 1),
    ),
  );
  use(state.n);
}

export function* setTimeoutAndWhatGoesOn() {
  let n = 0;
  setTimeout(() => {
    n = 1; // race 1
  }, 1);
  yield* sleep(4);
  use(n); // race 1
}

export function* twoTimeouts() {
  let n = 0;
  const wait = () =>
    new Promise<void>((resolve) =>
      setTimeout(() => {
        n++; // race 1
        resolve();
      }, 1),
    );
  const waits = [wait(), wait()];
  for (const one of waits) yield* until(one);
  use(n);
}

export function* aTimeoutSetByATimeout() {
  let n = 0;
  yield* until(
    new Promise<void>((resolve) =>
      setTimeout(() => {
        n = 1;
        setTimeout(() => {
          n = 2;
          resolve();
        }, 1);
      }, 1),
    ),
  );
  use(n);
}

export function* intervalsAreInTurn() {
  let n = 0;
  yield* until(
    new Promise<void>((resolve) => {
      const interval = setInterval(() => {
        if (++n < 3) return;
        clearInterval(interval);
        resolve();
      }, 1);
    }),
  );
  use(n);
}

export function* immediates() {
  let n = 0;
  yield* until(
    new Promise<void>((resolve) =>
      setImmediate(() => {
        n = 1;
        resolve();
      }),
    ),
  );
  use(n);
}

export function* immediateAndWhatGoesOn() {
  let n = 0;
  setImmediate(() => {
    n = 1; // race 1
  });
  yield* sleep(2);
  use(n); // race 1
}

export function* microtasks() {
  let n = 0;
  queueMicrotask(() => {
    n = 1; // race 1
  });
  yield* sleep(2);
  use(n); // race 1
}

export function* microtasksKnowWhoQueuedThem() {
  const state = { n: 0 };
  state.n = 1;
  yield* until(
    new Promise<void>((resolve) =>
      queueMicrotask(() => {
        state.n++;
        resolve();
      }),
    ),
  );
  use(state.n);
}

export function* nextTicks() {
  const state = { n: 0 };
  state.n = 1;
  yield* until(
    new Promise<void>((resolve) =>
      process.nextTick(() => {
        state.n++;
        resolve();
      }),
    ),
  );
  use(state.n);
}

export function* sleepersAreNotOrdered() {
  let n = 0;
  yield* both(
    function* () {
      yield* sleep(1);
      n = 1; // race 1
    },
    function* () {
      yield* sleep(3);
      n = 2; // race 1
    },
  );
  use(n);
}
