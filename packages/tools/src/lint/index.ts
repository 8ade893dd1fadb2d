// "@goro/tools/eslint": lint rules for programs written with goro.
//
//   import { goro } from "@goro/tools/eslint";
//   export default [goro.configs.recommended];
import type { ESLint, Linter, Rule } from "eslint";
import tseslint from "typescript-eslint";
import { noFloatingOp } from "./no-floating-op.js";
import { noLostUpdate } from "./no-lost-update.js";

export interface GoroPlugin extends ESLint.Plugin {
  readonly rules: { readonly "no-floating-op": Rule.RuleModule; readonly "no-lost-update": Rule.RuleModule };
  readonly configs: { readonly recommended: Linter.Config };
}

export const goro: GoroPlugin = {
  meta: { name: "@goro/tools", namespace: "goro" },
  rules: {
    "no-floating-op": noFloatingOp as unknown as Rule.RuleModule,
    "no-lost-update": noLostUpdate as unknown as Rule.RuleModule,
  },
  configs: {
    get recommended() {
      return recommended; // it names the plugin, and the plugin it
    },
  },
};

/** Between them these rules see every Op, goroutine body and promise that is made and not waited for. */
const recommended: Linter.Config = {
  name: "goro/recommended",
  files: ["**/*.ts", "**/*.mts", "**/*.cts", "**/*.tsx"],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { projectService: true },
  },
  plugins: { goro, "@typescript-eslint": tseslint.plugin },
  rules: {
    "goro/no-floating-op": "error",
    "goro/no-lost-update": "error",
    "@typescript-eslint/no-floating-promises": "error",
    // A goroutine that never parks is a generator without a yield.
    "require-yield": "off",
  },
};
