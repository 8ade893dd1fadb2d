import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { folder, goro, start } from "../testkit.js";

const endings = ["ts", "mts", "tsx", "js", "mjs", "jsx"];

/** Runs `source` as main.ts (or under the name given), and expects this output and nothing else. */
async function prints(source: string, output: string, { name = "main.ts", files = {}, args = [] as string[] } = {}) {
  using here = folder({ ...files, [name]: source });
  const { code, signal, stdout, stderr } = await goro(here, ["run", name, ...args]);
  assert.deepEqual({ stderr, stdout, code, signal }, { stderr: "", stdout: output, code: 0, signal: null });
}

for (const ending of endings) {
  test(`runs an ES module named .${ending}, whatever package.json says and where there is none`, async () => {
    const typed = ending.includes("ts") ? ": string" : "";
    const source = `import { sep } from "node:path";
      const said${typed} = await Promise.resolve("said");
      console.log(typeof sep, said, import.meta.url.endsWith("/main.${ending}"), typeof require);`;
    const expected = "string said true undefined\n";
    await prints(source, expected, { name: `main.${ending}` });
    for (const type of ["module", "commonjs"]) {
      await prints(source, expected, {
        name: `main.${ending}`,
        files: { "package.json": JSON.stringify({ type }) },
      });
    }
  });

  test(`gives back what \`using\` holds, in .${ending}`, () =>
    prints(
      `import "node:fs";
      {
        using held = { [Symbol.dispose]: () => console.log("given back") };
        await using late = { [Symbol.asyncDispose]: async () => console.log("given back first") };
        console.log(typeof held, typeof late);
      }`,
      "object object\ngiven back first\ngiven back\n",
      { name: `main.${ending}` },
    ));
}

test("runs what type stripping cannot: enums, parameter properties, decorators as tsconfig.json has them", () =>
  prints(
    `enum Colour { Red = 3 }
    class Point { constructor(readonly x: number) {} }
    function noted(target: object, key: string) { console.log(key); }
    class Box { @noted open() {} }
    console.log(Colour.Red, new Point(4).x);`,
    "open\n3 4\n",
    { files: { "tsconfig.json": `{ "compilerOptions": { "experimentalDecorators": true, "target": "es5" } }` } },
  ));

test("imports are found by the names their output will have, and without an extension", () =>
  prints(
    `import { a } from "./a.js";
    import { b } from "./lib/b.mjs";
    import { c } from "./c";
    import { d } from "./lib";
    import { e } from "./e.ts";
    import type { Nothing } from "./nowhere.js";
    const { f } = await import("./f.js?fresh#part");
    console.log(a, b, c, d, e, f satisfies string);`,
    "a b c d e f\n",
    {
      files: {
        "a.ts": `export const a: string = "a";`,
        "a.js": `throw new Error("a.js is the output of another build");`,
        "lib/b.mts": `export const b: string = "b";`,
        "c.ts": `export const c: string = "c";`,
        "lib/index.ts": `export { d } from "../d.js";`,
        "d.js": `export const d = "d";`,
        "e.ts": `export const e: string = "e";`,
        "f.ts": `export const f: string = "f";`,
      },
    },
  ));

test("a JavaScript file imports the JavaScript file that it names", () =>
  prints(`import { a } from "./a.js"; import { b } from "./b.js"; console.log(a, b);`, "javascript typescript\n", {
    name: "main.mjs",
    files: {
      "a.mjs": "",
      "a.js": `export const a = "javascript";`,
      "a.ts": `export const a: string = "typescript";`,
      "b.ts": `export const b: string = "typescript";`,
    },
  }));

test("CommonJS modules and JSON can be imported", () =>
  prints(
    `import { one } from "./one.cjs";
    import two from "./two.js";
    import three from "./three.json" with { type: "json" };
    console.log(one, two, three);`,
    "1 2 3\n",
    { files: { "one.cjs": "exports.one = 1;", "two.js": "module.exports = 2;", "three.json": "3" } },
  ));

test("functions keep their names and get no wrapper, so that making one stays cheap", () =>
  prints(
    `const make = () => function* worker(): Generator<number> { yield 1; };
    console.log(make().name, make.name, make.toString().includes("__name"));`,
    "worker make false\n",
  ));

test("the arguments after the file are the program's own, options and -- too", async () => {
  const source = `console.log(JSON.stringify(process.argv.slice(1)));`;
  using here = folder({ "dir/main.ts": source });
  const args = ["--help", "-v", "--", "a b", "--version", "", "--x=1"];
  const { stdout, code } = await goro(here, ["run", "dir/main.ts", ...args]);
  assert.deepEqual(JSON.parse(stdout), [join(here.path, "dir/main.ts"), ...args]);
  assert.equal(code, 0);
});

