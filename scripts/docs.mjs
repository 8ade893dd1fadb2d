// Tests the documentation: README.md, docs/**/*.md and packages/*/README.md.
//
//   node scripts/docs.mjs [--only=TEXT] [--types-only]     TEXT: part of a "page:line"
//
// What it checks:
//   1. Every ```ts block type-checks, and runs in a process of its own. Comments at its end say what is expected:
//        // Output:            standard output, line by line ("// Unordered output:" in any order); without it, nothing may be printed
//        // Error output:      what lines of standard error contain, in this order, others between them; without it, none may be written
//        // Exit code: 2       without it, 0
//      "```ts no-run" is type-checked only. An HTML comment "<!-- docs:with CODE -->" above a block puts CODE in front of it, unseen.
//   2. In a table below "<!-- docs:cells CODE -->", the code in the last column type-checks, piece by piece, as the body of a goroutine.
//      An empty "<!-- docs:cells -->" repeats the CODE of the one before.
//   3. Every name that a package exports, with the members of its classes and interfaces, stands as code on the package's page.
//   4. Every link into this repository leads to a file, and to the heading it names.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { transform } from "esbuild";
import ts from "typescript";

const timeoutMs = 20_000;
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, "node_modules/.cache/docs"); // inside the repository, so that "goro" resolves as for a user
const { values: flags } = parseArgs({
  options: { only: { type: "string", default: "" }, "types-only": { type: "boolean", default: false } },
});

// ---------------------------------------------------------------------------------------------------------- pages

function findPages() {
  const under = (dir) =>
    (existsSync(join(root, dir)) ? readdirSync(join(root, dir), { recursive: true }) : []).map((name) =>
      join(dir, name),
    );
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name, "README.md"));
  return ["README.md", ...under("docs").filter((name) => name.endsWith(".md")), ...packages]
    .filter((name) => existsSync(join(root, name)))
    .sort();
}

/** The parts of a page that are tested: its blocks of code, the cells of its checked tables, all code as text, its prose. */
function parsePage(page) {
  const lines = readFileSync(join(root, page), "utf8").split("\n");
  const blocks = [];
  const cells = [];
  const prose = [];
  const code = [];
  let unseen = ""; // of a docs:with that waits for its block
  let table = null; // code of a docs:cells whose table is being read
  let lastTable = ""; // what an empty docs:cells repeats
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const comment = /^<!-- docs:(with|cells)\b(.*)$/.exec(line);
    const fence = /^(\s*)(`{3,})\s*(.*)$/.exec(line);
    if (comment) {
      let text = comment[2];
      while (!text.includes("-->")) text += "\n" + lines[++i];
      text = text.slice(0, text.indexOf("-->")).trim();
      if (comment[1] === "with") unseen = text;
      else table = lastTable = text || lastTable;
    } else if (fence) {
      const start = i + 1;
      const body = [];
      for (i++; i < lines.length && lines[i].trim() !== fence[2]; i++) body.push(lines[i].slice(fence[1].length));
      const [lang, ...info] = fence[3].split(/\s+/);
      if (lang === "ts" || lang === "typescript")
        blocks.push({ page, line: start, info, unseen, code: body.join("\n") });
      code.push(body.join("\n"));
      unseen = "";
    } else {
      const row = line.startsWith("|");
      if (row && table !== null) {
        const last = line
          .replace(/\|\s*$/, "")
          .split(/(?<!\\)\|/)
          .at(-1);
        for (const span of codeSpans(last))
          cells.push({ page, line: i + 1, unseen: table, code: span.replaceAll("\\|", "|") });
      } else if (!row && line.trim() !== "") table = null;
      prose.push({ line: i + 1, text: line });
      code.push(...codeSpans(line));
    }
  }
  return { page, blocks, cells, prose, code: code.join("\n") };
}

function codeSpans(text) {
  return [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map((match) => match[2].trim());
}

// -------------------------------------------------------------------------------------------------------- results

let passed = 0;
const failures = [];

function report(where, problems) {
  if (problems.length === 0) passed++;
  else failures.push({ where, problems });
}

const wanted = (item) => `${item.page}:${item.line}`.includes(flags.only);

// ---------------------------------------------------------------------------------------------------------- types

/** One program over everything. Fills `item.problems` of each block and cell, and returns the type checker for the check of names. */
function typeCheck(blocks, cells, packages) {
  const base = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile).config.compilerOptions;
  const { options } = ts.convertCompilerOptionsFromJson(
    {
      ...base,
      composite: false,
      declaration: false,
      declarationMap: false,
      sourceMap: false,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    },
    root,
  );
  const write = (item, head, foot, id) => {
    item.file = join(cache, `${item.page.replace(/\.md$/, "").replaceAll(/[^\w]+/g, "-")}-${item.line}${id}.mts`);
    item.offset = head === "" ? 0 : head.split("\n").length;
    item.problems = [];
    writeFileSync(item.file, (head === "" ? "" : head + "\n") + item.code + foot);
  };
  for (const block of blocks) write(block, block.unseen, "\nexport {};\n", "");
  for (const [i, cell] of cells.entries())
    write(
      cell,
      `${cell.unseen}\nexport function* cell(): Generator<any, unknown, any> {`,
      "\nreturn; }\n",
      `-cell-${i}`,
    );
  for (const entry of packages) {
    entry.file = join(cache, `exports-${entry.name.replaceAll(/[^\w]+/g, "-")}.mts`);
    writeFileSync(entry.file, `export * from ${JSON.stringify(entry.name)};\n`);
  }
  const program = ts.createProgram({ rootNames: [...blocks, ...cells, ...packages].map((item) => item.file), options });
  const byFile = new Map([...blocks, ...cells].map((item) => [item.file, item]));
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    const item = diagnostic.file && byFile.get(resolve(diagnostic.file.fileName));
    const row = diagnostic.file ? diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start).line : 0;
    if (item && cells.includes(item)) item.problems.push(`type error in \`${item.code}\`: ${text}`);
    else if (item) item.problems.push(`${item.page}:${item.line + 1 + row - item.offset}: type error: ${text}`);
    else report(diagnostic.file ? relative(root, diagnostic.file.fileName) : "tsconfig.base.json", [text]);
  }
  return program;
}

