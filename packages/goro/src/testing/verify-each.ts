// A leak check around every test of a file, with the hooks of the test runner.

import { leakError } from "./leak-error.js";
import { Tracker, type LeakOptions } from "./tracker.js";

/** The hooks of node:test, vitest, jest, or of anything that has such hooks. */
export interface TestHooks {
  beforeEach(hook: (...context: unknown[]) => void): unknown;
  afterEach(hook: (...context: unknown[]) => Promise<void>): unknown;
  /** jest's or vitest's: knows the name of the test where hooks are not told. */
  readonly expect?: unknown;
}

interface Named {
  readonly name?: string;
  readonly fullName?: string;
  readonly suite?: Named;
}

/** Of vitest, whose tests know the suite they are in. */
function pathOf(task: Named): string {
  const outer = task.suite === undefined ? "" : pathOf(task.suite);
  return [outer, task.name ?? ""].filter((part) => part !== "").join(" > ");
}

function testName(context: unknown, expect: unknown): string {
  const { task, fullName, name } = (context ?? {}) as Named & { readonly task?: Named };
  if (task !== undefined) return pathOf(task);
  if (fullName !== undefined || name !== undefined) return (fullName ?? name)!;
  const known = (expect ?? (globalThis as { expect?: unknown }).expect) as
    { getState?(): { readonly currentTestName?: string } } | undefined;
  return known?.getState?.().currentTestName ?? "";
}

/**
 * Checks after each test that every goroutine which it started has ended, and makes the test fail with a {@link LeakError}
 * that names it where one has not. For files whose tests run one after the other: what two tests start at the same time
 * from code outside goroutines cannot be told apart. Go: `goleak.VerifyNone(t)` in every test.
 *
 * @example
 * import { afterEach, beforeEach } from "node:test"; // or "vitest", or "@jest/globals"
 * verifyEach({ beforeEach, afterEach });
 */
export function verifyEach(hooks: TestHooks, options: LeakOptions = {}): void {
  const trackers = new Map<string, Tracker>();
  // Neither has parameters that could be counted: jest takes a hook that has for one that calls back.
  hooks.beforeEach((...context) => {
    trackers.set(testName(context[0], hooks.expect), new Tracker());
  });
  hooks.afterEach(async (...context) => {
    const name = testName(context[0], hooks.expect);
    const tracker = trackers.get(name);
    trackers.delete(name);
    const left = (await tracker?.end(options)) ?? [];
    if (left.length > 0) throw leakError(name === "" ? "a test" : `test "${name}"`, left);
  });
}
