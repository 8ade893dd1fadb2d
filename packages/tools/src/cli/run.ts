// goro run [--race] [--leaks] FILE [args...]
//
// The program runs in this very process: its arguments, standard streams, signals and exit code are those of the command.
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { DEPS, JSON_FILE } from "../race/loader/options.js";
import { readOptions } from "../race/report/options.js";
import { inherit } from "../run/inherit.js";
import { UsageError } from "./usage-error.js";

/** The command; `start` gets what is to be done once the command line has been understood. */
export const runCommand = (start: (job: () => Promise<void>) => void) =>
  new Command("run")
    .summary("run a TypeScript or JavaScript program")
    .description("Runs a TypeScript or JavaScript program (ES modules) as it is, without a build step.")
    .usage("[--race] [--leaks] FILE [args...]")
    .argument("[FILE]", "the program: .ts, .mts, .tsx, .js, .mjs or .jsx")
    .argument("[args...]", "handed to the program untouched, options too")
    .option("--leaks", "name the goroutines that leaked when main returns; exit code 3 if there are any")
    .option("--race", "tell of data races: see the page on the race detector")
    .option("--race-deps <names>", "with --race: look into these packages too, comma separated; * for all")
    .option("--race-json <file>", "with --race: write what was found to a file, as SARIF where its name ends in .sarif")
    .passThroughOptions()
    .action((file: string | undefined, args: readonly string[], options: RunOptions) => {
      if (file === undefined) throw new UsageError("run: name the file to run: goro run FILE [args...]");
      const path = resolve(file);
      mustBeProgram(file, path);
      const isRace = options.race ?? false;
      if (!isRace && (options.raceDeps ?? options.raceJson) !== undefined) {
        throw new UsageError("run: --race-deps and --race-json need --race");
      }
      if (isRace) mustBeOptions(process.env["GORACE"]);
      if (options.leaks) addToDebug("leaks=2");
      start(() => runProgram(path, args, isRace ? options : undefined));
    });

interface RunOptions {
  readonly leaks?: boolean;
  readonly race?: boolean;
  readonly raceDeps?: string;
  readonly raceJson?: string;
}

async function runProgram(path: string, args: readonly string[], race: RunOptions | undefined): Promise<void> {
  process.argv.splice(1, Infinity, path, ...args);
  if (race === undefined) {
    const register = new URL("../run/register.js", import.meta.url).href;
    await import(register);
    inherit(["--import", register]);
  } else await registerRace(race);
  try {
    await import(pathToFileURL(path).href);
  } catch (error) {
    if (isSyntaxError(error) && process.listenerCount("uncaughtException") === 0) giveUp(error);
    throw error; // Node prints it, with the line that threw
  }
}

function mustBeOptions(text: string | undefined): void {
  try {
    readOptions(text);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function registerRace({ raceDeps, raceJson }: RunOptions): Promise<void> {
  if (raceDeps !== undefined) process.env[DEPS] = raceDeps;
  if (raceJson !== undefined) process.env[JSON_FILE] = resolve(raceJson);
  await import("../race/register.js");
}

/** The library reads it when it is loaded; other cores and child processes inherit it. */
function addToDebug(setting: string): void {
  const { GORODEBUG: before = "" } = process.env;
  process.env["GORODEBUG"] = before === "" ? setting : `${before},${setting}`;
}

const isSyntaxError = (error: unknown): error is SyntaxError =>
  error instanceof Error && "code" in error && error.code === "ERR_GORO_SYNTAX";

/** Node would put the place in its own loader above the place in the program. */
function giveUp(error: SyntaxError): never {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
}

function mustBeProgram(file: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`run: no such file: ${file}`);
  if (found.isDirectory()) throw new UsageError(`run: ${file} is a directory; name the file to run`);
  if (!/\.(?:m?[jt]s|[jt]sx)$/.test(path)) {
    throw new UsageError(`run: ${file} is neither TypeScript nor JavaScript (.ts, .mts, .tsx, .js, .mjs, .jsx)`);
  }
}
