import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { notInstalled, root, sweep } from "./setup.mjs";

function folder(t, files) {
  const path = mkdtempSync(join(tmpdir(), "goro-setup-"));
  t.after(() => rmSync(path, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return path;
}

const wanted = {
  packages: {
    "": { name: "root" },
    "packages/goro": { name: "goro", version: "0.1.0" },
    "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
    "node_modules/a/node_modules/@b/c": { version: "2.0.0", integrity: "sha512-c" },
    "node_modules/other-platform": { version: "1.0.0", optional: true },
  },
};

const noted = (packages) => ({ "package-lock.json": wanted, "node_modules/.package-lock.json": { packages } });

test("a clone in which nothing is installed needs npm ci", (t) => {
  assert.equal(notInstalled(folder(t, { "package-lock.json": wanted })), "nothing is installed yet");
});

test("what package-lock.json asks for is installed, whatever the times of the files", (t) => {
  const { "node_modules/a": a, "node_modules/a/node_modules/@b/c": c } = wanted.packages;
  assert.equal(
    notInstalled(folder(t, noted({ "node_modules/a": a, "node_modules/a/node_modules/@b/c": c }))),
    undefined,
  );
});

test("a package that is missing, of another version or of another content needs npm ci", (t) => {
  const { "node_modules/a": a, "node_modules/a/node_modules/@b/c": c } = wanted.packages;
  const nested = "node_modules/a/node_modules/@b/c";
  assert.equal(notInstalled(folder(t, noted({ "node_modules/a": a }))), "@b/c is missing");
  assert.equal(
    notInstalled(folder(t, noted({ "node_modules/a": { ...a, version: "0.9.0" }, [nested]: c }))),
    "a is 0.9.0, not 1.0.0",
  );
  assert.equal(
    notInstalled(folder(t, noted({ "node_modules/a": { ...a, integrity: "sha512-x" }, [nested]: c }))),
    "a is another one",
  );
});

test("the output of sources that are gone is swept away, and nothing else", (t) => {
  const kept = ["chan/chan.js", "chan/chan.js.map", "chan/chan.d.ts", "chan/chan.d.ts.map", ".tsbuildinfo"];
  const gone = ["chan/old.test.js", "chan/old.test.js.map", "chan/old.test.d.ts", "chan/old.test.d.ts.map"];
  const path = folder(t, {
    "packages/goro/src/chan/chan.ts": "",
    "packages/none/package.json": "{}",
    ...Object.fromEntries([...kept, ...gone].map((name) => [`packages/goro/dist/${name}`, ""])),
  });
  sweep(path);
  const there = (name) => existsSync(join(path, "packages/goro/dist", name));
  assert.deepEqual([...kept, ...gone].filter(there), kept);
});

test("this very clone has what it needs", () => {
  assert.equal(notInstalled(root), undefined);
});
