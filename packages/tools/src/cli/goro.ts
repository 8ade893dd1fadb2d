// The command `goro`: finds the subcommand, and answers what cannot be carried out with one line and exit code 2.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { helpCommand } from "./help.js";
import { runCommand } from "./run.js";
import { UsageError } from "./usage-error.js";

export async function goro(args: readonly string[]): Promise<void> {
  let job = async () => {};
  const program = new Command("goro")
    .description("Goroutines, channels and select for TypeScript.")
    .usage("COMMAND [args...]")
    .version(`goro ${version()}`, "-v, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  for (const command of [runCommand((found) => (job = found)), helpCommand(program)]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    process.exitCode = answer(error);
  }
  await job(); // what the program throws is not ours to catch
}

/** Tells of a command line that cannot be carried out, and returns its exit code. */
function answer(error: unknown): number {
  if (error instanceof UsageError) return complain(error.message);
  if (!(error instanceof CommanderError)) throw error;
  if (error.exitCode === 0) return 0; // help or version, as asked
  if (error.code === "commander.help") return 2; // "goro" alone: the help has been printed, on standard error
  return complain(`${error.message.replace(/^error: /, "").replace(/\n[^]*/, "")}; see goro --help`);
}

function complain(message: string): number {
  process.stderr.write(`goro: ${message}\n`);
  return 2;
}

function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
