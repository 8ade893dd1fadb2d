// Makes this process run TypeScript under the race detector: `goro run --race` imports it, and so does
// `node --import @goro/tools/race`, for test runners.
import * as module from "node:module";
import { join, parse } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread, threadId } from "node:worker_threads";
import { inherit } from "../run/inherit.js";
import { startDetector } from "./detector/start.js";
import * as hooks from "./loader/hooks.js";
import { Instrumenter } from "./loader/instrument.js";
import { DEPS, FIRST_PROCESS, JSON_FILE, namesIn, type LoaderOptions } from "./loader/options.js";
import { readOptions } from "./report/options.js";
import { Reporter } from "./report/reporter.js";
import "./operations/index.js";

/** Sites of CommonJS modules, which this thread instruments whatever thread the hooks run on. */
const FIRST_OF_COMMONJS = 2 ** 28;

const front = findLibrary();
const options: LoaderOptions = {
  deps: namesIn(process.env[DEPS]),
  library: new URL("../", front).href,
};
const reporter = new Reporter({ jsonFile: jsonFileHere(), options: readOptions(process.env["GORACE"]) });

Error.stackTraceLimit = Math.max(Error.stackTraceLimit, 100);
process.setSourceMapsEnabled(true);
await startDetector(front, reporter);
instrumentModules();
instrumentCommonJs();
inherit(["--import", import.meta.url]);

// Before all other handlers: theirs may set another code, and then mean it.
process.prependListener("exit", (code) => {
  const instead = reporter.conclude();
  if (code === 0 && instead !== 0) process.exitCode = instead;
});

/** Forks and threads of the program write files of their own, with their number in the name. */
function jsonFileHere(): string | undefined {
  const file = process.env[JSON_FILE];
  if (file === undefined) return undefined;
  const first = (process.env[FIRST_PROCESS] ??= String(process.pid));
  if (first === String(process.pid) && isMainThread && process.send === undefined) return file;
  const { dir, name, ext } = parse(file);
  return join(dir, `${name}.${process.pid}${isMainThread ? "" : `-${threadId}`}${ext}`);
}

/** The copy of the library that the program uses: found from where it stands. */
function findLibrary(): string {
  const from = [process.argv[1], `${process.cwd()}/program.js`].filter((path) => path !== undefined);
  for (const path of from) {
    try {
      return pathToFileURL(module.createRequire(pathToFileURL(path)).resolve("goro")).href;
    } catch {
      // not found from there
    }
  }
  return import.meta.resolve("goro");
}

function instrumentModules(): void {
  hooks.initialize(options);
  if (typeof module.registerHooks === "function") module.registerHooks({ resolve: hooks.resolve, load: hooks.load });
  else module.register("./loader/hooks.js", import.meta.url, { data: options });
}

interface Compiling {
  _compile(code: string, path: string, ...rest: unknown[]): unknown;
}

/** All of them pass here, whoever asks for them. */
function instrumentCommonJs(): void {
  const instrumenter = new Instrumenter(options, FIRST_OF_COMMONJS);
  const prototype = module.Module.prototype as unknown as Compiling;
  const { _compile: compile } = prototype;
  prototype._compile = function (code, path, ...rest) {
    return compile.call(this, instrumenter.commonjs(code, pathToFileURL(path).href), path, ...rest);
  };
}
