// Variables: which of them are announced where, and how they are read and written.
import type { AnyNode, AssignmentExpression, Expression, ForOfStatement, Identifier, Node } from "acorn";
import { Base } from "./base.js";
import { isStandard } from "./globals.js";
import { type Binding } from "./scope.js";
import { isAnonymous } from "./tree.js";

export abstract class Variables extends Base {
  /** The variable that `id` means, if its accesses are to be announced here. */
  protected shared(id: Identifier): Binding | undefined {
    const { references, inParameters } = this.out.analysis;
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

  protected global(id: Identifier): boolean {
    return this.out.analysis.references.get(id) === null && !isStandard(id.name);
  }

  protected isAnnounced(id: Identifier): boolean {
    if (this.shared(id) !== undefined || this.global(id)) return true;
    return this.modules.cellOf(this.out.analysis.references.get(id)) !== undefined;
  }

  protected identifier(node: Identifier): void {
    const { writer } = this.out;
    const binding = this.shared(node);
    const imported = this.modules.cellOf(this.out.analysis.references.get(node));
    if (binding !== undefined) {
      writer.put(`(${this.out.helper("r")}(${this.out.cell(binding)}, ${this.out.site(node)}), `);
    } else if (imported !== undefined) {
      const { cell, namespace, name } = imported;
      const args = [cell, namespace, JSON.stringify(name), this.out.site(node)].join(", ");
      writer.put(`(${cell} !== null && (${cell} = ${this.out.helper("I")}(${args})), `);
    } else if (this.global(node)) {
      const site = this.out.site(node);
      writer.put(`(${this.out.helper("o")}(${this.out.helper("G")}, ${JSON.stringify(node.name)}, ${site}), `);
    } else {
      writer.copy(node.start, node.end);
      return;
    }
    writer.copy(node.start, node.end);
    writer.put(")");
  }

  /** `v(cell, value, site)`, which announces a write of the variable and gives the value back. */
  protected written(id: Identifier, binding: Binding, name: string, value?: () => void): void {
    const { writer } = this.out;
    writer.put(`${this.out.helper("v")}(${this.out.cell(binding)}, `);
    if (value) value();
    else writer.put("0");
    writer.put(`, ${this.out.site(id, name)})`);
  }

  /** A value that is named after what it is assigned to, where it stands as an argument. */
  protected named(name: string, value: Expression): void {
    const { writer } = this.out;
    if (!isAnonymous(value)) {
      this.visit(value);
      return;
    }
    const key = name === "__proto__" ? `["__proto__"]` : name;
    writer.put(`({ ${key}: `);
    this.hint = name;
    this.visit(value);
    writer.put(` }).${name}`);
  }

  protected assignVariable(node: AssignmentExpression, id: Identifier): void {
    const { writer } = this.out;
    const binding = this.shared(id);
    const global = this.global(id);
    this.hint = id.name;
    if (binding === undefined && !global) {
      writer.copy(node.start, node.right.start);
      this.visit(node.right);
      return;
    }
    const name = JSON.stringify(id.name);
    const read = () => {
      if (binding !== undefined)
        writer.put(`(${this.out.helper("r")}(${this.out.cell(binding)}, ${this.out.site(id)}), ${id.name})`);
      else writer.put(`(${this.out.helper("o")}(${this.out.helper("G")}, ${name}, ${this.out.site(id)}), ${id.name})`);
    };
    const wrote = (value: () => void) => {
      if (binding !== undefined) this.written(id, binding, id.name, value);
      else {
        writer.put(`${this.out.helper("w")}(${this.out.helper("G")}, ${name}, `);
        value();
        writer.put(`, ${this.out.site(id)})`);
      }
    };
    const logical = /^(\|\||&&|\?\?)=$/.exec(node.operator)?.[1];
    if (logical !== undefined) {
      writer.put("(", node.start);
      read();
      writer.put(` ${logical} (`);
      writer.copy(id.start, id.end);
      writer.put(" = ");
      wrote(() => this.named(id.name, node.right));
      writer.put("))");
      return;
    }
    const parenthesized = id !== (node.left as AnyNode); // (x) = function () {} gives no name
    writer.copy(node.left.start, node.left.end);
    writer.put(" = ");
    wrote(() => {
      if (node.operator === "=") {
        if (parenthesized) this.visit(node.right);
        else this.named(id.name, node.right);
        return;
      }
      read();
      writer.put(` ${node.operator.slice(0, -1)} (`);
      this.visit(node.right);
      writer.put(")");
    });
  }
}
