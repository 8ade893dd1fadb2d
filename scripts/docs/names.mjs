// Nothing is exported that the documentation does not mention.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";

/** The entries of packages/goro, each with the page that names its exports: "goro/sync/atomic" is docs/sync-atomic.md. */
export function entriesOfGoro(root) {
  const { name, exports } = manifest(root, "goro");
  return Object.keys(exports)
    .filter((path) => path !== "./package.json" && path !== "./internal")
    .map((path) => {
      const page = path === "." ? name : path.slice(2).replaceAll("/", "-");
      return { name: name + path.slice(1), page: join("docs", `${page}.md`) };
    });
}

export function missingNames(program, entry, pages) {
  const page = pages.find(({ path }) => path === entry.page);
  if (!page) return [`${entry.name} has no page`];
  const names = exportedNames(program, entry);
  if (names.size === 0) return [`${entry.name} exports nothing; is it built?`];
  const mentioned = (name) => new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(page.code);
  const missing = [...names].filter(([name]) => !mentioned(name));
  return missing.map(([name, { isInternal }]) =>
    isInternal
      ? `${entry.name} lets ${name} be seen, which is @internal: stripInternal would take it out`
      : `${entry.name} exports ${name}, not mentioned here`,
  );
}

/** docs/lint.md names every rule of @goro/tools/eslint. */
export async function missingRules(root, pages) {
  const target = manifest(root, "tools").exports?.["./eslint"];
  if (target === undefined) return ["@goro/tools does not export ./eslint"];
  const { goro } = await import(pathToFileURL(join(root, "packages/tools", target)).href);
  const rules = Object.keys(goro.rules).map((rule) => `goro/${rule}`);
  const page = pages.find(({ path }) => path === join("docs", "lint.md"));
  return rules.filter((rule) => !page?.code.includes(rule)).map((rule) => `the rule ${rule} is not mentioned here`);
}

const manifest = (root, name) => JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8"));

/** Each name, and whether it is marked as none of the user's business. */
function exportedNames(program, entry) {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry.file));
  const isInternal = (symbol) => symbol.getJsDocTags(checker).some((tag) => tag.name === "internal");
  const names = new Map();
  for (const exported of module ? checker.getExportsOfModule(module) : []) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    names.set(exported.name, { isInternal: isInternal(symbol) });
    if (!(symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface))) continue;
    const members = checker.getDeclaredTypeOfSymbol(symbol).getProperties();
    for (const member of members.filter((each) => isOurs(each) && isPublic(each))) {
      if (!names.has(member.name)) names.set(member.name, { isInternal: isInternal(member) });
    }
  }
  return names;
}

/** Declared in goro, and not in the language's own types: `message` of an Error is not ours to document. */
const isOurs = (symbol) =>
  symbol.declarations?.some((node) => /[\\/]goro[\\/](dist|src)[\\/]/.test(node.getSourceFile().fileName));

const isPublic = (symbol) =>
  !/^(_|#)/.test(symbol.name) &&
  !symbol.declarations?.some(
    (node) => ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected),
  );
