// Every kind of Op beside every other in one select, at random, won and lost, alone and nested: what each promises has to hold all the same.
import { deepEqual, equal, fail, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, trySelect, until } from "goro";
import type { Op, Routine } from "goro";
import { background, cause, withCancel, withTimeout } from "goro/context";
import { Group as ErrGroup, withContext } from "goro/errgroup";
import { Limiter } from "goro/rate";
import { gosched } from "goro/runtime";
import { Weighted } from "goro/semaphore";
import { Group } from "goro/singleflight";
import { Cond, Mutex, Once, RWMutex, WaitGroup } from "goro/sync";
import { after } from "goro/time";
import { inGoroutine, seeded } from "../testkit.portable.js";
import { settle } from "../sync/testkit.js";

const bg = background();

/** One case, and what its winner owes. `won` is told the value of the Op. */
interface Part {
  readonly op: Op<unknown>;
  won(value: unknown): Routine;
}

function world(random: () => number) {
  const pick = (n: number): number => Math.floor(random() * n);
  const mutexes = [new Mutex(), new Mutex()].map((mu) => ({ mu, held: 0 }));
  const rw = new RWMutex();
  let readers = 0;
  let writers = 0;
  const size = 4;
  const sem = new Weighted(size);
  let taken = 0;
  const lanes = [chan<number>(), chan<number>(3)].map((ch) => ({ ch, sent: [] as number[], received: [] as number[] }));
  let serial = 0;
  const flight = new Group<number>();
  const limiter = new Limiter(5000, 3);
  const condMutex = { mu: new Mutex(), held: 0 };
  const cond = new Cond(condMutex.mu);
  const idleGroup = new WaitGroup();
  const busyGroup = new WaitGroup();
  busyGroup.add(1);
  const nothing = function* (): Routine {};

  /** Holds a mutex for a while. */
  function* hold(m: { mu: Mutex; held: number }): Routine {
    m.held++;
    equal(m.held, 1);
    if (pick(2) === 0) yield* gosched();
    m.held--;
    m.mu.unlock();
  }

  const kinds: (() => Part)[] = [
    () => {
      const m = mutexes[pick(2)]!;
      return { op: m.mu.lock(), won: () => hold(m) };
    },
    () => {
      const m = mutexes[pick(2)]!;
      return {
        op: m.mu.guard(),
        *won(guard) {
          m.held++;
          equal(m.held, 1);
          if (pick(2) === 0) yield* gosched();
          m.held--;
          (guard as Disposable)[Symbol.dispose]();
        },
      };
    },
    () => ({
      op: rw.lock(),
      *won() {
        writers++;
        deepEqual([writers, readers], [1, 0]);
        if (pick(2) === 0) yield* gosched();
        writers--;
        rw.unlock();
      },
    }),
    () => ({
      op: rw.rLock(),
      *won() {
        readers++;
        equal(writers, 0);
        if (pick(2) === 0) yield* gosched();
        readers--;
        rw.rUnlock();
      },
    }),
    () => {
      const n = pick(size + 2);
      const [ctx, cancel] = withCancel(bg);
      return {
        op: sem.acquire(ctx, n),
        *won() {
          taken += n;
          ok(taken <= size, `${taken} of ${size} are held`);
          if (pick(2) === 0) yield* gosched();
          taken -= n;
          sem.release(n);
          cancel();
        },
      };
    },
    () => {
      const lane = lanes[pick(2)]!;
      const value = serial++;
      return {
        op: lane.ch.send(value),
        *won() {
          lane.sent.push(value);
        },
      };
    },
    () => {
      const lane = lanes[pick(2)]!;
      return {
        op: lane.ch.recv(),
        *won(value) {
          lane.received.push(value as number);
        },
      };
    },
    () => {
      const lane = lanes[pick(2)]!;
      return {
        op: lane.ch.recvOk(),
        *won(value) {
          const [got, open] = value as [number, boolean];
          ok(open);
          lane.received.push(got);
        },
      };
    },
    () => {
      const n = serial++;
      return {
        op: flight.do(`key ${pick(3)}`, function* () {
          yield* gosched();
          return n;
        }),
        *won(value) {
          equal(typeof (value as { value: number }).value, "number");
        },
      };
    },
    () => {
      const once = new Once();
      let ran = 0;
      return {
        op: once.do(function* () {
          yield* gosched();
          ran++;
        }),
        *won() {
          equal(ran, 1);
        },
      };
    },
    () => ({ op: limiter.wait(bg), won: nothing }),
    () => ({ op: idleGroup.wait(), won: nothing }),
    () => ({ op: busyGroup.wait(), won: () => fail("nobody is done") }),
    () => {
      const n = serial++;
      const g = go(function* () {
        yield* gosched();
        return n;
      });
      return {
        op: g.join(),
        *won(value) {
          equal(value, n);
        },
      };
    },
    () => {
      const n = serial++;
      return {
        op: until(() => Promise.resolve(n)),
        *won(value) {
          equal(value, n);
        },
      };
    },
    () => {
      const [ctx, cancel] = withTimeout(bg, pick(3));
      return {
        op: ctx.done(),
        *won() {
          ok(ctx.err() !== undefined);
          cancel();
        },
      };
    },
    () => ({
      op: after(pick(3)).recv(),
      *won(value) {
        ok(value instanceof Date);
      },
    }),
    () => ({ op: gosched(), won: nothing }),
    () => ({ op: sleep(random() * 2), won: nothing }),
    () => nested(1 + pick(3)),
  ];

  /** A select as a case of a select. */
  function nested(n: number): Part {
    const parts = Array.from({ length: n }, () => kinds[pick(kinds.length)]!());
    return {
      op: select(
        parts.map((p) => p.op),
        { ordered: pick(2) === 0 },
      ),
      *won(value) {
        const got = value as { case: number; value: unknown };
        yield* parts[got.case]!.won(got.value);
      },
    };
  }

  function* step(): Routine {
    const parts = Array.from({ length: 1 + pick(5) }, () => kinds[pick(kinds.length)]!());
    // With this one the select ends, whatever the others wait for.
    parts.push({ op: sleep(random() * 3), won: nothing });
    const ops = Object.fromEntries(parts.map((p, i) => [`case ${i}`, p.op]));
    const withCond = pick(5) === 0;
    if (withCond) {
      yield* condMutex.mu.lock();
      equal(++condMutex.held, 1);
      // What it waits for is given to the lock's next holder meanwhile.
      condMutex.held--;
      ops["cond"] = cond.wait();
    }
    if (pick(4) === 0) cond.signal();
    if (pick(8) === 0) {
      const got = trySelect(ops);
      if (withCond) condMutex.mu.unlock();
      if (got !== undefined) yield* parts[Number(got.case.slice(5))]!.won(got.value);
      return;
    }
    const got = yield* select(ops, { ordered: pick(3) === 0 });
    if (withCond) {
      equal(++condMutex.held, 1, "select returned without the lock of cond.wait");
      ok(!condMutex.mu.tryLock());
      condMutex.held--;
      condMutex.mu.unlock();
    }
    if (got.case !== "cond") yield* parts[Number(got.case.slice(5))]!.won(got.value);
  }

  /** When all is over: nothing is held, and what was sent was received, once, in order for each lane's buffer. */
  function* check(): Routine {
    yield* settle();
    for (const m of mutexes) {
      equal(m.held, 0);
      ok(m.mu.tryLock(), "a mutex is held by nobody");
    }
    ok(condMutex.mu.tryLock(), "the condition's mutex is held by nobody");
    deepEqual([readers, writers, taken], [0, 0, 0]);
    ok(rw.tryLock(), "the RWMutex is held by nobody");
    ok(sem.tryAcquire(size), "units of the semaphore are held by nobody");
    const sorted = (list: number[]): number[] => [...list].sort((a, b) => a - b);
    for (const { ch, sent, received } of lanes) {
      for (let got = ch.tryRecv(); got !== undefined; got = ch.tryRecv()) received.push(got[0]!);
      deepEqual(sorted(received), sorted(sent));
      ok(ch.capacity > 0 || !ch.trySend(0), "a receiver that went away still stands in the queue");
    }
    const before = limiter.tokens;
    ok(before > -1, `${before} tokens: some that were lost were not given back`);
  }
  return { step, check };
}

