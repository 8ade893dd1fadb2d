// Which files are instrumented, and how the text of one becomes that of its instrumented twin.
import { isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile } from "../../run/compile.js";
import { planFor, read } from "../../run/plan.js";
import { transform } from "../transform/index.js";
import type { LoaderOptions } from "./options.js";
import { withoutMap } from "./source-map.js";

/** This package: what watches is not watched. */
const own = new URL("../../", import.meta.url).href;

const inPackages = /\/node_modules\/(?:\.[^/]+\/.*\/node_modules\/)?(?<name>@[^/]+\/[^/]+|[^/@][^/]*)\//g;

/** The package that a file of node_modules belongs to. */
function packageOf(url: string): string | undefined {
  return [...url.matchAll(inPackages)].at(-1)?.groups?.["name"];
}

export interface Made {
  readonly code: string;
  readonly map: object;
}

export class Instrumenter {
  readonly #options: LoaderOptions;
  #next: number;

  /** `first`: where the numbers of its sites begin. Those of two instrumenters must not meet. */
  constructor(options: LoaderOptions, first: number) {
    this.#options = options;
    this.#next = first;
  }

  isForeign(url: string): boolean {
    const { library, deps } = this.#options;
    if (!url.startsWith("file:") || (url.startsWith(library) && !isTest(url)) || isOwn(url)) return true;
    const name = packageOf(decodeURI(url));
    return name !== undefined && !deps.includes("*") && !deps.includes(name);
  }

  /** The text of an ES module to load in place of the file, or undefined where it is none of ours. */
  module(url: string, format: string | null | undefined): string | undefined {
    if (this.isForeign(url)) return undefined;
    const plan = planFor(url, format);
    const isModule = plan !== undefined || format === "module";
    if (!isModule) return undefined;
    const path = fileURLToPath(url);
    return this.#instrumented(plan?.compile === true ? compile(path) : read(path), url, "module");
  }

  /** The text of a CommonJS module. */
  commonjs(code: string, url: string): string {
    return this.isForeign(url) ? code : this.#instrumented(code, url, "commonjs");
  }

  /** An ES module that a bundler has in its hands, with the map of what has been done to it. Undefined for none of ours. */
  transformed(code: string, path: string, map: object): Made | undefined {
    const url = isAbsolute(path) ? pathToFileURL(path.replace(/[?#].*$/, "")).href : path;
    return this.isForeign(url) ? undefined : this.#made(code, url, "module", map);
  }

  #instrumented(text: string, url: string, type: "module" | "commonjs"): string {
    const { code, map } = withoutMap(text, url);
    const made = this.#made(code, url, type, map);
    if (made === undefined) return text; // the engine says better what is wrong with it
    const json = Buffer.from(JSON.stringify(made.map)).toString("base64");
    return `${made.code}\n//# sourceMappingURL=data:application/json;base64,${json}\n`;
  }

  /** Undefined where it does not parse. */
  #made(code: string, url: string, type: "module" | "commonjs", map: object | undefined): Made | undefined {
    const first = this.#next;
    try {
      const result = transform({
        code,
        url,
        type,
        ...(map === undefined ? {} : { map }),
        first,
        instrumented: (specifier) => this.#isInstrumented(specifier, url),
      });
      this.#next += result.sites;
      return result;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #isInstrumented(specifier: string, parent: string): boolean {
    if (specifier.startsWith("node:")) return false;
    if (/^(?:\.{0,2}\/|file:)/.test(specifier))
      return URL.canParse(specifier, parent) && !this.isForeign(new URL(specifier, parent).href);
    const { deps } = this.#options;
    const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? "";
    return name !== "goro" && name !== "@goro/tools" && (deps.includes("*") || deps.includes(name));
  }
}

/** Of the library: those are programs. */
const isTest = (url: string): boolean => /\.test\.[jt]s$/.test(url);

/** Also where its sources run. */
function isOwn(url: string): boolean {
  return url.startsWith(own) && !url.includes("/race/corpus/");
}
