// For tests of the rules: ESLint's own tester, with the types of goro at hand.
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { TSESLint } from "@typescript-eslint/utils";
import { RuleTester, type Rule } from "eslint";
import tseslint from "typescript-eslint";

/** The folder whose types the snippets see, and the file in whose place they stand. */
export const fixture = fileURLToPath(new URL("../../fixture/lint/", import.meta.url));
export const program = `${fixture}program.ts`;

/** One line, so that the lines of a snippet can be counted: its first is line 2. */
const prelude =
  `import { chan, defer, go, main, run, select, sleep, trySelect, until, type Chan, type Op, type Range, type Routine } from "goro"; ` +
  `import { Cond, Mutex, Once, WaitGroup } from "goro/sync"; ` +
  `declare const ch: Chan<number>, mu: Mutex, wg: WaitGroup, once: Once, cond: Cond, maybe: Chan<number> | undefined; ` +
  `declare function work(n?: number): Routine<number>;\n`;

export const withPrelude = (code: string) => prelude + code;

/** A snippet in a goroutine: the usual place. */
export const inGo = (code: string) => `go(function* () {\n${code}\n});`;

export interface Finding {
  readonly messageId: string;
  /** What the snippet is after the suggestion has been taken. */
  readonly suggestion?: readonly [messageId: string, code: string];
}

export interface Snippets {
  readonly valid: Readonly<Record<string, string>>;
  readonly invalid: Readonly<Record<string, readonly [code: string, ...findings: Finding[]]>>;
}

export function testRule(name: string, rule: TSESLint.RuleModule<string>, { valid, invalid }: Snippets): void {
  RuleTester.describe = describe as typeof RuleTester.describe;
  RuleTester.it = it as typeof RuleTester.it;
  const tester = new RuleTester({
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: {
        project: "./tsconfig.json",
        tsconfigRootDir: fixture,
        // With CI set, the parser would read the file itself instead of the snippet in its place.
        disallowAutomaticSingleRunInference: true,
      },
    },
  });
  tester.run(name, rule as unknown as Rule.RuleModule, {
    valid: Object.entries(valid).map(([title, code]) => ({ name: title, filename: program, code: withPrelude(code) })),
    invalid: Object.entries(invalid).map(([title, [code, ...findings]]) => ({
      name: title,
      filename: program,
      code: withPrelude(code),
      errors: findings.map(({ messageId, suggestion }) => ({
        messageId,
        ...(suggestion && { suggestions: [{ messageId: suggestion[0], output: withPrelude(suggestion[1]) }] }),
      })),
    })),
  });
}
