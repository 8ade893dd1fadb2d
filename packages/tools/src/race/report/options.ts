// The environment variable GORACE, as Go reads it: "halt_on_error=1 log_path=race exitcode=1", split at spaces, colons or
// commas. What has no meaning here (history_size: all stacks are kept; atexit_sleep_ms: nothing runs at exit) is accepted.

export interface RaceOptions {
  /** End the program with the first report. */
  readonly haltOnError: boolean;
  /** What a program that would exit with 0 exits with when there was a race. */
  readonly exitCode: number;
  /** Reports go to this file, with a dot and the process id behind; or "stdout", "stderr". */
  readonly logPath: string;
  readonly stripPathPrefix: string;
}

const accepted = new Set(["history_size", "atexit_sleep_ms"]);

/** @throws RangeError for what Go does not know either, naming it. */
export function readOptions(text: string | undefined): RaceOptions {
  const options = { haltOnError: false, exitCode: 66, logPath: "stderr", stripPathPrefix: "" };
  for (const word of (text ?? "").split(/[\s,]+|:(?=\w+=)/)) {
    if (word === "") continue;
    const [, name = word, value = ""] = /^(\w+)=(.*)$/.exec(word) ?? [];
    if (name === "halt_on_error") options.haltOnError = flag(name, value);
    else if (name === "exitcode") options.exitCode = whole(name, value);
    else if (name === "log_path") options.logPath = value;
    else if (name === "strip_path_prefix") options.stripPathPrefix = value;
    else if (!accepted.has(name)) throw new RangeError(`GORACE: unknown option "${name}"`);
  }
  return options;
}

function whole(name: string, value: string): number {
  if (/^\d+$/.test(value) && Number(value) < 256) return Number(value);
  throw new RangeError(`GORACE: ${name} must be a whole number from 0 to 255, got "${value}"`);
}

function flag(name: string, value: string): boolean {
  if (/^(1|true|yes)$/.test(value)) return true;
  if (/^(0|false|no)$/.test(value)) return false;
  throw new RangeError(`GORACE: ${name} must be 0 or 1, got "${value}"`);
}
