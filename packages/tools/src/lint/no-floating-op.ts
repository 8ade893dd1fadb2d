// goro/no-floating-op: an Op that nobody runs, a generator that nobody runs, and an Op taken for its result.
//
// An Op does nothing until it is run, so a forgotten `yield*` fails in silence. The rule looks at every place where that
// can show: where the value is dropped, and where it is used as only its result could be. Keeping an Op, passing it to
// what takes Ops, and returning it from a plain function are what Ops are for.
import type { ParserServicesWithTypeInformation, TSESLint, TSESTree } from "@typescript-eslint/utils";
import ts from "typescript";
import { goroTypes, type Kind } from "./goro-types.js";

const messages = {
  droppedOp: "This Op is dropped without being run, so nothing happens. Run it with `yield*` (`await` in async code).",
  droppedRoutine:
    "This call makes a generator and drops it, so its body never runs. Run it with `yield*`, or start it with `go`.",
  bareYield: "`yield` alone does not run this: say `yield*`.",
  awaitedRoutine: "`await` does not run a generator: say `yield*` in a goroutine, or `await run(fn)`.",
  tested: "An Op is always truthy. To test its result, run it with `yield*` (`await` in async code).",
  used: "This is an Op, not its result. Run it with `yield*` (`await` in async code).",
  iterated: "Iterating over this does not run it. Run it with `yield*` (`await` in async code).",
  argument: "An Op is passed here where any value will do. To pass its result, run it with `yield*` first.",
  returned:
    "The goroutine returns the Op itself, unrun. Say `return yield*`, or give the function a return type if the Op is meant.",
  callback: "What calls this function drops what it returns, so the Op or generator is never run.",
  addYield: "Run it with `yield*`.",
  addAwait: "Run it with `await`.",
};
type Message = keyof typeof messages;

export const noFloatingOp: TSESLint.RuleModule<Message> = {
  meta: {
    type: "problem",
    docs: { description: "require that every Op and every goroutine body is run" },
    hasSuggestions: true,
    schema: [],
    messages,
  },
  defaultOptions: [],
  create(context) {
    const services = servicesOf(context);
    const checker = services.program.getTypeChecker();
    const types = goroTypes(checker);
    const typeOf = (node: TSESTree.Node) => services.getTypeAtLocation(node);

    function report(node: TSESTree.Node, messageId: Message, kind: Kind | undefined): void {
      const run = kind && howToRun(node, kind);
      const suggest: TSESLint.ReportSuggestionArray<Message> = [];
      if (run !== undefined) {
        suggest.push({
          messageId: run === "await" ? "addAwait" : "addYield",
          fix: (fixer) => {
            const text = `${run} ${context.sourceCode.getText(node)}`;
            return fixer.replaceText(node, takesYield(node) || inParentheses(node) ? text : `(${text})`);
          },
        });
      }
      context.report({ node, messageId, suggest });
    }

    function inParentheses(node: TSESTree.Node): boolean {
      const { sourceCode } = context;
      return sourceCode.getTokenBefore(node)?.value === "(" && sourceCode.getTokenAfter(node)?.value === ")";
    }

    /** The value of `node` goes nowhere. */
    function dropped(node: TSESTree.Expression): void {
      switch (node.type) {
        case "SequenceExpression":
          return dropped(node.expressions.at(-1)!);
        case "ConditionalExpression":
          dropped(node.consequent);
          return dropped(node.alternate);
        case "LogicalExpression":
          return dropped(node.right); // the left side is tested
        case "AssignmentExpression": // the value is kept
          return;
        case "UnaryExpression": // "void op" means it
          return;
        case "AwaitExpression":
          if (types.certain(typeOf(node.argument)) === "routine") return; // told of below
      }
      const kind = types.possible(typeOf(node));
      if (kind !== undefined) report(node, kind === "op" ? "droppedOp" : "droppedRoutine", kind);
    }

    /** Only whether `node` is truthy counts. */
    function tested(node: TSESTree.Expression): void {
      if (node.type === "LogicalExpression" && node.operator !== "??") return tested(node.right);
      usedAsResult(node, "tested");
    }

    function usedAsResult(node: TSESTree.Node, messageId: Message): void {
      const kind = types.certain(typeOf(node));
      if (kind !== undefined) report(node, messageId, kind);
    }

    /** Compared with `undefined`, a number and the like, an Op is taken for its result; with another Op it is not. */
    function compared(node: TSESTree.Node, other: TSESTree.Node): void {
      const plain =
        ts.TypeFlags.StringLike |
        ts.TypeFlags.NumberLike |
        ts.TypeFlags.BigIntLike |
        ts.TypeFlags.BooleanLike |
        ts.TypeFlags.Null |
        ts.TypeFlags.Undefined;
      const type = typeOf(other);
      const parts = type.isUnion() ? type.types : [type];
      if (parts.every((part) => (part.flags & plain) !== 0)) usedAsResult(node, "used");
    }

    /** Whoever calls this function expects nothing back, and drops it. */
    function callback(node: TSESTree.Expression): void {
      const kind = types.returned(typeOf(node));
      if (kind === undefined) return;
      const wanted = checker.getContextualType(services.esTreeNodeToTSNodeMap.get(node) as ts.Expression);
      const signatures = wanted === undefined ? [] : checker.getNonNullableType(wanted).getCallSignatures();
      const dropsIt = (signature: ts.Signature) => (signature.getReturnType().flags & ts.TypeFlags.Void) !== 0;
      if (signatures.length === 0 || !signatures.every(dropsIt)) return;
      const body = node.type === "ArrowFunctionExpression" && node.body.type !== "BlockStatement" ? node.body : node;
      context.report({ node: body, messageId: "callback" });
    }

    function checkArguments(node: TSESTree.CallExpression | TSESTree.NewExpression): void {
      for (const argument of node.arguments) {
        if (argument.type === "Identifier" || argument.type === "MemberExpression") callback(argument);
        // An Op that has a name is passed on purpose; one made in place is more likely an oversight.
        const made = unwrap(argument);
        if (made.type !== "CallExpression" || types.certain(typeOf(made)) === undefined) continue;
        const wanted = checker.getContextualType(services.esTreeNodeToTSNodeMap.get(argument) as ts.Expression);
        if (wanted === undefined || (wanted.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) === 0) continue;
        report(argument, "argument", types.certain(typeOf(made)));
      }
    }

    return {
      ExpressionStatement: (node) => dropped(node.expression),
      SequenceExpression: (node) => node.expressions.slice(0, -1).forEach(dropped),
      ForStatement(node) {
        if (node.init && node.init.type !== "VariableDeclaration") dropped(node.init);
        if (node.test) tested(node.test);
        if (node.update) dropped(node.update);
      },
      IfStatement: (node) => tested(node.test),
      WhileStatement: (node) => tested(node.test),
      DoWhileStatement: (node) => tested(node.test),
      ConditionalExpression: (node) => tested(node.test),
      LogicalExpression: (node) => tested(node.left),
      UnaryExpression(node) {
        if (node.operator === "!") tested(node.argument);
        else if (node.operator === "+" || node.operator === "-") usedAsResult(node.argument, "used");
      },
      BinaryExpression(node) {
        const { left, right } = node;
        if (left.type === "PrivateIdentifier") return;
        if (/^[!=]==?$/.test(node.operator)) {
          compared(left, right);
          compared(right, left);
        } else if (node.operator === "+") {
          usedAsResult(left, "used");
          usedAsResult(right, "used");
        }
      },
      TemplateLiteral(node) {
        if (node.parent.type === "TaggedTemplateExpression") return;
        for (const part of node.expressions) usedAsResult(part, "used");
      },
      VariableDeclarator(node) {
        if (node.init && node.id.type === "ArrayPattern") usedAsResult(node.init, "used");
      },
      AssignmentExpression(node) {
        if (node.left.type === "ArrayPattern") usedAsResult(node.right, "used");
      },
      ForOfStatement(node) {
        if (!node.await) usedAsResult(node.right, "iterated");
      },
      SpreadElement(node) {
        if (node.parent.type !== "ObjectExpression") usedAsResult(node.argument, "iterated");
      },
      YieldExpression(node) {
        if (node.delegate || node.argument === undefined || node.argument === null) return;
        const kind = types.certain(typeOf(node.argument));
        if (kind === undefined || yieldsValues(node)) return;
        context.report({
          node,
          messageId: "bareYield",
          suggest: [
            {
              messageId: "addYield",
              fix: (fixer) => fixer.insertTextAfterRange([node.range[0], node.range[0] + "yield".length], "*"),
            },
          ],
        });
      },
      AwaitExpression(node) {
        if (types.certain(typeOf(node.argument)) === "routine") context.report({ node, messageId: "awaitedRoutine" });
      },
      ReturnStatement(node) {
        if (!node.argument) return;
        const fn = functionAround(node);
        if (fn?.generator !== true || fn.returnType !== undefined) return;
        const kind = types.certain(typeOf(node.argument));
        if (kind !== undefined) report(node.argument, "returned", kind);
      },
      ArrowFunctionExpression: callback,
      FunctionExpression: callback,
      CallExpression: checkArguments,
      NewExpression: checkArguments,
    };

    /** A generator of Ops, not a goroutine: it says so in its return type. */
    function yieldsValues(node: TSESTree.Node): boolean {
      const annotation = functionAround(node)?.returnType?.typeAnnotation;
      return annotation !== undefined && types.certain(typeOf(annotation)) === undefined;
    }
  },
};

