import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, type Chan } from "goro";
import { Response } from "goro/http";

const Platform = globalThis.Response;

/** All but the type of the content: platforms differ in when they say it, and how. */
const headersOf = ({ headers }: Response): [string, string][] =>
  [...headers].filter(([name]) => name !== "content-type");

test("Response says what the platform's says of the same", async () => {
  const cases: (() => ConstructorParameters<typeof Platform>)[] = [
    () => [],
    () => [null],
    () => ["text"],
    () => ["text", { status: 201, statusText: "Made", headers: { "x-a": "1", "content-type": "text/html" } }],
    () => [
      "text",
      {
        headers: [
          ["x-a", "1"],
          ["x-a", "2"],
        ],
      },
    ],
    () => ["text", { headers: new Headers({ "x-a": "1" }) }],
    () => [new Uint8Array([1, 2, 3])],
    () => [new Uint8Array([1, 2, 3]).buffer],
    () => [new URLSearchParams({ a: "1" })],
    () => [new Blob(["blob"], { type: "image/png" })],
    () => [null, { status: 204 }],
  ];
  for (const make of cases) {
    const ours = new Response(...make());
    const theirs = new Platform(...make());
    equal(ours.status, theirs.status);
    equal(ours.statusText, theirs.statusText);
    equal(ours.ok, theirs.ok);
    equal(ours.bodyUsed, false);
    deepEqual(headersOf(ours), headersOf(theirs));
    equal(await ours.clone().text(), await theirs.clone().text());
    deepEqual(await ours.arrayBuffer(), await theirs.arrayBuffer());
    equal(ours.bodyUsed, theirs.bodyUsed);
    equal(ours.type, theirs.type);
    equal(ours.url, theirs.url);
    equal(ours.redirected, theirs.redirected);
  }
});

test("Response is an instance of the platform's, and its headers may be changed", async () => {
  const response = new Response("text");
  ok(response instanceof Platform);
  equal(Object.prototype.toString.call(response), "[object Response]");
  equal(response.headers.get("content-type"), "text/plain;charset=UTF-8");
  response.headers.set("x-later", "1");
  equal(response.headers.get("x-later"), "1");
  equal(response.clone().headers.get("x-later"), "1");
  equal(await response.text(), "text");
});

test("Response.json, redirect and error make what the platform's make", async () => {
  const ours = Response.json({ a: [1] }, { status: 202 });
  const theirs = Platform.json({ a: [1] }, { status: 202 });
  equal(ours.status, 202);
  deepEqual(headersOf(ours), headersOf(theirs));
  equal(ours.headers.get("content-type"), "application/json");
  deepEqual(await ours.json(), { a: [1] });
  equal(Response.redirect("http://test/there", 303).headers.get("location"), "http://test/there");
  equal(Response.error().type, "error");
  throws(() => Response.json(undefined), TypeError);
});

test("Response refuses a status that is none, and a body where the status has none", () => {
  for (const status of [0, 199, 600, 200.5, NaN]) throws(() => new Response("x", { status }), RangeError);
  for (const status of [204, 205, 304]) throws(() => new Response("x", { status }), TypeError);
  equal(new Response(null, { status: 304 }).status, 304);
});

test("a channel is a body: it is received from as it is read, and ends when the channel is closed", async () => {
  const lines: Chan<string | Uint8Array> = chan();
  go(function* () {
    yield* lines.send("one ");
    yield* lines.send(new TextEncoder().encode("two"));
    lines.close();
  });
  equal(await new Response(lines).text(), "one two");
});
