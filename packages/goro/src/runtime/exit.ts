// The end of the program: nothing of it runs any more, what was written is written out, then the process ends.

import { nodeProcess } from "./host.js";
import { processor } from "./processor.js";

/** Bun's streams do not say what is pending; ending one waits for it. */
const isBun = nodeProcess?.versions["bun"] !== undefined;

function flush(stream: NodeJS.WriteStream, then: () => void): void {
  if (stream.destroyed || stream.writableEnded || !(isBun || stream.writableLength > 0)) return then();
  stream.once("error", () => undefined); // a reader that has gone away needs no flush
  if (isBun) stream.end(then);
  else stream.write("", () => then());
}

/**
 * Ends the process with a code, or with process.exitCode where none is given, once standard output and error have been
 * taken over by whoever reads them.
 */
export function exitProcess(code?: number): void {
  processor.stopped = true;
  const host = nodeProcess;
  if (host === undefined) return;
  flush(host.stdout, () => flush(host.stderr, () => (code === undefined ? host.exit() : host.exit(code))));
}

/** Prints to standard error, or to the console where there is none. */
export function printError(text: string): void {
  if (nodeProcess === undefined) console.error(text);
  else nodeProcess.stderr.write(`${text}\n`);
}
