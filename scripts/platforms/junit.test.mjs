import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJunit } from "./junit.mjs";

test("reads what Node writes: nested suites, a raw > in a name, a todo that fails is skipped", () => {
  const cases = parseJunit(`<?xml version="1.0" encoding="utf-8"?>
<testsuites>
	<testsuite name="outer"><testcase name="adds &lt;a> &amp; b" time="0.1" classname="test"/></testsuite>
	<testcase name="later" time="0.2" classname="test" failure="x">
		<skipped type="todo" message="true"/>
		<failure type="testCodeFailure" message="x">not yet</failure>
	</testcase>
	<testcase name="fails" time="0.2" classname="test" failure="1 !== 2">
		<failure type="testCodeFailure" message="1 !== 2">
Error: 1 !== 2
    at TestContext.&lt;anonymous> (file:///a.test.js:7:40)
		</failure>
	</testcase>
</testsuites>`);
  assert.deepEqual(cases, [
    { name: "adds <a> & b", status: "passed", detail: "" },
    { name: "later", status: "skipped", detail: "" },
    {
      name: "fails",
      status: "failed",
      detail: "Error: 1 !== 2\n    at TestContext.<anonymous> (file:///a.test.js:7:40)",
    },
  ]);
});

test("reads what Bun writes: numeric entities, a failure without a body", () => {
  const cases = parseJunit(`<testsuites name="bun test" tests="3"><testsuite name="a.test.js">
    <testcase name="over&#10;lines" classname="" time="0.003" file="a.test.js" line="7" assertions="0">
      <failure type="AssertionError" message="no">AssertionError: no&#10;      at run</failure>
    </testcase>
    <testcase name="hangs" classname="" time="5"><failure type="TimeoutError" message="test timed out" /></testcase>
    <testcase name="skipped" classname="" time="0"><skipped /></testcase>
  </testsuite></testsuites>`);
  assert.deepEqual(cases, [
    { name: "over\nlines", status: "failed", detail: "AssertionError: no\n      at run" },
    { name: "hangs", status: "failed", detail: "test timed out" },
    { name: "skipped", status: "skipped", detail: "" },
  ]);
});

test("reads what Deno writes: a test it cancelled is an error, and has failed", () => {
  const cases = parseJunit(`<testsuites name="deno test"><testsuite name="./d.test.js">
        <testcase name="fine" classname="./d.test.js" time="0.000" line="1" col="1">
        </testcase>
        <testcase name="exits" classname="./d.test.js" time="0.000" line="2" col="1">
            <error message="Cancelled"/>
        </testcase>
    </testsuite></testsuites>`);
  assert.deepEqual(cases, [
    { name: "fine", status: "passed", detail: "" },
    { name: "exits", status: "failed", detail: "Cancelled" },
  ]);
});

test("finds nothing in an empty report, and what is complete in one broken off", () => {
  assert.deepEqual(parseJunit(""), []);
  assert.deepEqual(parseJunit('<testsuites>\n<testcase name="a"/>\n<testcase name="b">\n<fail'), [
    { name: "a", status: "passed", detail: "" },
  ]);
});
