// goro help [COMMAND]
import { Command } from "commander";
import { UsageError } from "./usage-error.js";

export const helpCommand = (program: Command) =>
  new Command("help")
    .summary("print the help of a command")
    .description("Prints the help of a command, or of goro itself.")
    .usage("[COMMAND]")
    .argument("[COMMAND]", "one of those that goro --help lists")
    .action((name: string | undefined) => {
      const command = name === undefined ? program : program.commands.find((other) => other.name() === name);
      if (command === undefined) throw new UsageError(`help: unknown command '${name}'; see goro --help`);
      command.outputHelp();
    });
