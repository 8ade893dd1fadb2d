// The corpus: every race that is expected is found, at its places, and nothing else is.
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";
import type { At, Finding } from "./report/finding.js";

const command = fileURLToPath(new URL("../../bin/goro.js", import.meta.url));
const folder = fileURLToPath(new URL("../../src/race/corpus/", import.meta.url));
/** Those that have no programs of their own. */
const helpers = new Set(["kit.ts", "run.ts", "other.ts"]);
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
const groups = files.filter((name) => !helpers.has(name)).map((name) => name.replace(/\.ts$/, ""));

/** "arrays.ts:12 arrays.ts:14": the places, in order. */
type Expected = string;

/** What the comments say: the places of a race, or of a circle of locks, have one number within their program. */
function expectedInAll(): Expected[] {
  const places = new Map<string, string[]>();
  for (const file of files) note(file, places);
  return [...places].map(([key, at]) => pairOf(key.includes("race "), at));
}

function note(file: string, places: Map<string, string[]>): void {
  let program = "";
  for (const [i, line] of readFileSync(join(folder, file), "utf8").split("\n").entries()) {
    program = /^export (?:async )?function\*? (\w+)/.exec(line)?.[1] ?? program;
    const [, kind, labels = ""] = /\/\/ (race|locks) (.+)$/.exec(line) ?? [];
    if (kind === undefined) continue;
    for (const label of labels.split(" ")) {
      // A name instead of a number is that of all files.
      const key = /^\d+$/.test(label) ? `${file} ${program} ${kind} ${label}` : `${kind} ${label}`;
      places.set(key, [...(places.get(key) ?? []), `${file}:${i + 1}`]);
    }
  }
}

function pairOf(isRace: boolean, at: readonly string[]): Expected {
  return (isRace && at.length === 1 ? [...at, ...at] : [...at]).sort().join(" ");
}

function foundAs(finding: Finding): Expected {
  const at = ({ url, line }: At): string => `${url.split("/").at(-1)}:${line}`;
  if (finding.type === "race")
    return pairOf(
      true,
      finding.touches.map((touch) => at(touch.at)),
    );
  return pairOf(
    false,
    finding.steps.flatMap(({ held, then }) => [at(held.at), at(then.at)]),
  );
}

function run(): { findings: Finding[]; code: number | null; stderr: string; stdout: string } {
  const path = mkdtempSync(join(tmpdir(), "goro-race-"));
  const json = join(path, "findings.json");
  try {
    const args = [command, "run", "--race", "--race-json", json, join(folder, "run.ts"), groups.join()];
    const { status, stderr, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 100_000 });
    const { findings } = JSON.parse(readFileSync(json, "utf8")) as { findings: Finding[] };
    return { findings, code: status, stderr, stdout };
  } finally {
    rmSync(path, { recursive: true });
  }
}

test("every program of the corpus is caught where it is expected to be, and nowhere else", () => {
  const expected = new Set(expectedInAll());
  ok(expected.size > 200);
  const { findings, code, stderr } = run();
  const found = new Set(findings.map(foundAs));
  deepEqual(
    [...expected].filter((each) => !found.has(each)),
    [],
    "missed",
  );
  deepEqual(
    [...found].filter((each) => !expected.has(each)),
    [],
    "found without need",
  );
  equal(code, 66);
  ok(/Found \d+ data race\(s\)\nFound \d+ potential deadlock\(s\)\n$/.test(stderr));
});
