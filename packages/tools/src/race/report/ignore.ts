// Comments that say a race is meant: `// goro.raceIgnore: statistics, an approximate count will do`, at the end of a line or
// on a line of its own above it. A reason is owed; without one the comment counts for nothing.
import { lineOf } from "./excerpt.js";
import type { At, Finding } from "./finding.js";

const comment = /(?:\/\/|\/\*)\s*goro\.raceIgnore\b[:\s]*(?<reason>[^*\s].*)?/;
const alone = /^\s*(?:\/\/|\/\*)/;

function isIgnored(at: At): boolean {
  const own = reasonOf(lineOf(at));
  if (own) return true;
  const above = lineOf({ ...at, line: at.line - 1 });
  return above !== undefined && alone.test(above) && reasonOf(above);
}

function reasonOf(line: string | undefined): boolean {
  return comment.exec(line ?? "")?.groups?.["reason"] !== undefined;
}

/** One of its places is enough. */
export function isToIgnore(finding: Finding): boolean {
  const places =
    finding.type === "race"
      ? finding.touches.map(({ at }) => at)
      : finding.steps.flatMap(({ held, then }) => [held.at, then.at]);
  return places.some(isIgnored);
}
