import { equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { Response, serve } from "goro/http";
import { gomaxprocs } from "goro/runtime";
import { describe, runFixture } from "../testkit.js";
import { canSharePort } from "./procs.js";

test("with procs, several processors accept connections where they can share a port, and shut down together", async () => {
  const outcome = await runFixture("http-procs.mjs", { env: { GOMAXPROCS: "2" } });
  const n = canSharePort() ? 2 : 1;
  const expected = [`procs ${n}`, `threads ${n}`, "EADDRINUSE", "answered 16", "ended", ""];
  equal(outcome.stdout, expected.join("\n"), describe(outcome));
  equal(outcome.code, 0, describe(outcome));
});

test("with procs, a handler that other cores cannot find is refused", async () => {
  const before = gomaxprocs(2);
  await rejects(async () => serve(() => new Response(), { procs: 2 }), /handler must be a function made by parallel/);
  gomaxprocs(before);
});
