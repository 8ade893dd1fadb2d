// Stands for `node:test` in a browser page, as far as flat tests go: `test(title, fn)` and `test(title, options, fn)`. An import of
// anything else is an error of the bundler that says so.

const tests = [];
const defaultTimeoutMs = 60_000;

/**
 * @param {string} name
 * @param {{ skip?: boolean | string, timeout?: number } | (() => unknown)} options
 * @param {() => unknown} [fn]
 */
export function test(name, options, fn) {
  tests.push(typeof options === "function" ? { name, options: {}, fn: options } : { name, options, fn });
}
export default test;

/**
 * Runs what was registered, one test after the other.
 *
 * @param {{ started(name: string): unknown, ended(result: { name: string, status: string, detail: string }): unknown }} report
 */
export async function runTests(report) {
  for (const { name, options, fn } of tests) {
    await report.started(name);
    await report.ended({ name, ...(options.skip ? skipped : await runOne(fn, options.timeout ?? defaultTimeoutMs)) });
  }
}

const skipped = { status: "skipped", detail: "" };

async function runOne(fn, timeoutMs) {
  let timer;
  let stopListening;
  try {
    await Promise.race([
      // In a promise, so that what it throws at once is caught below too.
      Promise.resolve().then(fn),
      new Promise((_, reject) => (stopListening = onStrayError(reject))),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`test timed out after ${timeoutMs} ms`)), timeoutMs);
      }),
    ]);
    return { status: "passed", detail: "" };
  } catch (error) {
    return { status: "failed", detail: describe(error) };
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

/** An error nobody catches, or a rejection nobody handles, fails the test that runs meanwhile, as it does in Node. */
function onStrayError(fail) {
  const listener = (event) => {
    event.preventDefault();
    fail(event.type === "error" ? (event.error ?? new Error(event.message)) : event.reason);
  };
  addEventListener("error", listener);
  addEventListener("unhandledrejection", listener);
  return () => {
    removeEventListener("error", listener);
    removeEventListener("unhandledrejection", listener);
  };
}

function describe(error) {
  if (!(error instanceof Error)) return `thrown: ${String(error)}`;
  const text = error.stack?.includes(error.message) ? error.stack : `${error}\n${error.stack ?? ""}`;
  return error.cause === undefined ? text : `${text}\ncaused by ${describe(error.cause)}`;
}
