// What a program that bundles goro carries, and that the bundle runs anywhere.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./setup.mjs";

const kB = 1000;
const manifest = JSON.parse(readFileSync(join(root, "packages/goro/package.json"), "utf8"));
const entries = Object.keys(manifest.exports)
  .filter((path) => path !== "./package.json")
  .map((path) => path.replace(/^\./, "goro"));

/** What is imported dynamically stays where it is: it is not loaded with the rest. */
const lazily = {
  name: "lazily",
  setup: ({ onResolve }) =>
    onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined)),
};

/** What GORODEBUG alone loads. */
const asked = {
  name: "asked",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/(?:watchers|leaks|ops)\.js$/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    ),
};

/** Bundles `code` as for a browser, into the one file that is loaded at once. */
async function bundle(code, plugins = [lazily]) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["node:*"],
    metafile: true,
    logLevel: "error",
    write: false,
    outfile: "out.js",
    plugins,
  });
  const [file] = outputFiles;
  return {
    // As servers send it.
    brotli: brotliCompressSync(file.contents).length,
    gzip: gzipSync(file.contents, { level: 9 }).length,
    /** Modules of Node that have to be there for it to load. */
    needs: metafile.outputs["out.js"].imports
      .filter(({ kind, external }) => kind === "import-statement" && external)
      .map(({ path }) => path),
  };
}

const bounded = (title, code, most, plugins) =>
  test(`${title}, minified and compressed`, async (t) => {
    const { brotli, gzip } = await bundle(code, plugins);
    t.diagnostic(`${brotli} bytes with brotli, ${gzip} with gzip`);
    assert.ok(brotli <= most.brotli * kB && gzip <= most.gzip * kB, `${brotli} bytes with brotli, ${gzip} with gzip`);
  });

bounded("the core is at most 6 kB", `export { go, chan, select, run } from "goro";`, { brotli: 6, gzip: 6 });

/** What is built from the rest, and carried by who imports it. */
const patterns = ["pipeline", "cache", "signal", "scope", "stream"].map((name) => `goro/${name}`);
/** Tests alone use the one, servers the other: no page pays for it. */
const apart = [...patterns, "goro/testing", "goro/http"];
const base = entries.filter((entry) => !apart.includes(entry));

const oneCore = [
  `export { go, chan, select, trySelect, until, sleep, main, run, defer, Panic, DeadlockError } from "goro";`,
  ...base.slice(1).map((entry, i) => `export * as e${i} from "${entry}";`),
].join("\n");
bounded("everything for one core is at most 20.5 kB", oneCore, { brotli: 20.5, gzip: 22.5 });
bounded("with the reports it is at most 22 kB", oneCore, { brotli: 22, gzip: 24.5 }, [asked]);
bounded(
  "with all that crosses cores it is at most 51 kB",
  `${oneCore}\nexport * from "goro";`,
  { brotli: 51, gzip: 58 },
  [asked],
);

for (const pattern of patterns) {
  bounded(`${pattern} with what it needs is at most 13 kB`, `export * from "${pattern}";`, { brotli: 13, gzip: 14 });
}

bounded("goro/http with what it needs is at most 20 kB", `export * from "goro/http";`, { brotli: 20, gzip: 21 });
bounded("fetch of goro/http is at most 8 kB", `export { fetch } from "goro/http";`, { brotli: 8, gzip: 9 });

for (const entry of entries) {
  test(`${entry} loads where there is no Node`, async () => {
    const { needs } = await bundle(`export * from "${entry}";`);
    assert.deepEqual(needs, []);
  });
}

test("a program pays for what it uses: an import that is not used leaves nothing behind", async () => {
  const { brotli } = await bundle(`${entries.map((entry) => `import "${entry}";`).join("\n")} export {};`);
  assert.ok(brotli <= 30, `${brotli} bytes`);
});
