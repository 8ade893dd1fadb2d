// A whole module, from the text that the loader would have run to the text that it runs instead.
import type { Site } from "../accesses.js";
import { transform, type Source } from "./index.js";

const comment =
  /^[ \t]*\/\/# sourceMappingURL=data:application\/json(?:;charset=[^;,]*)?;base64,([A-Za-z0-9+/=]+)[ \t]*$/m;

let next: Site = 0;

/**
 * The instrumented text of a module, with its source map inside. `code` is JavaScript; a source map that it has inside is
 * where positions are taken from. Sites are numbered from where the last module on this thread ended, or from `first`.
 * Throws the parser's SyntaxError.
 */
export function instrument(
  code: string,
  { url, type, instrumented, first = next }: Omit<Source, "code" | "map" | "first"> & { readonly first?: Site },
): string {
  const inside = comment.exec(code);
  const map =
    inside?.[1] === undefined ? undefined : (JSON.parse(Buffer.from(inside[1], "base64").toString()) as object);
  const bare = inside === null ? code : code.slice(0, inside.index) + code.slice(inside.index + inside[0].length);
  const result = transform({
    code: bare,
    url,
    type,
    first,
    ...(map === undefined ? {} : { map }),
    ...(instrumented === undefined ? {} : { instrumented }),
  });
  next = first + result.sites;
  const json = Buffer.from(JSON.stringify(result.map)).toString("base64");
  return `${result.code}\n//# sourceMappingURL=data:application/json;base64,${json}\n`;
}
