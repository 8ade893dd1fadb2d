// Writes the instrumented program, node by node.
//
// Each node is written by `visit`, which copies what needs no change. The forms that code takes are chosen such that the
// engine itself still performs every operation, in the program's own function: a read `a.b` becomes `o(a, "b", 7).b`, where
// `o` announces and gives back its first argument. So order of evaluation, exceptions, `this` and the engine's inline caches
// are what they were. What must not be evaluated twice goes into a temporary of the function.
import type {
  AnyNode,
  ArrowFunctionExpression,
  AssignmentExpression,
  CallExpression,
  ChainExpression,
  Class,
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  Function as FunctionNode,
  Identifier,
  MemberExpression,
  NewExpression,
  Node,
  Pattern,
  Program,
  SpreadElement,
  Statement,
  Super,
  SwitchStatement,
  TaggedTemplateExpression,
  TryStatement,
  UnaryExpression,
  UpdateExpression,
  VariableDeclaration,
  YieldExpression,
} from "acorn";
import { Context } from "./context.js";
import { isStandard, isStandardNamespace } from "./globals.js";
import { Modules } from "./modules.js";
import type { Output } from "./output.js";
import { describe } from "./patterns.js";
import { render } from "./render.js";
import { declared, nameOf, type Binding, type Scope } from "./scope.js";
import { assigns, children, isAnonymous, isFunction, isPrimitive, mayCall, unwrap } from "./tree.js";

export interface Settings {
  readonly url: string;
  readonly type: "module" | "commonjs" | "script";
  readonly instrumented: (specifier: string) => boolean;
}

type Privates = Map<string, { key: string; field: boolean }>;

/** How one member of an object is named in the output: first evaluated, then named again as often as needed. */
interface Place {
  /** evaluates the object; to be written exactly once, first */
  readonly base: () => void;
  /** the object once more */
  readonly again: string;
  /** evaluates the key, once, after the object: ".b" or "[t = k(key)]" */
  readonly member: () => void;
  /** the member once more: ".b" or "[t]" */
  readonly memberAgain: string;
  /** evaluates the key where it is an argument, instead of `member` */
  readonly key: () => void;
  /** the key, as an argument, once more */
  readonly keyAgain: string;
  readonly computed: boolean;
}

export class Emitter {
  readonly #out: Output;
  readonly #settings: Settings;
  readonly #modules: Modules;
  readonly #classes: Privates[] = [];
  /** nodes that have been evaluated already: into a temporary */
  readonly #evaluated = new Map<Node, string>();
  /** for a call of a member whose function has been read already: where the object is */
  readonly #receivers = new Map<Node, string>();
  /** what the function or class about to be visited is called */
  #hint = "";
  #unique = 0;

  constructor(out: Output, settings: Settings) {
    this.#out = out;
    this.#settings = settings;
    this.#modules = new Modules(out, settings);
  }

  program(node: Program): void {
    const out = this.#out;
    const { writer } = out;
    const context = new Context("program", out.analysis.program, "", { async: this.#settings.type === "module" });
    out.within(context, () => {
      const start = directivesEnd(node) || (/^#!.*(?:\r?\n|$)/.exec(writer.source)?.[0].length ?? 0);
      writer.copy(0, start);
      if (directivesEnd(node) > 0) writer.put(";");
      const prelude = writer.slot();
      context.guarded = true;
      this.#statements(
        node.body.filter((each) => each.start >= start),
        start,
        node.end,
      );
      writer.copy(node.end, writer.source.length);
      this.#returns(context);
      prelude.text = this.#prelude(context);
    });
  }

  #prelude(context: Context): string {
    const out = this.#out;
    const { url, type } = this.#settings;
    const keyword = type === "script" ? "let" : "var";
    const statements: string[] = [];
    statements.push(this.#modules.prelude());
    statements.push(
      out.cells(out.analysis.program, keyword, (binding) => binding.exports.length === 0 || type !== "module"),
    );
    statements.push(...out.prelude);
    if (context.active) statements.push(`${keyword} ${out.own} = ${out.helper("T")}();`);
    if (this.#awaits) statements.push(`var ${out.async} = ${out.helper("aE")}(${out.first});`);
    if (context.temporaries.length > 0) statements.push(`${keyword} ${context.temporaries.join(", ")};`);
    const table = JSON.stringify({ names: out.names, rows: out.rows });
    if (out.rows.length > 0) {
      const args = [out.first, out.rows.length, JSON.stringify(url), JSON.stringify(table)].join(", ");
      statements.unshift(`${out.helper("S")}(${args});`);
    }
    statements.unshift(this.#modules.imports());
    return statements.filter((each) => each !== "").join(" ") + " ";
  }

  #awaits = false;

  // Statements

  #statements(list: readonly AnyNode[], from: number, to: number): void {
    const { writer } = this.#out;
    let at = from;
    for (const statement of list) {
      writer.copy(at, statement.start);
      this.#visit(statement);
      at = statement.end;
      if (isForAwait(statement)) writer.put(` ${this.#resumed(statement)};`);
    }
    writer.copy(at, to);
  }

  #visit(node: AnyNode, discard = false): void {
    const out = this.#out;
    const { writer } = out;
    const evaluated = this.#evaluated.get(node);
    if (evaluated !== undefined) {
      writer.put(evaluated, node.start);
      return;
    }
    const hint = this.#hint;
    this.#hint = "";
    switch (node.type) {
      case "ExpressionStatement":
        if (node.directive !== undefined) writer.copy(node.start, node.end);
        else {
          this.#visit(node.expression, true);
          writer.put(";");
        }
        return;
      case "VariableDeclaration":
        this.#variables(node);
        writer.put(";");
        this.#announcePatterns(node);
        return;
      case "ReturnStatement":
        this.#return(node.argument, node.start);
        return;
      case "ThrowStatement":
        writer.put("throw ", node.start);
        this.#visit(node.argument);
        writer.put(";");
        return;
      case "BreakStatement":
      case "ContinueStatement":
      case "DebuggerStatement":
        writer.copy(node.start, node.end);
        this.#semicolon(node);
        return;
      case "DoWhileStatement":
        this.#default(node);
        this.#semicolon(node);
        return;
      case "BlockStatement":
        writer.put("{", node.start);
        writer.put(out.cells(out.analysis.scopes.get(node), "let"));
        this.#statements(node.body, node.start + 1, node.end);
        return;
      case "StaticBlock":
        this.#staticBlock(node);
        return;
      case "LabeledStatement":
        writer.copy(node.start, node.body.start);
        this.#visit(node.body);
        return;
      case "WithStatement":
        writer.copy(node.start, node.end);
        return;
      case "SwitchStatement":
        this.#switch(node);
        return;
      case "TryStatement":
        this.#try(node);
        return;
      case "ForStatement":
        this.#for(node);
        return;
      case "ForInStatement":
      case "ForOfStatement":
        this.#forEach(node);
        return;
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        writer.copy(node.start, node.end);
        this.#semicolon(node);
        this.#modules.place(String(node.source.value), writer.slot());
        return;
      case "ExportNamedDeclaration":
        if (node.declaration) {
          writer.copy(node.start, node.declaration.start);
          this.#visit(node.declaration);
        } else {
          writer.copy(node.start, node.end);
          this.#semicolon(node);
          if (node.source) this.#modules.place(String(node.source.value), writer.slot());
        }
        return;
      case "ExportDefaultDeclaration": {
        const it = node.declaration;
        writer.copy(node.start, it.start);
        this.#hint = "default";
        this.#visit(it);
        if (it.type !== "FunctionDeclaration" && it.type !== "ClassDeclaration") writer.put(";");
        return;
      }

      // Expressions
      case "Identifier":
        this.#identifier(node);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.#function(node, hint);
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        this.#class(node, hint);
        return;
      case "ParenthesizedExpression":
        writer.put("(", node.start);
        this.#hint = hint;
        this.#visit(node.expression, discard);
        writer.put(")");
        return;
      case "SequenceExpression":
        writer.put("(", node.start); // it may become an argument
        node.expressions.forEach((each, index) => {
          if (index > 0) writer.put(", ");
          this.#visit(each, discard || index < node.expressions.length - 1);
        });
        writer.put(")");
        return;
      case "MemberExpression":
        this.#member(node);
        return;
      case "ChainExpression":
        this.#chain(node, () => this.#visit(node.expression), "void 0");
        return;
      case "CallExpression":
        this.#call(node);
        return;
      case "NewExpression":
        this.#new(node);
        return;
      case "TaggedTemplateExpression":
        this.#tagged(node);
        return;
      case "AssignmentExpression":
        this.#assignment(node, discard);
        return;
      case "UpdateExpression":
        this.#update(node, discard);
        return;
      case "UnaryExpression":
        this.#unary(node);
        return;
      case "BinaryExpression":
        if (node.operator !== "in" || node.left.type === "PrivateIdentifier") break;
        out.lend((temporary) => {
          const key = temporary();
          writer.put(`(${key} = ${out.helper("k")}(`, node.start);
          this.#visit(node.left);
          writer.put(`)) in ${out.helper("h")}(${key}, `);
          this.#visit(node.right);
          writer.put(`, ${out.site(node)})`);
        });
        return;
      case "YieldExpression":
        this.#yield(node);
        return;
      case "AwaitExpression":
        this.#await(() => this.#visit(node.argument), "await ", node);
        return;
      case "ArrayExpression":
        this.#inOrder(
          node,
          node.elements.filter((each) => each !== null),
          (each) => (each.type === "SpreadElement" ? this.#spread(each, "sp") : this.#visit(each)),
        );
        return;
      case "ObjectExpression":
        this.#inOrder(node, node.properties, (each) => {
          if (each.type === "SpreadElement") this.#spread(each, "so");
          else this.#property(each);
        });
        return;
      case "MetaProperty":
      case "Super":
      case "ThisExpression":
      case "Literal":
      case "TemplateElement":
      case "PrivateIdentifier":
        writer.copy(node.start, node.end);
        return;
      case "TemplateLiteral":
        this.#inOrder(node, node.expressions, (each) => this.#visit(each));
        return;
      default:
    }
    this.#default(node);
  }

