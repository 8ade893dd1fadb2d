// RWMutex: an unlock comes before later locks of both kinds, a read unlock before the next write lock.
import { go, sleep } from "goro";
import { gosched } from "goro/runtime";
import { RWMutex } from "goro/sync";
import { both, use } from "./kit.js";

export function* writersAndReaders() {
  let n = 0;
  const mu = new RWMutex();
  const write = function* () {
    yield* mu.lock();
    n++;
    yield* gosched();
    n++;
    mu.unlock();
  };
  const read = function* () {
    yield* mu.rLock();
    use(n);
    yield* gosched();
    use(n);
    mu.rUnlock();
  };
  yield* both(write, read, read, write, read);
}

export function* readersBeforeAWriter() {
  let n = 0;
  const mu = new RWMutex();
  const read = function* () {
    yield* mu.rLock();
    use(n);
    yield* sleep(1);
    mu.rUnlock();
  };
  const write = function* () {
    yield* gosched();
    yield* mu.lock();
    n = 1;
    mu.unlock();
  };
  yield* both(read, read, write);
}

export function* writingUnderAReadLock() {
  let n = 0;
  const mu = new RWMutex();
  const work = function* () {
    yield* mu.rLock();
    n++; // race 1
    mu.rUnlock();
  };
  yield* both(work, work);
  use(n);
}

export function* writingUnderAReadLockWhileOthersRead() {
  let n = 0;
  const mu = new RWMutex();
  yield* both(
    function* () {
      yield* mu.rLock();
      n = 1; // race 1
      mu.rUnlock();
    },
    function* () {
      yield* mu.rLock();
      use(n); // race 1
      mu.rUnlock();
    },
  );
}

export function* readersDoNotOrderReaders() {
  let n = 0;
  const mu = new RWMutex();
  yield* both(
    function* () {
      n = 1; // race 1
      yield* mu.rLock();
      mu.rUnlock();
    },
    function* () {
      yield* sleep(1);
      yield* mu.rLock();
      use(n); // race 1
      mu.rUnlock();
    },
  );
}

export function* readingWithoutTheLock() {
  let n = 0;
  const mu = new RWMutex();
  yield* both(
    function* () {
      yield* mu.lock();
      n = 1; // race 1
      mu.unlock();
    },
    () => use(n), // race 1
  );
}

export function* guards() {
  const table = new Map<string, number>();
  const mu = new RWMutex();
  yield* both(
    function* () {
      using _ = yield* mu.guard();
      table.set("a", 1);
    },
    function* () {
      using _ = yield* mu.rGuard();
      yield* gosched();
      table.get("a");
    },
  );
}

export function* safeMap() {
  const table = new Map<number, number>();
  const mu = new RWMutex();
  const bodies = [];
  for (let i = 0; i < 5; i++) {
    bodies.push(function* () {
      yield* mu.lock();
      table.set(i, i);
      mu.unlock();
    });
    bodies.push(function* () {
      yield* mu.rLock();
      use(table.get(i), table.size);
      mu.rUnlock();
    });
  }
  yield* both(...bodies);
}

export function* readLocker() {
  let n = 0;
  const mu = new RWMutex();
  yield* both(
    function* () {
      yield* mu.rLocker().lock();
      use(n);
      mu.rLocker().unlock();
    },
    function* () {
      yield* mu.lock();
      n = 1;
      mu.unlock();
    },
  );
}

export function* triedReadLock() {
  let n = 0;
  const mu = new RWMutex();
  yield* both(
    function* () {
      yield* mu.lock();
      n = 1;
      yield* gosched();
      mu.unlock();
    },
    function* () {
      while (!mu.tryRLock()) yield* gosched();
      use(n);
      mu.rUnlock();
    },
  );
}

export function* triedLock() {
  let n = 0;
  const mu = new RWMutex();
  yield* both(
    function* () {
      yield* mu.rLock();
      use(n);
      yield* gosched();
      mu.rUnlock();
    },
    function* () {
      while (!mu.tryLock()) yield* gosched();
      n = 1;
      mu.unlock();
    },
  );
}

export function* upgradeIsNoUpgrade() {
  let n = 0;
  const mu = new RWMutex();
  const work = function* () {
    yield* mu.rLock();
    const before = n;
    mu.rUnlock();
    yield* mu.lock();
    n = before + 1;
    mu.unlock();
  };
  yield* both(work, work);
}

export function* bothOrders() {
  const one = new RWMutex();
  const two = new RWMutex();
  yield* go(function* () {
    yield* one.lock(); // locks 1
    yield* two.rLock(); // locks 1
    two.rUnlock();
    one.unlock();
  }).join();
  yield* go(function* () {
    yield* two.lock(); // locks 1
    yield* one.lock(); // locks 1
    one.unlock();
    two.unlock();
  }).join();
}

export function* bothOrdersOfReading() {
  const one = new RWMutex();
  const two = new RWMutex();
  const work = function* (a: RWMutex, b: RWMutex) {
    yield* a.rLock();
    yield* b.rLock();
    b.rUnlock();
    a.rUnlock();
  };
  yield* both(
    () => work(one, two),
    () => work(two, one),
  );
}
