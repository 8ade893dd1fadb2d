import { deepEqual, throws } from "node:assert/strict";
import { test } from "node:test";
import { readOptions } from "./options.js";

const usual = { haltOnError: false, exitCode: 66, logPath: "stderr", stripPathPrefix: "" };

test("GORACE: nothing is the usual", () => {
  deepEqual(readOptions(undefined), usual);
  deepEqual(readOptions("  "), usual);
});

test("GORACE: options stand apart by spaces, commas or colons, and paths may hold colons", () => {
  const expected = { ...usual, haltOnError: true, exitCode: 3 };
  for (const text of ["halt_on_error=1 exitcode=3", "halt_on_error=1,exitcode=3", "halt_on_error=1:exitcode=3"]) {
    deepEqual(readOptions(text), expected);
  }
  deepEqual(readOptions("log_path=C:/logs/race history_size=7"), { ...usual, logPath: "C:/logs/race" });
});

test("GORACE: what is none is named", () => {
  for (const [text, named] of [
    ["halt", /"halt"/],
    ["exitcode=256", /exitcode/],
    ["halt_on_error=2", /halt_on_error/],
  ] as const) {
    throws(() => readOptions(text), named);
  }
});
