// WaitGroup: each done comes before the wait that it lets go on.
import { go, select, sleep } from "goro";
import { gosched } from "goro/runtime";
import { WaitGroup } from "goro/sync";
import { both, use } from "./kit.js";

export function* doneBeforeWait() {
  const results = [0, 0, 0];
  const wg = new WaitGroup();
  for (let i = 0; i < 3; i++) {
    wg.add(1);
    go(function* () {
      yield* gosched();
      results[i] = i;
      wg.done();
    });
  }
  yield* wg.wait();
  use(results.join());
}

export function* doneLongBeforeWait() {
  const results = [0, 0, 0];
  const wg = new WaitGroup();
  wg.add(3);
  for (let i = 0; i < 3; i++) {
    go(() => {
      results[i] = i;
      wg.done();
    });
  }
  yield* sleep(2);
  yield* wg.wait();
  use(results.join());
}

export function* startedByTheGroup() {
  const results = [0, 0, 0];
  const wg = new WaitGroup();
  for (let i = 0; i < 3; i++) {
    wg.go(function* () {
      yield* gosched();
      results[i] = i;
    });
  }
  yield* wg.wait();
  use(results.join());
}

export function* startedByTheGroupAndAsync() {
  let n = 0;
  const wg = new WaitGroup();
  wg.go(async () => {
    await null;
    n = 1;
  });
  yield* wg.wait();
  use(n);
}

export function* doneTooEarly() {
  let n = 0;
  const wg = new WaitGroup();
  wg.add(1);
  const g = go(function* () {
    wg.done();
    n = 1; // race 1
  });
  yield* wg.wait();
  use(n); // race 1
  yield* g.join();
}

export function* amongThemselves() {
  let n = 0;
  const wg = new WaitGroup();
  for (let i = 0; i < 3; i++) {
    wg.go(() => {
      n++; // race 1
    });
  }
  yield* wg.wait();
  use(n);
}

export function* doneDoesNotOrderAnotherDone() {
  let n = 0;
  const wg = new WaitGroup();
  wg.add(2);
  go(() => {
    n = 1; // race 1
    wg.done();
  });
  go(function* () {
    yield* sleep(1);
    n = 2; // race 1
    wg.done();
  });
  yield* wg.wait();
  use(n);
}

export function* manyWait() {
  let n = 0;
  const wg = new WaitGroup();
  wg.add(1);
  const wait = function* () {
    yield* wg.wait();
    use(n);
  };
  yield* both(wait, wait, () => {
    n = 1;
    wg.done();
  });
}

export function* waitInASelect() {
  let n = 0;
  const wg = new WaitGroup();
  wg.go(function* () {
    yield* gosched();
    n = 1;
  });
  yield* select([wg.wait(), sleep(1000)]);
  use(n);
}

export function* usedTwice() {
  let n = 0;
  const wg = new WaitGroup();
  for (let round = 0; round < 2; round++) {
    wg.go(function* () {
      yield* gosched();
      n++;
    });
    yield* wg.wait();
    n++;
  }
}

export function* addInTheGoroutine() {
  const wg = new WaitGroup();
  const started = go(function* () {
    wg.add(1); // race 1
    yield* sleep(2);
    wg.done();
  });
  yield* gosched();
  yield* gosched();
  yield* wg.wait(); // race 1
  yield* started.join();
}

export function* addBeforeTheGoroutine() {
  const wg = new WaitGroup();
  wg.add(1);
  const started = go(function* () {
    yield* sleep(1);
    wg.done();
  });
  yield* wg.wait();
  yield* started.join();
}

export function* addMoreWhileItCounts() {
  const wg = new WaitGroup();
  wg.go(function* () {
    wg.go(function* () {
      yield* gosched();
    });
    yield* gosched();
  });
  yield* wg.wait();
}

export function* nobodyWaits() {
  let n = 0;
  const wg = new WaitGroup();
  wg.go(() => (n = 1)); // race 1
  yield* sleep(1);
  use(n); // race 1
}
