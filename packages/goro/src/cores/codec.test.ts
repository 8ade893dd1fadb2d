// Values that go to another core, by both ways: what arrives, what is refused, and what is left behind. One process stands for
// both cores: what is tested here is what is written and how it is read.
import { test } from "node:test";
import { deepEqual, equal, notEqual, ok, throws } from "node:assert/strict";
import { chan, go } from "goro";
import { shareable, type ShareKind } from "../ds/shareable.js";
import { Panic } from "../runtime/panic.js";
import { mem } from "../arena/arena.js";
import { allocate, free } from "../arena/blocks.js";
import { Cell, registerKind } from "./handles.js";
import { declare } from "./functions.js";
import { move } from "./move.js";
import { dropSlot, readArguments, readSlot, wellKnown, writeArguments, writeSlot } from "./codec.js";
import { fillArena, hasSharedMemory, slot, throughSlot, ways, wordsInUse, type Way } from "./codec/testkit.portable.js";

/** A test of what only the arena has. */
const arenaTest = (title: string, body: () => void): void => {
  test(title, { skip: ways[1].skip }, body);
};

/** One for each way. */
function testWays(title: string, body: (send: Way["send"]) => void | Promise<void>): void {
  for (const { name, skip, send } of ways) test(`${title} (${name})`, { skip }, () => body(send));
}

// A kind of shared thing that counts.

class Thing {
  readonly size: number;
  constructor(size = 1) {
    this.size = size;
  }
  get [shareable](): ShareKind {
    return THING;
  }
}
const THING = 60 as ShareKind;
const CELL_WORDS = 8;
let things = 0;
let nextFails = false;
registerKind<Thing>(THING, {
  share() {
    if (nextFails) throw new RangeError("no thing can be shared now");
    things++;
    return allocate(CELL_WORDS);
  },
  adopt: () => new Thing(),
  destroy(at) {
    things--;
    free(at, CELL_WORDS);
  },
});

const declaredFunction = (): void => {};
declare("test:codec", "declaredFunction", declaredFunction as never, declaredFunction);
const known = new Error("there is one of me");
wellKnown(known);

// Values

