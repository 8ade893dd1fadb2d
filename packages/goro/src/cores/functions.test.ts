import { test } from "node:test";
import { throws } from "node:assert/strict";
import { parallel } from "../index.js";

test("two parallel functions of one name in a module are an error at the second declaration", () => {
  parallel(import.meta.url, function* twice() {});
  throws(() => parallel(import.meta.url, function* twice() {}), {
    name: "Error",
    message: `parallel: two functions named twice in ${import.meta.url}: other cores find a function by its name, give each its own`,
  });
  // Another module may use the name.
  parallel(`${import.meta.url}?other`, function* twice() {});
});

test("a parallel function without a name is an error", () => {
  throws(
    () => parallel(import.meta.url, (() => function* () {})()),
    /^TypeError: parallel: fn must have a name, by which other cores find it: parallel\(url, function\* name\(\) \{\.\.\.\}\)$/,
  );
});

test("what is no generator function, and a url that is none, are errors that say what was expected", () => {
  throws(() => parallel(import.meta.url, (() => 1) as never), /^TypeError: parallel: fn must be a generator function/);
  throws(() => parallel("", function* named() {}), /^TypeError: parallel: url must be import\.meta\.url/);
});
