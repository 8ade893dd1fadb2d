// Programs of some size, their own code instrumented, do on real input what they do untouched, to the byte.
//
// acorn and terser each time; prettier and typescript, which take a minute, with GORO_RACE_PROGRAMS=all.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire, Module } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import "../operations/index.js";
import { transform } from "./index.js";

const require = createRequire(import.meta.url);
const all = process.env["GORO_RACE_PROGRAMS"] === "all";
let first = 1;

interface Compiled extends NodeJS.Module {
  _compile(code: string, file: string): void;
}

/** Loads a CommonJS file, as it is or instrumented. */
function load<T>(file: string, instrumented: boolean): T {
  let code = readFileSync(file, "utf8");
  if (instrumented) {
    const result = transform({ code, url: pathToFileURL(file).href, type: "commonjs", first });
    first += result.sites;
    code = result.code;
  }
  const module = new Module(file) as Compiled;
  module.filename = file;
  module.paths = require.resolve.paths(file) ?? [];
  module._compile(code, file);
  return module.exports as T;
}

function fileOf(name: string, path: string): string {
  return join(dirname(require.resolve(`${name}/package.json`)), path);
}

const source = readFileSync(fileOf("acorn", "dist/acorn.js"), "utf8");

async function same<T>(file: string, run: (program: T) => string | Promise<string>): Promise<void> {
  const plain = await run(load<T>(file, false));
  assert.ok(plain.length > 1000);
  assert.ok((await run(load<T>(file, true))) === plain, "the output differs");
}

test("acorn parses its own source to the same tree", () =>
  same<typeof import("acorn")>(fileOf("acorn", "dist/acorn.js"), (acorn) =>
    JSON.stringify(acorn.parse(source, { ecmaVersion: "latest", locations: true })),
  ));

test("terser makes source as small", () =>
  same<typeof import("terser")>(fileOf("terser", "dist/bundle.min.js"), async (terser) => {
    const input = all ? source : readFileSync(fileOf("@jridgewell/trace-mapping", "dist/trace-mapping.umd.js"), "utf8");
    return (await terser.minify(input, { sourceMap: true })).code ?? "";
  }));

if (all) {
  test("prettier formats acorn's source alike", async () => {
    type Prettier = typeof import("prettier");
    const plugins = (instrumented: boolean) =>
      ["babel", "estree"].map((name) => load<object>(fileOf("prettier", `plugins/${name}.js`), instrumented));
    const file = fileOf("prettier", "standalone.js");
    const format = (instrumented: boolean) =>
      load<Prettier>(file, instrumented).format(source, { parser: "babel", plugins: plugins(instrumented) as never });
    assert.ok((await format(true)) === (await format(false)), "the output differs");
  });

  test("typescript finds the same mistakes and emits the same text", () =>
    same<typeof import("typescript")>(fileOf("typescript", "lib/typescript.js"), (ts) => {
      const path = join(import.meta.dirname, "../../../src/race/transform/scope.ts");
      const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.NodeNext, strict: true, types: [] };
      const program = ts.createProgram([path], options, ts.createCompilerHost(options));
      const found = ts.getPreEmitDiagnostics(program).map(({ start, messageText }) => [start, messageText]);
      let text = "";
      program.emit(undefined, (_, emitted) => (text += emitted));
      return JSON.stringify(found) + text;
    }));
}
