// A program does the same with and without the transform.
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import vm from "node:vm";
import "../operations/index.js";
import { transform } from "./index.js";
import { programs, type Program } from "./programs.js";

let folder = "";
let printed: string[] = [];
let first = 1;

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "goro-race-")));
  const show = (values: unknown[]) => values.map((value) => inspect(value, { depth: 9 })).join(" ");
  Object.assign(globalThis, {
    print: (...values: unknown[]) => void printed.push(show(values)),
    log: (value: unknown) => (printed.push(show([value])), value),
  });
});

after(() => rmSync(folder, { recursive: true, force: true }));

async function output({ title, code, script }: Program, instrumented: boolean): Promise<string> {
  const file = join(folder, `${title.replace(/\W+/g, "-")}${instrumented ? ".race" : ""}.mjs`);
  const url = pathToFileURL(file).href;
  let text = code;
  if (instrumented) {
    const result = transform({ code, url, type: script ? "commonjs" : "module", first });
    first += result.sites;
    text = result.code;
  }
  printed = [];
  try {
    if (script) (vm.runInThisContext(`(function () { ${text}\n})`, { filename: file }) as () => void).call(globalThis);
    else {
      writeFileSync(file, text);
      await import(url);
    }
  } catch (error) {
    printed.push(`threw ${inspect(error)}`);
  }
  return printed.join("\n");
}

describe("a program prints the same with and without the transform:", () => {
  for (const program of programs) {
    test(program.title, async () => {
      const plain = await output(program, false);
      assert.notEqual(plain, "");
      assert.doesNotMatch(plain, /^threw /m);
      assert.equal(await output(program, true), plain);
    });
  }
});
