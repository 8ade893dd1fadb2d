// The line of the source that a place is in, with a caret under it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { At } from "./finding.js";

const files = new Map<string, readonly string[]>();

function linesOf(url: string): readonly string[] {
  let lines = files.get(url);
  if (lines === undefined) files.set(url, (lines = read(url)));
  return lines;
}

function read(url: string): readonly string[] {
  try {
    return readFileSync(fileURLToPath(url), "utf8").split(/\r?\n/);
  } catch {
    return []; // no file, or gone: then there is nothing to show
  }
}

export function lineOf({ url, line }: At): string | undefined {
  return linesOf(url)[line - 1];
}

/** Nothing where the source cannot be read. */
export function excerptOf(at: At): string[] {
  const line = lineOf(at);
  if (line === undefined) return [];
  const before = line.slice(0, at.column - 1).replace(/[^\t]/g, " ");
  return [`        | ${line}`, `        | ${before}^`];
}
