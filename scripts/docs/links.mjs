// Links into the repository lead somewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export function brokenLinks(root, { path, prose }) {
  const problems = [];
  for (const { line, text } of prose) {
    for (const [, target] of text.replaceAll(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const [name, anchor] = target.split("#");
      const file = name === "" ? path : join(dirname(path), name);
      if (!existsSync(join(root, file))) problems.push(`${path}:${line}: no file ${file}`);
      else if (anchor !== undefined && !anchors(join(root, file)).includes(anchor)) {
        problems.push(`${path}:${line}: no heading #${anchor} in ${file}`);
      }
    }
  }
  return problems;
}

function anchors(file) {
  const text = readFileSync(file, "utf8").replaceAll(/^(```+)[^]*?^\1$/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map((match) => slug(match[1]));
}

/** As GitHub makes them. */
const slug = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
