// Stands for `node:assert/strict` in a browser page. Its verdicts are held against Node's own in assert.test.mjs.

export class AssertionError extends Error {
  name = "AssertionError";
  code = "ERR_ASSERTION";
  constructor({ message, actual, expected, operator }) {
    super(message);
    Object.assign(this, { actual, expected, operator, generatedMessage: false });
  }
}

export default function assert(value, message) {
  ok(value, message);
}

export function ok(value, message) {
  if (!value) raise(message, "should be truthy", value, true, "==");
}
export function equal(actual, expected, message) {
  if (!Object.is(actual, expected)) raise(message, "should be strictly equal", actual, expected, "strictEqual");
}
export function notEqual(actual, expected, message) {
  if (Object.is(actual, expected)) raise(message, "should not be strictly equal", actual, expected, "notStrictEqual");
}
export function deepEqual(actual, expected, message) {
  if (!same(actual, expected, [])) raise(message, "should be strictly deep-equal", actual, expected, "deepStrictEqual");
}
export function notDeepEqual(actual, expected, message) {
  if (same(actual, expected, [])) raise(message, "should not be deep-equal", actual, expected, "notDeepStrictEqual");
}
export function match(string, pattern, message) {
  if (typeof string !== "string" || !pattern.test(string)) raise(message, "should match", string, pattern, "match");
}
export function doesNotMatch(string, pattern, message) {
  if (typeof string !== "string" || pattern.test(string))
    raise(message, "should not match", string, pattern, "doesNotMatch");
}
export function fail(message = "Failed") {
  raise(message, "", undefined, undefined, "fail");
}
export function ifError(value) {
  if (value !== null && value !== undefined) raise(undefined, "should be no error", value, null, "ifError");
}

export function throws(fn, expected, message) {
  let thrown;
  try {
    fn();
  } catch (error) {
    thrown = { error };
  }
  expectError(thrown, expected, message, "throws");
}
export function doesNotThrow(fn, expected, message) {
  try {
    fn();
  } catch (error) {
    raise(
      typeof expected === "string" ? expected : message,
      "should not have thrown",
      error,
      undefined,
      "doesNotThrow",
    );
  }
}
export async function rejects(promise, expected, message) {
  let thrown;
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    thrown = { error };
  }
  expectError(thrown, expected, message, "rejects");
}
export async function doesNotReject(promise, expected, message) {
  try {
    await (typeof promise === "function" ? promise() : promise);
  } catch (error) {
    raise(
      typeof expected === "string" ? expected : message,
      "should not have rejected",
      error,
      undefined,
      "doesNotReject",
    );
  }
}

export {
  equal as strictEqual,
  notEqual as notStrictEqual,
  deepEqual as deepStrictEqual,
  notDeepEqual as notDeepStrictEqual,
};
export { assert as strict };
Object.assign(assert, {
  AssertionError,
  ok,
  equal,
  notEqual,
  deepEqual,
  notDeepEqual,
  match,
  doesNotMatch,
  fail,
  ifError,
});
Object.assign(assert, { throws, doesNotThrow, rejects, doesNotReject, strict: assert });
Object.assign(assert, { strictEqual: equal, notStrictEqual: notEqual });
Object.assign(assert, { deepStrictEqual: deepEqual, notDeepStrictEqual: notDeepEqual });

