// How the tour looks: headings, measured facts and bars. Colours only on a terminal, and never where NO_COLOR is set.
import process from "node:process";
import pc from "picocolors";

const { NO_COLOR, FORCE_COLOR = "0" } = process.env;
const terminal = process.stdout.isTTY === true && pc.isColorSupported;
const colours = pc.createColors(!NO_COLOR && (terminal || FORCE_COLOR !== "0"));

export const { bold, cyan, dim, green, red, yellow } = colours;

let section = 0;

export function title(text: string, detail: string): void {
  console.log(`\n  ${bold(cyan(text))}  ${dim(detail)}`);
}

export function heading(name: string, what: string): void {
  section++;
  console.log(`\n  ${cyan(String(section).padStart(2))}  ${bold(name.padEnd(12))}${dim(what)}`);
}

/** One measured figure: the value on the right of a column of its own, then what it means. */
export function fact(value: string, meaning: string): void {
  console.log(`${green(value.padStart(22))}  ${meaning}`);
}

/** Bars to one scale, the longest 28 wide. */
export function bars(rows: readonly { name: string; value: number; text: string }[]): void {
  const most = Math.max(...rows.map((row) => row.value));
  for (const { name, value, text } of rows) {
    const width = Math.max(1, Math.round((value / most) * 28));
    console.log(`${name.padStart(22)}  ${yellow("█".repeat(width))} ${text}`);
  }
}

/** What another program printed, set off from what the tour says. */
export function quote(text: string, paint: (line: string) => string = (line) => line): void {
  for (const line of text.trimEnd().split("\n")) console.log(`      ${dim("│")} ${paint(line)}`.trimEnd());
}

export const int = (n: number): string => Math.round(n).toLocaleString("en");
export const ms = (n: number): string => `${n < 10 ? n.toFixed(1) : int(n)} ms`;
export const ns = (n: number): string => `${int(n)} ns`;
export const us = (n: number): string => `${n.toFixed(1)} µs`;
