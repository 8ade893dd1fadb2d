// select: the case that is taken orders, the others do not.
import { chan, go, select, sleep, trySelect } from "goro";
import { background, withCancel, withTimeout } from "goro/context";
import { gosched } from "goro/runtime";
import { Mutex } from "goro/sync";
import { both, use } from "./kit.js";

export function* receiveThatWaits() {
  let n = 0;
  const ch = chan<void>();
  const other = chan<void>();
  const g = go(function* () {
    n = 1;
    yield* ch.send();
  });
  yield* select({ ch: ch.recv(), other: other.recv() });
  use(n);
  yield* g.join();
}

export function* receiveThatIsReady() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(function* () {
    n = 1;
    yield* ch.send();
  });
  yield* sleep(1);
  yield* select({ ch: ch.recv(), late: sleep(1000) });
  use(n);
  yield* g.join();
}

export function* sendThatWaits() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    yield* sleep(1);
    n = 1;
    yield* ch.recv();
  });
  yield* select({ ch: ch.send(), late: sleep(1000) });
  use(n);
  yield* g.join();
}

export function* theOtherCase() {
  let n = 0;
  const ch = chan<void>();
  const other = chan<void>(1);
  yield* other.send();
  const g = go(function* () {
    n = 1; // race 1
    yield* ch.send();
  });
  yield* sleep(1);
  yield* select({ other: other.recv(), never: null });
  use(n); // race 1
  yield* ch.recv();
  yield* g.join();
}

export function* aTimeoutOrdersNothing() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    n = 1; // race 1
    yield* ch.recv();
  });
  const stop = chan<void>();
  yield* select({ stop: stop.recv(), late: sleep(1) });
  use(n); // race 1
  yield* ch.send();
  yield* g.join();
}

export function* closeInASelect() {
  let n = 0;
  const ch = chan<void>();
  const g = go(() => {
    n = 1;
    ch.close();
  });
  yield* select([ch.recv(), sleep(1000)]);
  use(n);
  yield* g.join();
}

export function* selectOnBothSides() {
  let n = 0;
  const ch = chan<void>();
  yield* both(
    function* () {
      n = 1;
      yield* select([ch.send(), sleep(1000)]);
    },
    function* () {
      yield* select([ch.recv(), sleep(1000)]);
      use(n);
    },
  );
}

export function* selectOnBothSidesBack() {
  let n = 0;
  const ch = chan<void>();
  yield* both(
    function* () {
      yield* select([ch.send(), sleep(1000)]);
      use(n);
    },
    function* () {
      n = 1;
      yield* select([ch.recv(), sleep(1000)]);
    },
  );
}

export function* nestedSelects() {
  let n = 0;
  const ch = chan<void>();
  yield* both(
    function* () {
      n = 1;
      yield* ch.send();
    },
    function* () {
      yield* select([select([ch.recv(), sleep(1000)]), sleep(1000)]);
      use(n);
    },
  );
}

export function* lockInASelect() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    yield* select([mu.lock(), sleep(1000)]);
    n++;
    yield* gosched();
    n++;
    mu.unlock();
  };
  yield* both(work, work);
  use(n);
}

export function* lockThatWasNotTaken() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      yield* mu.lock();
      yield* sleep(30);
      n = 1; // race 1
      mu.unlock();
    },
    function* () {
      yield* select([mu.lock(), sleep(1)]);
      n = 2; // race 1
    },
  );
  use(n);
}

export function* cancelledInASelect() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  yield* both(
    function* () {
      n = 1;
      yield* gosched();
      cancel();
    },
    function* () {
      yield* select([ctx.done(), sleep(1000)]);
      use(n);
    },
  );
}

export function* timedOutContext() {
  let n = 0;
  const [ctx, cancel] = withTimeout(background(), 2);
  yield* both(
    () => (n = 1), // race 1
    function* () {
      yield* select([ctx.done(), sleep(1000)]);
      use(n); // race 1
    },
  );
  cancel();
}

export function* joinInASelect() {
  let n = 0;
  const g = go(function* () {
    yield* gosched();
    n = 1;
  });
  yield* select([g.join(), sleep(1000)]);
  use(n);
}

export function* trySelectThatReceives() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(function* () {
    n = 1;
    yield* ch.send();
  });
  while (trySelect([ch.recv()]) === undefined) yield* gosched();
  use(n);
  yield* g.join();
}

export function* trySelectInVain() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    n = 1; // race 1
    yield* gosched();
  });
  yield* sleep(1);
  trySelect([ch.recv()]);
  use(n); // race 1
  yield* g.join();
}

export function* orderedSelect() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(function* () {
    n = 1;
    yield* ch.send();
  });
  yield* select({ first: chan<void>().recv(), second: ch.recv() }, { ordered: true });
  use(n);
  yield* g.join();
}

export function* selectInALoop() {
  let sum = 0;
  const a = chan<{ n: number }>();
  const b = chan<{ n: number }>();
  yield* both(
    function* () {
      for (let i = 0; i < 3; i++) yield* a.send({ n: i });
    },
    function* () {
      for (let i = 0; i < 3; i++) yield* b.send({ n: i });
    },
    function* () {
      for (let i = 0; i < 6; i++) {
        const got = yield* select({ a: a.recv(), b: b.recv() });
        sum += got.value!.n++;
      }
      use(sum);
    },
  );
}
