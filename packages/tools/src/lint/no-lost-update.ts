// goro/no-lost-update: `n += yield* op` reads n, parks, and then writes what n was plus the result. What other goroutines
// have stored in n meanwhile is lost.
//
// Reported, for `yield`, `yield*` and `await` alike:
//   n += yield* op            always: the variable is one goroutine's own today, and a line later no longer
//   n = n + (yield* op)       always: the same, written out
//   o.n ||= yield* op         always: the test is stale when the value comes, and two goroutines both run the op
//   n = f(n, yield* op)       only where others can reach n: it is a property, or a variable that another function sees
import type { TSESLint, TSESTree } from "@typescript-eslint/utils";

const messages = {
  lost:
    "{{target}} is read before this waits and written after it: what others store in {{target}} meanwhile is lost. " +
    "Take the result into a constant first.",
  stale:
    "{{target}} is tested before this waits: others may have set it when the result comes, or be waiting for the same. " +
    "Test it again, or let a Once or a singleflight Group do the work once.",
  hoist: "Take the result into a constant first.",
  retest: "Test it again after the wait.",
};
type Message = keyof typeof messages;
type Pause = TSESTree.YieldExpression | TSESTree.AwaitExpression;

export const noLostUpdate: TSESLint.RuleModule<Message> = {
  meta: {
    type: "problem",
    docs: { description: "forbid updates that read a value, wait, and then overwrite it" },
    hasSuggestions: true,
    schema: [],
    messages,
  },
  defaultOptions: [],
  create(context) {
    const source = context.sourceCode;

    function report(node: TSESTree.AssignmentExpression, messageId: "lost" | "stale", fix: Suggestion | undefined) {
      const suggest = fix === undefined ? [] : [{ messageId: fix.messageId, fix: fix.apply }];
      context.report({ node, messageId, data: { target: `\`${source.getText(node.left)}\`` }, suggest });
    }

    /** The statement that is nothing but this assignment. */
    function statementOf(node: TSESTree.AssignmentExpression): TSESTree.ExpressionStatement | undefined {
      return node.parent.type === "ExpressionStatement" ? node.parent : undefined;
    }

    /** Puts statements in the place of one, in a block of their own where only one may stand. */
    function replacement(statement: TSESTree.ExpressionStatement, lines: readonly string[]): string {
      const listed = statement.parent.type === "BlockStatement" || statement.parent.type === "Program";
      const indent = /^[ \t]*/.exec(source.lines[statement.loc.start.line - 1] ?? "")?.[0] ?? "";
      return listed ? lines.join(`\n${indent}`) : `{ ${lines.join(" ")} }`;
    }

    /** `const value = yield* op;` and then the update. */
    function hoist(node: TSESTree.AssignmentExpression, waits: TSESTree.Expression): Suggestion | undefined {
      const statement = statementOf(node);
      if (statement === undefined || !isPlain(node.left)) return undefined;
      return {
        messageId: "hoist",
        apply(fixer) {
          const name = freeName(source.getScope(node));
          const text = source.getText(node);
          const [from, to] = outerRange(waits).map((at) => at - node.range[0]) as [number, number];
          const declared = `const ${name} = ${source.getText(waits)};`;
          return fixer.replaceText(
            statement,
            replacement(statement, [declared, `${text.slice(0, from)}${name}${text.slice(to)};`]),
          );
        },
      };
    }

    /** `if (!x) { const value = yield* op; x ||= value; }` */
    function retest(node: TSESTree.AssignmentExpression): Suggestion | undefined {
      const statement = statementOf(node);
      if (statement === undefined || !isPlain(node.left)) return undefined;
      return {
        messageId: "retest",
        apply(fixer) {
          const name = freeName(source.getScope(node));
          const target = source.getText(node.left);
          const test = { "||=": `!${target}`, "&&=": target, "??=": `${target} == null` }[node.operator as "||="];
          const value = source.getText(node.right);
          return fixer.replaceText(
            statement,
            `if (${test}) { const ${name} = ${value}; ${target} ${node.operator} ${name}; }`,
          );
        },
      };
    }

    /** The range with the parentheses around it, which go with it. */
    function outerRange(node: TSESTree.Node): TSESTree.Range {
      const before = source.getTokenBefore(node);
      const after = source.getTokenAfter(node);
      return before?.value === "(" && after?.value === ")" && node.type !== "SequenceExpression"
        ? [before.range[0], after.range[1]]
        : node.range;
    }

    /** Every node within `root` that is evaluated by the same function, in the order of the source. */
    function* within(root: TSESTree.Node): Generator<TSESTree.Node> {
      yield root;
      if (/Function/.test(root.type)) return;
      for (const key of source.visitorKeys[root.type] ?? []) {
        const value = (root as unknown as Record<string, unknown>)[key];
        for (const child of Array.isArray(value) ? value : [value]) {
          if (isNode(child)) yield* within(child);
        }
      }
    }

    function check(node: TSESTree.AssignmentExpression): void {
      const nodes = [...within(node.right)];
      const pauses = nodes.filter((each): each is Pause => /^(?:Yield|Await)Expression$/.test(each.type));
      if (pauses.length === 0) return;
      if (/^(?:\|\||&&|\?\?)=$/.test(node.operator)) return report(node, "stale", retest(node));
      if (node.operator !== "=") return report(node, "lost", hoist(node, node.right));
      const target = placeOf(node.left);
      if (target === undefined) return;
      const shared = isShared(node.left);
      for (const read of nodes) {
        if (placeOf(read) !== target || !isRead(read)) continue;
        if (!pauses.some((pause) => comesBefore(read, pause))) continue;
        if (!shared && !isOperand(read, node.right)) continue;
        const only = pauses.length === 1 ? pauses[0]! : undefined;
        const movable = only !== undefined && !contains(only, read) && !isConditional(only, node);
        return report(node, "lost", movable ? hoist(node, only) : undefined);
      }
    }

    /** Others can reach it: a property, or a variable that a function other than the writing one mentions. */
    function isShared(target: TSESTree.Node): boolean {
      if (target.type !== "Identifier") return true;
      const here = source.getScope(target);
      for (let scope: TSESLint.Scope.Scope | null = here; scope !== null; scope = scope.upper) {
        const variable = scope.set.get(target.name);
        if (variable === undefined) continue;
        const owner = variable.scope.variableScope;
        if (owner !== here.variableScope) return true;
        return variable.references.some((reference) => reference.from.variableScope !== owner);
      }
      return true;
    }

    /** The same text for the same place: "n", "this.total", "counts[i]"; undefined for what is no place. */
    function placeOf(node: TSESTree.Node): string | undefined {
      switch (node.type) {
        case "Identifier":
          return node.name;
        case "ThisExpression":
          return "this";
        case "Super":
          return "super";
        case "ChainExpression":
        case "TSNonNullExpression":
        case "TSAsExpression":
        case "TSSatisfiesExpression":
          return placeOf(node.expression);
        case "MemberExpression": {
          const object = placeOf(node.object);
          if (object === undefined) return undefined;
          if (!node.computed) return `${object}.${source.getText(node.property)}`;
          const { property } = node;
          if (property.type === "Literal") return `${object}[${property.raw}]`;
          const key = placeOf(property);
          return key === undefined ? undefined : `${object}[${key}]`;
        }
      }
      return undefined;
    }

    return { AssignmentExpression: check };
  },
};