test("the program sits in a folder whose name needs escaping in a URL", async () => {
  using here = folder({ "a b#c%20?/main.ts": `import "./other.js";`, "a b#c%20?/other.ts": `console.log("there");` });
  const { stdout, stderr } = await goro(here, ["run", "a b#c%20?/main.ts"]);
  assert.deepEqual({ stdout, stderr }, { stdout: "there\n", stderr: "" });
});

test("CommonJS modules require each other without extensions", async () => {
  using here = folder({
    "main.ts": `import made from "./made.cjs"; console.log(made);`,
    "made.cjs": `module.exports = require("./lib/errors") + require("./lib");`,
    "lib/errors.js": `module.exports = "from lib/errors, ";`,
    "lib/index.js": `module.exports = "from lib";`,
    "lib/package.json": "{}",
  });
  const { stdout, stderr } = await goro(here, ["run", "main.ts"]);
  assert.deepEqual({ stdout, stderr }, { stdout: "from lib/errors, from lib\n", stderr: "" });
});

test("standard input is the program's", async () => {
  using here = folder({
    "main.ts": `let n = 0; for await (const part of process.stdin) n += part.length; console.log(n);`,
  });
  const { stdout } = await goro(here, ["run", "main.ts"], "x".repeat(1_000_000));
  assert.equal(stdout, "1000000\n");
});

test("the exit code is the program's", async () => {
  for (const [source, expected] of [
    ["process.exit(7);", 7],
    ["process.exitCode = 9;", 9],
    ["setTimeout(() => process.exit(11), 5);", 11],
    ["await new Promise(() => {});", 13],
  ] as const) {
    using here = folder({ "main.ts": source });
    assert.equal((await goro(here, ["run", "main.ts"])).code, expected, source);
  }
});

test("an error that nobody catches is printed with its line in the source, and the exit code is 1", async () => {
  for (const name of ["main.ts", "main.mjs"]) {
    using here = folder({
      [name]: `
        // A comment, so that lines move when types go.
        function fail() {
          throw new TypeError("it failed");
        }
        fail();`,
    });
    const { code, stderr } = await goro(here, ["run", name]);
    assert.match(stderr, new RegExp(`${name}:4\\n {10}throw new TypeError\\("it failed"\\);\\n`));
    assert.match(stderr, new RegExp(`TypeError: it failed\\n +at fail \\(.*${name}:4:\\d+\\)\\n +at .*${name}:6:9`));
    assert.equal(code, 1);
  }
});

test("stacks name the lines and columns of the source, after types, enums and multi-line templates", () =>
  prints(
    `interface Gone {
      a: string;
    }
    enum Made {
      One,
    }
    type AlsoGone = Gone | Made;
    const text = \`
    \`;
    function* inner(): Generator<string> {
      yield new Error(text).stack!;
    }
    class Outer<T> {
      constructor(private readonly value: T) {}
      *method(): Generator<string> { yield* inner(); }
    }
    const [stack] = [...new Outer(1).method()];
    console.log(stack!.match(/main\\.ts:\\d+:\\d+/g)!.join(" "));`,
    "main.ts:11:13 main.ts:15:45 main.ts:17:38\n",
  ));

test("stacks are deep enough for chains of yield*", () =>
  prints(
    `function* down(n: number): Generator<never, string> {
      return n === 0 ? new Error().stack! : yield* down(n - 1);
    }
    console.log(down(40).next().value.match(/at down \\(/g)!.length);`,
    "41\n",
  ));

test("a rejected promise that nobody handles ends the program as in Node", async () => {
  using here = folder({ "main.ts": `setTimeout(() => {}, 60_000);\nvoid Promise.reject(new RangeError("lost"));` });
  const { code, stderr } = await goro(here, ["run", "main.ts"]);
  assert.match(stderr, /RangeError: lost\n +at .*main\.ts:2:21/);
  assert.equal(code, 1);
});

test("a file that does not parse is told with its place, its line and exit code 1", async () => {
  using here = folder({ "main.ts": `import "./broken.js";`, "broken.ts": "const fine: number = 1;\n\tconst = 2;\n" });
  const { code, stdout, stderr } = await goro(here, ["run", "main.ts"]);
  const place = `${join(here.path, "broken.ts")}:2:8`;
  assert.equal(
    stderr,
    `${place}\n\tconst = 2;\n\t      ^\n\nSyntaxError: Expected identifier but found "="\n    at ${place}\n`,
  );
  assert.equal(stdout, "");
  assert.equal(code, 1);
});

test("a program can catch the error of a file that does not parse", () =>
  prints(
    `try { await import("./broken.js"); } catch (error) { console.log(error instanceof SyntaxError, error.message); }`,
    `true Expected identifier but found "="\n`,
    { files: { "broken.ts": "const = 2;" } },
  ));

