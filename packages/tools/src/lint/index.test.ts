import assert from "node:assert/strict";
import { test } from "node:test";
import { ESLint } from "eslint";
import { goro } from "./index.js";
import { fixture, program, withPrelude } from "./testkit.js";

/** What the recommended set says of a program: "line rule", in order. */
async function findings(code: string): Promise<string[]> {
  const eslint = new ESLint({ cwd: fixture, overrideConfigFile: true, overrideConfig: goro.configs.recommended });
  const [result] = await eslint.lintText(withPrelude(code), { filePath: program });
  return result!.messages.map((message) => `${message.line - 1} ${message.ruleId}`);
}

test("the recommended set catches every Op, goroutine body and promise that is left alone, each once", async () => {
  const found = await findings(`go(function* () {
    ch.send(1);
    work();
    yield ch.recv();
    if (mu.lock()) return;
    Promise.resolve();
    run(work);
    (async () => {})();
    let n = 0;
    n += yield* work();
    const [v] = ch.recvOk();
    console.log(ch.recv(), v);
    [1].forEach((x) => ch.send(x));
  });
  async function f() {
    ch.send(1);
    work();
    fetch("x");
  }`);
  const op = "goro/no-floating-op";
  const promise = "@typescript-eslint/no-floating-promises";
  assert.deepEqual(found, [
    ...[2, 3, 4, 5].map((line) => `${line} ${op}`),
    ...[6, 7, 8].map((line) => `${line} ${promise}`),
    "10 goro/no-lost-update",
    ...[11, 12, 13, 16, 17].map((line) => `${line} ${op}`),
    `18 ${promise}`,
  ]);
});

test("the recommended set has nothing to say about a program as it should be", async () => {
  const found = await findings(`main(function* () {
    const jobs = chan<number>(10);
    for (let w = 1; w <= 3; w++) wg.go(function* () { for (const r = jobs.range(); yield* r.next(); ) console.log(w, r.value); });
    go(work, 1);
    go(async () => {});
    go(function* neverParks() { console.log(1); });
    for (let j = 0; j < 10; j++) yield* jobs.send(j);
    jobs.close();
    yield* wg.wait();
    using _ = yield* mu.guard();
    using __ = defer(() => wg.done());
    const got = yield* select({ a: ch.recv(), late: sleep(50) });
    if (got.case === "a" && got.value !== undefined) console.log(got.value);
    console.log(yield* go(work).join());
  });
  await run(work);
  await ch.send(1);`);
  assert.deepEqual(found, []);
});

test("no-floating-op without types says how to get them", async () => {
  const eslint = new ESLint({
    cwd: fixture,
    overrideConfigFile: true,
    overrideConfig: { plugins: { goro }, rules: { "goro/no-floating-op": "error" } },
  });
  await assert.rejects(eslint.lintText("1;", { filePath: "plain.js" }), /projectService/);
});
