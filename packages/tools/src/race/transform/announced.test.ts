// What is announced, and where it says it is: each program with its accesses in order, as "verb place line:column".
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { setAccesses, silent, Size, type Accesses, type Site } from "../accesses.js";
import "../operations/index.js";
import { locate } from "../operations/locations.js";
import { frame, stackOf } from "../operations/stack.js";
import { siteOf } from "../sites.js";
import { transform } from "./index.js";

let folder = "";
let first = 1;
let heard: string[] = [];

const at = (site: Site) => {
  const place = siteOf(site);
  return place === undefined ? "?" : `${place.line}:${place.column}`;
};
const key = (object: object, key: PropertyKey) => {
  const name = key === Size ? "size" : typeof key === "symbol" ? key.description : String(key);
  return Array.isArray(object) || ArrayBuffer.isView(object) ? `[${name}]` : name;
};
const property = (verb: string) => (object: object, name: PropertyKey, site: Site) => {
  const found = locate(object, name);
  if (found === false) return;
  heard.push(`${verb} ${found === true ? key(object, name) : (found as { name: string }).name} ${at(site)}`);
};
const entry = (verb: string) => (_: object, name: unknown, site: Site) =>
  void heard.push(`${verb} <${String(name)}> ${at(site)}`);
const range = (verb: string) => (_: object, from: number, to: number, site: Site) =>
  void heard.push(`${verb} [${from}..${to}] ${at(site)}`);
const variable = (verb: string) => (cell: unknown, site: Site) =>
  void heard.push(`${verb} ${(cell as { name: string }).name} ${at(site)}`);

const recorder: Accesses = {
  ...silent,
  variable: (name) => ({ name }),
  readVariable: variable("read"),
  writeVariable: variable("write"),
  read: property("read"),
  write: property("write"),
  readEntry: entry("read"),
  writeEntry: entry("write"),
  readRange: range("read"),
  writeRange: range("write"),
  insertSize: (_, site) => void heard.push(`insert ${at(site)}`),
};

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "goro-race-")));
  setAccesses(recorder);
});

