// How the engine writes an expression in its messages: "o.f is not a function". It does not copy the source.
import type { AnyNode, PrivateIdentifier, Super } from "acorn";
import { unwrap } from "./tree.js";

const unknown = "(intermediate value)";

export function render(node: AnyNode | Super | PrivateIdentifier): string {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier":
      return inner.name;
    case "ThisExpression":
      return "this";
    case "Literal":
      return typeof inner.value === "string" ? `"${inner.value}"` : (inner.raw ?? unknown);
    case "ChainExpression":
      return render(inner.expression);
    case "CallExpression":
      return `${render(inner.callee)}(...)`;
    case "ArrayExpression":
      return inner.elements.length === 0 ? "[]" : unknown;
    case "MemberExpression": {
      const { property, computed, optional } = inner;
      const object = render(inner.object);
      if (property.type === "PrivateIdentifier") return `${object}${optional ? "?" : ""}.#${property.name}`;
      if (!computed && property.type === "Identifier") return `${object}${optional ? "?" : ""}.${property.name}`;
      if (property.type === "Literal" && typeof property.value === "string") return `${object}.${property.value}`;
      return `${object}${optional ? "?." : ""}[${render(property)}]`;
    }
    default:
      return unknown;
  }
}
