// What the loader does with an import: which file is meant, and whether that file has to be compiled first.
import { readFileSync, statSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
import { parse } from "es-module-lexer/js";

/** Whether this Node parses `using` declarations itself. */
export const hasUsing = parses("{ using resource = null; }");

/** How to load one file: through the compiler, or as the module it already is (whatever package.json says). */
export interface Plan {
  readonly path: string;
  readonly compile: boolean;
}

/**
 * The URL of the file that `specifier` means where Node alone would not find it, else undefined.
 *
 * TypeScript files import each other by the names their output will have: "./job.js" is job.ts. As for the compiler, the
 * TypeScript file comes first where the importer is one too. Names without extension mean what bundlers take them for.
 */
export function findFile(specifier: string, parent: string | undefined): string | undefined {
  if (!/^(?:\.{0,2}\/|\.{1,2}$|file:)/.test(specifier)) return undefined;
  const url = toFileUrl(specifier, parent);
  if (url === undefined) return undefined;
  const exists = isFile(url);
  if (exists && !isTypeScript(parent)) return undefined;
  const guesses = exists ? twins(url) : [...twins(url), ...completions(url)];
  return guesses.find(isFile)?.href;
}

/** How to load `url`, or undefined where Node does it well by itself. `format` is what Node takes the file for. */
export function planFor(url: string, format: string | null | undefined): Plan | undefined {
  if (!url.startsWith("file:")) return undefined;
  const path = fileURLToPath(url);
  const extension = extname(path);
  if (/^\.(?:m?ts|[jt]sx)$/.test(extension)) return { path, compile: true };
  if (!/^\.m?js$/.test(extension) || /[\\/]node_modules[\\/]/.test(path)) return undefined;
  const known = extension === ".mjs" || format === "module";
  if (known && hasUsing) return undefined;
  const source = read(path);
  if (!known && !hasModuleSyntax(source)) return undefined;
  return { path, compile: !hasUsing && /\busing\b/.test(source) };
}

export function read(path: string): string {
  return readFileSync(path, "utf8");
}

function toFileUrl(specifier: string, parent: string | undefined): URL | undefined {
  if (!URL.canParse(specifier, parent)) return undefined;
  const url = new URL(specifier, parent);
  return url.protocol === "file:" ? url : undefined;
}

const isTypeScript = (url: string | undefined) => url !== undefined && /\.(?:[mc]?ts|tsx)(?:[?#]|$)/.test(url);

function twins(url: URL): URL[] {
  const written = /\.(?:m?js|jsx)$/.exec(url.pathname)?.[0];
  const meant = { ".js": [".ts", ".tsx"], ".mjs": [".mts"], ".jsx": [".tsx"] }[written ?? ""] ?? [];
  return meant.map((extension) => withPath(url, url.pathname.slice(0, -written!.length) + extension));
}

function completions(url: URL): URL[] {
  const base = url.pathname.replace(/\/$/, "");
  const files = url.pathname.endsWith("/") ? [] : [".ts", ".tsx", ".mts", ".js", ".mjs"];
  return [...files, "/index.ts", "/index.tsx", "/index.mts", "/index.js", "/index.mjs"].map((end) =>
    withPath(url, base + end),
  );
}

function withPath(url: URL, pathname: string): URL {
  const other = new URL(url);
  other.pathname = pathname;
  return other;
}

function isFile(url: URL): boolean {
  try {
    return statSync(fileURLToPath(url)).isFile();
  } catch {
    return false; // not there, or not a path at all ("file:///a%2Fb")
  }
}

function hasModuleSyntax(source: string): boolean {
  try {
    return parse(source)[3];
  } catch {
    return false; // Node says what is wrong with it
  }
}

function parses(code: string): boolean {
  try {
    new Script(code);
    return true;
  } catch {
    return false;
  }
}
