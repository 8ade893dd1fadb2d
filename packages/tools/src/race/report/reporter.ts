// Where findings go: standard error or the log, the file of --race-json, the exit code.
import { appendFileSync, writeFileSync, writeSync } from "node:fs";
import { extname } from "node:path";
import type { OnRace } from "../detector/access.js";
import type { OnInversion } from "../edges/lock-order.js";
import { inversionOf, raceOf, type Finding } from "./finding.js";
import { isToIgnore } from "./ignore.js";
import type { RaceOptions } from "./options.js";
import { sarifOf } from "./sarif.js";
import { textOf, type Style } from "./text.js";

export interface Output {
  /** Of --race-json: SARIF where it ends in .sarif. */
  readonly jsonFile: string | undefined;
  readonly options: RaceOptions;
}

export class Reporter {
  readonly findings: Finding[] = [];
  /** Pairs of sites that have been told, or are to be ignored. */
  readonly #seen = new Set<string>();
  readonly #output: Output;
  readonly #style: Style;

  constructor(output: Output) {
    this.#output = output;
    const { logPath, stripPathPrefix } = output.options;
    this.#style = { excerpts: logPath === "stderr" && process.stderr.isTTY, stripPathPrefix };
  }

  readonly onRace: OnRace = (later, earlier, lost) => {
    const pair = later.site < earlier.site ? [later.site, earlier.site] : [earlier.site, later.site];
    const kinds = later.isWrite && earlier.isWrite ? "w" : "r";
    if (this.#isNew(`${pair.join()}${kinds}`)) this.#found(raceOf(later, earlier, lost));
  };

  readonly onInversion: OnInversion = (way) => {
    const sites = way.flatMap(({ held, then }) => [held.site, then.site]).sort((a, b) => a - b);
    if (this.#isNew(`locks ${sites.join()}`)) this.#found(inversionOf(way));
  };

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #found(finding: Finding): void {
    if (isToIgnore(finding)) return;
    this.findings.push(finding);
    this.#print(textOf(finding, this.#style));
    this.#writeJson(); // now too: a test runner may end its forks by a signal
    if (!this.#output.options.haltOnError) return;
    // Without the handlers of "exit": they would run in the middle of whatever has raced.
    (process as unknown as { reallyExit(code: number): never }).reallyExit(this.#output.options.exitCode);
  }

  /** At the end of the program. Returns the code to exit with in place of 0. */
  conclude(): number {
    this.#writeJson();
    const races = this.findings.filter(({ type }) => type === "race").length;
    const others = this.findings.length - races;
    if (races > 0) this.#print(`Found ${races} data race(s)\n`);
    if (others > 0) this.#print(`Found ${others} potential deadlock(s)\n`);
    return this.findings.length > 0 ? this.#output.options.exitCode : 0;
  }

  /** At once: the process may be ended by a signal. */
  #print(text: string): void {
    const { logPath } = this.#output.options;
    if (logPath === "stdout") writeAll(1, text);
    else if (logPath === "stderr" || logPath === "") writeAll(2, text);
    else appendFileSync(`${logPath}.${process.pid}`, text);
  }

  #writeJson(): void {
    const { jsonFile } = this.#output;
    if (jsonFile === undefined) return;
    const isSarif = extname(jsonFile) === ".sarif";
    const found = isSarif ? sarifOf(this.findings, process.cwd()) : { findings: this.findings };
    writeFileSync(jsonFile, `${JSON.stringify(found, null, 2)}\n`);
  }
}

/** A pipe that is full says so. */
function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
    }
  }
}
