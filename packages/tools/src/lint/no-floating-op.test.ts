import { noFloatingOp } from "./no-floating-op.js";
import { inGo, testRule, type Finding } from "./testkit.js";

const addYield = (messageId: string, code: string): Finding => ({ messageId, suggestion: ["addYield", code] });
const addAwait = (messageId: string, code: string): Finding => ({ messageId, suggestion: ["addAwait", code] });

/** A line in a goroutine, and the same line after the suggestion. */
const line = (code: string, messageId: string, fixed: string) =>
  [inGo(code), addYield(messageId, inGo(fixed))] as const;

testRule("no-floating-op", noFloatingOp, {
  valid: {
    "ops that are run with yield*": inGo(`
      yield* ch.send(1);
      const value = yield* ch.recv();
      for (const r = ch.range(); yield* r.next(); ) console.log(r.value);
      if ((yield* ch.recv()) === undefined) return;
      yield* work(1);
      using _ = yield* mu.guard();
      const got = yield* select({ a: ch.recv(), late: sleep(1), off: null });
      const [next, ok] = yield* ch.recvOk();
    `),
    "ops that are awaited in async code": `async function f() { await ch.send(1); const v = await ch.recv(); if (await ch.recv()) return v; }`,
    "a goroutine needs nothing done with it": `go(work, 1); go(async () => {}); wg.go(function* () {}); main(function* () { go(work); });`,
    "what never waits": inGo(`ch.trySend(1); ch.close(); mu.tryLock(); mu.unlock(); if (mu.tryLock()) wg.done();`),
    "an op that is kept, passed to what takes ops, or returned by a plain function": `
      const op = ch.recv();
      const ops: Op<unknown>[] = [ch.recv(), sleep(1)];
      const late = () => sleep(5);
      function cases(): Record<string, Op<unknown>> { return { a: ch.recv(), ...{ b: sleep(1) } }; }
      trySelect([ch.recv(), ...ops]);
      let later: Op<unknown>;
      later = sleep(1);
      Promise.race([ch.recv(), sleep(10)]).finally(() => {});
    `,
    "void says that it is meant": inGo(`void ch.send(1); void work(1);`),
    "an op that may be missing can be tested for": inGo(`
      const wait: Op<void> | undefined = maybe ? sleep(1) : undefined;
      if (wait) yield* wait;
      if (wait !== undefined) yield* wait;
      const stop = wait ?? sleep(5);
      yield* stop;
    `),
    "ops can be told apart": inGo(`const a = ch.recv(); return a === ch.recv() || a !== sleep(1);`),
    "a named op is passed as a value on purpose": inGo(
      `const op = ch.recv(); console.log(op); console.log(typeof op);`,
    ),
    "async code that hands an op on": `const late = async () => sleep(5); Promise.resolve().then(() => ch.send(1)).catch(() => {});`,
    "a body that may be a generator is one": `
      declare function each(fn: () => Routine<void> | void): void;
      each(function* () { yield* ch.send(1); });
      once.do(function* () {}).then(() => {});
      const handlers = { run: function* () { yield* sleep(1); } };
    `,
    "a generator of ops says so in its type": `function* ops(): Generator<Op<void>> { yield sleep(1); yield sleep(2); }`,
    "a goroutine that gives an op says so in its type": `function* make(): Routine<Op<void>> { yield* sleep(1); return sleep(2); }`,
    "other generators and promises are other rules' business": `
      function* numbers() { yield 1; }
      numbers(); for (const n of numbers()) console.log(n, [...numbers()]);
      Promise.resolve();
      declare const like: PromiseLike<void>;
      like;
    `,
    "any and never are left alone": inGo(`const x: any = 1; x; x(); if (x) return; (() => { throw x; })();`),
    "the functions of a class of ops": `
      class Late implements Op<void> {
        [Symbol.iterator]() { return sleep(1)[Symbol.iterator](); }
        then: Op<void>["then"] = (a, b) => sleep(1).then(a, b);
      }
      new Late().then(() => {});
    `,
  },
  invalid: {
    "a send that is never sent": line("ch.send(1);", "droppedOp", "yield* ch.send(1);"),
    "a lock that is never taken": line("mu.lock();", "droppedOp", "yield* mu.lock();"),
    "a wait that does not wait": line("wg.wait();", "droppedOp", "yield* wg.wait();"),
    "a join": line("go(work).join();", "droppedOp", "yield* go(work).join();"),
    "a sleep": line("sleep(10);", "droppedOp", "yield* sleep(10);"),
    "a select": line("select({ a: ch.recv() });", "droppedOp", "yield* select({ a: ch.recv() });"),
    "an until": line("until(fetch('x'));", "droppedOp", "yield* until(fetch('x'));"),
    "an optional call": line("maybe?.send(1);", "droppedOp", "yield* maybe?.send(1);"),
    "an op in a variable": line("const op = ch.recv();\nop;", "droppedOp", "const op = ch.recv();\nyield* op;"),
    "an op whose result is an op": [
      `go(function* (nested: Op<Op<void>>) {\nyield* nested;\n}, null!);`,
      addYield("droppedOp", `go(function* (nested: Op<Op<void>>) {\nyield* yield* nested;\n}, null!);`),
    ],
    "an op of a generic type": [
      `function* f<T extends Op<void>>(op: T): Routine { op; }`,
      addYield("droppedOp", `function* f<T extends Op<void>>(op: T): Routine { yield* op; }`),
    ],
    "an op in async code": [
      `async function f() { ch.send(1); }`,
      addAwait("droppedOp", `async function f() { await ch.send(1); }`),
    ],
    "an op at the top of a module": [`ch.send(1);`, addAwait("droppedOp", `await ch.send(1);`)],
    "an op in a plain function": [`function f() { ch.send(1); }`, { messageId: "droppedOp" }],
    "either arm of a conditional": [
      inGo(`maybe ? ch.send(1) : ch.send(2);`),
      addYield("droppedOp", inGo(`maybe ? yield* ch.send(1) : ch.send(2);`)),
      addYield("droppedOp", inGo(`maybe ? ch.send(1) : yield* ch.send(2);`)),
    ],
    "behind a test": line("maybe && ch.send(1);", "droppedOp", "maybe && (yield* ch.send(1));"),
    "within a sequence": [
      inGo(`for (ch.send(1), wg.add(1); ; sleep(1)) {}`),
      addYield("droppedOp", inGo(`for (yield* ch.send(1), wg.add(1); ; sleep(1)) {}`)),
      addYield("droppedOp", inGo(`for (ch.send(1), wg.add(1); ; yield* sleep(1)) {}`)),
    ],
    "a call of a goroutine's function": line("work(1);", "droppedRoutine", "yield* work(1);"),
    "a call of a goroutine's function in async code": [
      `async function f() { work(1); await work(2); }`,
      { messageId: "droppedRoutine" },
      { messageId: "awaitedRoutine" },
    ],
    "a generator that a function expression makes": [
      `(function* (): Routine { yield* sleep(1); })();`,
      { messageId: "droppedRoutine" },
    ],
    "yield without the star": line("yield ch.recv();", "bareYield", "yield* ch.recv();"),
    "yield without the star, of a call": line("const v = yield work(1);", "bareYield", "const v = yield* work(1);"),
    "yield without the star, in a function of type Routine": [
      `function* f(): Routine { yield sleep(1); }`,
      addYield("bareYield", `function* f(): Routine { yield* sleep(1); }`),
    ],
    "a condition": line("if (mu.lock()) return;", "tested", "if (yield* mu.lock()) return;"),
    "the condition of a loop": [
      inGo("const r = ch.range();\nwhile (r.next()) {}\ndo {} while (r.next());\nfor (; r.next(); ) {}"),
      addYield(
        "tested",
        inGo("const r = ch.range();\nwhile (yield* r.next()) {}\ndo {} while (r.next());\nfor (; r.next(); ) {}"),
      ),
      addYield(
        "tested",
        inGo("const r = ch.range();\nwhile (r.next()) {}\ndo {} while (yield* r.next());\nfor (; r.next(); ) {}"),
      ),
      addYield(
        "tested",
        inGo("const r = ch.range();\nwhile (r.next()) {}\ndo {} while (r.next());\nfor (; yield* r.next(); ) {}"),
      ),
    ],
    "a negation": line("const no = !ch.recv();", "tested", "const no = !(yield* ch.recv());"),
    "a condition of several parts": line(
      "if (maybe && (1 > 2 || mu.lock())) return;",
      "tested",
      "if (maybe && (1 > 2 || (yield* mu.lock()))) return;",
    ),
    "a default": line("const v = ch.recv() ?? 0;", "tested", "const v = (yield* ch.recv()) ?? 0;"),
    "the test of a conditional": line(
      "const v = ch.recv() ? 1 : 2;",
      "tested",
      "const v = (yield* ch.recv()) ? 1 : 2;",
    ),
    "a comparison with undefined": line(
      "if (ch.recv() === undefined) return;",
      "used",
      "if ((yield* ch.recv()) === undefined) return;",
    ),
    "a comparison with null, the other way about": line(
      "if (null != ch.recv()) return;",
      "used",
      "if (null != (yield* ch.recv())) return;",
    ),
    text: line("const s = `${ch.recv()}`;", "used", "const s = `${yield* ch.recv()}`;"),
    "a sum": line("const s = 'got ' + ch.recv();", "used", "const s = 'got ' + (yield* ch.recv());"),
    "taking it apart": line("const [v, ok] = ch.recvOk();", "used", "const [v, ok] = yield* ch.recvOk();"),
    "taking it apart into variables": line(
      "let v, ok;\n[v, ok] = ch.recvOk();",
      "used",
      "let v, ok;\n[v, ok] = yield* ch.recvOk();",
    ),
    "iterating over it": [
      inGo("for (const v of ch.recv()) console.log(v);\nconst all = [...work(1)];"),
      addYield("iterated", inGo("for (const v of yield* ch.recv()) console.log(v);\nconst all = [...work(1)];")),
      addYield("iterated", inGo("for (const v of ch.recv()) console.log(v);\nconst all = [...yield* work(1)];")),
    ],
    "an argument that may be anything": line("console.log(ch.recv());", "argument", "console.log(yield* ch.recv());"),
    "an argument that may be anything, of a constructor": [
      `declare class Box { constructor(value: unknown); }\nasync function f() { new Box(ch.recv()); }`,
      addAwait(
        "argument",
        `declare class Box { constructor(value: unknown); }\nasync function f() { new Box(await ch.recv()); }`,
      ),
    ],
    "a goroutine that returns an op": line("return ch.send(1);", "returned", "return yield* ch.send(1);"),
    "callbacks whose result is dropped": [
      `[1].forEach((n) => ch.send(n)); setTimeout(() => mu.lock()); defer(() => { return ch.send(1); });`,
      { messageId: "callback" },
      { messageId: "callback" },
      { messageId: "callback" },
    ],
    "generator functions where plain ones are called": [
      `[1].forEach(function* (n) { yield* ch.send(n); }); setTimeout(work, 10); process.on("exit", work);`,
      { messageId: "callback" },
      { messageId: "callback" },
      { messageId: "callback" },
    ],
    "generator functions as handlers": [
      `const handlers: { run?: () => void } = { run: function* () { yield* sleep(1); } };\nhandlers.run = function* () { yield* sleep(1); };`,
      { messageId: "callback" },
      { messageId: "callback" },
    ],
  },
});
