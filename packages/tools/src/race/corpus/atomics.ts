// Atomics: they order, and do not race with one another.
import { go, sleep } from "goro";
import { gosched } from "goro/runtime";
import { Bool, Int32, Int64, Uint32, Value } from "goro/sync/atomic";
import { both, use } from "./kit.js";

export function* counter() {
  const n = new Int32();
  yield* both(
    () => n.add(1),
    () => n.add(1),
    () => n.load(),
  );
}

export function* storeBeforeLoad() {
  let n = 0;
  const isReady = new Bool();
  const g = go(() => {
    n = 1;
    isReady.store(true);
  });
  while (!isReady.load()) yield* gosched();
  use(n);
  yield* g.join();
}

export function* loadBeforeTheStore() {
  let n = 0;
  const isReady = new Bool();
  const g = go(function* () {
    yield* sleep(2);
    isReady.store(true);
    n = 1; // race 1
  });
  isReady.load();
  use(n); // race 1
  yield* g.join();
}

export function* afterTheStore() {
  let n = 0;
  const isReady = new Bool();
  const g = go(() => {
    isReady.store(true);
    n = 1; // race 1
  });
  while (!isReady.load()) yield* gosched();
  use(n); // race 1
  yield* g.join();
}

export function* addBeforeAdd() {
  let n = 0;
  const turns = new Int32();
  yield* both(
    () => {
      n = 1;
      turns.add(1);
    },
    function* () {
      while (turns.add(0) === 0) yield* gosched();
      use(n);
    },
  );
}

export function* compareAndSwapAsALock() {
  let n = 0;
  const lock = new Uint32();
  const work = function* () {
    while (!lock.compareAndSwap(0, 1)) yield* gosched();
    n++;
    yield* gosched();
    n++;
    lock.store(0);
  };
  yield* both(work, work);
  use(n);
}

export function* swapCarriesOrder() {
  let n = 0;
  const flag = new Int64();
  yield* both(
    () => {
      n = 1;
      flag.swap(1n);
    },
    function* () {
      while (flag.load() === 0n) yield* gosched();
      use(n);
    },
  );
}

export function* valuePublishes() {
  const config = new Value<{ port: number }>();
  yield* both(
    () => {
      const made = { port: 0 };
      made.port = 80;
      config.store(made);
    },
    function* () {
      let found = config.load();
      for (; found === undefined; found = config.load()) yield* gosched();
      use(found.port);
    },
  );
}

export function* valueChangedAfterwards() {
  const config = new Value<{ port: number }>();
  yield* both(
    () => {
      const made = { port: 0 };
      config.store(made);
      made.port = 80; // race 1
    },
    function* () {
      let found = config.load();
      for (; found === undefined; found = config.load()) yield* gosched();
      use(found.port); // race 1
    },
  );
}

export function* twoAtomicsAreTwo() {
  let n = 0;
  const one = new Int32();
  const two = new Int32();
  yield* both(
    () => {
      n = 1; // race 1
      one.store(1);
    },
    function* () {
      yield* sleep(1);
      two.load();
      use(n); // race 1
    },
  );
}

export function* ofTheLanguage() {
  let n = 0;
  const words = new Int32Array(new SharedArrayBuffer(8));
  yield* both(
    () => {
      n = 1;
      Atomics.store(words, 0, 1);
    },
    function* () {
      while (Atomics.load(words, 0) === 0) yield* gosched();
      use(n);
    },
  );
}

export function* ofTheLanguageAdd() {
  const words = new Int32Array(new SharedArrayBuffer(8));
  yield* both(
    () => Atomics.add(words, 0, 1),
    () => Atomics.add(words, 0, 1),
    () => Atomics.load(words, 0),
  );
}

export function* ofTheLanguageOtherIndex() {
  let n = 0;
  const words = new Int32Array(new SharedArrayBuffer(8));
  yield* both(
    () => {
      n = 1; // race 1
      Atomics.store(words, 0, 1);
    },
    function* () {
      yield* sleep(1);
      Atomics.load(words, 1);
      use(n); // race 1
    },
  );
}

export function* ofTheLanguageExchange() {
  let n = 0;
  const words = new Int32Array(4);
  const work = function* () {
    while (Atomics.compareExchange(words, 0, 0, 1) !== 0) yield* gosched();
    n++;
    yield* gosched();
    n++;
    Atomics.store(words, 0, 0);
  };
  yield* both(work, work);
  use(n);
}

export function* twoViewsOfOneWord() {
  let n = 0;
  const memory = new SharedArrayBuffer(16);
  const one = new Int32Array(memory);
  const two = new Int32Array(memory, 4);
  yield* both(
    () => {
      n = 1;
      Atomics.store(one, 1, 1);
    },
    function* () {
      while (Atomics.load(two, 0) === 0) yield* gosched();
      use(n);
    },
  );
}