after(() => {
  setAccesses(silent);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs modules, the first of them imported, and gives what they announce. */
async function announced(...modules: readonly (readonly [name: string, code: string])[]): Promise<string[]> {
  for (const [name, code] of modules) {
    const url = pathToFileURL(join(folder, name)).href;
    const result = transform({ code, url, type: "module", first });
    first += result.sites;
    writeFileSync(join(folder, name), result.code);
  }
  heard = [];
  await import(pathToFileURL(join(folder, modules[0]![0])).href);
  return heard;
}

let programs = 0;

function says(title: string, code: string, expected: string): void {
  const name = `${programs++}.mjs`;
  test(title, async () => {
    assert.deepEqual(await announced([name, code]), expected.split(", "));
  });
}

describe("announced are", () => {
  says(
    "variables that a function captures and that change, no others",
    "let n = 0, m = 1; const c = 2;\nfunction f() { n++; return m + c; }\nf(); n += m;",
    "write n 1:5, read n 2:16, write n 2:16, read n 3:6, write n 3:6",
  );
  says(
    "properties, of accessors only what their code does",
    "const o = { a: { b: 1 }, get g() { return this.a; }, set g(x) { this.z = x; } };\no.a.b += o.g.b;\no.g = 5;",
    "read a 2:1, read b 2:1, read a 1:43, read b 2:10, write b 2:1, write z 1:65",
  );
  says(
    "private and static fields",
    "class A { #p = 1; static s = 0; up() { A.s++; return this.#p--; } }\nnew A().up();",
    "read up 2:1, read s 1:40, write s 1:40, read #p 1:54, write #p 1:54",
  );
  says(
    "elements, and the length where they go past it",
    "const a = [1];\na[0] = 2; a[1] = 3; a.push(4); a.length = 1;\nfor (const x of a) x;",
    "write [0] 2:1, write [length] 2:11, write [1] 2:11, read [length] 2:21, write [length] 2:21, write [2..3] 2:21, write [1..3] 2:32, write [length] 2:32, read [length] 3:17, read [0] 3:17, read [length] 3:17",
  );
  says(
    "of a search the elements up to what is found",
    "const a = [1, 2, 3];\na.find((x) => x === 2); a.indexOf(2);",
    "read [length] 2:1, read [0] 2:1, read [1] 2:1, read [length] 2:25, read [0..2] 2:25",
  );
  says(
    "entries of collections, and their size where it changes or is looked at",
    'const m = new Map();\nm.set("k", 1); m.set("k", 2); m.get("k"); m.size; m.delete("x"); m.delete("k");\nfor (const x of new Set([1])) x;',
    "insert 2:1, write <k> 2:1, write <k> 2:16, read <k> 2:31, read size 2:43, read <x> 2:51, write <k> 2:66, write size 2:66, read [length] 3:17, read [0..1] 3:17, read size 3:17, read <1> 3:17, read size 3:17",
  );
  says(
    "what destructuring reads and writes",
    "const o = { a: 1, b: { c: [2] } }, t = [];\nconst { a, b: { c: [d] } } = o;\n[t[0], o.a] = [a, d];\n(({ a }) => a)(o);",
    "read a 2:7, read b 2:7, read c 2:7, read [length] 2:7, read [0] 2:7, write [length] 3:2, write [0] 3:2, write a 3:8, read a 4:3",
  );
  says(
    "what built-in functions read and write for the program",
    'const o = { a: [1] };\nJSON.stringify(o); Object.keys(o); ({ ...o }); "a" in o; delete o.a; Reflect.set(o, "b", 2);',
    "read size 2:1, read a 2:1, read [length] 2:1, read [0..1] 2:1, read size 2:20, read size 2:42, read a 2:42, read a 2:48, write a 2:65, write size 2:65, write b 2:70",
  );
  says(
    "built-in functions under any name",
    "const { get } = Map.prototype, m = new Map([[1, 2]]), f = m.get.bind(m);\nget.call(m, 1); f(1); Reflect.apply(get, m, [1]); [1].map(f);",
    "read get 1:7, read [length] 1:36, read [0..1] 1:36, read get 1:59, read <1> 2:1, read <1> 2:17, read <1> 2:23, read [length] 2:51, read [0] 2:51, read <1> 2:51",
  );
  says(
    "typed arrays and views",
    "const t = new Uint8Array(4);\nt[1] = t[0]; t.fill(1, 2);\nnew DataView(t.buffer).setInt16(1, 5);",
    "read [0] 2:8, write [1] 2:1, write [2..4] 2:14, write [1..3] 3:1",
  );
  says(
    "an update across a wait in the order in which it happens",
    "let n = 0;\nfunction* g() { n += yield 1; }\nconst i = g(); i.next(); n = 5; i.next(2);",
    "write n 1:5, read next 3:16, read n 2:17, write n 3:26, read next 3:33, write n 2:17",
  );
});

test("exported variables are the same for all who import them, also through others and in a cycle", async () => {
  const modules = [
    ["user.mjs", `import { n, twice } from "./between.mjs";\nimport * as all from "./state.mjs";\nn; all.n; twice();`],
    ["between.mjs", `export * from "./state.mjs";\nexport { n as m } from "./state.mjs";`],
    ["state.mjs", `import { m } from "./between.mjs";\nexport let n = 0;\nexport function twice() { n = m * 2; }`],
  ] as const;
  assert.deepEqual(await announced(...modules), [
    "write n 2:12",
    "read n 3:1",
    "read n 3:4",
    "read n 3:31",
    "write n 3:27",
  ]);
});

test("the stack of an access is the calls that led to it", async () => {
  const stacks: string[][] = [];
  setAccesses({ ...recorder, writeVariable: (_, site) => void stacks.push(stackOf(frame, site).map(at)) });
  await announced([
    "stack.mjs",
    `let n;\nconst set = (x) => { n = x; };\nfunction each() { [1].forEach((x) => set(x)); }\nfunction* g() { each(); yield; try { throw 0; } catch { set(2); } }\nconst i = g();\ni.next();\ni.next();`,
  ]);
  setAccesses(recorder);
  assert.deepEqual(stacks, [
    ["2:22", "3:38", "3:19", "4:17", "6:1"],
    ["2:22", "4:57", "6:1"],
  ]);
});

test("whoever goes over a generator has a stack of its own", async () => {
  const stacks: string[][] = [];
  setAccesses({ ...recorder, writeVariable: (_, site) => void stacks.push(stackOf(frame, site).map(at)) });
  await announced([
    "generator.mjs",
    `let n;\nfunction* g() {\n  n = 1;\n  yield;\n  n = 2;\n}\nfunction use() {\n  for (const x of g()) n = 3;\n}\nuse();`,
  ]);
  setAccesses(recorder);
  assert.deepEqual(stacks, [
    ["3:3", "8:19", "10:1"],
    ["8:24", "10:1"],
    ["5:3", "8:19", "10:1"],
  ]);
});

test("places are those of the TypeScript source, and so are those of errors", async () => {
  const source = `interface Account { balance: number }\n\nfunction pay(to: Account, amount: number): void {\n  to.balance += amount as number;\n  if (amount < 0) throw new Error("negative");\n}\ntry {\n  pay({ balance: 1 } as Account, -1);\n} catch (error) {\n  (globalThis as { failure?: string }).failure = (error as Error).stack;\n}\nexport {};\n`;
  const file = join(folder, "pay.ts");
  writeFileSync(file, source);
  const { outputFiles } = buildSync({
    entryPoints: [file],
    write: false,
    outdir: folder,
    format: "esm",
    sourcemap: "external",
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  const url = pathToFileURL(file).href;
  const result = transform({ code: code!, url, type: "module", first, map: JSON.parse(map!) as object });
  first += result.sites;
  const inside = Buffer.from(JSON.stringify(result.map)).toString("base64");
  const output = join(folder, "pay.mjs");
  writeFileSync(output, `${result.code}\n//# sourceMappingURL=data:application/json;base64,${inside}`);
  heard = [];
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(output).href);
  const { failure } = globalThis as unknown as { failure: string };
  process.setSourceMapsEnabled(false);
  assert.deepEqual(heard.slice(0, 2), ["read balance 4:3", "write balance 4:3"]);
  assert.match(failure, /at pay \(.*pay\.ts:5:25\)/);
  assert.match(failure, /pay\.ts:8:3/);
});
