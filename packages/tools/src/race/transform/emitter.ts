// Writes the instrumented program, node by node: `visit` hands each to the layer that knows it, and copies what needs no change.
import type { AnyNode, Program } from "acorn";
import { Context } from "./context.js";
import { Statements } from "./statements.js";

export class Emitter extends Statements {
  program(node: Program): void {
    const out = this.out;
    const { writer } = out;
    const context = new Context("program", out.analysis.program, "", { async: this.settings.type === "module" });
    out.within(context, () => {
      const start = directivesEnd(node) || (/^#!.*(?:\r?\n|$)/.exec(writer.source)?.[0].length ?? 0);
      writer.copy(0, start);
      if (directivesEnd(node) > 0) writer.put(";");
      const prelude = writer.slot();
      context.guarded = true;
      this.statements(
        node.body.filter((each) => each.start >= start),
        start,
        node.end,
      );
      writer.copy(node.end, writer.source.length);
      this.returns(context);
      prelude.text = this.prelude(context);
    });
  }

  protected prelude(context: Context): string {
    const out = this.out;
    const { url, type } = this.settings;
    const keyword = type === "script" ? "let" : "var";
    const statements: string[] = [];
    statements.push(this.modules.prelude());
    statements.push(
      out.cells(out.analysis.program, keyword, (binding) => binding.exports.length === 0 || type !== "module"),
    );
    statements.push(...out.prelude);
    if (context.active) statements.push(`${keyword} ${out.own} = ${out.helper("T")}();`);
    if (this.awaits) statements.push(`var ${out.async} = ${out.helper("aE")}(${out.first});`);
    if (context.temporaries.length > 0) statements.push(`${keyword} ${context.temporaries.join(", ")};`);
    const table = JSON.stringify({ names: out.names, rows: out.rows });
    if (out.rows.length > 0) {
      const args = [out.first, out.rows.length, JSON.stringify(url), JSON.stringify(table)].join(", ");
      statements.unshift(`${out.helper("S")}(${args});`);
    }
    statements.unshift(this.modules.imports());
    return statements.filter((each) => each !== "").join(" ") + " ";
  }

  protected override visit(node: AnyNode, discard = false): void {
    const out = this.out;
    const { writer } = out;
    const evaluated = this.evaluated.get(node);
    if (evaluated !== undefined) {
      writer.put(evaluated, node.start);
      return;
    }
    const hint = this.hint;
    this.hint = "";
    switch (node.type) {
      case "ExpressionStatement":
        if (node.directive !== undefined) writer.copy(node.start, node.end);
        else {
          this.visit(node.expression, true);
          writer.put(";");
        }
        return;
      case "VariableDeclaration":
        this.variables(node);
        writer.put(";");
        this.announcePatterns(node);
        return;
      case "ReturnStatement":
        this.return(node.argument, node.start);
        return;
      case "ThrowStatement":
        writer.put("throw ", node.start);
        this.visit(node.argument);
        writer.put(";");
        return;
      case "BreakStatement":
      case "ContinueStatement":
      case "DebuggerStatement":
        writer.copy(node.start, node.end);
        this.semicolon(node);
        return;
      case "DoWhileStatement":
        this.default(node);
        this.semicolon(node);
        return;
      case "BlockStatement":
        writer.put("{", node.start);
        writer.put(out.cells(out.analysis.scopes.get(node), "let"));
        this.statements(node.body, node.start + 1, node.end);
        return;
      case "StaticBlock":
        this.staticBlock(node);
        return;
      case "LabeledStatement":
        writer.copy(node.start, node.body.start);
        this.visit(node.body);
        return;
      case "WithStatement":
        writer.copy(node.start, node.end);
        return;
      case "SwitchStatement":
        this.switch(node);
        return;
      case "TryStatement":
        this.try(node);
        return;
      case "ForStatement":
        this.for(node);
        return;
      case "ForInStatement":
      case "ForOfStatement":
        this.forEach(node);
        return;
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        writer.copy(node.start, node.end);
        this.semicolon(node);
        this.modules.place(String(node.source.value), writer.slot());
        return;
      case "ExportNamedDeclaration":
        if (node.declaration) {
          writer.copy(node.start, node.declaration.start);
          this.visit(node.declaration);
        } else {
          writer.copy(node.start, node.end);
          this.semicolon(node);
          if (node.source) this.modules.place(String(node.source.value), writer.slot());
        }
        return;
      case "ExportDefaultDeclaration": {
        const it = node.declaration;
        writer.copy(node.start, it.start);
        this.hint = "default";
        this.visit(it);
        if (it.type !== "FunctionDeclaration" && it.type !== "ClassDeclaration") writer.put(";");
        return;
      }

      // Expressions
      case "Identifier":
        this.identifier(node);
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        this.function(node, hint);
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        this.class(node, hint);
        return;
      case "ParenthesizedExpression":
        writer.put("(", node.start);
        this.hint = hint;
        this.visit(node.expression, discard);
        writer.put(")");
        return;
      case "SequenceExpression":
        writer.put("(", node.start); // it may become an argument
        node.expressions.forEach((each, index) => {
          if (index > 0) writer.put(", ");
          this.visit(each, discard || index < node.expressions.length - 1);
        });
        writer.put(")");
        return;
      case "MemberExpression":
        this.member(node);
        return;
      case "ChainExpression":
        this.chain(node, () => this.visit(node.expression), "void 0");
        return;
      case "CallExpression":
        this.call(node);
        return;
      case "NewExpression":
        this.new(node);
        return;
      case "TaggedTemplateExpression":
        this.tagged(node);
        return;
      case "AssignmentExpression":
        this.assignment(node, discard);
        return;
      case "UpdateExpression":
        this.update(node, discard);
        return;
      case "UnaryExpression":
        this.unary(node);
        return;
      case "BinaryExpression":
        if (node.operator !== "in" || node.left.type === "PrivateIdentifier") break;
        out.lend((temporary) => {
          const key = temporary();
          writer.put(`(${key} = ${out.helper("k")}(`, node.start);
          this.visit(node.left);
          writer.put(`)) in ${out.helper("h")}(${key}, `);
          this.visit(node.right);
          writer.put(`, ${out.site(node)})`);
        });
        return;
      case "YieldExpression":
        this.yield(node);
        return;
      case "AwaitExpression":
        this.await(() => this.visit(node.argument), "await ", node);
        return;
      case "ArrayExpression":
        this.inOrder(
          node,
          node.elements.filter((each) => each !== null),
          (each) => (each.type === "SpreadElement" ? this.spread(each, "sp") : this.visit(each)),
        );
        return;
      case "ObjectExpression":
        this.inOrder(node, node.properties, (each) => {
          if (each.type === "SpreadElement") this.spread(each, "so");
          else this.property(each);
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
        this.inOrder(node, node.expressions, (each) => this.visit(each));
        return;
      default:
    }
    this.default(node);
  }
}

function directivesEnd(node: Program): number {
  const last = node.body.findLast((each) => each.type === "ExpressionStatement" && each.directive !== undefined);
  return last?.end ?? 0;
}
