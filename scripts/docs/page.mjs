// What of a Markdown page is tested.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Blocks of TypeScript; cells of code in tables below a docs:cells comment; prose, line by line; and all that stands as
 * code, as one text.
 */
export function parsePage(root, path) {
  const lines = readFileSync(join(root, path), "utf8").split("\n");
  const page = { path, blocks: [], cells: [], prose: [], code: "" };
  let prelude = ""; // of the last docs:cells
  let inTable = false; // below it
  for (let i = 0; i < lines.length;) {
    const line = lines[i];
    if (line.startsWith("<!-- docs:cells")) {
      const end = lines.findIndex((other, at) => at >= i && other.includes("-->"));
      const comment = lines.slice(i, end + 1).join("\n");
      prelude = comment.slice("<!-- docs:cells".length, comment.indexOf("-->")).trim() || prelude;
      inTable = true;
      i = end + 1;
      continue;
    }
    const fence = /^ *```+/.exec(line)?.[0];
    if (fence !== undefined) {
      const end = lines.indexOf(fence, i + 1);
      if (end < 0) throw new Error(`${path}:${i + 1}: this block of code has no end`);
      const [lang, ...info] = line.slice(fence.length).trim().split(/\s+/);
      const code = lines.slice(i + 1, end).join("\n");
      if (lang === "ts") page.blocks.push({ page: path, line: i + 1, info, code });
      page.code += code + "\n";
      i = end + 1;
      continue;
    }
    if (line.startsWith("|")) {
      if (inTable) for (const code of lastColumn(line)) page.cells.push({ page: path, line: i + 1, prelude, code });
    } else if (line.trim() !== "") inTable = false;
    page.prose.push({ line: i + 1, text: line });
    page.code += spans(line).join("\n") + "\n";
    i++;
  }
  return page;
}

const lastColumn = (row) => spans(row.split(/(?<!\\)\|/).at(-2)).map((code) => code.replaceAll("\\|", "|"));

const spans = (text) => [...text.matchAll(/(`+)(.+?)\1(?!`)/g)].map((match) => match[2].trim());