  /** Copies the node, but visits its parts. */
  #default(node: AnyNode): void {
    this.#inOrder(node, children(node), (child) => this.#visit(child));
  }

  #inOrder<T extends Node>(node: Node, parts: readonly T[], write: (part: T) => void): void {
    const { writer } = this.#out;
    let at = node.start;
    for (const part of parts) {
      writer.copy(at, part.start);
      write(part);
      at = part.end;
    }
    writer.copy(at, node.end);
  }

  /** Statements end with one always: what follows may begin with a parenthesis now. */
  #semicolon(node: Node): void {
    const { writer } = this.#out;
    if (writer.source[node.end - 1] !== ";") writer.put(";");
  }

  #variables(node: VariableDeclaration): void {
    const { writer } = this.#out;
    writer.put(`${node.kind} `, node.start);
    this.#declarators(node);
  }

  #declarators(node: VariableDeclaration): void {
    const { writer } = this.#out;
    node.declarations.forEach(({ id, init }, index) => {
      if (index > 0) writer.put(", ");
      this.#pattern(id);
      if (!init) return;
      writer.put(" = ");
      if (id.type === "Identifier") this.#initial(id, init, node.kind);
      else this.#destructured(id, init);
    });
  }

  #initial(id: Identifier, init: Expression, kind: VariableDeclaration["kind"]): void {
    const binding = this.#shared(id);
    const silent = kind !== "var" && binding?.early !== true && binding?.hoisted !== true;
    this.#hint = id.name;
    if (binding === undefined || silent) this.#visit(init);
    else this.#written(id, binding, id.name, () => this.#named(id.name, init));
  }

  /** Writes to variables by the patterns of a declaration, announced after it. */
  #announcePatterns(node: VariableDeclaration): void {
    for (const { id, init } of node.declarations) {
      if (id.type === "Identifier" || !init) continue;
      for (const name of identifiers(id)) {
        const binding = this.#shared(name);
        if (binding === undefined || (node.kind !== "var" && !binding.early && !binding.hoisted)) continue;
        this.#out.writer.put(" ");
        this.#written(name, binding, name.name);
        this.#out.writer.put(";");
      }
    }
  }

  /** What is destructured by `pattern`. */
  #destructured(pattern: Pattern, value: Expression): void {
    const { writer } = this.#out;
    const shape = describe(pattern);
    const inner = unwrap(value);
    const fresh =
      inner.type === "ArrayExpression" && inner.elements.every((each) => each && each.type !== "SpreadElement");
    if (shape === undefined || (fresh && "items" in shape && shape.items.every((item) => item === 0))) {
      this.#visit(value); // nobody else has seen it
      return;
    }
    const helper = this.#out.helper("D");
    writer.put(`${helper}(`);
    this.#visit(value);
    writer.put(`, ${this.#constant(JSON.stringify(shape))}, ${this.#out.site(pattern, render(value))})`);
  }

  #constant(text: string): string {
    const name = `${this.#out.prefix}c${this.#unique++}`;
    this.#out.prelude.push(`${this.#settings.type === "script" ? "let" : "var"} ${name} = ${text};`);
    return name;
  }

  #return(argument: Expression | null | undefined, at: number): void {
    const { writer, context } = this.#out;
    writer.put("return ", at);
    const before = writer.slot();
    if (argument) this.#visit(argument);
    const after = writer.slot();
    context.returns.push([before, after]);
    if (!argument) after.text = "\0"; // nothing to hand on
    writer.put(";");
  }

  #switch(node: SwitchStatement): void {
    const { writer } = this.#out;
    const cells = this.#out.cells(this.#out.analysis.scopes.get(node), "let");
    if (cells !== "") writer.put(`{ ${cells}`);
    const inner: AnyNode[] = [node.discriminant, ...node.cases];
    this.#inOrder(node, inner, (part) => {
      if (part.type !== "SwitchCase") {
        this.#visit(part);
        return;
      }
      let at = part.start;
      if (part.test) {
        writer.copy(at, part.test.start);
        this.#visit(part.test);
        at = part.test.end;
      }
      this.#statements(part.consequent, at, part.end);
    });
    if (cells !== "") writer.put(" }");
  }

  #try(node: TryStatement): void {
    const { writer, own, context } = this.#out;
    const resume = () => {
      if (context.kind === "apart" || context.kind === "parameters") return "";
      context.active = true;
      return context.async && (context.kind === "function" || this.#awaits)
        ? `${this.#resumed(node)}; `
        : `${this.#out.helper("b")}(${own}); `;
    };
    writer.put("try ", node.start);
    this.#visit(node.block);
    if (node.handler) {
      const { param, body } = node.handler;
      writer.put(" catch ", node.handler.start);
      if (param) {
        writer.put("(");
        this.#pattern(param);
        writer.put(") ");
      }
      writer.put("{ ");
      writer.put(resume());
      const { scopes } = this.#out.analysis;
      writer.put(this.#out.cells(scopes.get(node.handler), "let"));
      writer.put(this.#out.cells(scopes.get(body), "let"));
      this.#statements(body.body, body.start + 1, body.end);
    }
    if (node.finalizer) {
      writer.put(" finally { ");
      writer.put(resume());
      writer.put(this.#out.cells(this.#out.analysis.scopes.get(node.finalizer), "let"));
      this.#statements(node.finalizer.body, node.finalizer.start + 1, node.finalizer.end);
    }
  }

  #for(node: ForStatement): void {
    const { writer, analysis } = this.#out;
    const shared = [...(analysis.scopes.get(node)?.names.values() ?? [])].filter((binding) => binding.shared);
    const fresh = shared.map((binding) => `${this.#out.cell(binding)} = ${this.#out.newCell(binding)}`).join(", ");
    writer.put("for (", node.start);
    if (node.init?.type === "VariableDeclaration") {
      // The cells come first: what the loop begins with may capture them.
      if (fresh === "") this.#variables(node.init);
      else {
        writer.put(`${node.init.kind} ${fresh}, `);
        this.#declarators(node.init);
      }
    } else if (node.init) this.#visit(node.init, true);
    writer.put("; ");
    if (node.test) this.#visit(node.test);
    writer.put("; ");
    // Each turn has variables of its own, so it has cells of its own.
    const again = node.init?.type === "VariableDeclaration" && node.init.kind === "let" ? fresh : "";
    writer.put(again);
    if (node.update) {
      if (again !== "") writer.put(", ");
      this.#visit(node.update, true);
    }
    writer.put(") ");
    this.#visit(node.body);
  }

  #forEach(node: ForInStatement | ForOfStatement): void {
    const { writer, analysis } = this.#out;
    const forAwait = node.type === "ForOfStatement" && node.await;
    const { left } = node;
    const declares = left.type === "VariableDeclaration";
    const target = declares ? left.declarations[0]!.id : left;
    const first: string[] = [this.#out.cells(analysis.scopes.get(node), "let")];
    writer.put(forAwait ? "for await (" : "for (", node.start);

    const shape = node.type === "ForOfStatement" ? describe(unwrap(target as AnyNode)) : undefined;
    let unpack: (() => void) | undefined;
    // In the head, the names of the pattern must not be lost to the expression; what it evaluates may see the whole loop.
    const movable = declares && !hasCode(target) && !mentions(node.right, declared(target));
    if (movable && shape !== undefined) {
      const value = `${this.#out.prefix}e${this.#unique++}`;
      writer.put(`const ${value}`);
      unpack = () => {
        writer.put(`${left.kind} `);
        this.#pattern(target);
        writer.put(` = ${this.#out.helper("D")}(${value}, ${this.#constant(JSON.stringify(shape))}, `);
        writer.put(`${this.#out.site(target, ".for")}); `);
      };
    } else if (declares) this.#variables(left);
    else this.#pattern(left);

    writer.put(node.type === "ForOfStatement" ? " of " : " in ");
    const site = this.#out.site(node.right, render(node.right));
    if (forAwait) writer.put(`${this.#awaiting()}`);
    writer.put(
      `${this.#out.helper(forAwait ? "ia" : node.type === "ForOfStatement" ? "it" : "fi")}(`,
      node.right.start,
    );
    this.#visit(node.right);
    writer.put(`, ${site})`);
    if (forAwait) writer.put(`, ${site})`);
    writer.put(") ");
    if (forAwait) first.push(`${this.#resumed(node)}; `);

    const written = (declares && left.kind !== "var" ? [] : identifiers(target as AnyNode)).filter((id) =>
      this.#shared(id),
    );
    const plain = first.join("") === "" && unpack === undefined && written.length === 0;
    if (!plain) writer.put(`{ ${first.join("")}`);
    unpack?.();
    for (const id of written) {
      this.#written(id, this.#shared(id)!, id.name);
      writer.put("; ");
    }
    this.#visit(node.body);
    if (!plain) writer.put(" }");
  }

  // Variables

  /** The variable that `id` means, if its accesses are to be announced here. */
  #shared(id: Identifier): Binding | undefined {
    const { references, inParameters } = this.#out.analysis;
    const binding = references.get(id);
    if (!binding?.shared || inParameters.has(id)) return undefined;
    const { node, kind } = binding.scope;
    // In the head of a loop or catch clause the cell is not there yet.
    const head = kind === "for" ? (node as ForOfStatement).left : undefined;
    if (head !== undefined && id.start < head.end && id.start >= head.start) return undefined;
    if (kind === "catch" && binding.kind === "catch") {
      const param = (node as unknown as { param?: Node }).param;
      if (param && id.start < param.end) return undefined;
    }
    return binding;
  }

  #global(id: Identifier): boolean {
    return this.#out.analysis.references.get(id) === null && !isStandard(id.name);
  }

  #isAnnounced(id: Identifier): boolean {
    if (this.#shared(id) !== undefined || this.#global(id)) return true;
    return this.#modules.cellOf(this.#out.analysis.references.get(id)) !== undefined;
  }

  #identifier(node: Identifier): void {
    const { writer } = this.#out;
    const binding = this.#shared(node);
    const imported = this.#modules.cellOf(this.#out.analysis.references.get(node));
    if (binding !== undefined) {
      writer.put(`(${this.#out.helper("r")}(${this.#out.cell(binding)}, ${this.#out.site(node)}), `);
    } else if (imported !== undefined) {
      const { cell, namespace, name } = imported;
      const args = [cell, namespace, JSON.stringify(name), this.#out.site(node)].join(", ");
      writer.put(`(${cell} !== null && (${cell} = ${this.#out.helper("I")}(${args})), `);
    } else if (this.#global(node)) {
      const site = this.#out.site(node);
      writer.put(`(${this.#out.helper("o")}(${this.#out.helper("G")}, ${JSON.stringify(node.name)}, ${site}), `);
    } else {
      writer.copy(node.start, node.end);
      return;
    }
    writer.copy(node.start, node.end);
    writer.put(")");
  }

  /** `v(cell, value, site)`, which announces a write of the variable and gives the value back. */
  #written(id: Identifier, binding: Binding, name: string, value?: () => void): void {
    const { writer } = this.#out;
    writer.put(`${this.#out.helper("v")}(${this.#out.cell(binding)}, `);
    if (value) value();
    else writer.put("0");
    writer.put(`, ${this.#out.site(id, name)})`);
  }

  /** A value that is named after what it is assigned to, where it stands as an argument. */
  #named(name: string, value: Expression): void {
    const { writer } = this.#out;
    if (!isAnonymous(value)) {
      this.#visit(value);
      return;
    }
    const key = name === "__proto__" ? `["__proto__"]` : name;
    writer.put(`({ ${key}: `);
    this.#hint = name;
    this.#visit(value);
    writer.put(` }).${name}`);
  }

  #assignment(node: AssignmentExpression, discard: boolean): void {
    const { writer } = this.#out;
    const target = unwrap(node.left as AnyNode);
    switch (target.type) {
      case "Identifier":
        this.#assignVariable(node, target);
        return;
      case "MemberExpression":
        this.#assignMember(node, target);
        return;
      default: {
        const written = identifiers(target).filter((id) => this.#shared(id));
        const write = () => {
          this.#pattern(target);
          writer.put(" = ");
          this.#destructured(target as Pattern, node.right);
        };
        if (written.length === 0) {
          write();
          return;
        }
        this.#out.lend((temporary) => {
          const result = discard ? "" : temporary();
          writer.put(discard ? "((" : `(${result} = (`);
          write();
          writer.put(")");
          for (const id of written) {
            writer.put(", ");
            this.#written(id, this.#shared(id)!, id.name);
          }
          writer.put(discard ? ")" : `, ${result})`);
        });
      }
    }
  }

  #assignVariable(node: AssignmentExpression, id: Identifier): void {
    const { writer } = this.#out;
    const binding = this.#shared(id);
    const global = this.#global(id);
    this.#hint = id.name;
    if (binding === undefined && !global) {
      writer.copy(node.start, node.right.start);
      this.#visit(node.right);
      return;
    }
    const name = JSON.stringify(id.name);
    const read = () => {
      if (binding !== undefined)
        writer.put(`(${this.#out.helper("r")}(${this.#out.cell(binding)}, ${this.#out.site(id)}), ${id.name})`);
      else
        writer.put(`(${this.#out.helper("o")}(${this.#out.helper("G")}, ${name}, ${this.#out.site(id)}), ${id.name})`);
    };
    const wrote = (value: () => void) => {
      if (binding !== undefined) this.#written(id, binding, id.name, value);
      else {
        writer.put(`${this.#out.helper("w")}(${this.#out.helper("G")}, ${name}, `);
        value();
        writer.put(`, ${this.#out.site(id)})`);
      }
    };
    const logical = /^(\|\||&&|\?\?)=$/.exec(node.operator)?.[1];
    if (logical !== undefined) {
      writer.put("(", node.start);
      read();
      writer.put(` ${logical} (`);
      writer.copy(id.start, id.end);
      writer.put(" = ");
      wrote(() => this.#named(id.name, node.right));
      writer.put("))");
      return;
    }
    const parenthesized = id !== (node.left as AnyNode); // (x) = function () {} gives no name
    writer.copy(node.left.start, node.left.end);
    writer.put(" = ");
    wrote(() => {
      if (node.operator === "=") {
        if (parenthesized) this.#visit(node.right);
        else this.#named(id.name, node.right);
        return;
      }
      read();
      writer.put(` ${node.operator.slice(0, -1)} (`);
      this.#visit(node.right);
      writer.put(")");
    });
  }

  #update(node: UpdateExpression, discard: boolean): void {
    const { writer } = this.#out;
    const target = unwrap(node.argument);
    if (target.type === "MemberExpression") {
      this.#updateMember(node, target, discard);
      return;
    }
    const id = target as Identifier;
    const binding = this.#shared(id);
    if (binding !== undefined) {
      const cell = this.#out.cell(binding);
      const site = this.#out.site(id);
      writer.put(`(${this.#out.helper("r")}(${cell}, ${site}), ${this.#out.helper("v")}(${cell}, 0, ${site}), `);
    } else if (this.#global(id)) {
      const site = this.#out.site(id);
      const args = `${this.#out.helper("G")}, ${JSON.stringify(id.name)}`;
      writer.put(`(${this.#out.helper("o")}(${args}, ${site}), ${this.#out.helper("w")}(${args}, 0, ${site}), `);
    } else {
      writer.copy(node.start, node.end);
      return;
    }
    writer.copy(node.start, node.end);
    writer.put(")");
  }

  // Members

  /** Whether what is read of it is nothing to announce: Math.floor, arguments[0], import.meta.url. */
  #isPlain(object: Expression | Super): boolean {
    const inner = unwrap(object as AnyNode);
    if (inner.type === "Super" || inner.type === "MetaProperty") return true;
    if (inner.type !== "Identifier") return inner.type === "Literal";
    const binding = this.#out.analysis.references.get(inner);
    return binding === undefined ? true : binding === null && isStandardNamespace(inner.name);
  }

  /** Whether the object can be evaluated again after `between`, to the same effect: none. */
  #isStable(object: Expression | Super, between: AnyNode | undefined): boolean {
    if (this.#evaluated.has(object) || object.type === "ThisExpression") return true;
    if (object.type !== "Identifier") return false;
    const binding = this.#out.analysis.references.get(object);
    if (!binding) return false;
    if (binding.constant || between === undefined) return true;
    return !assigns(between) && !(binding.captured && mayCall(between)) && !binding.evil;
  }

  #again(object: Expression | Super): string {
    return this.#evaluated.get(object) ?? (object.type === "ThisExpression" ? "this" : (object as Identifier).name);
  }

  /** Whether a private name is a field, and the variable that holds its key. */
  #private(name: string): { key: string; field: boolean } {
    for (const names of this.#classes.toReversed()) {
      const found = names.get(name);
      if (found !== undefined) return found;
    }
    return { key: "", field: false };
  }

  #place(node: MemberExpression, temporary: () => string, once = false): Place | undefined {
    const { writer } = this.#out;
    const { object, property, computed } = node;
    if (this.#isPlain(object)) return undefined;
    let key: () => void;
    let keyAgain: string;
    let member: () => void;
    let memberAgain: string;
    if (!computed) {
      if (property.type === "PrivateIdentifier") {
        const found = this.#private(property.name);
        if (!found.field) return undefined;
        keyAgain = found.key;
        memberAgain = `.#${property.name}`;
      } else {
        const { name } = property as Identifier;
        keyAgain = JSON.stringify(name);
        memberAgain = `.${name}`;
      }
      key = () => writer.put(keyAgain);
      member = () => {
        writer.put(".", property.start);
        writer.copy(property.start, property.end);
      };
    } else {
      const simple = this.#simpleKey(property as Expression);
      if (simple !== undefined) {
        keyAgain = simple;
        key = () => this.#visit(property);
      } else {
        const name = temporary();
        const primitive = isPrimitive(property);
        keyAgain = name;
        key = () => {
          writer.put(primitive ? `${name} = ` : `${name} = ${this.#out.helper("k")}(`);
          if (primitive) writer.put("(");
          this.#visit(property);
          writer.put(")");
        };
      }
      memberAgain = `[${keyAgain}]`;
      member = () => {
        writer.put("[");
        key();
        writer.put("]");
      };
    }
    if (once || this.#isStable(object, computed ? property : undefined)) {
      const again = once ? "" : this.#again(object);
      return { base: () => this.#visit(object), again, member, memberAgain, key, keyAgain, computed };
    }
    const again = temporary();
    const base = () => {
      writer.put(`(${again} = `);
      this.#visit(object);
      writer.put(")");
    };
    return { base, again, member, memberAgain, key, keyAgain, computed };
  }

  /** The text of a key that can be evaluated twice and is no object; else undefined. */
  #simpleKey(key: Expression): string | undefined {
    if (key.type === "Literal" && !key.regex) return this.#out.writer.source.slice(key.start, key.end);
    if (key.type !== "Identifier") return undefined;
    const binding = this.#out.analysis.references.get(key);
    return binding?.primitive && !binding.evil ? key.name : undefined;
  }

  #memberSite(node: MemberExpression): number {
    const { writer } = this.#out;
    const from = writer.original(node.start);
    const to = writer.original(node.property.start);
    const far = to !== undefined && from?.line !== to.line;
    return this.#out.site(node, undefined, far ? node.property.start : node.start);
  }

  #member(node: MemberExpression): void {
    const { writer } = this.#out;
    this.#out.lend((temporary) => {
      const receiver = this.#receivers.get(node);
      const place = this.#place(node, temporary, true);
      if (place === undefined) {
        this.#plainMember(node, receiver);
        return;
      }
      writer.put(`${this.#readHelper(node)}(`, node.start);
      if (receiver !== undefined) writer.put(`${receiver} = `);
      this.#visit(node.object);
      writer.put(", ");
      place.key();
      writer.put(`, ${this.#memberSite(node)})`);
      writer.put(place.memberAgain, node.property.start);
    });
  }

  /** A member whose reading is not announced. */
  #plainMember(node: MemberExpression, receiver: string | undefined): void {
    const { writer } = this.#out;
    if (receiver !== undefined) writer.put(`(${receiver} = `);
    if (node.object.type === "Super") writer.copy(node.object.start, node.object.end);
    else this.#visit(node.object);
    if (receiver !== undefined) writer.put(")");
    else if (node.object.type === "Literal" && typeof node.object.value === "number") writer.put(" "); // 1 .a
    if (node.computed) {
      writer.put("[");
      this.#visit(node.property);
      writer.put("]");
    } else {
      writer.put(".", node.property.start);
      writer.copy(node.property.start, node.property.end);
    }
  }

  #assignMember(node: AssignmentExpression, target: MemberExpression): void {
    const { writer } = this.#out;
    const { right, operator } = node;
    this.#out.lend((temporary) => {
      if (target.object.type === "Super" && operator === "=" && !target.computed) {
        this.#plainMember(target, undefined);
        writer.put(` = ${this.#out.helper("w")}(this, ${JSON.stringify((target.property as Identifier).name)}, `);
        this.#visit(right);
        writer.put(`, ${this.#memberSite(target)})`);
        return;
      }
      const place = this.#place(target, temporary);
      if (place === undefined) {
        this.#plainMember(target, undefined);
        writer.put(` ${operator} `);
        this.#visit(right);
        return;
      }
      const site = this.#memberSite(target);
      const { again, memberAgain, keyAgain } = place;
      const logical = /^(\|\||&&|\?\?)=$/.exec(operator)?.[1];
      if (logical !== undefined) {
        writer.put(`(${this.#readHelper(target)}(`, node.start);
        place.base();
        writer.put(", ");
        place.key();
        writer.put(`, ${site})${memberAgain} ${logical} (${again}${memberAgain} = `);
        writer.put(`${this.#writeHelper(target)}(${again}, ${keyAgain}, `);
        this.#visit(right);
        writer.put(`, ${site})))`);
        return;
      }
      place.base();
      place.member();
      writer.put(` = ${this.#writeHelper(target)}(${again}, ${keyAgain}, `, target.property.start);
      if (operator === "=") this.#visit(right);
      else {
        writer.put(
          `${this.#readHelper(target)}(${again}, ${keyAgain}, ${site})${memberAgain} ${operator.slice(0, -1)} (`,
        );
        this.#visit(right);
        writer.put(")");
      }
      writer.put(`, ${site})`);
    });
  }

  #readHelper({ computed, property }: MemberExpression): string {
    if (computed) return this.#out.helper(property.type === "Literal" ? "o" : "ok");
    return this.#out.helper(property.type === "Identifier" && property.name === "size" ? "z" : "o");
  }

  #writeHelper({ computed, property }: MemberExpression): string {
    if (computed) return this.#out.helper("wk");
    return this.#out.helper(property.type === "Identifier" && property.name === "length" ? "wl" : "w");
  }

  #updateMember(node: UpdateExpression, target: MemberExpression, discard: boolean): void {
    const { writer } = this.#out;
    this.#out.lend((temporary) => {
      const place = this.#place(target, temporary);
      if (place === undefined) {
        if (node.prefix) writer.put(node.operator);
        this.#plainMember(target, undefined);
        if (!node.prefix) writer.put(node.operator);
        return;
      }
      const site = this.#memberSite(target);
      const value = temporary();
      const old = node.prefix || discard ? undefined : temporary();
      const { again, memberAgain, keyAgain } = place;
      writer.put("(", node.start);
      place.base();
      place.member();
      writer.put(` = ${this.#writeHelper(target)}(${again}, ${keyAgain}, `, target.property.start);
      writer.put(`(${value} = ${this.#readHelper(target)}(${again}, ${keyAgain}, ${site})${memberAgain}, `);
      if (old === undefined) writer.put(`${node.operator}${value})`);
      else writer.put(`${old} = ${value}${node.operator}, ${value})`);
      writer.put(`, ${site})`);
      writer.put(old === undefined ? ")" : `, ${old})`);
    });
  }

  #unary(node: UnaryExpression): void {
    const { writer } = this.#out;
    const operand = unwrap(node.argument);
    if (node.operator === "typeof" && operand.type === "Identifier" && this.#global(operand)) {
      writer.copy(node.start, node.end);
      return;
    }
    const binding = node.operator === "typeof" && operand.type === "Identifier" ? this.#shared(operand) : undefined;
    if (binding !== undefined) {
      // The name stays where it is: a function in a block may leave none outside, and typeof does not mind.
      writer.put(`(${this.#out.helper("r")}(${this.#out.cell(binding)}, ${this.#out.site(operand)}), `, node.start);
      writer.copy(node.start, node.end);
      writer.put(")");
      return;
    }
    if (node.operator !== "delete" || operand.type === "Identifier") {
      if (node.operator === "delete") writer.copy(node.start, node.end);
      else {
        writer.put(`${node.operator} `, node.start);
        this.#visit(node.argument);
      }
      return;
    }
    if (operand.type === "ChainExpression" && operand.expression.type === "MemberExpression") {
      const member = operand.expression;
      this.#chain(operand, () => this.#delete(member, node), "true");
      return;
    }
    if (operand.type === "MemberExpression") this.#delete(operand, node);
    else {
      writer.put("delete ", node.start);
      this.#visit(node.argument);
    }
  }

  #delete(member: MemberExpression, node: Node): void {
    const { writer } = this.#out;
    this.#out.lend((temporary) => {
      writer.put("delete ", node.start);
      const place = this.#place(member, temporary, true);
      if (place === undefined) {
        this.#plainMember(member, undefined);
        return;
      }
      writer.put(`${this.#out.helper("d")}(`);
      this.#visit(member.object);
      writer.put(", ");
      place.key();
      writer.put(`, ${this.#memberSite(member)})${place.memberAgain}`);
    });
  }

  /** `a?.b.c`: evaluates up to the last `?.`, which is `otherwise` where that is nothing, then `write` writes the rest. */
  #chain(chain: ChainExpression | null, write: () => void, otherwise: string, top: AnyNode = chain!.expression): void {
    const { writer } = this.#out;
    const last = lastOptional(top);
    if (last === undefined) {
      write();
      return;
    }
    this.#out.lend((temporary) => {
      const value = temporary();
      const inner: AnyNode = last.type === "CallExpression" ? last.callee : last.object;
      const callee = unwrap(inner);
      writer.put(`((${value} = `, top.start);
      if (last.type === "CallExpression" && callee.type === "MemberExpression") {
        const receiver = callee.object.type === "Super" ? "this" : temporary();
        if (receiver !== "this") this.#receivers.set(callee, receiver);
        this.#chain(null, () => this.#member(callee), "void 0", callee);
        this.#receivers.set(callee, receiver);
      } else if (
        last.type === "CallExpression" &&
        callee.type === "ChainExpression" &&
        callee.expression.type === "MemberExpression"
      ) {
        const receiver = temporary();
        this.#receivers.set(callee.expression, receiver);
        this.#visit(inner);
        this.#receivers.delete(callee.expression);
        this.#receivers.set(callee, receiver);
      } else this.#chain(null, () => this.#visit(inner), "void 0", inner);
      writer.put(`) === null || ${value} === void 0 ? ${otherwise} : `);
      this.#evaluated.set(inner, value);
      this.#evaluated.set(callee, value);
      const { optional } = last;
      last.optional = false;
      write();
      last.optional = optional;
      this.#evaluated.delete(inner);
      this.#evaluated.delete(callee);
      this.#receivers.delete(callee);
      writer.put(")");
    });
  }

  // Calls

  #call(node: CallExpression): void {
    const { writer } = this.#out;
    const callee = unwrap(node.callee as AnyNode);
    const name = render(node.callee);
    if (callee.type === "Super") {
      writer.put("super", node.start);
      this.#arguments(node, undefined, "(");
      return;
    }
    const evaluated = this.#evaluated.get(callee);
    if (evaluated !== undefined) {
      const receiver = this.#receivers.get(callee);
      const site = this.#out.site(node, name);
      writer.put(`${this.#out.helper("F")}(${evaluated}, ${site})`, node.start);
      if (receiver === undefined) this.#arguments(node, site, "(");
      else this.#arguments(node, site, `.call(${receiver}`);
      return;
    }
    if (callee.type === "Identifier") {
      const binding = this.#out.analysis.references.get(callee);
      if (binding === undefined || (binding === null && callee.name === "eval")) {
        writer.copy(node.callee.start, node.callee.end);
        this.#arguments(node, undefined, "(");
        return;
      }
      const site = this.#out.site(node, name);
      const known = binding?.kind === "function" && binding.constant;
      writer.put(`${this.#out.helper(known ? "c" : "f")}(`, node.start);
      this.#visit(callee);
      writer.put(`, ${site})`);
      this.#arguments(node, site, "(");
      return;
    }
    if (callee.type === "MemberExpression") {
      this.#callMember(node, callee, name);
      return;
    }
    if (callee.type === "ChainExpression" && callee.expression.type === "MemberExpression") {
      // (a?.b)(): the parentheses end the chain but not the reference.
      const member = callee.expression;
      this.#out.lend((temporary) => {
        const receiver = temporary();
        const site = this.#out.site(node, name);
        this.#receivers.set(member, receiver);
        writer.put(`${this.#out.helper("F")}(`, node.start);
        this.#chain(callee, () => this.#member(member), "void 0");
        this.#receivers.delete(member);
        writer.put(`, ${site})`);
        this.#arguments(node, site, `.call(${receiver}`);
      });
      return;
    }
    const site = this.#out.site(node, name);
    writer.put(`${this.#out.helper("f")}(`, node.start);
    this.#visit(callee);
    writer.put(`, ${site})`);
    this.#arguments(node, site, "(");
  }

  #callMember(node: CallExpression, callee: MemberExpression, name: string): void {
    const { writer } = this.#out;
    this.#out.lend((temporary) => {
      const object = unwrap(callee.object as AnyNode);
      if (object.type === "Identifier" && object.name === "Math" && this.#isPlain(callee.object)) {
        this.#plainMember(callee, undefined);
        this.#arguments(node, undefined, "(");
        return;
      }
      const site = this.#callSite(node, callee, name);
      if (object.type === "Super") {
        writer.put(`${this.#out.helper("F")}(`, node.start);
        this.#plainMember(callee, undefined);
        writer.put(`, ${site})`);
        this.#arguments(node, site, ".call(this");
        return;
      }
      const place = this.#place(callee, temporary);
      if (place === undefined) {
        const named = callee.object.type === "Identifier" && !callee.computed;
        const receiver = named ? (callee.object as Identifier).name : temporary();
        writer.put(`${this.#out.helper("F")}(`, node.start);
        this.#plainMember(callee, named ? undefined : receiver);
        writer.put(`, ${site})`);
        this.#arguments(node, site, `.call(${receiver}`, callee.property.start);
        return;
      }
      writer.put(`${this.#out.helper(callee.computed ? "mk" : "m")}(`, node.start);
      place.base();
      writer.put(`, ${place.again}`);
      place.member();
      writer.put(`, ${place.keyAgain}, ${site})`);
      this.#arguments(node, site, `.call(${place.again}`, callee.property.start);
    });
  }

  #callSite(node: CallExpression, callee: MemberExpression, name: string): number {
    const { writer } = this.#out;
    const far = writer.original(node.start)?.line !== writer.original(callee.property.start)?.line;
    return this.#out.site(node, name, far ? callee.property.start : node.start);
  }

  /** The arguments; where they call something themselves, the last of them brings the place of the call back to mind. */
  #arguments(node: CallExpression | NewExpression, site: number | undefined, open: string, at = node.start): void {
    const { writer } = this.#out;
    writer.put(open, at);
    const again = site !== undefined && node.arguments.some(mayCall);
    node.arguments.forEach((each, index) => {
      if (index > 0 || open !== "(") writer.put(", ");
      const wrap = again && index === node.arguments.length - 1;
      if (each.type === "SpreadElement") {
        writer.put(wrap ? `...${this.#out.helper("c")}(` : "...");
        this.#spreadValue(each, "sc");
      } else {
        if (wrap) writer.put(`${this.#out.helper("c")}(`);
        this.#visit(each);
      }
      if (wrap) writer.put(`, ${site})`);
    });
    writer.put(")");
  }

  #new(node: NewExpression): void {
    const { writer } = this.#out;
    const site = this.#out.site(node, render(node.callee));
    writer.put(`new (${this.#out.helper("n")}(`, node.start);
    this.#visit(node.callee);
    writer.put(`, ${site}))`);
    this.#arguments(node, site, "(");
  }

  #tagged(node: TaggedTemplateExpression): void {
    const { writer } = this.#out;
    const tag = unwrap(node.tag);
    if (tag.type === "MemberExpression" && tag.object.type !== "Super" && !this.#isPlain(tag.object)) this.#member(tag);
    else if (tag.type === "MemberExpression") this.#plainMember(tag, undefined);
    else if (tag.type === "ChainExpression") writer.copy(node.tag.start, node.tag.end);
    else {
      const binding = tag.type === "Identifier" ? this.#out.analysis.references.get(tag) : null;
      if (binding === undefined) writer.copy(tag.start, tag.end);
      else {
        const site = this.#out.site(node, render(node.tag));
        writer.put(`${this.#out.helper("f")}(`);
        this.#visit(tag);
        writer.put(`, ${site})`);
      }
    }
    this.#visit(node.quasi);
  }

  #spread(node: SpreadElement, helper: string): void {
    this.#out.writer.put("...", node.start);
    this.#spreadValue(node, helper);
  }

  #spreadValue(node: SpreadElement, helper: string): void {
    const { writer } = this.#out;
    writer.put(`${this.#out.helper(helper)}(`, node.argument.start);
    this.#visit(node.argument);
    writer.put(`, ${this.#out.site(node.argument, render(node.argument))})`);
  }

  #yield(node: YieldExpression): void {
    const { writer, own, context } = this.#out;
    context.active = true;
    if (context.async && !node.delegate) {
      this.#await(() => (node.argument ? this.#visit(node.argument) : writer.put("void 0")), "yield ", node);
      return;
    }
    writer.put(`${this.#out.helper("b")}(${own}, `, node.start);
    writer.put(node.delegate ? "yield* " : "yield");
    if (node.argument) {
      if (node.delegate) writer.put(`${this.#out.helper("yi")}(`);
      else writer.put(" ");
      this.#visit(node.argument);
      if (node.delegate) writer.put(`, ${this.#out.site(node.argument, render(node.argument))})`);
    }
    writer.put(")");
  }

  #await(argument: () => void, keyword: string, node: Node): void {
    const { writer, context } = this.#out;
    if (context.kind === "program") this.#awaits = true;
    const site = this.#out.site(node);
    writer.put(
      `${this.#out.helper("aR")}(${this.#out.async}, ${this.#out.own}, ${keyword}${this.#awaiting()}`,
      node.start,
    );
    argument();
    writer.put(`, ${site}), ${site})`);
  }

  #awaiting(): string {
    if (this.#out.context.kind === "program") this.#awaits = true;
    return `${this.#out.helper("aA")}(${this.#out.async}, `;
  }

  #resumed(node: Node): string {
    const { own, async } = this.#out;
    return `${this.#out.helper("aR")}(${async}, ${own}, 0, ${this.#out.site(node, "")})`;
  }

  // Literals and patterns

  #property(node: Extract<AnyNode, { type: "Property" }>): void {
    const { writer } = this.#out;
    const value = node.value as AnyNode;
    if (node.shorthand) {
      const id = value as Identifier;
      if (!this.#isAnnounced(id)) writer.copy(node.start, node.end);
      else {
        writer.put(id.name === "__proto__" ? `["__proto__"]: ` : `${id.name}: `); // { __proto__: x } would be the prototype
        this.#identifier(id);
      }
      return;
    }
    this.#inOrder(node, [node.key, value], (part) => {
      if (part === node.key && !node.computed) writer.copy(part.start, part.end);
      else {
        if (part === value && !node.computed) this.#hint = nameOf(node.key);
        this.#visit(part);
      }
    });
  }

  /** What is declared or assigned to: its names stay as they are. */
  #pattern(node: AnyNode): void {
    const { writer } = this.#out;
    switch (node.type) {
      case "Identifier":
        writer.copy(node.start, node.end);
        return;
      case "MemberExpression":
        this.#reference(node);
        return;
      case "ParenthesizedExpression":
        writer.put("(");
        this.#pattern(node.expression);
        writer.put(")");
        return;
      case "AssignmentPattern":
        this.#inOrder(node, [node.left, node.right] as AnyNode[], (part) => {
          if (part === node.left) this.#pattern(part);
          else this.#value(part as Expression, node.left.type === "Identifier" ? node.left.name : "");
        });
        return;
      case "RestElement":
        this.#inOrder(node, [node.argument], (part) => this.#pattern(part));
        return;
      case "ArrayPattern":
        this.#inOrder(
          node,
          node.elements.filter((each) => each !== null),
          (part) => this.#pattern(part),
        );
        return;
      case "ObjectPattern":
        this.#inOrder(node, node.properties, (property) => {
          if (property.type === "RestElement") this.#pattern(property);
          else if (property.shorthand) this.#pattern(property.value);
          else
            this.#inOrder<AnyNode>(property, [property.key, property.value], (part) => {
              if (part === property.value) this.#pattern(part);
              else if (property.computed) this.#value(part as Expression, "");
              else writer.copy(part.start, part.end);
            });
        });
        return;
      default:
        this.#visit(node);
    }
  }

  /** A member that a pattern assigns to. */
  #reference(node: MemberExpression): void {
    const { writer, context } = this.#out;
    if (this.#isPlain(node.object) || node.property.type === "PrivateIdentifier") {
      this.#plainMember(node, undefined);
      return;
    }
    writer.put(`${this.#out.helper(context.scope.strict ? "q" : "Q")}(`, node.start);
    this.#visit(node.object);
    writer.put(", ");
    if (node.computed) this.#visit(node.property);
    else writer.put(JSON.stringify((node.property as Identifier).name));
    writer.put(`, ${this.#memberSite(node)}).value`);
  }

  // Functions and classes

  #function(node: FunctionNode & AnyNode, hint: string): void {
    const out = this.#out;
    const { writer, analysis } = out;
    const own = analysis.scopes.get(node)!;
    const { body } = node;
    const block = body.type === "BlockStatement" ? body : undefined;
    const inner = (block && analysis.scopes.get(block)) ?? own;
    const name = node.id?.name ?? (hint === "" ? "<anonymous>" : hint);
    const context = new Context("function", inner, name, { async: node.async, generator: node.generator });

    const later = this.#parameters(node, own, inner);
    if (block) {
      const start = block.start + 1 + directivesLength(block);
      writer.put("{", block.start);
      writer.copy(block.start + 1, start);
      if (start > block.start + 1) writer.put(";");
      const statements = block.body.filter((each) => each.start >= start);
      context.guarded = (node.async || hasFinally(statements)) && !clashes(statements);
      const prologue = writer.slot();
      out.within(context, () => {
        for (const each of later) each();
        this.#statements(statements, start, block.end - 1);
      });
      const epilogue = writer.slot();
      writer.put("}");
      prologue.text = this.#prologue(context, own, inner, node);
      epilogue.text = this.#epilogue(context);
    } else {
      const prologue = writer.slot();
      context.guarded = node.async;
      out.within(context, () => {
        for (const each of later) each();
      });
      const value = writer.slot();
      out.within(context, () => this.#visit(body));
      const epilogue = writer.slot();
      const needed = later.length > 0 || context.active || context.temporaries.length > 0 || this.#hasCells(own);
      if (needed) {
        prologue.text = `{ ${this.#prologue(context, own, inner, node)}`;
        const exits = context.active && !context.guarded;
        value.text = exits ? `return ${out.helper("x")}(${out.own}, ` : "return ";
        epilogue.text = `${exits ? ")" : ""}; ${this.#epilogue(context, true)}}`;
      }
    }
    this.#returns(context);
  }

  #hasCells(scope: Scope): boolean {
    return [...scope.names.values()].some((binding) => binding.shared);
  }

  #returns(context: Context): void {
    const exits = context.kind === "function" && context.active && !context.guarded;
    for (const [before, after] of context.returns) {
      const bare = after.text !== "";
      if (exits) before.text = `${this.#out.helper("x")}(${this.#out.own}${bare ? "" : ", "}`;
      after.text = exits ? ")" : "";
    }
  }

  #prologue(context: Context, own: Scope, inner: Scope, node: FunctionNode & AnyNode): string {
    const out = this.#out;
    const parts: string[] = [];
    const { temporaries } = context;
    if (temporaries.length > 0) parts.push(`var ${temporaries.join(", ")};`);
    if (context.active) parts.push(`const ${out.own} = ${out.helper("e")}();`);
    if (context.active && node.async) {
      const site = out.within(context, () => out.site(node, context.name));
      parts.push(`const ${out.async} = ${out.helper("aE")}(${site});`);
    }
    const cells = out.cells(own, "var", (binding) => binding.kind !== "self");
    if (cells !== "") parts.push(cells);
    if (inner !== own) parts.push(out.cells(inner, "var"));
    if (context.guarded && context.active) parts.push("try {");
    return parts.length > 0 ? ` ${parts.join(" ")} ` : "";
  }

  #epilogue(context: Context, expression = false): string {
    const out = this.#out;
    if (!context.active) return "";
    if (context.guarded) {
      const leave = `${out.helper("x")}(${out.own});`;
      return ` } finally { ${context.async ? `${out.helper("aX")}(${out.async}); ` : ""}${leave} }`;
    }
    return expression ? "" : ` ${out.helper("x")}(${out.own});`;
  }

  /** Writes the parameters; the result writes what is to happen with them at the beginning of the body. */
  #parameters(node: FunctionNode & AnyNode, own: Scope, inner: Scope): (() => void)[] {
    const out = this.#out;
    const { writer } = out;
    const later: (() => void)[] = [];
    const arrow = node.type === "ArrowFunctionExpression";
    const moved = arrow ? movable(node, inner) : undefined;
    this.#inOrder({ ...node, end: node.body.start }, node.params, (param) => {
      const index = node.params.indexOf(param);
      const pattern = param.type === "AssignmentPattern" ? param.left : param;
      const shape = describe(pattern);
      if (shape === undefined) {
        this.#apart(() => this.#pattern(param));
        return;
      }
      const read = (value: string, helper: string) =>
        `${out.helper(helper)}(${value}, ${this.#constant(JSON.stringify(shape))}, ${out.site(pattern, "")})`;
      if (!arrow) {
        this.#apart(() => this.#pattern(param));
        if (!own.names.has("arguments") && !inner.names.has("arguments"))
          later.push(() => writer.put(`${read(`arguments[${index}]`, "Da")}; `));
        return;
      }
      if (!moved) {
        this.#apart(() => this.#pattern(param));
        return;
      }
      const name = `${out.prefix}p${index}`;
      writer.put(name);
      if (param.type === "AssignmentPattern") {
        writer.put(" = ");
        this.#apart(() => this.#value(param.right, ""));
      }
      later.push(() => {
        writer.put("var ");
        this.#pattern(pattern);
        writer.put(` = ${read(name, "D")}; `);
      });
    });
    return later;
  }

  /** Writes parameters, which are evaluated where the temporaries of the function's body cannot be seen. */
  #apart(write: () => void): void {
    const { context } = this.#out;
    this.#out.within(new Context("parameters", context.scope, context.name), write);
  }

  /** Writes a default value or computed key of a pattern. */
  #value(node: Expression, hint: string): void {
    this.#hint = hint;
    if (this.#out.context.kind === "parameters") this.#apartExpression(node, this.#out.context.name);
    else this.#visit(node);
  }

  /** Writes an expression that is evaluated apart from the function around it, which cannot lend it temporaries. */
  #apartExpression(node: Expression, name: string): void {
    const out = this.#out;
    const context = new Context("apart", out.context.scope, name);
    const before = out.writer.slot(node.start);
    const hint = this.#hint;
    out.within(context, () => {
      this.#hint = hint;
      this.#visit(node);
    });
    const after = out.writer.slot();
    if (context.temporaries.length === 0) return;
    before.text = `(() => { var ${context.temporaries.join(", ")}; return `;
    after.text = "; })()";
  }

  #staticBlock(node: Extract<AnyNode, { type: "StaticBlock" }>): void {
    const out = this.#out;
    const scope = out.analysis.scopes.get(node)!;
    const context = new Context("apart", scope, "<static_initializer>");
    const open = out.writer.source.indexOf("{", node.start) + 1;
    out.writer.copy(node.start, open);
    const prologue = out.writer.slot();
    out.within(context, () => this.#statements(node.body, open, node.end));
    const { temporaries } = context;
    prologue.text = (temporaries.length > 0 ? ` var ${temporaries.join(", ")}; ` : "") + out.cells(scope, "var");
  }

  #class(node: Class & AnyNode, hint: string): void {
    const { writer } = this.#out;
    const name = node.id?.name ?? (hint === "" ? "<anonymous>" : hint);
    const privates: Privates = new Map();
    for (const member of node.body.body) {
      if (member.type === "StaticBlock" || member.key.type !== "PrivateIdentifier") continue;
      const field = member.type === "PropertyDefinition";
      const text = `#${member.key.name}`;
      privates.set(member.key.name, {
        field,
        key: field ? this.#constant(`${this.#out.helper("P")}(${JSON.stringify(text)})`) : "",
      });
    }
    const head = node.superClass ? [node.superClass] : [];
    this.#classes.push(privates);
    this.#inOrder<AnyNode>({ ...node, end: node.body.start }, head, (part) => this.#visit(part));
    this.#inOrder<AnyNode>(node.body, node.body.body, (member) => this.#memberOf(member, name));
    this.#classes.pop();
  }

  #memberOf(member: AnyNode, className: string): void {
    const { writer } = this.#out;
    if (member.type !== "MethodDefinition" && member.type !== "PropertyDefinition") {
      this.#visit(member);
      return;
    }
    const key = member.key.type === "PrivateIdentifier" ? `#${member.key.name}` : nameOf(member.key);
    const kind = member.type === "MethodDefinition" && /^[gs]et$/.test(member.kind) ? `${member.kind} ` : "";
    const name = member.computed
      ? "<anonymous>"
      : key === "constructor"
        ? `new ${className}`
        : `${className}.${kind}${key}`;
    const parts: AnyNode[] = member.value ? [member.key, member.value] : [member.key];
    this.#inOrder(member, parts, (part) => {
      if (part === member.key) {
        if (member.computed) this.#visit(part);
        else writer.copy(part.start, part.end);
      } else if (member.type === "MethodDefinition") {
        this.#hint = name;
        this.#visit(part);
      } else {
        this.#hint = key;
        const scope = this.#out.analysis.scopes.get(member)!;
        this.#out.within(new Context("apart", scope, name), () => this.#apartExpression(part as Expression, name));
      }
    });
    if (member.type === "PropertyDefinition") this.#semicolon(member);
  }
}

