// What every part of the transform writes with: helpers by their short names, sites, temporaries.
import type { AnyNode, Node } from "acorn";
import type { Site } from "../accesses.js";
import type { Row } from "../sites.js";
import { Context } from "./context.js";
import type { Analysis, Binding, Scope } from "./scope.js";
import type { Writer } from "./writer.js";

/** The longest text of an expression that a report shows. */
const longest = 60;

export class Output {
  readonly writer: Writer;
  readonly analysis: Analysis;
  readonly prefix: string;
  readonly first: Site;
  readonly rows: Row[] = [];
  readonly names: string[] = [];
  readonly helpers = new Set<string>();
  /** statements of the first line */
  readonly prelude: string[] = [];
  readonly #nameIndex = new Map<string, number>();
  #context!: Context;

  constructor(writer: Writer, analysis: Analysis, first: Site) {
    this.writer = writer;
    this.analysis = analysis;
    this.first = first;
    this.prefix = unused(writer.source);
  }

  get context(): Context {
    return this.#context;
  }

  /** Does `work` inside `context`. */
  within<T>(context: Context, work: () => T): T {
    const before = this.#context;
    this.#context = context;
    try {
      return work();
    } finally {
      this.#context = before;
    }
  }

  /** The name of a function of operations/ in the program. */
  helper(name: string): string {
    this.helpers.add(name);
    return this.prefix + name;
  }

  /** The companion of a shared variable, which holds its cell. */
  cell(binding: Binding): string {
    return `${this.prefix}_${binding.name}`;
  }

  /** The variable that holds the frame of the function. */
  get own(): string {
    return `${this.prefix}own`;
  }

  /** The variable that holds the call of the async function. */
  get async(): string {
    return `${this.prefix}async`;
  }

  /** A new site, for the expression `node`; `at` is where it begins, where that is not the node's beginning. */
  site(node: Node, name?: string, at = node.start): Site {
    this.#context.active = true;
    const place = this.writer.original(at) ?? this.writer.original(node.start);
    const row: Row = [
      place?.line ?? 0,
      (place?.column ?? -1) + 1,
      this.#index(name ?? this.text(node)),
      this.#index(this.#context.name),
    ];
    return this.first + this.rows.push(row) - 1;
  }

  text(node: Node): string {
    const text = this.writer.source.slice(node.start, node.end).replace(/\s+/g, " ");
    return text.length <= longest ? text : `${text.slice(0, longest - 3)}...`;
  }

  /** Lends `work` as many temporaries as it asks for. */
  lend<T>(work: (temporary: () => string) => T): T {
    const lent: string[] = [];
    const context = this.#context;
    const result = work(() => {
      const name = context.borrow(this.prefix);
      lent.push(name);
      return name;
    });
    context.giveBack(lent);
    return result;
  }

  /** Declarations of the cells of shared variables that live in `scope`. */
  cells(scope: Scope | undefined, keyword: string, filter: (binding: Binding) => boolean = () => true): string {
    if (scope === undefined) return "";
    const shared = [...scope.names.values()].filter((binding) => binding.shared && filter(binding));
    if (shared.length === 0) return "";
    const made = shared.map((binding) => `${this.cell(binding)} = ${this.newCell(binding)}`);
    return `${keyword} ${made.join(", ")}; `;
  }

  newCell(binding: Binding): string {
    return `${this.helper("V")}(${JSON.stringify(binding.name)})`;
  }

  #index(name: string): number {
    let index = this.#nameIndex.get(name);
    if (index === undefined) this.#nameIndex.set(name, (index = this.names.push(name) - 1));
    return index;
  }
}

/** The beginning of a name that no name in the program has. */
function unused(source: string): string {
  let number = 1;
  while (source.includes(`$${number}`)) number++;
  return `$${number}`;
}

export type Visit = (node: AnyNode, discard?: boolean) => void;
