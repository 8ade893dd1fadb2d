// The detector by itself, told by hand what threads do.
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Size, type Accesses } from "../accesses.js";
import { Frame, nowhere } from "../operations/stack.js";
import { dawn } from "./clock.js";
import { makeDetector } from "./detector.js";
import { Meeting } from "./sync.js";
import { endThread, resetThreads, startThread, threadNumbers, type Thread } from "./thread.js";

interface Kit {
  readonly accesses: Accesses;
  /** "later<earlier": the sites of each race, and "!" where an update was lost. */
  readonly races: string[];
  thread(from?: Thread): Thread;
  /** Does something as a thread. */
  as(thread: Thread, act: () => void): void;
}

const frame = new Frame(null, nowhere, 0);

function kit(): Kit {
  resetThreads();
  const races: string[] = [];
  let current: Thread;
  const nothing = (): void => {};
  const accesses = makeDetector({
    running: () => current,
    onRace: (later, earlier, lost) => races.push(`${later.site}<${earlier.site}${lost ? "!" : ""}`),
    isLibrary: () => false,
    asyncEnter: () => ({}),
    asyncAwait: nothing,
    asyncResume: nothing,
    asyncExit: nothing,
  });
  let id = 0;
  return {
    accesses,
    races,
    thread: (from) => startThread({ kind: "goroutine", id: ++id }, from?.publish() ?? dawn, frame, nowhere),
    as(thread, act) {
      current = thread;
      act();
    },
  };
}

test("of two threads that nothing orders, a write and anything else are a race", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const cell = accesses.variable("n");
  as(a, () => accesses.writeVariable(cell, 1));
  as(b, () => accesses.readVariable(cell, 2));
  as(b, () => accesses.writeVariable(cell, 3));
  deepEqual(races, ["2<1", "3<1"]);
});

test("a release and an acquire order what came before and after them, and nothing else", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const meeting = new Meeting();
  const before = accesses.variable("before");
  const after = accesses.variable("after");
  as(a, () => accesses.writeVariable(before, 1));
  meeting.release(a);
  as(a, () => accesses.writeVariable(after, 2));
  meeting.acquire(b);
  as(b, () => accesses.writeVariable(before, 3));
  as(b, () => accesses.writeVariable(after, 4));
  deepEqual(races, ["4<2"]);
});

test("who is started knows what was done before, and not what was done since", () => {
  const { accesses, races, thread, as } = kit();
  const parent = thread();
  const cell = accesses.variable("n");
  as(parent, () => accesses.writeVariable(cell, 1));
  const child = thread(parent);
  as(child, () => accesses.writeVariable(cell, 2));
  deepEqual(races, []);
  as(parent, () => accesses.readVariable(cell, 3));
  deepEqual(races, ["3<2"]);
});

test("all readers that nothing orders race with a write, whatever was in between", () => {
  const { accesses, races, thread, as } = kit();
  const root = thread();
  const cell = accesses.variable("n");
  for (let i = 1; i <= 3; i++) as(thread(root), () => accesses.readVariable(cell, i));
  as(thread(root), () => accesses.writeVariable(cell, 9));
  deepEqual(races, ["9<1", "9<2", "9<3"]);
});

test("an update is lost where another wrote between a thread's read and its write", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const cell = accesses.variable("n");
  as(a, () => accesses.readVariable(cell, 1));
  as(b, () => accesses.readVariable(cell, 2));
  as(a, () => accesses.writeVariable(cell, 3));
  as(b, () => accesses.writeVariable(cell, 4));
  deepEqual(races, ["3<2", "4<3!"]);
});

test("none is lost where it read again", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const cell = accesses.variable("n");
  as(b, () => accesses.readVariable(cell, 2));
  as(a, () => accesses.writeVariable(cell, 3));
  as(b, () => accesses.readVariable(cell, 5));
  as(b, () => accesses.writeVariable(cell, 4));
  deepEqual(races, ["3<2", "5<3", "4<3"]);
});

test("an older write that a later one does not come after is remembered beside it", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const cell = accesses.variable("n");
  as(a, () => accesses.writeVariable(cell, 1));
  as(b, () => accesses.writeVariable(cell, 2));
  const afterB = thread(b);
  as(afterB, () => accesses.readVariable(cell, 3));
  deepEqual(races, ["2<1", "3<1"]);
});

test("two additions of keys do not race; each does with a look at the size", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b, c] = [thread(), thread(), thread()];
  const map = new Map();
  as(a, () => accesses.insertSize(map, 1));
  as(b, () => accesses.insertSize(map, 2));
  deepEqual(races, []);
  as(c, () => accesses.read(map, Size, 3));
  deepEqual(races.sort(), ["3<1", "3<2"]);
});

test("elements, bytes and keys are places of their own", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const array = [1, 2, 3];
  const bytes = new Uint8Array(8);
  const words = new Int32Array(bytes.buffer);
  as(a, () => accesses.writeRange(array, 0, 2, 1));
  as(b, () => accesses.write(array, "2", 2));
  as(b, () => accesses.read(array, "1", 3));
  as(a, () => accesses.write(words, 1, 4));
  as(b, () => accesses.read(bytes, 3, 5));
  as(b, () => accesses.read(bytes, 4, 6));
  deepEqual(races, ["3<1", "6<4"]);
});

test("frozen objects, proxies and functions have places too, and show nothing of it", () => {
  const { accesses, races, thread, as } = kit();
  const [a, b] = [thread(), thread()];
  const frozen = Object.freeze({ x: 1 });
  for (const object of [frozen, Object.preventExtensions([1]), () => 1, new Proxy({}, {})]) {
    as(a, () => accesses.read(object, "x", 1));
    as(b, () => accesses.read(object, "x", 1));
    ok(!Object.getOwnPropertySymbols(object).some((symbol) => symbol.description !== undefined));
  }
  deepEqual(races, []);
});

test("to ask what a proxy is runs no code of its own", () => {
  const { accesses, races, thread, as } = kit();
  const a = thread();
  const asked: string[] = [];
  const traps = new Proxy(
    {},
    {
      get: (_target, name) => {
        asked.push(String(name));
      },
    },
  );
  for (const target of [[1], new Map(), new Uint8Array(2), {}]) {
    const proxy = new Proxy(target, traps);
    as(a, () => accesses.write(proxy, 3, 1));
    as(a, () => accesses.read(proxy, "x", 1));
    as(a, () => accesses.readRange(proxy, 0, 2, 1));
    as(a, () => accesses.insertSize(proxy, 1));
    as(a, () => accesses.read(Object.create(proxy) as object, "x", 1));
  }
  deepEqual(asked, []);
  deepEqual(races, []);
});

test("a number of a thread that has ended is given again only to one that knows all it did", () => {
  const { accesses, thread, as } = kit();
  const main = thread();
  const done = thread(main);
  as(done, () => accesses.writeVariable(accesses.variable("n"), 1));
  endThread(done);
  equal(thread(main).number, 2, "it does not know");
  main.acquire(done.publish());
  equal(thread(main).number, done.number);
  equal(threadNumbers(), 3);
});

test("one goroutine after the other needs no more numbers than two", () => {
  const { thread } = kit();
  const main = thread();
  for (let i = 0; i < 1000; i++) {
    const g = thread(main);
    main.acquire(g.publish());
    endThread(g);
  }
  equal(threadNumbers(), 2);
});
