// Errors as people read them: what was thrown, where, and what caused it.

import { createdBy } from "./dump.js";
import { userFrames } from "./frames.js";
import type { Goroutine } from "./goroutine.js";
import { Panic } from "./panic.js";

/** What was thrown may be anything, and must not throw again. */
export function describe(error: unknown): string {
  try {
    if (error instanceof Panic) return error.message;
    if (error instanceof Error || typeof error !== "object" || error === null) return String(error);
    return JSON.stringify(error) ?? Object.prototype.toString.call(error);
  } catch {
    return "an object that cannot be shown";
  }
}

/** With an accessor of the user's behind it, a stack may throw too. */
function stackOf(error: Error): string {
  try {
    return typeof error.stack === "string" ? error.stack : "";
  } catch {
    return "";
  }
}

/** The error and what caused it, with the user's frames. */
export function traceOf(error: unknown, seen = new Set<unknown>()): string[] {
  const lines: string[] = [];
  for (let e = error; e instanceof Error && !seen.has(e); e = e.cause) {
    seen.add(e);
    if (e !== error) lines.push(`caused by: ${describe(e)}`);
    lines.push(...userFrames(stackOf(e)));
    if (e instanceof AggregateError) {
      for (const inner of e.errors as unknown[]) lines.push(`one of: ${describe(inner)}`, ...traceOf(inner, seen));
    }
    if (e.cause !== undefined && !(e.cause instanceof Error)) lines.push(`caused by: ${describe(e.cause)}`);
  }
  return lines;
}

export function panicText(g: Goroutine, error: unknown): string {
  const head = [`panic: ${describe(error)}`, "", `goroutine ${g.id} [running]:`];
  return [...head, ...traceOf(error), ...createdBy(userFrames(g.extra?.created ?? ""))].join("\n");
}
