// "@goro/tools/race/vite": for vitest, which loads a program's modules itself, past Node's loader.
//
// The plugin instruments them where vitest transforms them; `--import @goro/tools/race` in its forks is who listens there.
import { Instrumenter, type Made } from "./loader/instrument.js";
import { DEPS, namesIn } from "./loader/options.js";

/** Sites of modules that vite has transformed, whichever fork they go to. */
const FIRST_OF_VITE = 2 ** 27;

/** What of vite's plugins this one is. */
export interface RacePlugin {
  readonly name: string;
  readonly enforce: "post";
  transform(this: { getCombinedSourcemap(): object }, code: string, id: string): Made | undefined;
}

/**
 * Instruments the modules of a program that vitest runs. Give its forks the detector too:
 * `test: { pool: "forks", execArgv: ["--import", "@goro/tools/race"] }`.
 */
export function race(): RacePlugin {
  const instrumenter = new Instrumenter({ deps: namesIn(process.env[DEPS]), library: "node:" }, FIRST_OF_VITE);
  return {
    name: "goro-race",
    enforce: "post",
    transform(code, id) {
      return instrumenter.transformed(code, id, this.getCombinedSourcemap());
    },
  };
}
