import { noLostUpdate } from "./no-lost-update.js";
import { inGo, testRule, type Finding } from "./testkit.js";

const lost: Finding = { messageId: "lost" };
const stale: Finding = { messageId: "stale" };
const hoist = (code: string): Finding => ({ messageId: "lost", suggestion: ["hoist", code] });

/** A line in a goroutine, with `n` and `o` outside it; and the same after the suggestion. */
const outside = (code: string) => `let n = 0; const o = { n: 0, s: "", list: [0] };\n${inGo(code)}`;
const line = (code: string, fixed: string) => [outside(code), hoist(outside(fixed))] as const;

testRule("no-lost-update", noLostUpdate, {
  valid: {
    "the result is taken first": outside(`const value = yield* work(); n += value; o.n = o.n + value;`),
    "the target is read after the wait": outside(`n = (yield* work()) + n; o.n = (yield* work()) * 2 + o.n;`),
    "a plain store": outside(`n = yield* work(); o.n = (yield* work()) + 1; o.list[0] = yield* work();`),
    "the wait is part of the target's address": outside(`o.list[yield* work()] += 1;`),
    "an update without a wait": outside(`n += 1; n ||= 2; o.n = o.n + 1; n++;`),
    "the wait is in a function that runs by itself": outside(`
      n += [go(function* () { yield* work(); })].length;
      n = [n, async () => { await 1; }].length;
    `),
    "another place with a like name": outside(
      `o.n = n + (yield* work()); n = o.n + (yield* work()); o.n = { n: 1 }.n + (yield* work());`,
    ),
    "the other arm of a conditional": outside(`n = o.s ? n : yield* work();`),
    "a variable of its own, handed to what it waits for": inGo(`
      let at = 1;
      at = yield* work(at);
      for (;;) { let next = 0; next = yield* work(next); }
    `),
    "a variable of its own, beside what it waits for": inGo(`
      let low = Infinity, all: number[] = [];
      low = Math.min(low, yield* work());
      all = [...all, yield* work()];
    `),
    "parameters and results of its own": `function* f(n: number): Routine<number> { n = yield* work(n); return n; }`,
  },
  invalid: {
    "a sum": line("n += yield* work();", "const value = yield* work();\nn += value;"),
    "a sum in an object": line("o.n += yield* work();", "const value = yield* work();\no.n += value;"),
    "a sum in an array": line("o.list[0] += yield* work();", "const value = yield* work();\no.list[0] += value;"),
    "a sum with more to it": line("  n -= 2 * (yield* work());", "  const value = 2 * (yield* work());\n  n -= value;"),
    "a sum in parentheses": line("n += (yield* work());", "const value = yield* work();\nn += value;"),
    "a string that grows": line("o.s += `${yield* work()}`;", "const value = `${yield* work()}`;\no.s += value;"),
    "a sum in a variable of its own": [
      inGo("let sum = 0;\nsum += yield* work();"),
      hoist(inGo("let sum = 0;\nconst value = yield* work();\nsum += value;")),
    ],
    "a sum of results that may be missing": line(
      "n += (yield* ch.recv())!;",
      "const value = (yield* ch.recv())!;\nn += value;",
    ),
    "a sum in the body of a loop without a block": line(
      "while (n < 9) n += yield* work();",
      "while (n < 9) { const value = yield* work(); n += value; }",
    ),
    "the name for the constant is free": [
      outside("const value = 1;\nn += yield* work(value);"),
      hoist(outside("const value = 1;\nconst value2 = yield* work(value);\nn += value2;")),
    ],
    await: [
      `let n = 0;\nasync function f() {\n  n += await 1;\n}`,
      hoist(`let n = 0;\nasync function f() {\n  const value = await 1;\n  n += value;\n}`),
    ],
    "an update whose value is used": [outside("console.log((n += yield* work()));"), lost],
    "an update whose address would be evaluated later": [
      outside("const next = () => 0;\no.list[next()] += yield* work();"),
      lost,
    ],
    "the sum written out": line("n = n + (yield* work());", "const value = yield* work();\nn = n + value;"),
    "the sum written out, in a variable of its own": [
      inGo("let sum = 0;\nsum = sum + (yield* work());"),
      hoist(inGo("let sum = 0;\nconst value = yield* work();\nsum = sum + value;")),
    ],
    "the sum written out, in an object": line(
      "o.n = o.n + (yield* work());",
      "const value = yield* work();\no.n = o.n + value;",
    ),
    "a list that grows": line(
      "o.list = [...o.list, yield* work()];",
      "const value = yield* work();\no.list = [...o.list, value];",
    ),
    "an argument read before another": line(
      "n = Math.max(n, yield* work());",
      "const value = yield* work();\nn = Math.max(n, value);",
    ),
    "the test of a conditional": [outside("n = n > 0 ? 1 : yield* work();"), lost],
    "a default written out": [outside("n = n || (yield* work());"), lost],
    "a variable that others see, handed to what it waits for": [outside("n = yield* work(n);"), lost],
    "a property, handed to what it waits for": [outside("o.n = yield* work(o.n);"), lost],
    "a variable that a function within sees": [
      inGo("let n = 0;\ngo(function* () { n = 1; });\nn = yield* work(n);"),
      lost,
    ],
    "a field": [
      `class Count { n = 0; *add(): Routine { this.n += yield* work(); } }`,
      hoist(`class Count { n = 0; *add(): Routine { const value = yield* work();\nthis.n += value; } }`),
    ],
    "a value made once": [
      outside("o.n ||= yield* work();"),
      {
        messageId: "stale",
        suggestion: ["retest", outside("if (!o.n) { const value = yield* work(); o.n ||= value; }")],
      },
    ],
    "a value made once, where there is none": [
      `let n: number | undefined;\n${inGo("n ??= yield* work();")}`,
      {
        messageId: "stale",
        suggestion: [
          "retest",
          `let n: number | undefined;\n${inGo("if (n == null) { const value = yield* work(); n ??= value; }")}`,
        ],
      },
    ],
    "a value replaced once": [
      outside("n &&= yield* work();"),
      { messageId: "stale", suggestion: ["retest", outside("if (n) { const value = yield* work(); n &&= value; }")] },
    ],
    "a value made once and used": [outside("return (o.n ??= yield* work());"), stale],
  },
});
