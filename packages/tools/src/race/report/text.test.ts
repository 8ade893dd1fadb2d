import { equal, match, doesNotMatch } from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { folder } from "../../testkit.js";
import type { At, Race } from "./finding.js";
import { textOf } from "./text.js";

const plain = { excerpts: false, stripPathPrefix: "" };

function raceIn(url: string): Race {
  const at = (line: number, column: number): At => ({ url, line, column, function: "work" });
  const by = (id: number) => ({ name: `goroutine ${id}`, hasEnded: id === 2, created: [at(3, 1)] });
  return {
    type: "race",
    lost: false,
    touches: [
      { kind: "write", name: "n", at: at(2, 4), stack: [at(2, 4), at(3, 1)], by: by(3) },
      { kind: "read", name: "n", at: at(1, 1), stack: [at(1, 1)], by: by(2) },
    ],
  };
}

test("with excerpts, the line of each of the two places is shown, with a caret under it, and no other", () => {
  using at = folder({ "a.ts": "n;\n\t  n = 1;\nwork();\n" });
  const text = textOf(raceIn(pathToFileURL(join(at.path, "a.ts")).href), { ...plain, excerpts: true });
  match(text, /a\.ts:2:4\n {8}\| \t {2}n = 1;\n {8}\| \t {2}\^\n {2}work\(\)\n/);
  match(text, /a\.ts:1:1\n {8}\| n;\n {8}\| \^\n/);
  equal(text.match(/\^/g)?.length, 2);
  doesNotMatch(text, /\| work/);
});

test("a source that cannot be read is shown as its place alone", () => {
  const race = raceIn("file:///gone/a.ts");
  equal(textOf(race, { ...plain, excerpts: true }), textOf(race, plain));
});

test("the frame is Go's: the later access, the earlier, and where both were started", () => {
  const lines = textOf(raceIn("node:own"), plain).split("\n");
  equal(lines[0], "=".repeat(18));
  equal(lines.at(-2), "=".repeat(18));
  equal(lines[1], "WARNING: DATA RACE");
  equal(
    lines.filter((line) => /^\S.*:$/.test(line)).join("\n"),
    `Write at n (node:own:2:4) by goroutine 3:
Previous read at n (node:own:1:1) by goroutine 2:
Goroutine 3 (running) created at:
Goroutine 2 (finished) created at:`,
  );
});
