// The first line of a module: where its helpers come from, and which of its variables other modules see, or it sees of theirs.
import type { Program } from "acorn";
import type { Output } from "./output.js";
import type { Slot } from "./writer.js";
import { nameOf, type Binding } from "./scope.js";

/** Where instrumented modules import their helpers from; scripts find them under `Symbol.for("goro.race")`. */
export const operationsUrl = new URL("../operations/index.js", import.meta.url).href;

interface Settings {
  readonly url: string;
  readonly type: "module" | "commonjs" | "script";
  readonly instrumented: (specifier: string) => boolean;
}

interface Imported {
  /** the variable that holds the cell: undefined before it is looked for, null if there is none */
  readonly cell: string;
  readonly namespace: string;
  readonly name: string;
}

export class Modules {
  readonly #out: Output;
  readonly #settings: Settings;
  readonly #namespaces = new Map<string, string>();
  readonly #imported = new Map<Binding, Imported>();
  readonly #places = new Map<string, Slot>();
  #self = false;

  constructor(out: Output, settings: Settings) {
    this.#out = out;
    this.#settings = settings;
  }

  /** An import from `source` is here: the namespace of that module can be imported in `slot`. */
  place(source: string, slot: Slot): void {
    if (!this.#places.has(source)) this.#places.set(source, slot);
  }

  /** Where to find the cell of an imported variable, if that may be one that changes. */
  cellOf(binding: Binding | null | undefined): Imported | undefined {
    if (!binding?.from || !this.#settings.instrumented(binding.from.source)) return undefined;
    let imported = this.#imported.get(binding);
    if (imported === undefined) {
      const cell = `${this.#out.prefix}i_${binding.name}`;
      imported = { cell, namespace: this.#namespace(binding.from.source), name: binding.from.name };
      this.#imported.set(binding, imported);
    }
    return imported;
  }

  /** Statements that tell of what is exported and passed on. To be called when all else is written. */
  prelude(): string {
    if (this.#settings.type !== "module") return "";
    const out = this.#out;
    const statements: string[] = [];
    for (const binding of out.analysis.program.names.values()) {
      if (binding.exports.length === 0) continue;
      if (binding.shared) {
        for (const name of binding.exports) {
          const args = [this.#ownNamespace(), JSON.stringify(name), JSON.stringify(binding.name)].join(", ");
          statements.push(`var ${out.cell(binding)} = ${out.helper("X")}(${args});`);
        }
      }
      if (!binding.from || !this.#settings.instrumented(binding.from.source)) continue;
      for (const name of binding.exports) this.#passOn(statements, name, binding.from.source, binding.from.name);
    }
    for (const node of this.#program.body) {
      if (node.type === "ExportAllDeclaration" && this.#follows(node)) {
        if (node.exported) continue;
        const args = `${this.#ownNamespace()}, ${this.#namespace(String(node.source.value))}`;
        statements.push(`${out.helper("L")}(${args});`);
      }
      if (
        node.type !== "ExportNamedDeclaration" ||
        !node.source ||
        !this.#follows(node as { source: typeof node.source; attributes: unknown[] })
      )
        continue;
      for (const each of node.specifiers)
        this.#passOn(statements, nameOf(each.exported), String(node.source.value), nameOf(each.local));
    }
    for (const { cell, namespace, name } of this.#imported.values())
      statements.push(`var ${cell} = ${out.helper("i")}(${namespace}, ${JSON.stringify(name)});`);
    return statements.join(" ");
  }

  /** The imports themselves; after everything else is known. */
  imports(): string {
    const { helpers, prefix } = this.#out;
    if (helpers.size === 0) return "";
    if (this.#settings.type !== "module") {
      const names = [...helpers].map((name) => `${name}: ${prefix}${name}`).join(", ");
      return `const { ${names} } = globalThis[Symbol.for("goro.race")];`;
    }
    const names = [...helpers].map((name) => `${name} as ${prefix}${name}`).join(", ");
    const statements = [`import { ${names} } from ${JSON.stringify(operationsUrl)};`];
    // Modules are evaluated in the order in which they are first asked for: each namespace after the import it belongs to.
    for (const [source, name] of this.#namespaces)
      this.#places.get(source)!.text = ` import * as ${name} from ${JSON.stringify(source)};`;
    if (this.#self) statements.push(`import * as ${prefix}self from ${JSON.stringify(this.#settings.url)};`);
    return statements.join(" ");
  }

  #passOn(statements: string[], name: string, source: string, from: string): void {
    const args = [this.#ownNamespace(), JSON.stringify(name), this.#namespace(source), JSON.stringify(from)].join(", ");
    statements.push(`${this.#out.helper("A")}(${args});`);
  }

  get #program(): Program {
    return this.#out.analysis.program.node as Program;
  }

  #follows({ source, attributes }: { source: { value?: unknown }; attributes: readonly unknown[] }): boolean {
    return attributes.length === 0 && this.#settings.instrumented(String(source.value));
  }

  #ownNamespace(): string {
    this.#self = true;
    return `${this.#out.prefix}self`;
  }

  #namespace(source: string): string {
    let name = this.#namespaces.get(source);
    if (name === undefined) this.#namespaces.set(source, (name = `${this.#out.prefix}n${this.#namespaces.size}`));
    return name;
  }
}
