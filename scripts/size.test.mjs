// What a program that bundles goro carries, and that the bundle runs anywhere.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./setup.mjs";

const kB = 1000;
const manifest = JSON.parse(readFileSync(join(root, "packages/goro/package.json"), "utf8"));
const entries = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => path.replace(/^\./, "goro"));

/** Bundles `code` as for a browser; what is imported dynamically becomes a file of its own. */
async function bundle(code) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["node:*"],
    metafile: true,
    logLevel: "error",
    write: false,
    outdir: "out",
  });
  // As a server sends it.
  const compressed = (file) => brotliCompressSync(file.contents).length;
  const fileOf = (path) => outputFiles.find((file) => file.path.endsWith(path));
  const start = Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint !== undefined);
  const loaded = new Set();
  const load = (path) => {
    if (loaded.has(path) || !fileOf(path)) return;
    loaded.add(path);
    for (const { path: next, kind } of metafile.outputs[path].imports) if (kind === "import-statement") load(next);
  };
  load(start);
  return {
    /** Bytes of what is loaded at once, and of everything. */
    atOnce: [...loaded].reduce((sum, path) => sum + compressed(fileOf(path)), 0),
    inAll: outputFiles.reduce((sum, file) => sum + compressed(file), 0),
    /** Modules of Node that have to be there for it to load. */
    needs: [...loaded].flatMap((path) =>
      metafile.outputs[path].imports
        .filter(({ kind, external }) => kind === "import-statement" && external)
        .map((each) => each.path),
    ),
  };
}

test("the core is at most 6 kB, minified and compressed", async (t) => {
  const { atOnce } = await bundle(`export { go, chan, select, run } from "goro";`);
  t.diagnostic(`${atOnce} bytes`);
  assert.ok(atOnce <= 6 * kB, `${atOnce} bytes`);
});

test("everything is at most 20 kB, minified and compressed", async (t) => {
  const { inAll } = await bundle(entries.map((entry, i) => `export * as e${i} from "${entry}";`).join("\n"));
  t.diagnostic(`${inAll} bytes`);
  assert.ok(inAll <= 20 * kB, `${inAll} bytes`);
});

for (const entry of entries) {
  test(`${entry} loads where there is no Node`, async () => {
    const { needs } = await bundle(`export * from "${entry}";`);
    assert.deepEqual(needs, []);
  });
}

test("a program pays for what it uses: an import that is not used leaves nothing behind", async () => {
  const { atOnce } = await bundle(`${entries.map((entry) => `import "${entry}";`).join("\n")} export {};`);
  assert.ok(atOnce <= 30, `${atOnce} bytes`);
});
