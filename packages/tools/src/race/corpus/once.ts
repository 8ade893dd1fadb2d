// Once, and what else is done under cover: Cond, Pool, sync.Map, errgroup, semaphore, singleflight, rate.
import { go, sleep, select } from "goro";
import { background } from "goro/context";
import { Group, withContext } from "goro/errgroup";
import { Limiter } from "goro/rate";
import { gosched } from "goro/runtime";
import { Weighted } from "goro/semaphore";
import { Group as Flight } from "goro/singleflight";
import { Cond, Map as SyncMap, Mutex, Once, onceValue, Pool } from "goro/sync";
import { both, use } from "./kit.js";

export function* once() {
  let n = 0;
  const once = new Once();
  const work = function* () {
    yield* once.do(function* () {
      yield* gosched();
      n = 1;
    });
    use(n);
  };
  yield* both(work, work, work);
}

export function* onceLater() {
  let n = 0;
  const once = new Once();
  const load = () => {
    n = 1;
  };
  yield* both(
    function* () {
      yield* once.do(load);
      use(n);
    },
    function* () {
      yield* sleep(1);
      yield* once.do(load);
      use(n);
    },
  );
}

export function* onceOfAnother() {
  let n = 0;
  const load = () => {
    n = 1; // race 1
  };
  yield* both(
    function* () {
      yield* new Once().do(load);
    },
    function* () {
      yield* new Once().do(load);
    },
  );
  use(n);
}

export function* onceInASelect() {
  let n = 0;
  const once = new Once();
  const work = function* () {
    const done = once.do(function* () {
      yield* gosched();
      n = 1;
    });
    yield* select([done, sleep(1000)]);
    use(n);
  };
  yield* both(work, work);
}

export function* onceThatThrows() {
  let n = 0;
  const once = new Once();
  const work = function* () {
    try {
      yield* once.do(function* () {
        n = 1;
        yield* gosched();
        throw new Error("no");
      });
    } catch {
      // the first caller's
    }
    use(n);
  };
  yield* both(work, work);
}

export function* valueOfOnce() {
  const config = onceValue(function* () {
    const made = { port: 0 };
    yield* gosched();
    made.port = 80;
    return made;
  });
  const work = function* () {
    use((yield* config()).port);
  };
  yield* both(work, work);
}

export function* checkedWithoutOnce() {
  let config: { port: number } | undefined;
  const get = function* () {
    const known = config; // race 1
    yield* gosched();
    if (known === undefined) config = { port: 80 }; // race 1 2
  };
  yield* both(get, get);
}

export function* condSignal() {
  let isReady = false;
  let n = 0;
  const cond = new Cond(new Mutex());
  yield* both(
    function* () {
      yield* cond.l.lock();
      while (!isReady) yield* cond.wait();
      use(n);
      cond.l.unlock();
    },
    function* () {
      yield* cond.l.lock();
      n = 1;
      isReady = true;
      cond.signal();
      cond.l.unlock();
    },
  );
}

export function* condSignalWithoutTheLock() {
  let n = 0;
  const cond = new Cond(new Mutex());
  yield* both(
    function* () {
      yield* cond.l.lock();
      yield* cond.wait();
      use(n);
      cond.l.unlock();
    },
    function* () {
      yield* sleep(1);
      n = 1;
      cond.signal();
    },
  );
}

export function* condBroadcast() {
  let n = 0;
  const cond = new Cond(new Mutex());
  const wait = function* () {
    yield* cond.l.lock();
    yield* cond.wait();
    use(n);
    cond.l.unlock();
  };
  yield* both(wait, wait, wait, function* () {
    yield* sleep(1);
    n = 1;
    cond.broadcast();
  });
}

export function* condChangedAfterwards() {
  let n = 0;
  const cond = new Cond(new Mutex());
  yield* both(
    function* () {
      yield* cond.l.lock();
      yield* cond.wait();
      use(n); // race 1
      cond.l.unlock();
    },
    function* () {
      yield* sleep(1);
      cond.signal();
      n = 1; // race 1
    },
  );
}

export function* pool() {
  const pool = new Pool(() => ({ n: 0 }));
  const work = function* () {
    const item = pool.get();
    item.n++;
    yield* gosched();
    item.n++;
    pool.put(item);
  };
  yield* both(work, work);
  yield* both(work, work);
}

export function* poolUsedAfterPut() {
  const pool = new Pool(() => ({ n: 0 }));
  yield* both(
    () => {
      const item = pool.get();
      pool.put(item);
      item.n = 1; // race 1
    },
    () => {
      const item = pool.get();
      item.n = 2; // race 1
    },
  );
}

export function* syncMap() {
  const map = new SyncMap<string, { n: number }>();
  yield* both(
    () => {
      const made = { n: 0 };
      made.n = 1;
      map.store("a", made);
    },
    function* () {
      for (;;) {
        const [found, ok] = map.load("a");
        if (ok) return use(found.n);
        yield* gosched();
      }
    },
  );
}

