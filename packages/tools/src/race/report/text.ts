// A finding as Go prints one.
import { fileURLToPath } from "node:url";
import { excerptOf } from "./excerpt.js";
import type { At, Finding, Inversion, Lock, Race, Runner, Touch } from "./finding.js";

export interface Style {
  /** With the lines of the source, and a caret: for people. */
  readonly excerpts: boolean;
  readonly stripPathPrefix: string;
}

const RULE = "=".repeat(18);

export function textOf(finding: Finding, style: Style): string {
  const paragraphs = finding.type === "race" ? raceText(finding, style) : inversionText(finding, style);
  return `${RULE}\n${paragraphs.join("\n\n")}\n${RULE}\n`;
}

function raceText(race: Race, style: Style): string[] {
  const [later, earlier] = race.touches;
  const runners = [later.by, earlier.by].filter(
    (by, i, all) => by.created.length > 0 && all.findIndex((other) => other.name === by.name) === i,
  );
  return [
    `WARNING: DATA RACE\n${touchText(capital(later.kind), later, style)}`,
    touchText(`Previous ${earlier.kind}`, earlier, style),
    ...runners.map((by) => creationText(by, style)),
    lossText(race),
  ];
}

function touchText(what: string, { name, at, stack, by }: Touch, style: Style): string {
  const place = at.line === 0 ? "" : ` (${placeText(at, style)})`;
  return [
    `${what} at ${name === "" ? "an unknown place" : name}${place} by ${by.name}:`,
    ...stackText(stack, style),
  ].join("\n");
}

function creationText({ name, hasEnded, created }: Runner, style: Style): string {
  const head = `${capital(name)} (${hasEnded ? "finished" : "running"}) created at:`;
  return [head, ...stackText(created, { ...style, excerpts: false })].join("\n");
}

function lossText({ touches: [later, earlier], lost }: Race): string {
  if (lost) {
    return `The update by ${earlier.by.name} was lost: ${later.by.name} had read the value before, and wrote over it.`;
  }
  return "No update was lost here so far; on another schedule one can be.";
}

function inversionText({ steps }: Inversion, style: Style): string[] {
  return [
    `WARNING: POTENTIAL DEADLOCK\n${steps.length === 2 ? "Two locks are" : "Locks are"} taken in opposite orders.`,
    ...steps.flatMap(({ by, held, then }) => [
      lockText(`${capital(by.name)} took ${held.name}`, held, style),
      lockText(`and while holding it, took ${then.name}`, then, style),
    ]),
  ];
}

function lockText(what: string, { at, stack }: Lock, style: Style): string {
  return [`${what} (${placeText(at, style)}):`, ...stackText(stack, style)].join("\n");
}

function stackText(stack: readonly At[], style: Style): string[] {
  return stack.flatMap((at, i) => {
    const lines = [`  ${at.function === "" ? "<module>" : at.function}()`, `      ${placeText(at, style)}`];
    return i === 0 && style.excerpts ? [...lines, ...excerptOf(at)] : lines;
  });
}

/** The file as a path, so that terminals make it a link. */
export function placeText({ url, line, column }: At, { stripPathPrefix }: Style): string {
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const shown = path.startsWith(stripPathPrefix) ? path.slice(stripPathPrefix.length) : path;
  return `${shown}:${line}:${column}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