/** @param {{ error: unknown } | undefined} thrown boxed, since undefined can be thrown */
function expectError(thrown, expected, message, operator) {
  if (typeof expected === "string") [expected, message] = [undefined, expected];
  if (thrown === undefined) raise(message, `nothing was thrown (${operator})`, undefined, expected, operator);
  const { error } = thrown;
  if (expected === undefined) return;
  if (expected instanceof RegExp) {
    if (!expected.test(String(error))) raise(message, "the error should match", error, expected, operator);
  } else if (typeof expected === "function") {
    const isClass = expected.prototype !== undefined && (expected === Error || expected.prototype instanceof Error);
    if (isClass) {
      if (!(error instanceof expected)) throw error;
    } else if (expected.call({}, error) !== true) {
      raise(message, "the validation function should return true", error, expected, operator);
    }
  } else {
    const keys = expected instanceof Error ? [...Object.keys(expected), "name", "message"] : Object.keys(expected);
    for (const key of keys) {
      const [got, wanted] = [error?.[key], expected[key]];
      const fits = wanted instanceof RegExp && typeof got === "string" ? wanted.test(got) : same(got, wanted, []);
      if (!fits) raise(message, `the error's ${key} should be as expected`, got, wanted, operator);
    }
  }
}

/** @returns {never} */
function raise(message, what, actual, expected, operator) {
  if (message instanceof Error) throw message;
  const generated = `${what}\n  actual: ${show(actual)}\n  expected: ${show(expected)}`;
  throw new AssertionError({ message: message ?? generated, actual, expected, operator });
}

/**
 * deepStrictEqual's rule: same prototype, same own enumerable properties, same content.
 * @param {(readonly [unknown, unknown])[]} open the pairs being compared further up: a cycle meets one of them again
 */
function same(a, b, open) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b)) return false;
  if (open.some(([left, right]) => left === a && right === b)) return true;
  const inner = [...open, [a, b]];
  return sameContent(a, b, inner) && sameProperties(a, b, inner);
}

function sameContent(a, b, open) {
  if (a instanceof Date) return Object.is(a.getTime(), b.getTime());
  if (a instanceof RegExp) return String(a) === String(b) && a.lastIndex === b.lastIndex;
  if (a instanceof Error) {
    return (
      a.name === b.name && a.message === b.message && same(a.cause, b.cause, open) && same(a.errors, b.errors, open)
    );
  }
  if (a instanceof Number || a instanceof String || a instanceof Boolean) return Object.is(a.valueOf(), b.valueOf());
  if (a instanceof ArrayBuffer) return same(new Uint8Array(a), new Uint8Array(b), open);
  if (a instanceof DataView) return same(bytesOf(a), bytesOf(b), open);
  if (ArrayBuffer.isView(a)) return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
  if (Array.isArray(a)) return a.length === b.length;
  if (a instanceof Map) {
    return a.size === b.size && matchUp([...a], [...b], (x, y) => same(x[0], y[0], open) && same(x[1], y[1], open));
  }
  if (a instanceof Set) return a.size === b.size && matchUp([...a], [...b], (x, y) => same(x, y, open));
  if (a instanceof WeakMap || a instanceof WeakSet || a instanceof Promise) return false;
  return true;
}

/** Whether the two lists hold the same, in whatever order. */
function matchUp(left, right, equals) {
  const rest = [...right];
  return left.every((one) => {
    const at = rest.findIndex((other) => equals(one, other));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function sameProperties(a, b, open) {
  if (ArrayBuffer.isView(a)) return true;
  const keys = ownEnumerable(a);
  if (keys.length !== ownEnumerable(b).length) return false;
  return keys.every((key) => Object.prototype.propertyIsEnumerable.call(b, key) && same(a[key], b[key], open));
}

function ownEnumerable(object) {
  return Reflect.ownKeys(object).filter((key) => Object.prototype.propertyIsEnumerable.call(object, key));
}

function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function show(value, depth = 2) {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value !== "object" || value === null) return String(value);
  if (value instanceof Error || value instanceof RegExp || value instanceof Date) return String(value);
  if (value instanceof Map) return `Map ${show([...value], depth)}`;
  if (value instanceof Set) return `Set ${show([...value], depth)}`;
  if (depth < 0) return "...";
  const items = Object.entries(value).slice(0, 30);
  if (Array.isArray(value)) return `[${items.map(([, item]) => show(item, depth - 1)).join(", ")}]`;
  return `{ ${items.map(([key, item]) => `${key}: ${show(item, depth - 1)}`).join(", ")} }`;
}
