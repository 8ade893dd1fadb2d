import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { chan, select, sleep, until, type Routine } from "goro";
import { background, canceled, deadlineExceeded, withCancel, withTimeout, type Context } from "goro/context";
import { Client, fetch, Response } from "goro/http";
import { idle, inGoroutine, thrownBy, watch } from "../testkit.portable.js";
import { withServer } from "./testkit.js";

const bg = background();
const thrownByOp = (op: PromiseLike<unknown> & { [Symbol.iterator](): unknown }): Routine<unknown> =>
  thrownBy(() => op[Symbol.iterator]() as Routine<unknown>);

/** Answers "/" at once, anything else never; counts who is there, and notes who has gone. */
function patient() {
  const state = { running: 0, most: 0, gone: 0 };
  const handler = function* (request: Request, ctx: Context): Routine<Response> {
    state.most = Math.max(state.most, ++state.running);
    try {
      const { pathname } = new URL(request.url);
      if (pathname === "/") return new Response("answer");
      if (pathname === "/half") {
        const pieces = chan<string>(1);
        yield* pieces.send("half");
        return new Response(pieces);
      }
      if (pathname === "/slow") {
        yield* sleep(20);
        return new Response("slow");
      }
      yield* ctx.done();
      state.gone++;
      return new Response();
    } finally {
      state.running--;
    }
  };
  return { state, handler };
}

test(
  "fetch gives the platform's response, and the same Op fetches again",
  inGoroutine(function* () {
    yield* withServer(patient().handler, {}, function* (server) {
      const op = fetch(bg, server.url, { headers: { a: "b" } });
      for (let i = 0; i < 2; i++) {
        const response = yield* op;
        ok(response instanceof globalThis.Response);
        equal(response.status, 200);
        equal(yield* until(response.text()), "answer");
        equal(response.bodyUsed, true);
      }
      equal(server.stats.requests, 2);
      const reader = (yield* fetch(bg, new URL(server.url))).body!.getReader();
      const first = yield* until(reader.read());
      equal(new TextDecoder().decode(first.value as Uint8Array), "answer");
      equal((yield* until(reader.read())).done, true);
    });
  }),
);

test(
  "a context that ends aborts the request, and fetch throws its error",
  inGoroutine(function* () {
    const { state, handler } = patient();
    yield* withServer(handler, {}, function* (server) {
      const [ctx, cancel] = withTimeout(bg, 50);
      using _ = cancel;
      equal(yield* thrownByOp(fetch(ctx, `${server.url}/never`)), deadlineExceeded);
      while (state.gone < 1) yield* sleep(1);
      const requests = server.stats.requests;
      equal(yield* thrownByOp(fetch(ctx, server.url)), deadlineExceeded);
      equal(server.stats.requests, requests, "a context that has ended lets nothing out");
    });
  }),
);

test(
  "a context that ends while the body is read ends that too",
  inGoroutine(function* () {
    yield* withServer(patient().handler, {}, function* (server) {
      const [ctx, cancel] = withCancel(bg);
      const response = yield* fetch(ctx, `${server.url}/half`);
      const reading = watch(() => until(response.text())[Symbol.iterator]() as Routine<string>);
      yield* idle();
      equal(reading.settled, false);
      cancel();
      yield* reading.goroutine.join();
      equal(reading.error, canceled);
    });
  }),
);

test(
  "the caller's own signal aborts it as well, and its reason is thrown",
  inGoroutine(function* () {
    const { state, handler } = patient();
    yield* withServer(handler, {}, function* (server) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const { signal } = controller;
      const first = watch(() => fetch(bg, `${server.url}/never`, { signal })[Symbol.iterator]() as Routine<unknown>);
      while (state.running === 0) yield* sleep(1);
      controller.abort(reason);
      yield* first.goroutine.join();
      equal(first.error, reason);
      equal(yield* thrownByOp(fetch(bg, new Request(server.url, { signal }))), reason);
    });
  }),
);

test(
  "a fetch that loses a select is aborted, one that wins is not",
  inGoroutine(function* () {
    const { state, handler } = patient();
    yield* withServer(handler, {}, function* (server) {
      const lost = yield* select({ never: fetch(bg, `${server.url}/never`), late: sleep(50) });
      equal(lost.case, "late");
      while (state.gone < 1) yield* sleep(1);
      const won = yield* select({ answer: fetch(bg, server.url), late: sleep(20_000) });
      ok(won.case === "answer");
      equal(yield* until(won.value.text()), "answer");
      const raced = yield* select([fetch(bg, `${server.url}/never`), fetch(bg, server.url)]);
      equal(raced.case, 1);
      while (state.gone < 2) yield* sleep(1);
    });
  }),
);

test(
  "no more requests to one host are under way than may, bodies included; who waits can be cancelled",
  inGoroutine(function* () {
    const { state, handler } = patient();
    yield* withServer(handler, {}, function* (server) {
      const client = new Client({ maxPerHost: 2 });
      const many = Array.from({ length: 10 }, () =>
        watch(function* () {
          return yield* until((yield* client.fetch(bg, `${server.url}/slow`)).text());
        }),
      );
      for (const { goroutine } of many) yield* goroutine.join();
      deepEqual(
        many.map((one) => one.value),
        many.map(() => "slow"),
      );
      equal(state.most, 2);

      const unread = [yield* client.fetch(bg, server.url), yield* client.fetch(bg, server.url)];
      const [ctx, cancel] = withCancel(bg);
      const cancelled = watch(() => client.fetch(ctx, server.url)[Symbol.iterator]() as Routine<unknown>);
      const third = watch(() => client.fetch(bg, server.url)[Symbol.iterator]() as Routine<unknown>);
      yield* idle();
      cancel();
      yield* cancelled.goroutine.join();
      equal(cancelled.error, canceled);
      equal(third.settled, false);
      yield* until(unread[0]!.body!.cancel());
      yield* third.goroutine.join();
      // Another client has places of its own.
      yield* until((yield* fetch(bg, server.url)).text());
      yield* until(unread[1]!.text());
    });
  }),
);

test(
  "what the platform's fetch rejects with is thrown, with the goroutine's frames",
  inGoroutine(function* () {
    let url = "";
    yield* withServer(patient().handler, {}, function* (server) {
      url = server.url;
      yield* sleep(0);
    });
    const error = yield* thrownBy(function* whoFetches(): Routine<Response> {
      return yield* fetch(bg, url);
    });
    ok(error instanceof Error);
    if (error.stack) match(error.stack, /whoFetches/); // Bun's has none that could be added to
  }),
);

test("fetch and Client name the argument that cannot be meant", () => {
  throws(() => fetch(null as unknown as Context, "http://a/"), /^TypeError: fetch: ctx must be a Context/);
  throws(() => fetch(bg, "no url"), /^TypeError: fetch: input must be a URL, got "no url"/);
  throws(() => new Client({ maxPerHost: 0 }), RangeError);
  throws(() => new Client({ maxPerHost: "2" as unknown as number }), TypeError);
  throws(() => new Client(null as unknown as object), TypeError);
});
