// SARIF 2.1.0, which code review tools read: one result per finding, with both places.
import { relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { At, Finding, Touch } from "./finding.js";
import { placeText } from "./text.js";

const rules = [
  {
    id: "data-race",
    shortDescription: { text: "Two unordered accesses to one place, at least one of them a write" },
    helpUri: "https://go.dev/doc/articles/race_detector",
  },
  { id: "lock-order", shortDescription: { text: "Locks taken in opposite orders" } },
];

/** Paths are given from `root`. */
export function sarifOf(findings: readonly Finding[], root: string): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "goro race detector", informationUri: "https://go.dev/doc/articles/race_detector", rules },
        },
        columnKind: "utf16CodeUnits",
        results: findings.map((finding) => resultOf(finding, root)),
      },
    ],
  };
}

function resultOf(finding: Finding, root: string): object {
  if (finding.type === "race") {
    const [later, earlier] = finding.touches;
    const place = placeText(earlier.at, { excerpts: false, stripPathPrefix: `${root}${sep}` });
    return {
      ruleId: "data-race",
      level: "error",
      message: {
        text: `${phrase(later)} races with the ${phrase(earlier).toLowerCase()} at ${place}${finding.lost ? "; an update was lost" : ""}.`,
      },
      locations: [locationOf(later.at, root, `${later.kind} by ${later.by.name}`)],
      relatedLocations: [locationOf(earlier.at, root, `previous ${earlier.kind} by ${earlier.by.name}`)],
    };
  }
  const [first, ...others] = finding.steps;
  return {
    ruleId: "lock-order",
    level: "warning",
    message: {
      text: `${first!.then.name} is taken while ${first!.held.name} is held, and elsewhere the other way round.`,
    },
    locations: [locationOf(first!.then.at, root, "")],
    relatedLocations: others.map((step) => locationOf(step.then.at, root, `taken by ${step.by.name}`)),
  };
}

const phrase = ({ kind, name, by }: Touch): string => `${kind === "read" ? "Read" : "Write"} of ${name} by ${by.name}`;

function locationOf(at: At, root: string, text: string): object {
  const path = at.url.startsWith("file:") ? relative(root, fileURLToPath(at.url)).split(sep).join("/") : at.url;
  return {
    physicalLocation: {
      artifactLocation: { uri: encodeURI(path), uriBaseId: "%SRCROOT%" },
      region: { startLine: Math.max(1, at.line), startColumn: Math.max(1, at.column) },
    },
    ...(text === "" ? {} : { message: { text } }),
  };
}
