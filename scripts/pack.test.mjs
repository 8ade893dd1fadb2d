// The packages as they would be published: unpacked into an empty folder, where a program has nothing but them.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { npm, root, tool } from "./setup.mjs";

const app = mkdtempSync(join(tmpdir(), "goro-pack-"));
const packages = { goro: "packages/goro", "@goro/tools": "packages/tools" };

before(() => {
  for (const [name, folder] of Object.entries(packages)) {
    const { stdout } = npm(["pack", "--json", "--pack-destination", app], join(root, folder), "pipe");
    const [{ filename }] = JSON.parse(stdout);
    mkdirSync(join(app, "node_modules", name), { recursive: true });
    execFileSync("tar", ["-xzf", filename, "-C", join("node_modules", name), "--strip-components=1"], { cwd: app });
  }
  for (const name of ["commander", "es-module-lexer", "esbuild", "@types"]) {
    symlinkSync(tool(name), join(app, "node_modules", name), "junction");
  }
});
after(() => rmSync(app, { recursive: true }));

const filesOf = (name) => readdirSync(join(app, "node_modules", name), { recursive: true });

for (const name of Object.keys(packages)) {
  test(`${name} carries its licence and its page, and nothing that only tests need`, () => {
    const files = filesOf(name);
    for (const wanted of ["LICENSE", "README.md", "package.json"]) assert.ok(files.includes(wanted), wanted);
    assert.deepEqual(
      files.filter((file) => /\.test\b|\.test-d\b|testkit|tsbuildinfo|fixture/.test(file)),
      [],
    );
  });
}

test("a program runs with goro run in a folder that has only the packages", () => {
  writeFileSync(
    join(app, "hello.ts"),
    `import { chan, go, main, type Chan } from "goro";
    function* greet(out: Chan<string>) { yield* out.send("hello"); }
    main(function* () { const out = chan<string>(); go(greet, out); console.log(yield* out.recv()); });`,
  );
  const goro = join(app, "node_modules/@goro/tools/bin/goro.js");
  const { stdout, stderr, status } = spawnSync(process.execPath, [goro, "run", "hello.ts"], {
    cwd: app,
    encoding: "utf8",
  });
  assert.deepEqual({ stdout, stderr, status }, { stdout: "hello\n", stderr: "", status: 0 });
});

test("everything that goro exports type-checks for a strict user, declaration files too", () => {
  const { exports } = JSON.parse(readFileSync(join(app, "node_modules/goro/package.json"), "utf8"));
  const entries = Object.keys(exports).filter((path) => path !== "./package.json");
  writeFileSync(
    join(app, "all.ts"),
    entries.map((path, i) => `export * as e${i} from "${path.replace(/^\./, "goro")}";`).join("\n"),
  );
  writeFileSync(
    join(app, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: "nodenext",
        target: "es2022",
        lib: ["es2023", "esnext"],
        types: ["node"],
      },
      files: ["all.ts"],
    }),
  );
  const { stdout, status } = spawnSync(process.execPath, [tool("typescript/bin/tsc"), "-p", "."], {
    cwd: app,
    encoding: "utf8",
  });
  assert.equal(stdout, "");
  assert.equal(status, 0);
});
