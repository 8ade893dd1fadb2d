// Small questions about a syntax tree.
import type { AnyNode, Expression, Function as FunctionNode, Node, PrivateIdentifier, Super } from "acorn";

export type { FunctionNode };

/** The parts of a node, in the order of the source. */
export function children(node: Node): AnyNode[] {
  const found: AnyNode[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) found.push(...(value as unknown[]).filter(isNode));
    else if (isNode(value)) found.push(value);
  }
  return found.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is AnyNode {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value
  );
}

export function isFunction(node: AnyNode): node is AnyNode & FunctionNode {
  return (
    node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression"
  );
}

/** What is in the parentheses, if any. */
export function unwrap<T extends AnyNode | Super | PrivateIdentifier>(node: T): T {
  let at: AnyNode = node;
  while (at.type === "ParenthesizedExpression") at = at.expression;
  return at as T;
}

/** Whether the language gives this function or class the name of what it is assigned to. */
export function isAnonymous(node: Expression): boolean {
  const inner = unwrap(node);
  if (inner.type === "ArrowFunctionExpression") return true;
  return (inner.type === "FunctionExpression" || inner.type === "ClassExpression") && !inner.id;
}

/** Whether the value is certainly no object. */
export function isPrimitive(node: AnyNode): boolean {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Literal":
      return !inner.regex;
    case "TemplateLiteral":
    case "BinaryExpression":
    case "UnaryExpression":
    case "UpdateExpression":
      return true;
    case "AssignmentExpression":
      return inner.operator === "="
        ? isPrimitive(inner.right)
        : !["||=", "&&=", "??="].includes(inner.operator) || isPrimitive(inner.right);
    case "ConditionalExpression":
      return isPrimitive(inner.consequent) && isPrimitive(inner.alternate);
    case "LogicalExpression":
      return isPrimitive(inner.left) && isPrimitive(inner.right);
    default:
      return false;
  }
}

/** Whether evaluating this may run other code: calls and waits, not what accessors and conversions do. */
export function mayCall(node: AnyNode): boolean {
  switch (node.type) {
    case "CallExpression":
    case "NewExpression":
    case "TaggedTemplateExpression":
    case "YieldExpression":
    case "AwaitExpression":
    case "ImportExpression":
    case "ClassExpression":
      return true;
    default:
      return !isFunction(node) && children(node).some(mayCall);
  }
}

/** Whether this, read twice in one expression that may not run other code, gives the same twice. */
export function assigns(node: AnyNode): boolean {
  if (node.type === "AssignmentExpression" || node.type === "UpdateExpression") return true;
  return !isFunction(node) && children(node).some(assigns);
}