// Questions about the tree that only arise here

function directivesEnd(node: Program): number {
  const last = node.body.findLast((each) => each.type === "ExpressionStatement" && each.directive !== undefined);
  return last?.end ?? 0;
}

function directivesLength(block: { start: number; body: Statement[] }): number {
  const last = block.body.findLast((each) => each.type === "ExpressionStatement" && each.directive !== undefined);
  return last === undefined ? 0 : last.end - block.start - 1;
}

function isForAwait(node: AnyNode): boolean {
  if (node.type === "LabeledStatement") return isForAwait(node.body);
  return node.type === "ForOfStatement" && node.await;
}

/** The outermost `?.` of a chain: its node. */
function lastOptional(top: AnyNode): MemberExpression | CallExpression | undefined {
  let node = top;
  for (;;) {
    if (node.type !== "MemberExpression" && node.type !== "CallExpression") return undefined;
    if (node.optional) return node;
    node = node.type === "MemberExpression" ? node.object : node.callee;
  }
}

/** The variables in a pattern that is assigned to. */
function identifiers(node: AnyNode): Identifier[] {
  switch (node.type) {
    case "Identifier":
      return [node];
    case "ParenthesizedExpression":
      return identifiers(node.expression);
    case "ObjectPattern":
      return node.properties.flatMap((each) => identifiers(each.type === "RestElement" ? each.argument : each.value));
    case "ArrayPattern":
      return node.elements.flatMap((each) => (each ? identifiers(each) : []));
    case "RestElement":
      return identifiers(node.argument);
    case "AssignmentPattern":
      return identifiers(node.left);
    default:
      return [];
  }
}

