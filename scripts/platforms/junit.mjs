// Reads the one report format that `node --test`, `bun test` and `deno test` all write: JUnit XML.
//
// Not a general XML reader. It relies on what the three writers do: `<` is always escaped and attributes stand in double
// quotes, so a `<testcase` is found by pattern wherever suites nest it.

/**
 * One test and how it ended; `detail` says why it failed.
 * @typedef {{ name: string, status: "passed" | "failed" | "skipped", detail: string }} TestCase
 */

const attribute = /([\w-]+)="([^"]*)"/g;
const testCase = /<testcase((?:\s+[\w-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/testcase>)/g;
const failure = /<(?:failure|error)((?:\s+[\w-]+="[^"]*")*)\s*(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/;

/**
 * The test cases of a report, in order; none for a report that is empty or broken off before its first.
 * @param {string} xml
 * @returns {TestCase[]}
 */
export function parseJunit(xml) {
  return [...xml.matchAll(testCase)].map(([, attributes = "", body = ""]) => {
    const name = attributesOf(attributes).name ?? "(no name)";
    // Before <failure>: Node writes both for a `todo` that fails, and that is no failure.
    if (body.includes("<skipped")) return { name, status: "skipped", detail: "" };
    const failed = failure.exec(body);
    if (failed === null) return { name, status: "passed", detail: "" };
    return {
      name,
      status: "failed",
      detail: unescape(failed[2] ?? "").trim() || (attributesOf(failed[1]).message ?? ""),
    };
  });
}

/** @returns {Record<string, string>} */
function attributesOf(text = "") {
  return Object.fromEntries([...text.matchAll(attribute)].map(([, key, value]) => [key, unescape(value)]));
}

const entities = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescape(text = "") {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(lt|gt|amp|quot|apos));/gi, (_, decimal, hex, name) => {
    if (name !== undefined) return entities[name.toLowerCase()];
    return String.fromCodePoint(decimal === undefined ? parseInt(hex, 16) : Number(decimal));
  });
}
