// From the source of a module or script to one that does the same and announces every access to memory that another
// goroutine could see.
import { parse } from "acorn";
import type { Site } from "../accesses.js";
import { analyze } from "./scope.js";
import { Emitter } from "./emitter.js";
import { operationsUrl } from "./modules.js";
import { Output } from "./output.js";
import { Writer } from "./writer.js";

export interface Source {
  /** JavaScript. */
  readonly code: string;
  /** Of the file that its author wrote; the URL under which the module is loaded. */
  readonly url: string;
  readonly type: "module" | "commonjs" | "script";
  /** From `code` back to what the author wrote, where a compiler has been at it. */
  readonly map?: object;
  /** The number of its first site; it takes as many as the result says. */
  readonly first: Site;
  /** Whether what this specifier names is instrumented too, so that its exports are variables to watch. */
  readonly instrumented?: (specifier: string) => boolean;
}

export interface Instrumented {
  readonly code: string;
  /** From `code` to what the author wrote. */
  readonly map: object;
  /** How many. */
  readonly sites: number;
}

export { operationsUrl };

/** Throws the parser's SyntaxError where `code` is not JavaScript. */
export function transform(source: Source): Instrumented {
  const { code, url, type, map, first, instrumented = isPath } = source;
  const program = parse(code, {
    ecmaVersion: "latest",
    sourceType: type === "module" ? "module" : "script",
    allowReturnOutsideFunction: type === "commonjs",
    allowHashBang: true,
    preserveParens: true,
  });
  const output = new Output(new Writer(code, url, map), analyze(program, type), first);
  new Emitter(output, { url, type, instrumented }).program(program);
  return { code: output.writer.text(), map: output.writer.map(), sites: output.rows.length };
}

/** Modules of the program itself; packages are not instrumented unless asked for. */
function isPath(specifier: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(specifier);
}
