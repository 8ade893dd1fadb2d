// From a source file to the text of a module that this Node can run, with its source map inside.
//
// esbuild does the work: it knows TypeScript, honours the tsconfig.json above the file, and lowers what an older Node
// lacks (`using`, before Node 24). Names are kept as they are written without esbuild's `keepNames`, which would cost a
// call per function made: a program that starts a million goroutines makes a million functions.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { BuildFailure, BuildResult } from "esbuild";
import { hasUsing } from "./plan.js";

type Esbuild = typeof import("esbuild");
let esbuild: Esbuild | undefined;

/** The text of the module in the file `path`. Throws a SyntaxError whose stack begins with the place in the source. */
export function compile(path: string): string {
  esbuild ??= loadEsbuild();
  try {
    return withSourceMap(
      path,
      esbuild.buildSync({
        entryPoints: [path],
        outdir: dirname(path),
        write: false,
        format: "esm",
        platform: "node",
        target: `node${process.versions.node}`,
        supported: { using: hasUsing },
        charset: "utf8",
        sourcemap: "external",
        sourcesContent: false,
        logLevel: "silent",
      }),
    );
  } catch (error) {
    throw syntaxError(path, error);
  }
}

/**
 * Has esbuild run one short process per file. Its other way, a thread with a long-lived process behind it, takes longer to
 * start than a program's few files to compile, and would stay for as long as the program runs.
 */
function loadEsbuild(): Esbuild {
  const before = process.env["ESBUILD_WORKER_THREADS"];
  process.env["ESBUILD_WORKER_THREADS"] = "0"; // read while it is loaded
  try {
    return createRequire(import.meta.url)("esbuild") as Esbuild;
  } finally {
    if (before === undefined) delete process.env["ESBUILD_WORKER_THREADS"];
    else process.env["ESBUILD_WORKER_THREADS"] = before;
  }
}

function withSourceMap(path: string, { outputFiles = [] }: BuildResult): string {
  const code = outputFiles.find((file) => file.path.endsWith("js"))?.text ?? "";
  const map = JSON.parse(outputFiles.find((file) => file.path.endsWith(".map"))?.text ?? "{}") as object;
  const json = JSON.stringify({ ...map, sources: [pathToFileURL(path).href] });
  return `${code}//# sourceMappingURL=data:application/json;base64,${Buffer.from(json).toString("base64")}\n`;
}

/** What esbuild says about a file that does not parse, in the shape in which Node tells of one. */
function syntaxError(path: string, cause: unknown): unknown {
  const first = (cause as Partial<BuildFailure> | undefined)?.errors?.[0];
  if (first === undefined) return cause;
  const { line = 1, column = 0, lineText = "", length = 1 } = first.location ?? {};
  const marks = lineText.slice(0, column).replace(/[^\t]/g, " ") + "^".repeat(Math.max(1, length));
  const place = `${path}:${line}:${column + 1}`;
  return Object.assign(new SyntaxError(first.text), {
    code: "ERR_GORO_SYNTAX",
    stack: `${place}\n${lineText}\n${marks}\n\nSyntaxError: ${first.text}\n    at ${place}`,
  });
}
