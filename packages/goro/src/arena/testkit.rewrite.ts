// Takes the library's own code as a model: its compiled modules, rewritten so that each access to `mem`, plain or by Atomics,
// is a `yield` of what it would do, and every function a generator. testkit.explore.ts then does one access of one thread
// after the other, in every order.

import { readFileSync } from "node:fs";
import ts from "typescript";
import { access, accesses, change } from "./testkit.explore.js";

export interface Source {
  /** A compiled module, beside this one: "run-ring.js". */
  readonly file: string;
  /** The declarations to take; all of them where nothing is said. */
  readonly only?: readonly string[];
}

/** Replaces one text in one of the modules by another: a bound made smaller, or the protocol, broken on purpose. */
export type Change = readonly [from: string, to: string];

/**
 * The code of some modules as a function of its surroundings: `given` names what the code uses and does not declare. Of
 * those, and of methods, the ones in `steps` are generators. Beside the declarations, its module variables (let) can be read and
 * set, all at once.
 */
export function codeOf(
  sources: readonly Source[],
  given: readonly string[],
  steps: readonly string[],
  changes: readonly Change[],
): (surroundings: object) => object {
  const texts = sources.map(({ file }) => readFileSync(new URL(file, import.meta.url), "utf8"));
  for (const [from, to] of changes) {
    const found = texts.findIndex((text) => text.includes(from));
    if (found < 0) throw new Error(`no module says ${from}`);
    texts[found] = texts[found]!.replace(from, to);
  }
  const parsed = texts.map((text, i) => {
    const { statements } = ts.createSourceFile(sources[i]!.file, text, ts.ScriptTarget.ES2022, true);
    const { only } = sources[i]!;
    return statements.filter((s) => {
      const names = namesOf(s);
      return names.length > 0 && (only === undefined || names.some((name) => only.includes(name)));
    });
  });
  const kept = parsed.flat();
  const suspending = new Set(steps);
  for (const s of kept) if (ts.isFunctionDeclaration(s)) suspending.add(s.name!.text);
  const { factory } = ts;
  const spread = (node: ts.Expression): ts.Expression =>
    factory.createParenthesizedExpression(
      factory.createYieldExpression(factory.createToken(ts.SyntaxKind.AsteriskToken), node),
    );
  const accessing = (op: string, args: readonly ts.Expression[], by = "access"): ts.Expression =>
    factory.createParenthesizedExpression(
      factory.createYieldExpression(
        undefined,
        factory.createCallExpression(factory.createIdentifier(by), undefined, [
          factory.createStringLiteral(op),
          ...args,
        ]),
      ),
    );
  const isMem = (node: ts.Node): boolean => ts.isIdentifier(node) && node.text === "mem";
  const printed = ts.transform(kept, [
    (context) => (root) => {
      const visitAll = (node: ts.Node): ts.Node => ts.visitEachChild(node, visit, context);
      const visit = (node: ts.Node): ts.Node => {
        if (ts.isFunctionDeclaration(node)) {
          const f = visitAll(node) as ts.FunctionDeclaration;
          const star = factory.createToken(ts.SyntaxKind.AsteriskToken);
          return factory.createFunctionDeclaration(undefined, star, f.name, undefined, f.parameters, undefined, f.body);
        }
        if (ts.isMethodDeclaration(node) && suspending.has(node.name.getText())) {
          const f = visitAll(node) as ts.MethodDeclaration;
          const star = factory.createToken(ts.SyntaxKind.AsteriskToken);
          return factory.createMethodDeclaration(
            undefined,
            star,
            f.name,
            undefined,
            undefined,
            f.parameters,
            undefined,
            f.body,
          );
        }
        if (ts.isVariableStatement(node)) {
          return factory.createVariableStatement(undefined, (visitAll(node) as ts.VariableStatement).declarationList);
        }
        if (ts.isClassDeclaration(node)) {
          const c = visitAll(node) as ts.ClassDeclaration;
          return factory.createClassDeclaration(undefined, c.name, undefined, undefined, c.members);
        }
        if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
          const { left } = node;
          if (ts.isElementAccessExpression(left) && isMem(left.expression)) {
            return accessing("store", [
              visit(left.argumentExpression) as ts.Expression,
              visit(node.right) as ts.Expression,
            ]);
          }
        }
        if (ts.isElementAccessExpression(node) && isMem(node.expression)) {
          return accessing("load", [visit(node.argumentExpression) as ts.Expression]);
        }
        if (ts.isCallExpression(node)) {
          const { expression: callee } = node;
          const args = node.arguments.map((arg) => visit(arg) as ts.Expression);
          if (ts.isPropertyAccessExpression(callee)) {
            const name = callee.name.text;
            if (callee.expression.getText() === "Atomics") {
              const withoutMem = args.slice(1);
              if (accesses.has(name))
                return accessing(name, withoutMem, ts.isExpressionStatement(node.parent) ? "change" : "access");
              return spread(factory.createCallExpression(factory.createIdentifier(name), undefined, withoutMem));
            }
            if (suspending.has(name)) return spread(visitAll(node) as ts.Expression);
          }
          if (ts.isIdentifier(callee) && suspending.has(callee.text)) return spread(visitAll(node) as ts.Expression);
        }
        return visitAll(node);
      };
      return visit(root) as ts.Statement;
    },
  ]);
  const printer = ts.createPrinter();
  const body = printed.transformed
    .map((s, i) => printer.printNode(ts.EmitHint.Unspecified, s, kept[i]!.getSourceFile()))
    .join("\n");
  const names = kept.flatMap(namesOf);
  const variables = kept.filter((s) => ts.isVariableStatement(s) && (s.declarationList.flags & ts.NodeFlags.Let) !== 0);
  const lets = variables.flatMap(namesOf).join();
  const make = new Function(
    ...["access", "change", "given"],
    `const {${given.join()}} = given;\n${body}\n` +
      `return {${names.join()}, variables: () => ({${lets}}), restore: (old) => { ({${lets}} = old); }};`,
  ) as (...args: unknown[]) => object;
  return (surroundings) => make(access, change, surroundings);
}

function namesOf(s: ts.Statement): string[] {
  if ((ts.isFunctionDeclaration(s) || ts.isClassDeclaration(s)) && s.name !== undefined) return [s.name.text];
  if (!ts.isVariableStatement(s)) return [];
  return s.declarationList.declarations.map(({ name }) => name.getText());
}
