// Lints everything: TypeScript with its types, and plain scripts without.
import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import globals from "globals";
import tseslint from "typescript-eslint";
// Our own rules, as users get them: build first.
import { goro } from "./packages/tools/dist/lint/index.js";

const unused = { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true };
const testCalls = { from: "package", package: "node:test", name: ["test", "it", "describe", "suite"] };

export default defineConfig(
  { ignores: ["**/dist/", "**/.cache/", "packages/tools/fixture/", "packages/goro/test-contract/", "**/*.test-d.ts"] },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { goro },
    rules: { "goro/no-lost-update": "error" },
  },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked, goro.configs.recommended],
    languageOptions: { parserOptions: { tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `using _ = yield* mu.guard()` holds the lock by being there.
      "@typescript-eslint/no-unused-vars": ["error", { ...unused, ignoreUsingDeclarations: true }],
      // The runner waits for its tests by itself.
      "@typescript-eslint/no-floating-promises": ["error", { allowForKnownSafeCalls: [testCalls] }],
      // Syntax trees are told apart by strings.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/prefer-as-const": "off",
      // Methods are taken off their objects on purpose: a function that resolves a promise, the `next` of all generators.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // Tests also do what programs should not: they throw what is no error, await what is no promise, and misuse types.
    files: ["**/*.test.ts", "**/testkit*.ts"],
    rules: {
      "@typescript-eslint/await-thenable": "off",
      "@typescript-eslint/ban-ts-comment": "off",
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/no-implied-eval": "off",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/prefer-promise-reject-errors": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    // Programs that do what is to be caught: one construct each, and no care for what becomes of it.
    files: ["packages/tools/src/race/corpus/*.ts"],
    rules: {
      "@typescript-eslint/await-thenable": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-unused-vars": "off",
      "no-unused-private-class-members": "off",
      "no-useless-assignment": "off",
      "no-var": "off",
      "prefer-rest-params": "off",
    },
  },
  {
    files: ["**/types.test.ts"],
    rules: { "@typescript-eslint/no-unused-vars": "off", "no-useless-assignment": "off" },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { globals: globals.nodeBuiltin },
    rules: {
      "no-unused-vars": ["error", unused],
      "no-sparse-arrays": "off",
      "no-unsafe-finally": "off",
      "require-yield": "off",
    },
  },
  { files: ["scripts/platforms/browser/**"], languageOptions: { globals: globals.browser } },
);