export function* syncMapOfTwoKeys() {
  let n = 0;
  const map = new SyncMap<string, number>();
  yield* both(
    () => {
      n = 1; // race 1
      map.store("a", 1);
    },
    function* () {
      yield* sleep(1);
      map.load("b");
      use(n); // race 1
    },
  );
}

export function* syncMapRange() {
  const map = new SyncMap<string, { n: number }>();
  const put = (key: string) => () => {
    const made = { n: 0 };
    made.n = 1;
    map.store(key, made);
  };
  yield* both(put("a"), put("b"), function* () {
    yield* sleep(1);
    map.range((_key, value) => value.n === 1);
  });
}

export function* syncMapLoadOrStore() {
  const map = new SyncMap<string, { n: number }>();
  const work = () => {
    const made = { n: 0 };
    made.n = 1;
    const [actual] = map.loadOrStore("a", made);
    use(actual.n);
  };
  yield* both(work, work);
}

export function* errgroup() {
  const results = [0, 0, 0];
  const group = new Group();
  for (let i = 0; i < 3; i++) {
    group.go(function* () {
      yield* gosched();
      results[i] = i;
    });
  }
  yield* group.wait();
  use(results.join());
}

export function* errgroupAmongThemselves() {
  let n = 0;
  const group = new Group();
  for (let i = 0; i < 3; i++) {
    group.go(function* () {
      n++; // race 1
    });
  }
  yield* group.wait();
  use(n);
}

export function* errgroupWithALimitOfOne() {
  let n = 0;
  const group = new Group();
  group.setLimit(1);
  for (let i = 0; i < 3; i++) {
    n++; // race 1 2
    group.go(function* () {
      n++; // race 1
      yield* gosched();
      n++; // race 2
    });
  }
  yield* group.wait();
  use(n);
}

export function* errgroupQueuedKnowsWhoQueuedIt() {
  const inputs: number[][] = [];
  const group = new Group();
  group.setLimit(1);
  for (let i = 0; i < 3; i++) {
    const input = [i];
    input.push(i);
    group.go(function* () {
      yield* gosched();
      use(input[1]);
    });
  }
  yield* group.wait();
  use(inputs);
}

export function* errgroupCancels() {
  let n = 0;
  const [group, ctx] = withContext(background());
  group.go(function* () {
    yield* gosched();
    n = 1;
    throw new Error("no");
  });
  group.go(function* () {
    yield* ctx.done();
    use(n);
  });
  try {
    yield* group.wait();
  } catch {
    use(n);
  }
}

export function* semaphoreOfOne() {
  let n = 0;
  const sem = new Weighted(1);
  const work = function* () {
    yield* sem.acquire(background(), 1);
    n++;
    yield* gosched();
    n++;
    sem.release(1);
  };
  yield* both(work, work, work);
  use(n);
}

export function* semaphoreOfTwo() {
  let n = 0;
  const sem = new Weighted(2);
  const work = function* () {
    yield* sem.acquire(background(), 1);
    n++; // race 1
    yield* gosched();
    sem.release(1);
  };
  yield* both(work, work);
  use(n);
}

export function* semaphoreTried() {
  let n = 0;
  const sem = new Weighted(1);
  const work = function* () {
    while (!sem.tryAcquire(1)) yield* gosched();
    n++;
    yield* gosched();
    n++;
    sem.release(1);
  };
  yield* both(work, work);
  use(n);
}

export function* singleflight() {
  const flight = new Flight<{ n: number }>();
  const work = function* () {
    const { value } = yield* flight.do("key", function* () {
      const made = { n: 0 };
      yield* gosched();
      made.n = 1;
      return made;
    });
    use(value.n);
  };
  yield* both(work, work);
}

export function* singleflightChannels() {
  const flight = new Flight<{ n: number }>();
  const work = function* () {
    const ch = flight.doChan("key", async () => {
      const made = { n: 0 };
      await null;
      made.n = 1;
      return made;
    });
    use((yield* ch.recv())!.value!.n);
  };
  yield* both(work, work);
}

export function* singleflightShares() {
  const flight = new Flight<{ n: number }>();
  const work = function* () {
    const { value } = yield* flight.do("key", function* () {
      yield* gosched();
      return { n: 0 };
    });
    value.n++; // race 1
  };
  yield* both(work, work);
}

export function* limiterIsUnderALock() {
  let n = 0;
  const limiter = new Limiter(Infinity, 1);
  yield* both(
    () => {
      n = 1;
      limiter.allow();
    },
    function* () {
      yield* sleep(1);
      limiter.allow();
      use(n);
    },
  );
}

export function* limiterWait() {
  let n = 0;
  const limiter = new Limiter(10_000, 1);
  yield* both(
    function* () {
      n = 1;
      yield* limiter.wait(background());
    },
    function* () {
      yield* sleep(1);
      yield* limiter.wait(background());
      use(n);
    },
  );
}