interface Suggestion {
  readonly messageId: "hoist" | "retest";
  readonly apply: TSESLint.ReportFixFunction;
}

const isNode = (value: unknown): value is TSESTree.Node =>
  typeof value === "object" && value !== null && "type" in value && "range" in value;

const contains = (outer: TSESTree.Node, inner: TSESTree.Node) =>
  outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];

/** Whether `read` has been evaluated when `pause` waits. */
function comesBefore(read: TSESTree.Node, pause: TSESTree.Node): boolean {
  if (contains(pause, read)) return true;
  if (read.range[0] > pause.range[0]) return false;
  let common: TSESTree.Node | undefined = read.parent;
  while (common && !contains(common, pause)) common = common.parent;
  // The two arms of a conditional are never both evaluated.
  return !(common?.type === "ConditionalExpression" && contains(common.consequent, read));
}

/** Nothing but operators stands between `node` and the whole of `root`. */
function isOperand(node: TSESTree.Node, root: TSESTree.Node): boolean {
  for (let at = node; at !== root; at = at.parent!) {
    if (!/^(?:Binary|Logical|TSNonNull)Expression$/.test(at.parent!.type)) return false;
  }
  return true;
}

/** Whether evaluating `node` depends on something within `root`: it cannot be moved in front then. */
function isConditional(node: TSESTree.Node, root: TSESTree.Node): boolean {
  for (let at = node; at !== root && at.parent; at = at.parent) {
    const { parent } = at;
    if (parent.type === "LogicalExpression" && parent.right === at) return true;
    if (parent.type === "ConditionalExpression" && parent.test !== at) return true;
  }
  return false;
}

/** A value is taken: not the key of a property, nor the name of a member. */
function isRead(node: TSESTree.Node): boolean {
  const { parent } = node;
  if (parent?.type === "MemberExpression") return parent.object === node || parent.computed;
  if (parent?.type === "Property") return parent.value === node || parent.computed;
  return true;
}

/** Evaluating the target twice, or later, makes no difference. */
function isPlain(node: TSESTree.Node): boolean {
  if (node.type === "TSNonNullExpression") return isPlain(node.expression);
  if (node.type !== "MemberExpression") return ["Identifier", "ThisExpression", "Super", "Literal"].includes(node.type);
  return isPlain(node.object) && (!node.computed || isPlain(node.property));
}

function freeName(scope: TSESLint.Scope.Scope): string {
  const taken = new Set<string>();
  for (let at: TSESLint.Scope.Scope | null = scope; at !== null; at = at.upper) {
    for (const name of at.set.keys()) taken.add(name);
    for (const reference of at.through) taken.add(reference.identifier.name);
  }
  let name = "value";
  for (let n = 2; taken.has(name); n++) name = `value${n}`;
  return name;
}