// ------------------------------------------------------------------------------------------------------ expectation

/** What the comments at the end of a snippet say. */
function expectation(code) {
  const lines = code.trimEnd().split("\n");
  let start = lines.length;
  while (start > 0 && lines[start - 1].startsWith("//")) start--;
  const expected = { output: [], unordered: false, errors: [], exitCode: 0, problems: [] };
  let section = null;
  for (const line of lines.slice(start)) {
    const [, head, rest] = /^\/\/ (Output|Unordered output|Error output|Exit code):(.*)$/.exec(line) ?? [];
    if (head === "Exit code") expected.exitCode = Number(rest);
    else if (head !== undefined) {
      section = head === "Error output" ? expected.errors : expected.output;
      if (head === "Unordered output") expected.unordered = true;
      if (rest.trim() !== "") section.push(rest.trim());
    } else if (section !== null) section.push(line.replace(/^\/\/ ?/, "").trimEnd());
  }
  return expected;
}

const tidy = (text) =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trim()
    .split("\n");

async function runBlock(block) {
  const file = block.file.replace(/\.mts$/, ".mjs");
  const { code } = await transform((block.unseen ? block.unseen + "\n" : "") + block.code, {
    loader: "ts",
    target: "es2022",
    format: "esm",
    sourcemap: "inline",
    sourcefile: block.file,
  });
  writeFileSync(file, code);
  const { status, stdout, stderr } = await runNode(file);
  const expected = expectation(block.code);
  const problems = [];
  if (status !== expected.exitCode) problems.push(`exit code ${status}, expected ${expected.exitCode}`);
  const order = (lines) => (expected.unordered ? lines.toSorted() : lines).join("\n");
  const got = order(tidy(stdout));
  const want = order(tidy(expected.output.join("\n")));
  if (got !== want) problems.push(`standard output differs\n--- got\n${got}\n--- want\n${want}`);
  const errorLines = stderr.split("\n");
  let at = 0;
  for (const part of expected.errors) {
    while (at < errorLines.length && !errorLines[at].includes(part)) at++;
    if (at++ >= errorLines.length) problems.push(`standard error lacks "${part}" (in this order)`);
  }
  if (expected.errors.length === 0 && stderr.trim() !== "") problems.push("standard error should be empty");
  if (problems.length > 0 && stderr.trim() !== "") problems.push(`--- standard error\n${stderr.trimEnd()}`);
  return problems;
}

function runNode(file) {
  const { GORODEBUG, GOMAXPROCS, NODE_OPTIONS, FORCE_COLOR, ...env } = process.env;
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["--enable-source-maps", file], {
      cwd: cache,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    const timer = setTimeout(() => {
      stderr += `\nscripts/docs.mjs: stopped after ${timeoutMs} ms`;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", fail);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done({ status: code ?? signal, stdout, stderr });
    });
  });
}

// ---------------------------------------------------------------------------------------------------------- names

