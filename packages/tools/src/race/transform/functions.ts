// Functions and classes: their frames, temporaries and parameters.
//
// A function that announces or calls anything makes its frame first and gives it back at each return; where a finally block
// could come after a return, or where it is async, in a finally block around its whole body.
import type {
  AnyNode,
  ArrowFunctionExpression,
  Class,
  Expression,
  Pattern,
  Statement,
  Function as FunctionNode,
} from "acorn";
import { Assignments } from "./assignments.js";
import { type Privates } from "./base.js";
import { Context } from "./context.js";
import { describe } from "./patterns.js";
import { declared, nameOf, type Scope } from "./scope.js";
import { children, isFunction } from "./tree.js";

export abstract class Functions extends Assignments {
  protected abstract statements(list: readonly AnyNode[], from: number, to: number): void;

  protected function(node: FunctionNode & AnyNode, hint: string): void {
    const out = this.out;
    const { writer, analysis } = out;
    const own = analysis.scopes.get(node)!;
    const { body } = node;
    const block = body.type === "BlockStatement" ? body : undefined;
    const inner = (block && analysis.scopes.get(block)) ?? own;
    const name = node.id?.name ?? (hint === "" ? "<anonymous>" : hint);
    const context = new Context("function", inner, name, { async: node.async, generator: node.generator });

    const later = this.parameters(node, own, inner);
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
        this.statements(statements, start, block.end - 1);
      });
      const epilogue = writer.slot();
      writer.put("}");
      prologue.text = this.prologue(context, own, inner, node);
      epilogue.text = this.epilogue(context);
    } else {
      const prologue = writer.slot();
      context.guarded = node.async;
      out.within(context, () => {
        for (const each of later) each();
      });
      const value = writer.slot();
      out.within(context, () => this.visit(body));
      const epilogue = writer.slot();
      const needed = later.length > 0 || context.active || context.temporaries.length > 0 || this.hasCells(own);
      if (needed) {
        prologue.text = `{ ${this.prologue(context, own, inner, node)}`;
        const exits = context.active && !context.guarded;
        value.text = exits ? `return ${out.helper("x")}(${out.own}, ` : "return ";
        epilogue.text = `${exits ? ")" : ""}; ${this.epilogue(context, true)}}`;
      }
    }
    this.returns(context);
  }

  protected hasCells(scope: Scope): boolean {
    return [...scope.names.values()].some((binding) => binding.shared);
  }

  protected returns(context: Context): void {
    const exits = context.kind === "function" && context.active && !context.guarded;
    for (const [before, after] of context.returns) {
      const bare = after.text !== "";
      if (exits) before.text = `${this.out.helper("x")}(${this.out.own}${bare ? "" : ", "}`;
      after.text = exits ? ")" : "";
    }
  }

  protected prologue(context: Context, own: Scope, inner: Scope, node: FunctionNode & AnyNode): string {
    const out = this.out;
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

  protected epilogue(context: Context, expression = false): string {
    const out = this.out;
    if (!context.active) return "";
    if (context.guarded) {
      const leave = `${out.helper("x")}(${out.own});`;
      return ` } finally { ${context.async ? `${out.helper("aX")}(${out.async}); ` : ""}${leave} }`;
    }
    return expression ? "" : ` ${out.helper("x")}(${out.own});`;
  }

  /** Writes the parameters; the result writes what is to happen with them at the beginning of the body. */
  protected parameters(node: FunctionNode & AnyNode, own: Scope, inner: Scope): (() => void)[] {
    const out = this.out;
    const { writer } = out;
    const later: (() => void)[] = [];
    const arrow = node.type === "ArrowFunctionExpression";
    const moved = arrow ? movable(node, inner) : undefined;
    this.inOrder({ ...node, end: node.body.start }, node.params, (param) => {
      const index = node.params.indexOf(param);
      const pattern = param.type === "AssignmentPattern" ? param.left : param;
      const shape = describe(pattern);
      if (shape === undefined) {
        this.apart(() => this.pattern(param));
        return;
      }
      const read = (value: string, helper: string) =>
        `${out.helper(helper)}(${value}, ${this.constant(JSON.stringify(shape))}, ${out.site(pattern, "")})`;
      if (!arrow) {
        this.apart(() => this.pattern(param));
        if (!own.names.has("arguments") && !inner.names.has("arguments"))
          later.push(() => writer.put(`${read(`arguments[${index}]`, "Da")}; `));
        return;
      }
      if (!moved) {
        this.apart(() => this.pattern(param));
        return;
      }
      const name = `${out.prefix}p${index}`;
      writer.put(name);
      if (param.type === "AssignmentPattern") {
        writer.put(" = ");
        this.apart(() => this.value(param.right, ""));
      }
      later.push(() => {
        writer.put("var ");
        this.pattern(pattern);
        writer.put(` = ${read(name, "D")}; `);
      });
    });
    return later;
  }

  protected staticBlock(node: Extract<AnyNode, { type: "StaticBlock" }>): void {
    const out = this.out;
    const scope = out.analysis.scopes.get(node)!;
    const context = new Context("apart", scope, "<static_initializer>");
    const open = out.writer.source.indexOf("{", node.start) + 1;
    out.writer.copy(node.start, open);
    const prologue = out.writer.slot();
    out.within(context, () => this.statements(node.body, open, node.end));
    const { temporaries } = context;
    prologue.text = (temporaries.length > 0 ? ` var ${temporaries.join(", ")}; ` : "") + out.cells(scope, "var");
  }

  protected class(node: Class & AnyNode, hint: string): void {
    const name = node.id?.name ?? (hint === "" ? "<anonymous>" : hint);
    const privates: Privates = new Map();
    for (const member of node.body.body) {
      if (member.type === "StaticBlock" || member.key.type !== "PrivateIdentifier") continue;
      const field = member.type === "PropertyDefinition";
      const text = `#${member.key.name}`;
      privates.set(member.key.name, {
        field,
        key: field ? this.constant(`${this.out.helper("P")}(${JSON.stringify(text)})`) : "",
      });
    }
    const head = node.superClass ? [node.superClass] : [];
    this.classes.push(privates);
    this.inOrder<AnyNode>({ ...node, end: node.body.start }, head, (part) => this.visit(part));
    this.inOrder<AnyNode>(node.body, node.body.body, (member) => this.memberOf(member, name));
    this.classes.pop();
  }

  protected memberOf(member: AnyNode, className: string): void {
    const { writer } = this.out;
    if (member.type !== "MethodDefinition" && member.type !== "PropertyDefinition") {
      this.visit(member);
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
    this.inOrder(member, parts, (part) => {
      if (part === member.key) {
        if (member.computed) this.visit(part);
        else writer.copy(part.start, part.end);
      } else if (member.type === "MethodDefinition") {
        this.hint = name;
        this.visit(part);
      } else {
        this.hint = key;
        const scope = this.out.analysis.scopes.get(member)!;
        this.out.within(new Context("apart", scope, name), () => this.apartExpression(part as Expression, name));
      }
    });
    if (member.type === "PropertyDefinition") this.semicolon(member);
  }
}

function directivesLength(block: { start: number; body: Statement[] }): number {
  const last = block.body.findLast((each) => each.type === "ExpressionStatement" && each.directive !== undefined);
  return last === undefined ? 0 : last.end - block.start - 1;
}

function hasFinally(nodes: readonly AnyNode[]): boolean {
  return nodes.some((node) => {
    if (isFunction(node) || node.type === "ClassDeclaration" || node.type === "ClassExpression") return false;
    return (node.type === "TryStatement" && !!node.finalizer) || hasFinally(children(node));
  });
}

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

export function hasCode(node: AnyNode): boolean {
  if (node.type === "AssignmentPattern") return true;
  if (node.type === "Property" && node.computed) return true;
  return children(node).some(hasCode);
}
