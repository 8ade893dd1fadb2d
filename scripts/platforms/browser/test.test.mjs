// The stand-in for `node:test`, run here with an event target for the page.

import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";

const page = new EventTarget();
globalThis.addEventListener = page.addEventListener.bind(page);
globalThis.removeEventListener = page.removeEventListener.bind(page);
const { runTests, test } = await import("./test.js");

nodeTest("runs tests in order, and reports each as it starts and ends", async () => {
  const log = [];
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  test("waits", () => later(5));
  test("is at once", () => {});
  test("throws", () => {
    throw new RangeError("because");
  });
  test("rejects", async () => {
    throw new Error("outer", { cause: new Error("inner") });
  });
  test("throws no error", () => {
    throw 7;
  });
  test("is not run", { skip: true }, () => log.push("ran what is skipped"));
  test("never ends", { timeout: 20 }, () => new Promise(() => {}));
  test("has a stray error", async () => {
    page.dispatchEvent(Object.assign(new Event("error"), { error: new Error("stray") }));
    await later(5);
  });
  test("has a stray rejection", async () => {
    page.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason: new Error("unhandled") }));
    await later(5);
  });
  test("is last", () => {});

  const details = new Map();
  await runTests({
    started: (name) => log.push(`start ${name}`),
    ended: ({ name, status, detail }) => {
      log.push(`${status} ${name}`);
      details.set(name, detail);
    },
  });

  assert.deepEqual(log, [
    ...["start waits", "passed waits", "start is at once", "passed is at once", "start throws", "failed throws"],
    ...["start rejects", "failed rejects", "start throws no error", "failed throws no error"],
    ...["start is not run", "skipped is not run", "start never ends", "failed never ends"],
    ...["start has a stray error", "failed has a stray error"],
    ...["start has a stray rejection", "failed has a stray rejection", "start is last", "passed is last"],
  ]);
  assert.match(details.get("throws"), /RangeError: because/);
  assert.match(details.get("rejects"), /outer[\s\S]*caused by [\s\S]*inner/);
  assert.match(details.get("throws no error"), /thrown: 7/);
  assert.match(details.get("never ends"), /timed out after 20 ms/);
  assert.match(details.get("has a stray error"), /stray/);
  assert.match(details.get("has a stray rejection"), /unhandled/);
});