const samples: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["false", false],
  ["0", 0],
  ["-0", -0],
  ["NaN", NaN],
  ["an integer", 42],
  ["integers around 24 bits", [8388607, 8388608, -8388608, -8388609, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53]],
  ["a float", 1.5],
  ["floats", [Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, Math.PI]],
  ["a bigint", 12345678901234567890n],
  ["bigints", [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 200n), 3n ** 1000n]],
  ["the empty string", ""],
  ["a short string", "abc"],
  ["twelve characters", "abcdefghijkl"],
  ["thirteen characters", "abcdefghijklm"],
  ["a string with zeros", "\0\0\0"],
  ["a character of one byte", "\xff"],
  ["a character of two bytes", "\u0100"],
  ["a lone surrogate", "\ud800"],
  ["lone surrogates", ["x\udc00y", "\ud800\ud800", `${"\udfff".repeat(40)}`]],
  ["strings of all lengths to 70", Array.from({ length: 70 }, (_, i) => "abcdefghij".repeat(7).slice(0, i))],
  ["the same of two bytes", Array.from({ length: 70 }, (_, i) => "äöü€😀".repeat(12).slice(0, i))],
  ["long strings", ["x".repeat(5000), "é".repeat(5000), "€".repeat(5000), "x".repeat(4095), "x".repeat(4097)]],
  ["an empty object", {}],
  ["an object", { id: 1, name: "item 1", tags: ["a", "b", "c"] }],
  ["names of all sorts", { "": 1, a: 2, ab: 3, abc: 4, abcd: 5, "a b": 6, ä: 7, "€": 8, 1: 9, ["x".repeat(5000)]: 10 }],
  ["an object with an own __proto__", JSON.parse('{"__proto__": 1, "a": 2}')],
  ["an object without a prototype", Object.assign(Object.create(null) as object, { a: 1 })],
  ["an object with a constructor of its own", { constructor: 5 }],
  ["undefined members", { a: undefined, b: [undefined] }],
  ["lists", [[], [1, [2, [3]]]]],
  ["a list with holes", Object.assign(new Array<number>(5), { 1: 1, 3: 3 })],
  ["a list of holes", new Array<number>(3)],
  ["a list with properties", Object.assign([1, 2, 3], { x: 1, "-1": 2, "01": 3 })],
  ["a list with as many holes as properties", Object.assign(new Array<number>(2), { 1: "one", x: "ex" })],
  ["a sparse list", Object.assign([] as number[], { 100_000: 1, x: 2 })],
  ["a long list", Array.from({ length: 100_000 }, (_, i) => i * 100)],
  ["a match", /b(?<rest>.*)/.exec("abc")],
  ["a date", new Date(1e12)],
  ["a regular expression", /a.b\/\n/giu],
  [
    "a map",
    new Map<unknown, unknown>([
      ["a", 1],
      [{ key: true }, new Map([[1, 2]])],
      [NaN, undefined],
    ]),
  ],
  ["a set", new Set<unknown>([1, "a", new Set([2]), undefined, { a: 1 }])],
  ["boxed values", [Object(5), Object("s"), Object(""), Object(false), Object(NaN)]],
  ["a buffer", new Uint8Array([1, 2, 3]).buffer],
  ["an empty buffer", new ArrayBuffer(0)],
  ["a large buffer", new Uint8Array(10_001).fill(7).buffer],
  ["a view into a buffer", new Uint8Array(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
  ["a DataView", new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
  ["Float64Array", new Float64Array([1.5, -0])],
  ["typed arrays", [new Int8Array(3), new Uint8ClampedArray([255]), new Int16Array([-1]), new Uint16Array([1])]],
  [
    "more typed arrays",
    [new Int32Array([-1]), new Uint32Array([1]), new Float32Array([0.5]), new BigInt64Array([-1n])],
  ],
  ["large typed arrays", [new Float64Array(3000).fill(0.5), new BigUint64Array(3000).fill(1n)]],
];

for (const [what, value] of samples) {
  testWays(`arrives equal: ${what}`, (send) => {
    const plain = structuredClone(value);
    deepEqual(send(value), [plain]);
    deepEqual(send({ list: [value] }, value), [{ list: [plain] }, plain]);
  });
  arenaTest(`arrives equal by itself: ${what}`, () => {
    const arrived = throughSlot(value);
    deepEqual(arrived, structuredClone(value));
    if (typeof value === "number") ok(Object.is(arrived, value));
    if (typeof value === "object" && value !== null) notEqual(arrived, value);
  });
}

testWays("a boxed bigint and an invalid date arrive", (send) => {
  const [big, date] = send(Object(5n), new Date(NaN)) as [{ valueOf(): bigint }, Date];
  equal(typeof big, "object");
  equal(big.valueOf(), 5n);
  ok(date instanceof Date && Number.isNaN(date.getTime()));
});

testWays("holes stay holes", (send) => {
  const list = Object.assign(new Array<number>(4), { 1: 1 });
  const [copy] = send(list) as [number[]];
  equal(copy.length, 4);
  deepEqual(Object.keys(copy), ["1"]);
  const [last] = send(Object.assign(new Array<unknown>(3), { 0: undefined })) as [unknown[]];
  equal(last.length, 3);
  deepEqual(Object.keys(last), ["0"]);
});

testWays("100 MB of characters and of bytes arrive", (send) => {
  const [text] = send("0123456789".repeat(1e7)) as [string];
  ok(text.length === 1e8 && text.endsWith("6789"));
  const [wide] = send(`${"0123456789".repeat(5e6)}€`) as [string];
  ok(wide.length === 5e7 + 1 && wide.endsWith("789€"));
  const bytes = new Uint8Array(1e8);
  bytes[99_999_999] = 7;
  const [copy] = send(bytes) as [Uint8Array];
  ok(copy.length === 1e8 && copy[99_999_999] === 7 && copy.buffer !== bytes.buffer);
});

testWays("one thing in several places is one thing there, and what contains itself does so there", (send) => {
  const twice = { n: 1 };
  const date = new Date(5);
  const [a, b, c, d] = send(twice, { twice }, [date, twice], new Map([[twice, date]])) as [
    object,
    { twice: object },
    [Date, object],
    Map<object, Date>,
  ];
  notEqual(a, twice);
  equal(b.twice, a);
  equal(c[1], a);
  equal(d.get(a), c[0]);
  const cycle: { self?: unknown; list: unknown[]; map: Map<unknown, unknown>; set: Set<unknown> } = {
    list: [],
    map: new Map(),
    set: new Set(),
  };
  cycle.self = cycle;
  cycle.list.push(cycle, cycle.list);
  cycle.map.set(cycle, cycle.map);
  cycle.set.add(cycle.set);
  const [copy] = send(cycle) as [typeof cycle];
  equal(copy.self, copy);
  ok(copy.list[0] === copy && copy.list[1] === copy.list);
  equal(copy.map.get(copy), copy.map);
  ok(copy.set.has(copy.set));
  const many = Array.from({ length: 1000 }, (_, i) => ({ i }));
  const [first, second] = send(many, [...many].reverse()) as [object[], object[]];
  ok(first.every((each, i) => each === second[999 - i]));
});

testWays("views of one buffer are views of one buffer there, also where it comes after them", (send) => {
  const buffer = new ArrayBuffer(16);
  const [x, y, z] = send(new Uint8Array(buffer, 0, 4), { view: new Float64Array(buffer, 8, 1) }, buffer) as [
    Uint8Array,
    { view: Float64Array },
    ArrayBuffer,
  ];
  ok(x.buffer === z && y.view.buffer === z && z !== buffer);
  deepEqual([x.byteOffset, x.length, y.view.byteOffset, y.view.length, z.byteLength], [0, 4, 8, 1, 16]);
});

interface Resizable extends ArrayBuffer {
  readonly resizable: boolean;
  readonly maxByteLength: number;
  resize(byteLength: number): void;
}
const resizable = (byteLength: number, maxByteLength: number): Resizable =>
  new (ArrayBuffer as unknown as new (n: number, o: object) => Resizable)(byteLength, { maxByteLength });

testWays("a resizable buffer arrives as one, and views that follow its length still do", (send) => {
  for (const [length, greatest] of [
    [8, 16],
    [16, 16],
    [0, 16],
    [5000, 10_000],
  ] as const) {
    const buffer = resizable(length, greatest);
    if (length > 0) new Uint8Array(buffer)[length - 1] = 9;
    const views = [new Uint8Array(buffer), new Uint8Array(buffer, 0, length), new DataView(buffer)];
    const [copy, list] = send(buffer, views) as [Resizable, (Uint8Array | DataView)[]];
    deepEqual(new Uint8Array(copy), new Uint8Array(buffer));
    deepEqual([copy.resizable, copy.maxByteLength], [true, greatest]);
    copy.resize(0);
    copy.resize(greatest);
    deepEqual(
      list.map((view) => view.byteLength),
      [greatest, length, greatest],
      `${length} of ${greatest}`,
    );
  }
});

testWays("an object of a class arrives as what it has of its own; getters are asked", (send) => {
  class Point {
    x = 1;
    readonly #hidden = 3;
    get hidden(): number {
      return this.#hidden;
    }
  }
  const [point] = send(new Point()) as [object];
  equal(Object.getPrototypeOf(point), Object.prototype);
  deepEqual(point, { x: 1 });
  class List extends Array<number> {}
  const [list] = send(List.from([1, 2])) as [number[]];
  equal(Object.getPrototypeOf(list), Array.prototype);
  class Dictionary extends Map<string, number> {
    override get [Symbol.toStringTag](): string {
      return "Dictionary";
    }
  }
  const [dictionary] = send(new Dictionary([["a", 1]])) as [Map<string, number>];
  equal(Object.getPrototypeOf(dictionary), Map.prototype);
  equal(dictionary.get("a"), 1);
  const given = {
    get computed() {
      return 42;
    },
    [Symbol("s")]: 1,
  };
  Object.defineProperty(given, "invisible", { value: 1, enumerable: false });
  deepEqual(send(given), [{ computed: 42 }]);
  deepEqual(send({ [Symbol.toStringTag]: "Map", a: 1 }, { [Symbol.toStringTag]: "Date" }), [{ a: 1 }, {}]);
});

// Errors

testWays("errors arrive with class, message, stack, cause, and what they have of their own", (send) => {
  const classes = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, Panic];
  for (const Class of classes) {
    const error = Object.assign(new Class("outer"), { code: 7, list: [1] });
    error.cause = new Error("inner", { cause: { deep: true } });
    const [copy] = send(error) as [typeof error];
    notEqual(copy, error);
    equal(Object.getPrototypeOf(copy), Class.prototype);
    deepEqual([copy.name, copy.message, copy.stack, copy.code], [error.name, "outer", error.stack, 7]);
    deepEqual(copy.list, [1]);
    equal((copy.cause as Error).message, "inner");
    deepEqual((copy.cause as Error).cause, { deep: true });
    ok(!Object.keys(copy).includes("cause"));
  }
  class Mine extends RangeError {
    override get name(): string {
      return "Mine";
    }
  }
  const [mine] = send(new Mine("m")) as [Mine];
  ok(mine instanceof RangeError);
  equal(mine.name, "Mine");
  equal(String(mine), "Mine: m");
  const [renamed] = send(Object.assign(new Error("m"), { name: "Renamed" })) as [Error];
  equal(renamed.name, "Renamed");
});

testWays("an AggregateError brings its errors, an error may be its own cause", (send) => {
  const error = new AggregateError([new TypeError("one"), "two"], "both");
  error.cause = error;
  const [copy] = send(error) as [AggregateError];
  ok(copy instanceof AggregateError);
  equal(copy.errors.length, 2);
  ok(copy.errors[0] instanceof TypeError);
  equal(copy.errors[1], "two");
  equal(copy.cause, copy);
});

test("a DOMException arrives as one", { skip: typeof DOMException !== "function" }, () => {
  for (const { skip, send } of ways) {
    if (skip !== false) continue;
    const [copy] = send(new DOMException("stopped", "AbortError")) as [DOMException];
    ok(copy instanceof DOMException);
    deepEqual([copy.name, copy.message, copy.code], ["AbortError", "stopped", 20]);
  }
});

testWays("what is well known arrives as itself", (send) => {
  const [a, b] = send(known, { known }) as [Error, { known: Error }];
  equal(a, known);
  equal(b.known, known);
  if (hasSharedMemory) equal(throughSlot(known), known);
});

// How deep

testWays("a list of any depth arrives", (send) => {
  let deep: unknown = null;
  for (let i = 0; i < 30_000; i++) {
    if (i % 5 === 0) deep = { next: deep };
    else if (i % 5 === 1) deep = [deep];
    else if (i % 5 === 2) deep = new Map([["next", deep]]);
    else if (i % 5 === 3) deep = new Set([deep]);
    else deep = new Error("deep", { cause: deep });
  }
  let [copy] = send(deep);
  let depth = 0;
  while (copy !== null) {
    depth++;
    if (copy instanceof Error) copy = copy.cause;
    else if (copy instanceof Map) copy = copy.get("next");
    else if (copy instanceof Set) [copy] = copy;
    else if (Array.isArray(copy)) [copy] = copy as unknown[];
    else copy = (copy as { next: unknown }).next;
  }
  equal(depth, 30_000);
});

testWays("what is shared far below is shared", (send) => {
  const shared = { n: 1 };
  let deep: unknown[] = [shared];
  for (let i = 0; i < 500; i++) deep = [deep, shared];
  let [copy] = send(deep) as [unknown[]];
  const seen = new Set<unknown>();
  while (copy.length === 2) {
    seen.add(copy[1]);
    copy = copy[0] as unknown[];
  }
  seen.add(copy[0]);
  deepEqual([...seen], [{ n: 1 }]);
});

// What is refused

const refused: readonly (readonly [string, unknown, string])[] = [
  ["a function", () => {}, "a function"],
  ["a class", class {}, "a function"],
  ["a proxy of a function", new Proxy(() => {}, {}), "a function"],
  ["a symbol", Symbol("s"), "a symbol"],
  ["a promise", Promise.resolve(), "a Promise"],
  ["a WeakMap", new WeakMap(), "a WeakMap"],
  ["a WeakSet", new WeakSet(), "a WeakSet"],
  ["a WeakRef", new WeakRef({}), "a WeakRef"],
  ["a FinalizationRegistry", new FinalizationRegistry(() => {}), "a FinalizationRegistry"],
  ["a generator", (function* () {})(), "this object"],
  ["an Op", chan<number>().recv(), "an Op"],
  ["a goroutine", go(function* () {}), "a goroutine"],
  ["a boxed symbol", Object(Symbol("s")), "a Symbol"],
  ["a port that is not moved", new MessageChannel().port1, "a MessagePort"],
  ["something moved that cannot move", move(new Date()), "a Date, which is not transferable,"],
  ["an object moved", move({ a: 1 }), "this object, which is not transferable,"],
  ["a Map moved", move(new Map()), "a Map, which is not transferable,"],
  ["a Set moved", move(new Set()), "a Set, which is not transferable,"],
  ["an error moved", move(new Error("x")), "an Error, which is not transferable,"],
];

for (const [what, value, name] of refused) {
  testWays(`refused by its path: ${what}`, (send) => {
    const message = (path: string): { name: string; message: string } => ({
      name: "TypeError",
      message: `${path}: ${name} cannot be sent to another core`,
    });
    throws(() => send(value), message("argument 1"));
    throws(() => send(0, { callbacks: [value] }), message("argument 2.callbacks[0]"));
    throws(() => send({ "a b": { c: value } }), message('argument 1["a b"].c'));
    throws(() => send(new Map([[1, [value]]])), message("argument 1 value 0[0]"));
    throws(() => send(new Map([[value, 1]])), message("argument 1 key 0"));
    throws(() => send([new Set([1, value])]), message("argument 1[0] member 1"));
    throws(() => send(new Error("e", { cause: { value } })), message("argument 1.cause.value"));
    throws(() => send(Object.assign([1], { x: value })), message("argument 1.x"));
    deepEqual(send({ a: [1] }), [{ a: [1] }], "and the next one goes");
  });
}
for (const [, value] of refused) if (value instanceof MessagePort) value.close();

testWays("refused far below, by the whole path", (send) => {
  let deep: unknown = { fn: () => {} };
  let path = ".fn";
  for (let i = 0; i < 450; i++) {
    deep = i % 2 === 0 ? [0, deep] : { next: deep };
    path = (i % 2 === 0 ? "[1]" : ".next") + path;
  }
  throws(() => send([], deep), { message: `argument 2${path}: a function cannot be sent to another core` });
});

testWays("an error that a getter throws is thrown as it is", (send) => {
  const error = new Error("mine");
  const given = {
    get a(): never {
      throw error;
    },
  };
  throws(() => send({ given }), error);
});

testWays("a getter may send, and may change what is being sent", (send) => {
  const list: unknown[] = [1, 2, 3, 4];
  const buffer = resizable(5000, 10_000);
  const map = new Map<number, number>([[1, 1]]);
  const given = {
    get sends() {
      return send({ a: ["inner".repeat(10)] })[0];
    },
    before: buffer,
    list: [
      {
        get shortens() {
          list.length = 2;
          return 0;
        },
      },
      list,
    ],
    buffer,
    map,
    get changes() {
      map.clear();
      buffer.resize(100);
      delete (given as { gone?: number }).gone;
      return "x".repeat(5000);
    },
    view: new Uint8Array(buffer),
    gone: 1 as number | undefined,
  };
  const [copy] = send(given) as [typeof given];
  deepEqual(copy.sends, { a: ["inner".repeat(10)] });
  deepEqual(copy.list[1], [1, 2]);
  equal(copy.buffer, copy.before);
  equal(copy.buffer.byteLength, 5000);
  equal(copy.view.buffer, copy.buffer);
  equal(copy.changes.length, 5000);
  deepEqual(copy.map, new Map([[1, 1]]));
  ok(!("gone" in copy));
});

testWays("a getter may detach what is being sent", (send) => {
  const buffer = new ArrayBuffer(8000);
  const view = new Uint8Array(buffer);
  const given = {
    buffer,
    get takes() {
      structuredClone(buffer, { transfer: [buffer] });
      return 1;
    },
    list: [1],
  };
  const [copy] = send(given) as [typeof given];
  equal(copy.buffer.byteLength, 8000);
  deepEqual(copy.list, [1]);
  throws(() => send(buffer), TypeError);
  equal(view.length, 0);
});

// What is moved

testWays("moved buffers arrive and are gone here", (send) => {
  for (const size of [3, 5000]) {
    const buffer = new Uint8Array(size).fill(1).buffer;
    const [copy] = send(move(buffer)) as [ArrayBuffer];
    equal(buffer.byteLength, 0);
    deepEqual(new Uint8Array(copy), new Uint8Array(size).fill(1));
    const view = new Float64Array(size).fill(0.5);
    const other = new Float64Array(size);
    const [{ list }] = send({ list: [move(view), other] }) as [{ list: Float64Array[] }];
    equal(view.length, 0);
    equal(other.length, size);
    deepEqual(list[0], new Float64Array(size).fill(0.5));
  }
});

testWays("what is refused has moved nothing", (send) => {
  const buffer = new ArrayBuffer(8);
  const { port1, port2 } = new MessageChannel();
  throws(() => send(move(buffer), move(port1), () => {}), TypeError);
  throws(() => send(move(buffer), move(port1), move(new Date())), /argument 3: a Date, which is not transferable/);
  equal(buffer.byteLength, 8);
  const [, port] = send(buffer, port1) as [ArrayBuffer, MessagePort];
  equal(buffer.byteLength, 0);
  port.close();
  port2.close();
});

testWays("a moved port works there", async (send) => {
  const { port1, port2 } = new MessageChannel();
  const [{ port }] = send({ port: move(port2) }) as [{ port: MessagePort }];
  const heard = new Promise((resolve) => (port.onmessage = (event: MessageEvent) => resolve(event.data)));
  port1.postMessage("hello");
  equal(await heard, "hello");
  port.close();
  port1.close();
});

testWays("a Blob arrives", async (send) => {
  const [{ blob }] = send({ blob: new Blob(["content"]) }) as [{ blob: Blob }];
  equal(await blob.text(), "content");
});

// What is shared

testWays("functions of parallel arrive as themselves", (send) => {
  const [a, list] = send(declaredFunction, [declaredFunction]) as [unknown, unknown[]];
  equal(a, declaredFunction);
  equal(list[0], declaredFunction);
  if (hasSharedMemory) equal(throughSlot(declaredFunction), declaredFunction);
});

testWays("shared things arrive as themselves, wherever they stand", (send) => {
  const thing = new Thing();
  const [a, b, c] = send(thing, { a: [thing] }, new Map([[thing, thing]])) as [
    Thing,
    { a: [Thing] },
    Map<Thing, Thing>,
  ];
  equal(a, thing);
  equal(b.a[0], thing);
  equal(c.get(thing), thing);
});

test("what is copied on this core is not shared", () => {
  const before = things;
  ways[0].send(new Thing(), [new Thing()]);
  equal(things, before);
});

arenaTest("references are counted: one for the handle, one for each value under way, none for what was dropped", () => {
  const thing = new Thing();
  equal(throughSlot(thing), thing);
  const count = (at: number): number => mem[at + Cell.references]!;
  writeSlot(slot, thing, "value");
  const cell = mem[slot + 1]!;
  equal(count(cell), 2);
  dropSlot(slot);
  equal(count(cell), 1);
  writeSlot(slot, { a: [thing, thing], b: new Thing() }, "value");
  equal(count(cell), 2);
  const before = things;
  dropSlot(slot);
  equal(count(cell), 1);
  equal(things, before, "the other one has a handle here");
  writeArguments(slot, [thing, [thing]]);
  equal(count(cell), 2);
  readArguments(slot);
  equal(count(cell), 1);
});

testWays("memory that is shared stays shared", (send) => {
  if (!hasSharedMemory) return;
  const memory = new SharedArrayBuffer(16);
  const view = new Int32Array(memory, 4, 2);
  const [a, { list }] = send(memory, { list: [view, new Uint8Array(memory)] }) as [
    SharedArrayBuffer,
    { list: [Int32Array, Uint8Array] },
  ];
  Atomics.store(view, 0, 42);
  equal(new Int32Array(a)[1], 42);
  deepEqual([list[0][0], list[0].byteOffset, list[0].length], [42, 4, 2]);
  equal(list[1].buffer, list[0].buffer);
});

// What is left behind

const leftovers: readonly (readonly [string, () => readonly unknown[]])[] = [
  ["small objects", () => [{ id: 1, name: "item", tags: ["a"] }, [1, 2, 3]]],
  ["a long string", () => ["x".repeat(100_000)]],
  ["a large buffer", () => [new ArrayBuffer(1_000_000)]],
  ["a moved buffer", () => [move(new ArrayBuffer(10_000))]],
  ["a large graph", () => [Array.from({ length: 1000 }, (_, i) => ({ i, list: [i] }))]],
  ["errors", () => [new Error("e", { cause: new TypeError("inner") })]],
  ["a Blob", () => [{ blob: new Blob(["x"]) }]],
];

for (const [what, make] of leftovers) {
  arenaTest(`nothing stays in the arena: ${what}`, () => {
    const go = (): void => {
      writeArguments(slot, make());
      readArguments(slot);
      writeArguments(slot, make());
      dropSlot(slot);
      writeSlot(slot, make(), "value");
      readSlot(slot);
      throws(() => writeSlot(slot, [make(), Symbol("no")], "value"), TypeError);
    };
    for (let i = 0; i < 20; i++) go();
    const before = wordsInUse();
    for (let i = 0; i < 20; i++) go();
    equal(wordsInUse(), before);
  });
}

arenaTest("where the arena is used up, a RangeError says so and nothing has happened", () => {
  const thing = new Thing();
  throughSlot(thing);
  const cell = (writeSlot(slot, thing, "value"), mem[slot + 1]!);
  dropSlot(slot);
  const restore = fillArena(0);
  const before = wordsInUse();
  const buffer = new ArrayBuffer(100_000);
  try {
    throws(() => writeSlot(slot, { buffer: move(buffer), thing, list: [1] }, "value"), RangeError);
    throws(() => writeArguments(slot, ["x".repeat(1e6)]), /GOROARENA/);
    throws(
      () =>
        writeSlot(
          slot,
          Array.from({ length: 100_000 }, (_, i) => i + 0.5),
          "value",
        ),
      RangeError,
    );
    equal(wordsInUse(), before);
    equal(mem[cell + Cell.references], 1);
    equal(buffer.byteLength, 100_000);
    equal(throughSlot(5), 5);
  } finally {
    restore();
  }
  const [copy] = throughSlot([buffer]);
  equal(copy.byteLength, 100_000);
  equal(buffer.byteLength, 0);
});

arenaTest("where a thing cannot be shared, those before it are let go again", () => {
  const thing = new Thing();
  throughSlot(thing);
  const cell = (writeSlot(slot, thing, "value"), mem[slot + 1]!);
  dropSlot(slot);
  const buffer = new ArrayBuffer(10_000);
  const before = wordsInUse();
  nextFails = true;
  try {
    throws(() => writeSlot(slot, [thing, new Thing(), move(buffer)], "value"), /no thing can be shared now/);
    throws(() => writeSlot(slot, new Thing(), "value"), /no thing can be shared now/);
  } finally {
    nextFails = false;
  }
  equal(mem[cell + Cell.references], 1);
  equal(wordsInUse(), before);
  equal(buffer.byteLength, 10_000);
});

arenaTest("dictionaries do not fill the memory of shapes", () => {
  for (let i = 0; i < 30_000; i++) deepEqual(throughSlot({ [`key ${i}`]: i }), { [`key ${i}`]: i });
  const before = wordsInUse();
  for (let i = 30_000; i < 40_000; i++) throughSlot({ [`key ${i}`]: i });
  equal(wordsInUse(), before);
});

arenaTest("`arguments` is refused however often it comes", () => {
  function given(..._: unknown[]): unknown {
    // eslint-disable-next-line prefer-rest-params
    return arguments;
  }
  for (let i = 0; i < 20; i++) {
    deepEqual(throughSlot({ 0: 1, 1: 2 }), { 0: 1, 1: 2 });
    throws(() => throughSlot(given(1, 2)), TypeError);
  }
});