function hasFinally(nodes: readonly AnyNode[]): boolean {
  return nodes.some((node) => {
    if (isFunction(node) || node.type === "ClassDeclaration" || node.type === "ClassExpression") return false;
    return (node.type === "TryStatement" && !!node.finalizer) || hasFinally(children(node));
  });
}

/** Whether these statements may not stand in a block: they declare a function and something else by one name. */
function clashes(statements: readonly Statement[]): boolean {
  const functions = statements.filter((each) => each.type === "FunctionDeclaration").map(({ id }) => id.name);
  if (new Set(functions).size < functions.length) return true;
  const variables = new Set(variablesIn(statements));
  return functions.some((name) => variables.has(name) || name === "arguments");
}

function variablesIn(nodes: readonly AnyNode[]): string[] {
  return nodes.flatMap((node) => {
    if (isFunction(node)) return [];
    const own = node.type === "VariableDeclaration" && node.kind === "var" ? declared(node) : [];
    return [...own, ...variablesIn(children(node))];
  });
}

/** Whether the patterns among an arrow function's parameters can be variables of its body instead. */
function movable(node: ArrowFunctionExpression, inner: Scope): boolean {
  const first = node.params.findIndex((param) => describe(param.type === "AssignmentPattern" ? param.left : param));
  const rest = node.params.slice(first);
  const bare = (param: Pattern, index: number): boolean => {
    const pattern = param.type === "AssignmentPattern" && index === 0 ? param.left : param;
    return pattern.type !== "RestElement" && !hasCode(pattern);
  };
  if (first < 0 || !rest.every(bare)) return false;
  const names = rest.flatMap(declared);
  return names.every((name) => {
    const kind = inner.names.get(name)?.kind;
    return kind === undefined || kind === "param";
  });
}

function mentions(node: AnyNode, names: readonly string[]): boolean {
  if (node.type === "Identifier") return names.includes(node.name);
  return children(node).some((child) => mentions(child, names));
}

/** Whether a pattern evaluates anything: default values, computed keys. */
function hasCode(node: AnyNode): boolean {
  if (node.type === "AssignmentPattern") return true;
  if (node.type === "Property" && node.computed) return true;
  return children(node).some(hasCode);
}
