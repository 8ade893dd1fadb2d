// Type-checks all code of the documentation in one program, as strictly as the packages themselves.
import { writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import ts from "typescript";

/** Gives the program, and the problems of each block and cell. Sets `item.file`, where it wrote the code. */
export function typeCheck(root, cache, { blocks, cells, entries }) {
  const problems = new Map();
  const byFile = new Map();
  const write = (item, name, head, foot) => {
    item.file = join(cache, name);
    problems.set(item, []);
    byFile.set(item.file, { item, firstLine: item.line + (head === "" ? 1 : -head.split("\n").length + 2) });
    writeFileSync(item.file, head + item.code + foot);
  };
  for (const block of blocks) write(block, fileName(block), "", "\n");
  for (const [i, cell] of cells.entries()) {
    const head = `${cell.prelude}\nexport function* cell(): Generator<any, unknown, any> {\n`;
    write(cell, fileName(cell, `-${i}`), head, "\nreturn; }\n");
  }
  for (const entry of entries) {
    entry.file = join(cache, `exports-${entry.name.replaceAll(/\W+/g, "-")}.mts`);
    writeFileSync(entry.file, `export * from ${JSON.stringify(entry.name)};\n`);
  }

  const rootNames = [...blocks, ...cells, ...entries].map((item) => item.file);
  const program = ts.createProgram({ rootNames, options: compilerOptions(root) });
  for (const { file, start, messageText } of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    const found = file && byFile.get(resolve(file.fileName));
    if (!found && entries.some((entry) => entry.file === file?.fileName)) continue; // missingNames tells of it
    if (!found) throw new Error(`${file ? relative(root, file.fileName) : "tsconfig.base.json"}: ${text}`);
    const { item, firstLine } = found;
    const place = cells.includes(item)
      ? `\`${item.code}\``
      : `${item.page}:${firstLine + file.getLineAndCharacterOfPosition(start).line}`;
    problems.get(item).push(`${place}: type error: ${text}`);
  }
  return { program, problems: (item) => problems.get(item) };
}

const fileName = ({ page, line }, suffix = "") =>
  `${page.replace(/\.md$/, "").replaceAll(/\W+/g, "-")}-${line}${suffix}.mts`;

function compilerOptions(root) {
  const base = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile).config.compilerOptions;
  const emit = { composite: false, declaration: false, declarationMap: false, sourceMap: false, noEmit: true };
  const types = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
  return ts.convertCompilerOptionsFromJson({ ...base, ...emit, ...types }, root).options;
}
