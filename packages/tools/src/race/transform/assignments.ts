// Assignments of every form, declarations among them: to variables, members and patterns.
import type {
  AnyNode,
  AssignmentExpression,
  Expression,
  Identifier,
  MemberExpression,
  Pattern,
  UnaryExpression,
  UpdateExpression,
  VariableDeclaration,
} from "acorn";
import { Calls } from "./calls.js";
import { describe } from "./patterns.js";
import { render } from "./render.js";
import { nameOf } from "./scope.js";
import { unwrap } from "./tree.js";

export abstract class Assignments extends Calls {
  protected variables(node: VariableDeclaration): void {
    const { writer } = this.out;
    writer.put(`${node.kind} `, node.start);
    this.declarators(node);
  }

  protected declarators(node: VariableDeclaration): void {
    const { writer } = this.out;
    node.declarations.forEach(({ id, init }, index) => {
      if (index > 0) writer.put(", ");
      this.pattern(id);
      if (!init) return;
      writer.put(" = ");
      if (id.type === "Identifier") this.initial(id, init, node.kind);
      else this.destructured(id, init);
    });
  }

  protected initial(id: Identifier, init: Expression, kind: VariableDeclaration["kind"]): void {
    const binding = this.shared(id);
    const silent = kind !== "var" && binding?.early !== true && binding?.hoisted !== true;
    this.hint = id.name;
    if (binding === undefined || silent) this.visit(init);
    else this.written(id, binding, id.name, () => this.named(id.name, init));
  }

  /** Writes to variables by the patterns of a declaration, announced after it. */
  protected announcePatterns(node: VariableDeclaration): void {
    for (const { id, init } of node.declarations) {
      if (id.type === "Identifier" || !init) continue;
      for (const name of identifiers(id)) {
        const binding = this.shared(name);
        if (binding === undefined || (node.kind !== "var" && !binding.early && !binding.hoisted)) continue;
        this.out.writer.put(" ");
        this.written(name, binding, name.name);
        this.out.writer.put(";");
      }
    }
  }

  /** What is destructured by `pattern`. */
  protected destructured(pattern: Pattern, value: Expression): void {
    const { writer } = this.out;
    const shape = describe(pattern);
    const inner = unwrap(value);
    const fresh =
      inner.type === "ArrayExpression" && inner.elements.every((each) => each && each.type !== "SpreadElement");
    if (shape === undefined || (fresh && "items" in shape && shape.items.every((item) => item === 0))) {
      this.visit(value); // nobody else has seen it
      return;
    }
    const helper = this.out.helper("D");
    writer.put(`${helper}(`);
    this.visit(value);
    writer.put(`, ${this.constant(JSON.stringify(shape))}, ${this.out.site(pattern, render(value))})`);
  }

  protected assignment(node: AssignmentExpression, discard: boolean): void {
    const { writer } = this.out;
    const target = unwrap(node.left as AnyNode);
    switch (target.type) {
      case "Identifier":
        this.assignVariable(node, target);
        return;
      case "MemberExpression":
        this.assignMember(node, target);
        return;
      default: {
        const written = identifiers(target).filter((id) => this.shared(id));
        const write = () => {
          this.pattern(target);
          writer.put(" = ");
          this.destructured(target as Pattern, node.right);
        };
        if (written.length === 0) {
          write();
          return;
        }
        this.out.lend((temporary) => {
          const result = discard ? "" : temporary();
          writer.put(discard ? "((" : `(${result} = (`);
          write();
          writer.put(")");
          for (const id of written) {
            writer.put(", ");
            this.written(id, this.shared(id)!, id.name);
          }
          writer.put(discard ? ")" : `, ${result})`);
        });
      }
    }
  }

  protected update(node: UpdateExpression, discard: boolean): void {
    const { writer } = this.out;
    const target = unwrap(node.argument);
    if (target.type === "MemberExpression") {
      this.updateMember(node, target, discard);
      return;
    }
    const id = target as Identifier;
    const binding = this.shared(id);
    if (binding !== undefined) {
      const cell = this.out.cell(binding);
      const site = this.out.site(id);
      writer.put(`(${this.out.helper("r")}(${cell}, ${site}), ${this.out.helper("v")}(${cell}, 0, ${site}), `);
    } else if (this.global(id)) {
      const site = this.out.site(id);
      const args = `${this.out.helper("G")}, ${JSON.stringify(id.name)}`;
      writer.put(`(${this.out.helper("o")}(${args}, ${site}), ${this.out.helper("w")}(${args}, 0, ${site}), `);
    } else {
      writer.copy(node.start, node.end);
      return;
    }
    writer.copy(node.start, node.end);
    writer.put(")");
  }

