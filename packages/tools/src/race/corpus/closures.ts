// Closures: what functions share by capturing it.
import { go, sleep } from "goro";
import { gosched } from "goro/runtime";
import { Mutex } from "goro/sync";
import { both, use } from "./kit.js";

function makeCounter() {
  let n = 0;
  return {
    add: () => {
      n++; // race add
    },
    get: () => n,
  };
}

export function* counterOfAFactory() {
  const counter = makeCounter();
  yield* both(counter.add, counter.add);
  use(counter.get());
}

function makeLockedCounter() {
  let n = 0;
  const mu = new Mutex();
  return {
    *add() {
      yield* mu.lock();
      n++;
      mu.unlock();
    },
    get: () => n,
  };
}

export function* lockedCounter() {
  const counter = makeLockedCounter();
  yield* both(
    () => counter.add(),
    () => counter.add(),
  );
  use(counter.get());
}

export function* countersOfTheirOwn() {
  const work = () => {
    const counter = makeLockedCounter();
    return counter.add();
  };
  yield* both(work, work);
}

export function* capturedTwice() {
  let n = 0;
  const outer = () => {
    const inner = () => n++; // race 1
    return inner();
  };
  yield* both(outer, outer);
  use(n);
}

export function* argumentsInsteadOfCapture() {
  let n = 0;
  const started = [];
  for (n = 0; n < 3; n++) started.push(go((i: number) => use(i), n));
  for (const g of started) yield* g.join();
}

export function* capturedInsteadOfArguments() {
  let n = 0;
  const started = [];
  for (n = 0; n < 3; n++) started.push(go(() => use(n))); // race 1
  for (const g of started) yield* g.join();
}

export function* errorVariableOfOutside() {
  let failure: unknown;
  const work = (fail: boolean) =>
    function* () {
      try {
        yield* gosched();
        if (fail) throw new Error("no");
        failure = undefined; // race 1
      } catch (error) {
        failure = error; // race 1
      }
    };
  yield* both(work(true), work(false));
  use(failure);
}

export function* memo() {
  const cache = new Map<number, number>();
  const square = function* (n: number) {
    const known = cache.get(n); // race 1
    if (known !== undefined) return known;
    yield* gosched();
    cache.set(n, n * n); // race 1 2
    return n * n;
  };
  yield* both(
    () => square(3),
    () => square(3),
  );
}

export function* defaultsAreMadeEachTime() {
  const collect = (list: number[] = []) => {
    list.push(1);
    return list;
  };
  yield* both(
    () => collect(),
    () => collect(),
  );
}

export function* recursion() {
  const depth = function* (n: number): Generator<never, number, unknown> {
    let own = n;
    const down = () => own--;
    down();
    return own <= 0 ? 0 : 1 + (yield* depth(own));
  };
  yield* both(
    () => depth(4),
    () => depth(4),
  );
}

export function* generatorsOfTheUser() {
  let n = 0;
  function* numbers() {
    yield n++;
    yield n++;
  }
  yield* both(
    () => [...numbers()].length,
    function* () {
      yield* sleep(0);
    },
  );
  use(n);
}

export function* iteratorsThatTwoShare() {
  function* numbers() {
    let i = 0;
    const next = () => i++; // race 1
    for (;;) yield next();
  }
  const shared = numbers();
  yield* both(
    () => shared.next(),
    () => shared.next(),
  );
}

export function* bound() {
  const state = { n: 0 };
  function add(this: typeof state) {
    this.n++; // race 1
  }
  yield* both(add.bind(state), add.bind(state));
}

export function* thisOfArrows() {
  class Holder {
    n = 0;
    readonly add = () => {
      this.n++; // race 1
    };
  }
  const holder = new Holder();
  yield* both(holder.add, holder.add);
}

export function* argumentsObject() {
  const list = (function (..._given: number[]) {
    return arguments;
  })(1, 2);
  yield* both(
    () => (list[0] = 5), // race 1
    () => use(list[0]), // race 1
  );
}

export function* setOnceBeforeAnyoneRuns() {
  let handler = (n: number) => n;
  handler = (n) => n + 1;
  yield* both(
    () => handler(1),
    () => handler(2),
  );
}
