// What a compiler says of where its output comes from: a comment at its end, with the map in it or the name of a file beside it.
import { readFileSync } from "node:fs";

/** What of a source map is looked at here. Its sources are URLs. */
export interface SourceMap {
  readonly sources: readonly string[];
}

const mapComment = /^\/\/# sourceMappingURL=(?<map>\S+)\s*$/m;

/** Its source map apart, whether it stands in it or beside it. */
export function withoutMap(text: string, url: string): { code: string; map: SourceMap | undefined } {
  const comment = mapComment.exec(text)?.groups?.["map"];
  if (comment === undefined) return { code: text, map: undefined };
  const code = text.replace(mapComment, "");
  try {
    const base64 = /^data:application\/json;.*base64,(?<data>.*)$/.exec(comment)?.groups?.["data"];
    const json =
      base64 === undefined ? readFileSync(new URL(comment, url), "utf8") : Buffer.from(base64, "base64").toString();
    const map = JSON.parse(json) as { sources: string[]; sourceRoot?: string };
    // A bundle's own lines are shown: a place has a line and a column, and no word for which of its sources they are in.
    if (map.sources.length !== 1) return { code, map: undefined };
    const sources = map.sources.map((source) => new URL((map.sourceRoot ?? "") + source, url).href);
    return { code, map: { ...map, sources, ...{ sourceRoot: "" } } };
  } catch {
    return { code, map: undefined }; // a map that is not there is none
  }
}