test(
  "every Op<void> that is ready gives undefined, whatever another Op gave before",
  inGoroutine(function* () {
    const [ctx, cancel] = withCancel(bg);
    cancel();
    const once = new Once();
    yield* once.do(() => {});
    const ended = go(function* () {});
    const ready: Record<string, () => Op<void>> = {
      send: () => chan<number>(1).send(5),
      sleep: () => sleep(0),
      gosched: () => gosched(),
      join: () => ended.join(),
      "Mutex.lock": () => new Mutex().lock(),
      "RWMutex.lock": () => new RWMutex().lock(),
      "RWMutex.rLock": () => new RWMutex().rLock(),
      "WaitGroup.wait": () => new WaitGroup().wait(),
      "Once.do": () => once.do(() => {}),
      "Context.done": () => ctx.done(),
      "Weighted.acquire": () => new Weighted(1).acquire(bg, 1),
      "Limiter.wait": () => new Limiter(1, 1).wait(bg),
      "Group.wait": () => new ErrGroup().wait(),
    };
    const values = chan<string>(1);
    yield* ended.join();
    for (const [name, make] of Object.entries(ready)) {
      yield* values.send("before");
      equal(yield* values.recv(), "before");
      equal(yield* make(), undefined, name);
      yield* values.send("before");
      equal(yield* values.recv(), "before");
      deepEqual(yield* select({ [name]: make() }), { case: name, value: undefined });
      yield* values.send("before");
      equal(yield* values.recv(), "before");
      deepEqual(yield* select([null, make()], { ordered: true }), { case: 1, value: undefined });
    }
  }),
);

test(
  "every kind of Op keeps its promises in selects of all kinds",
  inGoroutine(function* () {
    const random = seeded("every kind of Op");
    for (let round = 0; round < 4; round++) {
      const { step, check } = world(random);
      const [group, ctx] = withContext(bg);
      for (let g = 0; g < 20; g++) {
        group.go(function* () {
          for (let i = 0; i < 60; i++) yield* step();
        });
      }
      // One that fails may hold what the others wait for: it is not waited for with them.
      const got = yield* select({ all: group.wait(), failed: ctx.done() });
      if (got.case === "failed") throw cause(ctx);
      yield* check();
    }
  }),
);
