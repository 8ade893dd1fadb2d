// Stands for `node:test` in a browser page: as much of it as the library's tests use. A name that is missing here is an error
// of the bundler that says so.

const tests = [];
const hooks = { before: [], beforeEach: [], afterEach: [], after: [] };

export function test(...args) {
  const name = typeof args[0] === "string" ? args.shift() : (args.find((arg) => typeof arg === "function")?.name ?? "");
  const options = typeof args[0] === "object" && args[0] !== null ? args.shift() : {};
  tests.push({ name, options, fn: args[0] ?? (() => {}) });
  // Node's promise settles when the test has ended; waiting for it at the top level would wait for ever, since tests start later.
  return Promise.resolve();
}
test.skip = (name, options, fn) => test(name, { ...(typeof options === "object" ? options : {}), skip: true }, fn);
test.test = test;

export const it = test;
export const skip = test.skip;
export const before = (fn) => void hooks.before.push(fn);
export const beforeEach = (fn) => void hooks.beforeEach.push(fn);
export const afterEach = (fn) => void hooks.afterEach.push(fn);
export const after = (fn) => void hooks.after.push(fn);
Object.assign(test, { it, before, beforeEach, afterEach, after });
export default test;

/**
 * Runs what was registered, one test after the other.
 *
 * @param {{ started(name: string): unknown, ended(result: object): unknown }} report told of each test as it starts and ends
 */
export async function runTests(report) {
  for (const hook of hooks.before) await hook();
  for (const { name, options, fn } of tests) {
    await report.started(name);
    await report.ended({ name, ...(await runOne(name, options, fn)) });
  }
  for (const hook of hooks.after) await hook();
}

async function runOne(name, options, fn) {
  if (options.skip) return { status: "skipped", detail: "" };
  const context = new TestContext(name);
  const stray = catchStrayErrors();
  try {
    for (const hook of hooks.beforeEach) await hook(context);
    try {
      await withTimeout(options.timeout ?? 60_000, Promise.race([invoke(fn, context), stray.first]));
    } finally {
      for (const hook of [...context.hooks, ...hooks.afterEach]) await hook(context);
    }
  } catch (error) {
    return { status: context.skipped ? "skipped" : "failed", detail: describe(error) };
  } finally {
    stray.stop();
  }
  return { status: context.skipped ? "skipped" : "passed", detail: "" };
}

/** A test that takes a second parameter ends by calling it, as in Node. */
function invoke(fn, context) {
  if (fn.length < 2) return Promise.resolve(context).then(fn);
  return new Promise((resolve, reject) => fn(context, (error) => (error ? reject(error) : resolve())));
}

class TestContext {
  hooks = [];
  skipped = false;
  constructor(name) {
    this.name = name;
    this.signal = new AbortController().signal;
  }
  after(fn) {
    this.hooks.push(fn);
  }
  skip() {
    this.skipped = true;
  }
  diagnostic(message) {
    console.info(message);
  }
}

/** An error that nobody catches, or a rejection that nobody handles, fails the test that runs meanwhile, as it does in Node. */
function catchStrayErrors() {
  let onError;
  const first = new Promise((_, reject) => {
    onError = (event) => {
      event.preventDefault();
      reject(event.error ?? event.reason ?? new Error(event.message));
    };
  });
  first.catch(() => {});
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onError);
  return {
    first,
    stop() {
      removeEventListener("error", onError);
      removeEventListener("unhandledrejection", onError);
    },
  };
}

function withTimeout(ms, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`test timed out after ${ms} ms`)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function describe(error) {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const cause = error.cause === undefined ? "" : `\ncaused by ${describe(error.cause)}`;
  return (
    (error.stack?.includes(error.message) ? error.stack : `${error.name}: ${error.message}\n${error.stack}`) + cause
  );
}
