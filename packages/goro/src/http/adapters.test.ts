import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { chan, sleep, until, type Routine } from "goro";
import { background, type Context } from "goro/context";
import { fetch, fetchHandler, HttpError, hono, Response, type HandlerPanic } from "goro/http";
import { goexit } from "goro/runtime";
import { idle, inGoroutine } from "../testkit.portable.js";

const url = (path: string): string => `http://test${path}`;

test(
  "fetchHandler answers with the platform's own Response, whatever becomes of the handler",
  inGoroutine(function* () {
    const panics: HandlerPanic[] = [];
    const answer = fetchHandler(
      function* (request: Request, ctx: Context): Routine<Response> {
        switch (new URL(request.url).pathname) {
          case "/throw":
            throw new Error("boom");
          case "/refuse":
            throw new HttpError(404, "not here");
          case "/exit":
            return goexit();
          case "/heeds":
            yield* ctx.done();
            throw ctx.err()!;
          case "/never":
            return (yield* chan<Response>().recv())!;
          default:
            yield* sleep(1);
            return new Response(`${request.method} ${yield* until(request.text())}`);
        }
      },
      { timeoutMs: 100, onPanic: (panic) => panics.push(panic) },
    );
    const fine = yield* until(answer(new Request(url("/"), { method: "POST", body: "body" })));
    equal(Object.getPrototypeOf(fine), globalThis.Response.prototype);
    equal(yield* until(fine.text()), "POST body");
    const statuses: number[] = [];
    for (const path of ["/throw", "/refuse", "/exit", "/heeds", "/never"]) {
      statuses.push((yield* until(answer(new Request(url(path))))).status);
    }
    deepEqual(statuses, [500, 404, 500, 503, 503]);
    equal(panics.length, 1);
    match(panics[0]!.text, /^http: panic serving GET http:\/\/test\/throw\npanic: Error: boom\n\ngoroutine \d+ /);
  }),
);

test(
  "fetchHandler ends a request's context with the request's signal, and keeps to its limits",
  inGoroutine(function* () {
    let ended = 0;
    const leave = chan<void>();
    const answer = fetchHandler(
      function* (request: Request, ctx: Context): Routine<Response> {
        if (request.url.endsWith("/wait")) {
          yield* ctx.done();
          ended++;
        } else yield* leave.recv();
        return new Response("done");
      },
      { maxRequests: 1, maxQueue: 1 },
    );
    const controller = new AbortController();
    const gone = answer(new Request(url("/wait"), { signal: controller.signal }));
    const waiting = answer(new Request(url("/")));
    const refused = yield* until(answer(new Request(url("/"))));
    equal(refused.status, 503);
    equal(refused.headers.get("retry-after"), "1");
    yield* idle();
    controller.abort();
    yield* until(gone);
    equal(ended, 1);
    yield* leave.send();
    equal(yield* until((yield* until(waiting)).text()), "done");
  }),
);

test(
  "hono takes the request out of Hono's context",
  inGoroutine(function* () {
    const answer = hono(function* (request: Request): Routine<Response> {
      yield* sleep(0);
      return new Response(request.url);
    });
    const response = yield* until(answer({ req: { raw: new Request(url("/there")) } }));
    equal(yield* until(response.text()), url("/there"));
  }),
);

test(
  "fetch runs wherever the platform has one",
  inGoroutine(function* () {
    const response = yield* fetch(background(), "data:text/plain,hello");
    ok(response.ok);
    equal(yield* until(response.text()), "hello");
  }),
);

test("the adapters name what cannot be meant", () => {
  throws(() => fetchHandler(1 as never), /^TypeError: fetchHandler: fn must be a function/);
  throws(() => fetchHandler(() => new Response(), { stallMs: 0 }), /^RangeError: fetchHandler: stallMs/);
  throws(() => hono(() => new Response(), { maxBodyBytes: 0.5 }), RangeError);
});
