// How a child process, ours or the Go twin, hands its result to run.mjs: one line of standard output.
import fs from "node:fs";

const MARK = "@@RESULT ";

/** Written synchronously, because the child exits next. */
export function emit(result) {
  const { user, system } = process.cpuUsage();
  fs.writeSync(1, `\n${MARK}${JSON.stringify({ ...result, cpuMs: (user + system) / 1000 })}\n`);
}

/** The result in a child's standard output, or undefined. */
export function parse(stdout) {
  const line = stdout.split("\n").findLast((l) => l.startsWith(MARK));
  return line && JSON.parse(line.slice(MARK.length));
}
