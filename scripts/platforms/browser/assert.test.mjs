// The stand-in for `node:assert/strict` is right where it agrees with Node's.

import node from "node:assert/strict";
import { test } from "node:test";
import browser from "./assert.js";

class Point {
  constructor(x) {
    this.x = x;
  }
}
const cycle = (value) => {
  const object = { value };
  object.self = object;
  return object;
};
const withSymbol = (value) => ({ [Symbol.for("s")]: value });
const withExtra = (array) => Object.assign(array, { extra: 1 });

// Of every two of these, both must say the same. A function, since some pairs must be made anew to be compared.
const values = () => [
  ...[0, -0, 1, NaN, 1n, "1", "", true, null, undefined, Symbol.for("s")],
  ...[{}, { a: 1 }, { a: undefined }, { a: 1, b: 2 }, { b: 2, a: 1 }, { a: { b: [1] } }, Object.create(null)],
  ...[[], [1], [1, 2], [1, , 2], [1, undefined, 2], withExtra([1]), { 0: 1, length: 1 }],
  ...[new Point(1), new Point(2), { x: 1 }],
  ...[new Date(0), new Date(1), /a/, /a/g, /b/],
  ...[new Map(), new Map([["a", 1]]), new Map([["a", 2]]), new Map([[{ k: 1 }, 1]])],
  ...[new Set(), new Set([1]), new Set([1, 2]), new Set([2, 1]), new Set([{ a: 1 }])],
  ...[new Error("a"), new Error("b"), new TypeError("a"), new Error("a", { cause: 1 })],
  ...[new Uint8Array(2), new Uint8Array([0, 1]), new Int8Array(2), new Float64Array([NaN]), new Float64Array([-0])],
  ...[new ArrayBuffer(2), new Uint8Array([1, 2]).buffer, new DataView(new ArrayBuffer(2))],
  ...[Object(1), Object(2), Object("a"), cycle(1), cycle(2), withSymbol(1), withSymbol(2)],
];

const fails = (fn) => {
  try {
    fn();
    return false;
  } catch (error) {
    if (error.code !== "ERR_ASSERTION") throw error;
    return true;
  }
};

for (const method of ["equal", "notEqual", "deepEqual", "notDeepEqual"]) {
  test(`${method} gives Node's verdict on every two of many values`, () => {
    const [left, right] = [values(), values()];
    for (const [i, a] of left.entries()) {
      for (const [j, b] of right.entries()) {
        const want = fails(() => node[method](a, b));
        node.equal(
          fails(() => browser[method](a, b)),
          want,
          `values ${i} and ${j}`,
        );
      }
    }
  });
}

const boom = () => {
  throw new RangeError("boom at 3");
};
const nothing = () => {};
const expectations = [
  ...[undefined, /boom/, /bang/, /^RangeError: boom/, RangeError, Error],
  ...[{ message: "boom at 3" }, { message: /boom/ }, { message: "x" }, { name: "RangeError", message: /3$/ }],
  ...[{ code: 1 }, new RangeError("boom at 3"), (error) => error instanceof RangeError, () => false],
];

test("throws gives Node's verdict on a thrown error and on none", () => {
  for (const [i, expected] of expectations.entries()) {
    for (const fn of [boom, nothing]) {
      const want = fails(() => node.throws(fn, expected));
      node.equal(
        fails(() => browser.throws(fn, expected)),
        want,
        `expectation ${i}, ${fn.name}`,
      );
    }
  }
});

test("throws lets an error of another class through, as Node does", () => {
  node.throws(() => browser.throws(boom, TypeError), RangeError);
});

test("rejects gives Node's verdict, for a promise and for an async function", async () => {
  const failsAsync = (promise) =>
    promise.then(
      () => false,
      (error) => node.equal(error.code, "ERR_ASSERTION") ?? true,
    );
  for (const [i, expected] of expectations.entries()) {
    for (const fn of [async () => boom(), async () => {}]) {
      const want = await failsAsync(node.rejects(fn, expected));
      node.equal(await failsAsync(browser.rejects(fn, expected)), want, `expectation ${i}`);
      node.equal(await failsAsync(browser.rejects(fn(), expected)), want, `expectation ${i}, promise`);
    }
  }
});

test("ok, match, ifError, doesNotThrow and fail give Node's verdict", () => {
  const calls = [
    ...[(a) => a.ok(1), (a) => a.ok(0), (a) => a(""), (a) => a("x")],
    ...[(a) => a.match("abc", /b/), (a) => a.match("abc", /x/), (a) => a.doesNotMatch("abc", /b/)],
    ...[(a) => a.doesNotMatch("abc", /x/), (a) => a.ifError(null), (a) => a.ifError(undefined), (a) => a.ifError(0)],
    ...[(a) => a.doesNotThrow(nothing), (a) => a.doesNotThrow(boom), (a) => a.fail("x")],
  ];
  for (const call of calls) {
    const want = fails(() => call(node));
    node.equal(
      fails(() => call(browser)),
      want,
      String(call),
    );
  }
});

test("the message given is the error's message, and an error given is thrown itself", () => {
  node.throws(() => browser.equal(1, 2, "not so"), {
    name: "AssertionError",
    message: "not so",
    actual: 1,
    expected: 2,
  });
  const mine = new Error("mine");
  node.throws(
    () => browser.ok(false, mine),
    (error) => error === mine,
  );
});