function servicesOf(context: Readonly<TSESLint.RuleContext<Message, []>>): ParserServicesWithTypeInformation {
  const services = context.sourceCode.parserServices;
  if (services?.program) return services as ParserServicesWithTypeInformation;
  throw new Error(
    "goro/no-floating-op needs type information: set languageOptions.parserOptions.projectService to true " +
      "(see https://typescript-eslint.io/getting-started/typed-linting)",
  );
}

type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression;

function functionAround(node: TSESTree.Node): FunctionNode | undefined {
  let at = node.parent;
  while (at && !isFunction(at)) at = at.parent;
  return at ?? undefined;
}

const isFunction = (node: TSESTree.Node): node is FunctionNode =>
  node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";

/** The word that would run the Op or the generator here, if one can. */
function howToRun(node: TSESTree.Node, kind: Kind): "yield*" | "await" | undefined {
  const fn = functionAround(node);
  if (fn?.generator && !fn.async) return "yield*";
  return kind === "op" && (fn === undefined || fn.async) ? "await" : undefined;
}

/** A yield may stand where `node` stands as it is; everywhere else it needs parentheses. */
function takesYield(node: TSESTree.Node): boolean {
  const { parent } = node;
  switch (parent?.type) {
    case "ExpressionStatement":
    case "SequenceExpression":
    case "VariableDeclarator":
    case "AssignmentExpression":
    case "ReturnStatement":
    case "YieldExpression":
    case "IfStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "ForStatement":
    case "ForOfStatement":
    case "SpreadElement":
    case "TemplateLiteral":
      return true;
    case "CallExpression":
    case "NewExpression":
      return parent.callee !== node;
    case "ConditionalExpression":
      return parent.test !== node;
  }
  return false;
}

function unwrap(node: TSESTree.Node): TSESTree.Node {
  return node.type === "ChainExpression" || node.type === "TSNonNullExpression" ? unwrap(node.expression) : node;
}
