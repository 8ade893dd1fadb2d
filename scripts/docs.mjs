// Tests the documentation: README.md, docs/**/*.md and packages/*/README.md.
//
//   node scripts/docs.mjs [--only=TEXT] [--types-only]     TEXT: part of a "page:line"
//
//   1. Every ```ts block type-checks, and runs in a process of its own (docs/run.mjs). Comments at its end say what is
//      expected, as in Go's examples:
//        // Output:          standard output, line by line ("// Unordered output:" in any order)
//        // Error output:    what lines of standard error contain, in this order, others between them
//        // Exit code: 2     without it, 0
//      "```ts no-run" is type-checked only.
//   2. In a table below "<!-- docs:cells CODE -->", each piece of code in the last column type-checks as the body of a
//      goroutine, with CODE in front (docs/page.mjs). An empty "<!-- docs:cells -->" repeats the CODE before it.
//   3. Every name that a package exports, with the members of its classes and interfaces, stands as code on the
//      package's page; so does every lint rule (docs/names.mjs).
//   4. Every link into this repository leads to a file, and to the heading it names (docs/links.mjs).

import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brokenLinks } from "./docs/links.mjs";
import { entriesOfGoro, missingNames, missingRules } from "./docs/names.mjs";
import { parsePage } from "./docs/page.mjs";
import { runBlock } from "./docs/run.mjs";
import { typeCheck } from "./docs/types.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, "node_modules/.cache/docs"); // inside the repository, so that "goro" resolves as for a user
const { values: flags } = parseArgs({
  options: { only: { type: "string", default: "" }, "types-only": { type: "boolean", default: false } },
});

let passed = 0;
const failures = [];

function report(where, problems) {
  if (problems.length === 0) passed++;
  else failures.push(`${where}: failed\n${problems.join("\n").replaceAll(/^/gm, "  ")}\n`);
}

function findPages() {
  const docs = readdirSync(join(root, "docs"), { recursive: true }).map((name) => join("docs", name));
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md"));
  const pages = ["README.md", ...docs, ...packages].filter((name) => name.endsWith(".md"));
  return pages.filter((name) => existsSync(join(root, name))).sort();
}

rmSync(cache, { recursive: true, force: true });
mkdirSync(cache, { recursive: true });

const wanted = (item) => `${item.page}:${item.line}`.includes(flags.only);
const pages = findPages().map((path) => parsePage(root, path));
const blocks = pages.flatMap((page) => page.blocks).filter(wanted);
const cells = pages.flatMap((page) => page.cells).filter(wanted);
const entries = entriesOfGoro(root);
const checked = typeCheck(root, cache, { blocks, cells, entries });

for (const cell of cells) report(`${cell.page}:${cell.line}`, checked.problems(cell));

const queue = blocks.values();
const runner = async () => {
  for (const block of queue) {
    const problems = checked.problems(block);
    const runs = problems.length === 0 && !block.info.includes("no-run") && !flags["types-only"];
    report(`${block.page}:${block.line}`, runs ? await runBlock(cache, block) : problems);
  }
};
await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, runner));

if (flags.only === "") {
  for (const entry of entries) report(entry.page, missingNames(checked.program, entry, pages));
  report("docs/lint.md", await missingRules(root, pages));
  for (const page of pages) report(page.path, brokenLinks(root, page));
}

for (const failure of failures) console.log(failure);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
