// Mutex: an unlock comes before the next lock.
import { go, sleep } from "goro";
import { gosched } from "goro/runtime";
import { Mutex } from "goro/sync";
import { both, use } from "./kit.js";

export function* locked() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    yield* mu.lock();
    n++;
    mu.unlock();
  };
  yield* both(work, work, work);
  use(n);
}

export function* lockedAcrossAYield() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    yield* mu.lock();
    const before = n;
    yield* gosched();
    n = before + 1;
    mu.unlock();
  };
  yield* both(work, work, work);
  use(n);
}

export function* guarded() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    const guard = yield* mu.guard();
    n++;
    yield* gosched();
    n++;
    guard[Symbol.dispose]();
  };
  yield* both(work, work, work);
  use(n);
}

export function* guardedByUsing() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    using _ = yield* mu.guard();
    n++;
    yield* gosched();
    n++;
  };
  yield* both(work, work);
  use(n);
}

export function* twoMutexes() {
  let n = 0;
  const one = new Mutex();
  const two = new Mutex();
  yield* both(
    function* () {
      yield* one.lock();
      n++; // race 1
      one.unlock();
    },
    function* () {
      yield* two.lock();
      n++; // race 1
      two.unlock();
    },
  );
  use(n);
}

export function* onlyOneLocks() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      yield* mu.lock();
      n++; // race 1
      mu.unlock();
    },
    () => n++, // race 1
  );
  use(n);
}

export function* readWithoutTheLock() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      yield* mu.lock();
      n = 1; // race 1
      mu.unlock();
    },
    () => use(n), // race 1
  );
}

export function* unlockedTooEarly() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    yield* mu.lock();
    mu.unlock();
    n++; // race 1
  };
  yield* both(work, work);
  use(n);
}

export function* beforeTheLock() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      n = 1;
      yield* mu.lock();
      mu.unlock();
    },
    function* () {
      yield* sleep(1);
      yield* mu.lock();
      use(n);
      mu.unlock();
    },
  );
}

export function* beforeTheLockTheOtherWay() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      yield* sleep(1);
      n = 1; // race 1
      yield* mu.lock();
      mu.unlock();
    },
    function* () {
      yield* mu.lock();
      use(n); // race 1
      mu.unlock();
    },
  );
}

export function* afterTheUnlock() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      yield* mu.lock();
      mu.unlock();
      n = 1; // race 1
    },
    function* () {
      yield* sleep(1);
      yield* mu.lock();
      use(n); // race 1
      mu.unlock();
    },
  );
}

export function* tryLock() {
  let n = 0;
  const mu = new Mutex();
  const work = function* () {
    while (!mu.tryLock()) yield* gosched();
    n++;
    yield* gosched();
    n++;
    mu.unlock();
  };
  yield* both(work, work);
  use(n);
}

export function* tryLockInVain() {
  let n = 0;
  const mu = new Mutex();
  yield* both(
    function* () {
      yield* mu.lock();
      n = 1; // race 1
      for (let i = 0; i < 5; i++) yield* gosched();
      mu.unlock();
    },
    function* () {
      yield* gosched();
      if (!mu.tryLock()) use(n); // race 1
    },
  );
}

export function* unlockedByAnother() {
  let n = 0;
  const mu = new Mutex();
  yield* mu.lock();
  n = 1;
  const g = go(function* () {
    yield* mu.lock();
    use(n);
    mu.unlock();
  });
  const other = go(() => mu.unlock());
  yield* g.join();
  yield* other.join();
}

export function* handedOver() {
  let n = 0;
  const mu = new Mutex();
  yield* mu.lock();
  const g = go(function* () {
    yield* mu.lock();
    use(n);
    mu.unlock();
  });
  yield* sleep(1);
  n = 1;
  mu.unlock();
  yield* g.join();
}

export function* checkThenActWithTwoLocks() {
  const stock = new Map([["a", 1]]);
  const mu = new Mutex();
  const take = function* () {
    yield* mu.lock();
    const has = stock.get("a")! > 0;
    mu.unlock();
    yield* gosched();
    yield* mu.lock();
    if (has) stock.set("a", stock.get("a")! - 1);
    mu.unlock();
  };
  yield* both(take, take);
}

export function* lockPerObject() {
  const accounts = [0, 1].map(() => ({ mu: new Mutex(), balance: 0 }));
  const work = function* () {
    for (const account of accounts) {
      yield* account.mu.lock();
      account.balance++;
      account.mu.unlock();
    }
  };
  yield* both(work, work);
}

export function* lockOfTheOtherObject() {
  const accounts = [0, 1].map(() => ({ mu: new Mutex(), balance: 0 }));
  yield* both(
    function* () {
      yield* accounts[0]!.mu.lock();
      accounts[1]!.balance++; // race 1
      accounts[0]!.mu.unlock();
    },
    function* () {
      yield* accounts[1]!.mu.lock();
      accounts[1]!.balance++; // race 1
      accounts[1]!.mu.unlock();
    },
  );
}

export function* bothOrders() {
  const one = new Mutex();
  const two = new Mutex();
  const first = go(function* () {
    yield* one.lock(); // locks 1
    yield* two.lock(); // locks 1
    two.unlock();
    one.unlock();
  });
  yield* first.join();
  const second = go(function* () {
    yield* two.lock(); // locks 1
    yield* one.lock(); // locks 1
    one.unlock();
    two.unlock();
  });
  yield* second.join();
}

export function* oneOrder() {
  const one = new Mutex();
  const two = new Mutex();
  const work = function* () {
    yield* one.lock();
    yield* two.lock();
    two.unlock();
    one.unlock();
  };
  yield* both(work, work);
}

export function* bothOrdersUnderOneLock() {
  const gate = new Mutex();
  const one = new Mutex();
  const two = new Mutex();
  const work = function* (a: Mutex, b: Mutex) {
    yield* gate.lock();
    yield* a.lock();
    yield* b.lock();
    b.unlock();
    a.unlock();
    gate.unlock();
  };
  yield* both(
    () => work(one, two),
    () => work(two, one),
  );
}

export function* bothOrdersOneAfterTheOther() {
  const one = new Mutex();
  const two = new Mutex();
  const work = function* (a: Mutex, b: Mutex) {
    yield* a.lock();
    a.unlock();
    yield* b.lock();
    b.unlock();
  };
  yield* both(
    () => work(one, two),
    () => work(two, one),
  );
}

export function* aCircleOfThree() {
  const [one, two, three] = [new Mutex(), new Mutex(), new Mutex()];
  const meals = [
    function* () {
      yield* one.lock(); // locks 1
      yield* two.lock(); // locks 1
      two.unlock();
      one.unlock();
    },
    function* () {
      yield* two.lock(); // locks 1
      yield* three.lock(); // locks 1
      three.unlock();
      two.unlock();
    },
    function* () {
      yield* three.lock(); // locks 1
      yield* one.lock(); // locks 1
      one.unlock();
      three.unlock();
    },
  ];
  for (const meal of meals) yield* go(meal).join();
}

export function* triedInTheOtherOrder() {
  const one = new Mutex();
  const two = new Mutex();
  yield* both(
    function* () {
      yield* one.lock();
      yield* two.lock();
      two.unlock();
      one.unlock();
    },
    function* () {
      yield* two.lock();
      if (one.tryLock()) one.unlock();
      two.unlock();
    },
  );
}
