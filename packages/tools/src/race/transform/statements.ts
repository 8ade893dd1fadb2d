// Statements: loops, switches, exceptions.
import type {
  AnyNode,
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  SwitchStatement,
  TryStatement,
} from "acorn";
import { identifiers } from "./assignments.js";
import { Functions, hasCode } from "./functions.js";
import { describe } from "./patterns.js";
import { render } from "./render.js";
import { declared } from "./scope.js";
import { children, unwrap } from "./tree.js";

export abstract class Statements extends Functions {
  protected override statements(list: readonly AnyNode[], from: number, to: number): void {
    const { writer } = this.out;
    let at = from;
    for (const statement of list) {
      writer.copy(at, statement.start);
      this.visit(statement);
      at = statement.end;
      if (isForAwait(statement)) writer.put(` ${this.resumed(statement)};`);
    }
    writer.copy(at, to);
  }

  protected return(argument: Expression | null | undefined, at: number): void {
    const { writer, context } = this.out;
    writer.put("return ", at);
    const before = writer.slot();
    if (argument) this.visit(argument);
    const after = writer.slot();
    context.returns.push([before, after]);
    if (!argument) after.text = "\0"; // nothing to hand on
    writer.put(";");
  }

  protected switch(node: SwitchStatement): void {
    const { writer } = this.out;
    const cells = this.out.cells(this.out.analysis.scopes.get(node), "let");
    if (cells !== "") writer.put(`{ ${cells}`);
    const inner: AnyNode[] = [node.discriminant, ...node.cases];
    this.inOrder(node, inner, (part) => {
      if (part.type !== "SwitchCase") {
        this.visit(part);
        return;
      }
      let at = part.start;
      if (part.test) {
        writer.copy(at, part.test.start);
        this.visit(part.test);
        at = part.test.end;
      }
      this.statements(part.consequent, at, part.end);
    });
    if (cells !== "") writer.put(" }");
  }

  protected try(node: TryStatement): void {
    const { writer, own, context } = this.out;
    const resume = () => {
      if (context.kind === "apart" || context.kind === "parameters") return "";
      context.active = true;
      return context.async && (context.kind === "function" || this.awaits)
        ? `${this.resumed(node)}; `
        : `${this.out.helper("b")}(${own}); `;
    };
    writer.put("try ", node.start);
    this.visit(node.block);
    if (node.handler) {
      const { param, body } = node.handler;
      writer.put(" catch ", node.handler.start);
      if (param) {
        writer.put("(");
        this.pattern(param);
        writer.put(") ");
      }
      writer.put("{ ");
      writer.put(resume());
      const { scopes } = this.out.analysis;
      writer.put(this.out.cells(scopes.get(node.handler), "let"));
      writer.put(this.out.cells(scopes.get(body), "let"));
      this.statements(body.body, body.start + 1, body.end);
    }
    if (node.finalizer) {
      writer.put(" finally { ");
      writer.put(resume());
      writer.put(this.out.cells(this.out.analysis.scopes.get(node.finalizer), "let"));
      this.statements(node.finalizer.body, node.finalizer.start + 1, node.finalizer.end);
    }
  }

  protected for(node: ForStatement): void {
    const { writer, analysis } = this.out;
    const shared = [...(analysis.scopes.get(node)?.names.values() ?? [])].filter((binding) => binding.shared);
    const fresh = shared.map((binding) => `${this.out.cell(binding)} = ${this.out.newCell(binding)}`).join(", ");
    writer.put("for (", node.start);
    if (node.init?.type === "VariableDeclaration") {
      // The cells come first: what the loop begins with may capture them.
      if (fresh === "") this.variables(node.init);
      else {
        writer.put(`${node.init.kind} ${fresh}, `);
        this.declarators(node.init);
      }
    } else if (node.init) this.visit(node.init, true);
    writer.put("; ");
    if (node.test) this.visit(node.test);
    writer.put("; ");
    // Each turn has variables of its own, so it has cells of its own.
    const again = node.init?.type === "VariableDeclaration" && node.init.kind === "let" ? fresh : "";
    writer.put(again);
    if (node.update) {
      if (again !== "") writer.put(", ");
      this.visit(node.update, true);
    }
    writer.put(") ");
    this.visit(node.body);
  }

  protected forEach(node: ForInStatement | ForOfStatement): void {
    const { writer, analysis } = this.out;
    const forAwait = node.type === "ForOfStatement" && node.await;
    const { left } = node;
    const declares = left.type === "VariableDeclaration";
    const target = declares ? left.declarations[0]!.id : left;
    const first: string[] = [this.out.cells(analysis.scopes.get(node), "let")];
    writer.put(forAwait ? "for await (" : "for (", node.start);

    const shape = node.type === "ForOfStatement" ? describe(unwrap(target as AnyNode)) : undefined;
    let unpack: (() => void) | undefined;
    // In the head, the names of the pattern must not be lost to the expression; what it evaluates may see the whole loop.
    const movable = declares && !hasCode(target) && !mentions(node.right, declared(target));
    if (movable && shape !== undefined) {
      const value = `${this.out.prefix}e${this.unique++}`;
      writer.put(`const ${value}`);
      unpack = () => {
        writer.put(`${left.kind} `);
        this.pattern(target);
        writer.put(` = ${this.out.helper("D")}(${value}, ${this.constant(JSON.stringify(shape))}, `);
        writer.put(`${this.out.site(target, ".for")}); `);
      };
    } else if (declares) this.variables(left);
    else this.pattern(left);

    writer.put(node.type === "ForOfStatement" ? " of " : " in ");
    const site = this.out.site(node.right, render(node.right));
    if (forAwait) writer.put(`${this.awaiting()}`);
    writer.put(`${this.out.helper(forAwait ? "ia" : node.type === "ForOfStatement" ? "it" : "fi")}(`, node.right.start);
    this.visit(node.right);
    writer.put(`, ${site})`);
    if (forAwait) writer.put(`, ${site})`);
    writer.put(") ");
    if (forAwait) first.push(`${this.resumed(node)}; `);

    const written = (declares && left.kind !== "var" ? [] : identifiers(target as AnyNode)).filter((id) =>
      this.shared(id),
    );
    const plain = first.join("") === "" && unpack === undefined && written.length === 0;
    if (!plain) writer.put(`{ ${first.join("")}`);
    unpack?.();
    for (const id of written) {
      this.written(id, this.shared(id)!, id.name);
      writer.put("; ");
    }
    this.visit(node.body);
    if (!plain) writer.put(" }");
  }
}

function isForAwait(node: AnyNode): boolean {
  if (node.type === "LabeledStatement") return isForAwait(node.body);
  return node.type === "ForOfStatement" && node.await;
}

function mentions(node: AnyNode, names: readonly string[]): boolean {
  if (node.type === "Identifier") return names.includes(node.name);
  return children(node).some((child) => mentions(child, names));
}
