// The end of the program: nothing of it runs any more, what was written is written out, then the process ends.

import { nodeProcess, versions } from "./host.js";
import { processor } from "./processor.js";

/** Bun's streams do not say what is pending; ending one waits for it. */
const isBun = "bun" in versions;

let isEnding = false;

type Stream = NodeJS.WriteStream;
type Write = (this: Stream, chunk: string, told: () => void) => boolean;

function flush(stream: Stream, write: Write, then: () => void): void {
  if (stream.destroyed || stream.writableEnded || !(isBun || stream.writableLength > 0)) return then();
  stream.once("error", () => undefined); // a reader that has gone away needs no flush
  if (isBun) stream.end(then);
  else write.call(stream, "", () => then());
}

/** In place of a stream's write while what came before is flushed. */
function drop(_chunk: unknown, encoding?: unknown, callback?: unknown): boolean {
  const told = typeof encoding === "function" ? encoding : callback;
  if (typeof told === "function") queueMicrotask(told as () => void);
  return true;
}

/**
 * Ends the process with a code, or with process.exitCode where none is given, once standard output and error have been
 * taken over by whoever reads them. A slow reader gives promises and timers time to run on; what they print is dropped, as
 * if they had ended with the goroutines. Handlers of "exit" print again.
 */
export function exitProcess(code?: number): void {
  processor.stopped = true;
  const host = nodeProcess;
  const { cores } = processor;
  if (cores !== null && processor.id !== 0) return cores.exit(code);
  if (host === undefined || isEnding) return;
  isEnding = true;
  cores?.finish();
  const { stdout, stderr } = host;
  const { write } = stdout;
  const { write: writeError } = stderr;
  stdout.write = stderr.write = drop;
  flush(stdout, write, () => {
    flush(stderr, writeError, () => {
      stdout.write = write;
      stderr.write = writeError;
      if (code === undefined) host.exit();
      else host.exit(code);
    });
  });
}

/** Prints to standard error, or to the console where there is none. */
export function printError(text: string): void {
  if (nodeProcess === undefined) console.error(text);
  else nodeProcess.stderr.write(`${text}\n`);
}