/** The entries of packages/goro, each with the page that has to name its exports: "goro/sync/atomic" is docs/sync-atomic.md. */
function entriesOfGoro() {
  const { name, exports } = JSON.parse(readFileSync(join(root, "packages/goro/package.json"), "utf8"));
  return Object.keys(exports)
    .filter((path) => !path.endsWith(".json") && !path.includes("internal"))
    .map((path) => ({
      name: name + path.slice(1),
      page: join("docs", (path === "." ? name : path.slice(2).replaceAll("/", "-")) + ".md"),
    }));
}

function exportedNames(program, entry) {
  const checker = program.getTypeChecker();
  const own = (symbol) =>
    symbol.declarations?.some((node) =>
      /[\\/](packages[\\/]goro|node_modules[\\/]goro)[\\/]/.test(node.getSourceFile().fileName),
    );
  const hidden = (symbol) =>
    symbol.declarations?.some(
      (node) => ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected),
    ) || symbol.getJsDocTags(checker).some((tag) => tag.name === "internal");
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry.file));
  const names = new Set();
  for (const exported of module ? checker.getExportsOfModule(module) : []) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (hidden(symbol)) continue;
    names.add(exported.name);
    if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) continue;
    for (const member of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      if (/^(__|#|_)/.test(member.name) || !own(member) || hidden(member)) continue;
      names.add(member.name);
    }
  }
  return names;
}

function checkNames(program, entry, pages) {
  const page = pages.find((candidate) => candidate.page === entry.page);
  if (!page) return [`${entry.name} is exported and has no page`];
  const names = exportedNames(program, entry);
  if (names.size === 0) return [`${entry.name} exports nothing; is it built?`];
  return [...names]
    .filter((name) => !new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(page.code))
    .map((name) => `${entry.name} exports ${name}; the page does not mention it`);
}

/** The lint rules of @goro/tools/eslint, which docs/lint.md has to name. */
async function checkRules(pages) {
  const { exports } = JSON.parse(readFileSync(join(root, "packages/tools/package.json"), "utf8"));
  const target = exports?.["./eslint"];
  if (target === undefined) return ["@goro/tools does not export ./eslint"];
  const path = typeof target === "string" ? target : (target.import ?? target.default);
  const plugin = await import(pathToFileURL(join(root, "packages/tools", path)).href);
  const rules = Object.keys((plugin.plugin ?? plugin.goro ?? plugin).rules ?? {});
  const text = pages.find(({ page }) => page === join("docs", "lint.md"))?.code ?? "";
  if (rules.length === 0) return ["@goro/tools/eslint exports no rules"];
  return rules.filter((rule) => !text.includes(`goro/${rule}`)).map((rule) => `rule goro/${rule} is not mentioned`);
}

// ---------------------------------------------------------------------------------------------------------- links

const slug = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

function anchors(path) {
  const text = readFileSync(path, "utf8").replaceAll(/^(`{3,})[^]*?^\1$/gm, "");
  return [...text.matchAll(/^#+\s+(.*)$/gm)].map((match) => slug(match[1].replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")));
}

function checkLinks({ page, prose }) {
  const problems = [];
  for (const { line, text } of prose) {
    for (const [, target] of text.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [file, anchor] = target.split("#");
      const path = file === "" ? join(root, page) : join(root, dirname(page), file);
      if (!existsSync(path)) problems.push(`${page}:${line}: no file ${relative(root, path)}`);
      else if (anchor !== undefined && path.endsWith(".md") && !anchors(path).includes(anchor))
        problems.push(`${page}:${line}: no heading #${anchor} in ${relative(root, path)}`);
    }
  }
  return problems;
}

// ----------------------------------------------------------------------------------------------------------- main

rmSync(cache, { recursive: true, force: true });
mkdirSync(cache, { recursive: true });
const pages = findPages().map(parsePage);
const blocks = pages.flatMap((page) => page.blocks).filter(wanted);
const cells = pages.flatMap((page) => page.cells).filter(wanted);
const entries = entriesOfGoro();
const program = typeCheck(blocks, cells, entries);

for (const cell of cells) report(`${cell.page}:${cell.line}`, cell.problems);
const queue = blocks.values();
await Promise.all(
  Array.from({ length: Math.min(4, availableParallelism()) }, async () => {
    for (const block of queue) {
      const run = block.problems.length === 0 && !block.info.includes("no-run") && !flags["types-only"];
      report(`${block.page}:${block.line}`, run ? await runBlock(block) : block.problems);
    }
  }),
);
if (flags.only === "") {
  for (const entry of entries) report(entry.page, checkNames(program, entry, pages));
  report("docs/lint.md", await checkRules(pages));
  for (const page of pages) report(page.page, checkLinks(page));
}

for (const { where, problems } of failures)
  console.log(`${where}: failed\n  ${problems.join("\n").replaceAll("\n", "\n  ")}\n`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