  protected unary(node: UnaryExpression): void {
    const { writer } = this.out;
    const operand = unwrap(node.argument);
    if (node.operator === "typeof" && operand.type === "Identifier" && this.global(operand)) {
      writer.copy(node.start, node.end);
      return;
    }
    const binding = node.operator === "typeof" && operand.type === "Identifier" ? this.shared(operand) : undefined;
    if (binding !== undefined) {
      // The name stays where it is: a function in a block may leave none outside, and typeof does not mind.
      writer.put(`(${this.out.helper("r")}(${this.out.cell(binding)}, ${this.out.site(operand)}), `, node.start);
      writer.copy(node.start, node.end);
      writer.put(")");
      return;
    }
    if (node.operator !== "delete" || operand.type === "Identifier") {
      if (node.operator === "delete") writer.copy(node.start, node.end);
      else {
        writer.put(`${node.operator} `, node.start);
        this.visit(node.argument);
      }
      return;
    }
    if (operand.type === "ChainExpression" && operand.expression.type === "MemberExpression") {
      const member = operand.expression;
      this.chain(operand, () => this.delete(member, node), "true");
      return;
    }
    if (operand.type === "MemberExpression") this.delete(operand, node);
    else {
      writer.put("delete ", node.start);
      this.visit(node.argument);
    }
  }

  protected property(node: Extract<AnyNode, { type: "Property" }>): void {
    const { writer } = this.out;
    const value = node.value as AnyNode;
    if (node.shorthand) {
      const id = value as Identifier;
      if (!this.isAnnounced(id)) writer.copy(node.start, node.end);
      else {
        writer.put(id.name === "__proto__" ? `["__proto__"]: ` : `${id.name}: `); // { __proto__: x } would be the prototype
        this.identifier(id);
      }
      return;
    }
    this.inOrder(node, [node.key, value], (part) => {
      if (part === node.key && !node.computed) writer.copy(part.start, part.end);
      else {
        if (part === value && !node.computed) this.hint = nameOf(node.key);
        this.visit(part);
      }
    });
  }

  /** What is declared or assigned to: its names stay as they are. */
  protected pattern(node: AnyNode): void {
    const { writer } = this.out;
    switch (node.type) {
      case "Identifier":
        writer.copy(node.start, node.end);
        return;
      case "MemberExpression":
        this.reference(node);
        return;
      case "ParenthesizedExpression":
        writer.put("(");
        this.pattern(node.expression);
        writer.put(")");
        return;
      case "AssignmentPattern":
        this.inOrder(node, [node.left, node.right] as AnyNode[], (part) => {
          if (part === node.left) this.pattern(part);
          else this.value(part as Expression, node.left.type === "Identifier" ? node.left.name : "");
        });
        return;
      case "RestElement":
        this.inOrder(node, [node.argument], (part) => this.pattern(part));
        return;
      case "ArrayPattern":
        this.inOrder(
          node,
          node.elements.filter((each) => each !== null),
          (part) => this.pattern(part),
        );
        return;
      case "ObjectPattern":
        this.inOrder(node, node.properties, (property) => {
          if (property.type === "RestElement") this.pattern(property);
          else if (property.shorthand) this.pattern(property.value);
          else
            this.inOrder<AnyNode>(property, [property.key, property.value], (part) => {
              if (part === property.value) this.pattern(part);
              else if (property.computed) this.value(part as Expression, "");
              else writer.copy(part.start, part.end);
            });
        });
        return;
      default:
        this.visit(node);
    }
  }

  /** A member that a pattern assigns to. */
  protected reference(node: MemberExpression): void {
    const { writer, context } = this.out;
    if (this.isPlain(node.object) || node.property.type === "PrivateIdentifier") {
      this.plainMember(node, undefined);
      return;
    }
    writer.put(`${this.out.helper(context.scope.strict ? "q" : "Q")}(`, node.start);
    this.visit(node.object);
    writer.put(", ");
    if (node.computed) this.visit(node.property);
    else writer.put(JSON.stringify((node.property as Identifier).name));
    writer.put(`, ${this.memberSite(node)}).value`);
  }
}

export function identifiers(node: AnyNode): Identifier[] {
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
