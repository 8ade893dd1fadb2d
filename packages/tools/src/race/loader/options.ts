// What the race detector is told on the command line, on its way to wherever modules are loaded: forks and threads of the
// program take it from the environment too.

export interface LoaderOptions {
  /** Names of packages in node_modules to look into, "*" for all. */
  readonly deps: readonly string[];
  /** The folder of the library: its own accesses are no program's. With a slash at the end. */
  readonly library: string;
}

/** `--race-json`. */
export const JSON_FILE = "GORO_RACE_JSON";
/** Which process was given that. */
export const FIRST_PROCESS = "GORO_RACE_FIRST";
/** `--race-deps`, comma separated. */
export const DEPS = "GORO_RACE_DEPS";

export function namesIn(list: string | undefined): string[] {
  return (list ?? "").split(",").filter((name) => name !== "");
}
