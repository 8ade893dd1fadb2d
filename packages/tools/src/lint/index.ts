// "@goro/tools/eslint": lint rules for programs written with goro.
//
//   import * as goro from "@goro/tools/eslint";
//   export default [...goro.configs.recommended];
import type { ESLint, Linter, Rule } from "eslint";
import tseslint from "typescript-eslint";
import { noFloatingOp } from "./no-floating-op.js";
import { noLostUpdate } from "./no-lost-update.js";

export const rules = {
  "no-floating-op": noFloatingOp as unknown as Rule.RuleModule,
  "no-lost-update": noLostUpdate as unknown as Rule.RuleModule,
} satisfies ESLint.Plugin["rules"];

const plugin = { meta: { name: "@goro/tools", namespace: "goro" }, rules } satisfies ESLint.Plugin;

/** Between them these rules see every Op, goroutine body and promise that is made and not waited for. */
const recommended: Linter.Config[] = [
  {
    name: "goro/recommended",
    files: ["**/*.ts", "**/*.mts", "**/*.cts", "**/*.tsx"],
    languageOptions: {
      parser: tseslint.parser as Linter.Parser,
      parserOptions: { projectService: true },
    },
    plugins: { goro: plugin, "@typescript-eslint": tseslint.plugin as unknown as ESLint.Plugin },
    rules: {
      "goro/no-floating-op": "error",
      "goro/no-lost-update": "error",
      "@typescript-eslint/no-floating-promises": "error",
      // A goroutine that never parks is a generator without a yield.
      "require-yield": "off",
    },
  },
];

export const configs = { recommended };
export const meta = plugin.meta;