test("an import of a file that is not there names it and the file that asked for it", async () => {
  using here = folder({ "main.ts": `import "./nowhere.js";` });
  const { code, stderr } = await goro(here, ["run", "main.ts"]);
  assert.match(stderr, /Cannot find module '.*nowhere\.js' imported from .*main\.ts/);
  assert.equal(code, 1);
});

test("a forked program is TypeScript too", () =>
  prints(
    `import { fork } from "node:child_process";
    if (process.send) console.log("child", process.argv[2] satisfies string | undefined);
    else fork(process.argv[1]!, ["given"]).on("exit", (code) => console.log("parent", code));`,
    "child given\nparent 0\n",
  ));

test("a worker thread is TypeScript too, and so is one that it starts", () =>
  prints(
    `import { Worker, workerData } from "node:worker_threads";
    enum Depth { Deepest = 2 }
    const depth = (workerData as { depth: number } | null)?.depth ?? 0;
    console.log(depth, depth === Depth.Deepest);
    if (depth < Depth.Deepest) {
      new Worker(new URL(import.meta.url), { workerData: { depth: depth + 1 } }).on("error", console.error);
    }`,
    "0 false\n1 false\n2 true\n",
  ));

test("nothing of the loader outlives the loading: the program has no children and keeps nobody awake", () =>
  prints(
    `import { execFileSync } from "node:child_process";
    const before = process.getActiveResourcesInfo();
    const children = process.platform === "linux"
      ? execFileSync("cat", [\`/proc/\${process.pid}/task/\${process.pid}/children\`], { encoding: "utf8" })
      : "";
    console.log(children.trim().split(" ").length, before.filter((kind) => kind !== "PipeWrap").length);
    process.on("beforeExit", () => console.log("nothing left to do"));`,
    "1 0\nnothing left to do\n", // the one child is cat itself
  ));

test("signals reach the handlers of the program", { skip: process.platform === "win32" }, async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    using here = folder({
      "main.ts": `
        const alive = setInterval(() => {}, 60_000);
        process.on("${signal}", (name: string) => { console.log("got", name); clearInterval(alive); process.exitCode = 5; });
        console.log("ready");`,
    });
    const { process: child, outcome } = start(here, ["run", "main.ts"]);
    await once(child.stdout!, "data");
    child.kill(signal);
    assert.deepEqual(await outcome, { code: 5, signal: null, stdout: `ready\ngot ${signal}\n`, stderr: "" });
  }
});

test(
  "a signal without a handler kills the program, as the signal",
  { skip: process.platform === "win32" },
  async () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const) {
      using here = folder({ "main.ts": `setInterval(() => {}, 60_000); console.log("ready");` });
      const { process: child, outcome } = start(here, ["run", "main.ts"]);
      await once(child.stdout!, "data");
      child.kill(signal);
      assert.deepEqual(await outcome, { code: null, signal, stdout: "ready\n", stderr: "" });
    }
  },
);

test("output that is still under way when the program ends arrives whole", async () => {
  using here = folder({ "main.ts": `process.stdout.write("x".repeat(5_000_000));` });
  const { stdout, code } = await goro(here, ["run", "main.ts"]);
  assert.equal(stdout.length, 5_000_000);
  assert.equal(code, 0);
});

const leaky = `import { chan, go, main, sleep } from "goro";
interface Stuck { readonly n: number }
function* stuck({ n }: Stuck) {
  yield* chan<number>().send(n);
}
main(function* () {
  if (process.argv[2] === "leak") for (let n = 0; n < 2; n++) go(stuck, { n });
  yield* sleep(10);
  console.log("main returns");
});
`;

test("with --leaks a program in which nothing leaks ends as ever", async () => {
  using here = folder({ "main.ts": leaky });
  const { code, stdout, stderr } = await goro(here, ["run", "--leaks", "main.ts"]);
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "main returns\n", stderr: "" });
});

test("with --leaks those that leaked are named by their places in the source, and the exit code is 3", async () => {
  using here = folder({ "main.ts": leaky });
  const { code, stdout, stderr } = await goro(here, ["run", "--leaks", "main.ts", "leak"]);
  assert.equal(stdout, "main returns\n");
  const [head, ...lines] = stderr.split("\n");
  assert.equal(head, "goro: 2 goroutines leaked");
  assert.match(
    lines.join(),
    /goroutine \d \w+ .*\[chan send\] at \S+main\.ts:4:\d+, created at \S+main\.ts:7:\d+ \(and 1 more\)/,
  );
  assert.equal(code, 3);
  assert.equal((await goro(here, ["run", "main.ts", "leak"])).code, 0, "without it nobody asks");
});
