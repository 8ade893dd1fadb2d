// What every layer of the transform stands on: copying, and visiting what is inside.
//
// The layers are classes, each extending the one before: base, variables, members, calls, assignments, functions, statements,
// and the emitter itself, which knows which of them a node belongs to.
//
// The forms that code takes are chosen such that the engine itself still performs every operation, in the program's own
// function: a read `a.b` becomes `o(a, "b", 7).b`, where `o` announces and gives back its first argument. So order of
// evaluation, exceptions, `this` and the engine's inline caches are what they were. What must not be evaluated twice goes into
// a temporary of the function.
import type { AnyNode, Super, Expression, Node } from "acorn";
import { Context } from "./context.js";
import { Modules } from "./modules.js";
import { type Output } from "./output.js";
import { children, isAnonymous } from "./tree.js";

export interface Settings {
  readonly url: string;
  readonly type: "module" | "commonjs" | "script";
  readonly instrumented: (specifier: string) => boolean;
}

export type Privates = Map<string, { key: string; field: boolean }>;

export abstract class Base {
  protected readonly out: Output;
  protected readonly settings: Settings;
  protected readonly modules: Modules;
  /** private names of the classes around */
  protected readonly classes: Privates[] = [];
  /** nodes that have been evaluated already: into a temporary */
  protected readonly evaluated = new Map<Node, string>();
  /** for a call of a member whose function has been read already: where the object is */
  protected readonly receivers = new Map<Node, string>();
  /** what the function or class about to be visited is called */
  protected hint = "";
  /** the top of the module has an await */
  protected awaits = false;
  protected unique = 0;

  constructor(out: Output, settings: Settings) {
    this.out = out;
    this.settings = settings;
    this.modules = new Modules(out, settings);
  }

  /** Writes a node; `discard` says that nobody wants its value. */
  protected abstract visit(node: AnyNode, discard?: boolean): void;

  /** Writes what is kept in a temporary: a function does not take the name of that, nor show it in stacks. */
  protected visitUnnamed(node: AnyNode | Super): void {
    const names = isAnonymous(node as Expression);
    if (names) this.out.writer.put(`${this.out.helper("u")}(`);
    this.visit(node);
    if (names) this.out.writer.put(")");
  }

  /** Copies the node, but visits its parts. */
  protected default(node: AnyNode): void {
    this.inOrder(node, children(node), (child) => this.visit(child));
  }

  protected inOrder<T extends Node>(node: Node, parts: readonly T[], write: (part: T) => void): void {
    const { writer } = this.out;
    let at = node.start;
    for (const part of parts) {
      writer.copy(at, part.start);
      write(part);
      at = part.end;
    }
    writer.copy(at, node.end);
  }

  /** Statements end with one always: what follows may begin with a parenthesis now. */
  protected semicolon(node: Node): void {
    const { writer } = this.out;
    if (writer.source[node.end - 1] !== ";") writer.put(";");
  }

  protected constant(text: string): string {
    const name = `${this.out.prefix}c${this.unique++}`;
    this.out.prelude.push(`${this.settings.type === "script" ? "let" : "var"} ${name} = ${text};`);
    return name;
  }

  protected await(argument: () => void, keyword: string, node: Node): void {
    const { writer, context } = this.out;
    if (context.kind === "program") this.awaits = true;
    const site = this.out.site(node);
    writer.put(`${this.out.helper("aR")}(${this.out.async}, ${this.out.own}, ${keyword}${this.awaiting()}`, node.start);
    argument();
    writer.put(`, ${site}), ${site})`);
  }

  protected awaiting(): string {
    if (this.out.context.kind === "program") this.awaits = true;
    return `${this.out.helper("aA")}(${this.out.async}, `;
  }

  protected resumed(node: Node): string {
    const { own, async } = this.out;
    return `${this.out.helper("aR")}(${async}, ${own}, 0, ${this.out.site(node, "")})`;
  }

  /** Writes parameters, which are evaluated where the temporaries of the function's body cannot be seen. */
  protected apart(write: () => void): void {
    const { context } = this.out;
    this.out.within(new Context("parameters", context.scope, context.name), write);
  }

  /** Writes a default value or computed key of a pattern. */
  protected value(node: Expression, hint: string): void {
    this.hint = hint;
    if (this.out.context.kind === "parameters") this.apartExpression(node, this.out.context.name);
    else this.visit(node);
  }

  /** Writes an expression that is evaluated apart from the function around it, which cannot lend it temporaries. */
  protected apartExpression(node: Expression, name: string): void {
    const out = this.out;
    const context = new Context("apart", out.context.scope, name);
    const before = out.writer.slot(node.start);
    const hint = this.hint;
    out.within(context, () => {
      this.hint = hint;
      this.visit(node);
    });
    const after = out.writer.slot();
    if (context.temporaries.length === 0) return;
    before.text = `(() => { var ${context.temporaries.join(", ")}; return `;
    after.text = "; })()";
  }
}
