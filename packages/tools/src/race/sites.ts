// The places of the source that instrumented code speaks of, by number.
//
// A site is a number so that an access costs no object. Each module brings its own table with its first line, and its
// numbers begin where the loader said; a table stays the text it came as until somebody asks, which few runs do.
import type { Site } from "./accesses.js";

export interface Place {
  /** Of the source as its author wrote it. */
  readonly url: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** What is read, written or called there, as written: "counter", "this.#n", "list[i]", "work". */
  readonly name: string;
  /** The function around it, as stack traces call it: "Account.deposit", "<anonymous>"; at the top of a module "". */
  readonly function: string;
}

/** One row of a module's table: line, column (both from 1), index of the name, index of the function's name. */
export type Row = readonly [line: number, column: number, name: number, fn: number];

export interface Table {
  readonly names: readonly string[];
  readonly rows: readonly Row[];
}

interface Module {
  readonly first: Site;
  readonly end: Site;
  readonly url: string;
  table: string | Table;
}

const modules: Module[] = [];

/** Called by the first line of each instrumented module: its `count` sites begin with `first`. `table` is a Table as JSON. */
export function addSites(first: Site, count: number, url: string, table: string): void {
  modules.push({ first, end: first + count, url, table });
}

/** Where `site` is, or undefined for a number that no module has brought. */
export function siteOf(site: Site): Place | undefined {
  const module = modules.find(({ first, end }) => first <= site && site < end);
  if (module === undefined) return undefined;
  if (typeof module.table === "string") module.table = JSON.parse(module.table) as Table;
  const { names, rows } = module.table;
  const [line, column, name, fn] = rows[site - module.first]!;
  return { url: module.url, line, column, name: names[name]!, function: names[fn]! };
}
