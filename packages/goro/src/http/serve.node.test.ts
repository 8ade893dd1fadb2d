import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { chan, go, select, sleep, until, type Chan, type Op, type Routine } from "goro";
import {
  background,
  canceled,
  cause,
  deadlineExceeded,
  withCancel,
  withTimeout,
  withValue,
  type Context,
} from "goro/context";
import { ClientGone, HttpError, Response, remoteAddress, serve, ServerClosed, type HandlerPanic } from "goro/http";
import { goexit, numGoroutine } from "goro/runtime";
import { idle, inGoroutine, isError, sized, thrownBy, watch } from "../testkit.portable.js";
import { runtimeName } from "../testkit.js";
import { get, post, raw, shutDown, withServer } from "./testkit.js";

const hello = function* (): Routine<Response> {
  return new Response("hello");
};

const textOf = (url: string, init?: RequestInit): Op<string> => until(async () => (await fetch(url, init)).text());

test(
  "serve completes once it listens, and every request has a goroutine of its own",
  inGoroutine(function* () {
    const together = sized(200, 50);
    let waiting = 0;
    const all = chan<void>();
    const handler = function* (request: Request): Routine<Response> {
      if (++waiting === together) all.close();
      yield* all.recv();
      return new Response(`${request.method} ${new URL(request.url).pathname}`);
    };
    yield* withServer(handler, {}, function* (server) {
      equal(server.url, `http://127.0.0.1:${server.port}`);
      equal(server.procs, 1);
      const paths = Array.from({ length: together }, (_, i) => `/${i}`);
      const answers = yield* until(Promise.all(paths.map(async (path) => (await fetch(server.url + path)).text())));
      deepEqual(
        answers,
        paths.map((path) => `GET ${path}`),
      );
      equal(server.stats.requests, together);
    });
  }),
);

test(
  "a handler sees the request as the platform's Request would show it",
  inGoroutine(function* () {
    let seen: unknown;
    const handler = function* (request: Request, ctx: Context): Routine<Response> {
      ok(request instanceof Request);
      seen = {
        method: request.method,
        url: request.url,
        header: request.headers.get("X-Custom"),
        twice: request.headers.get("x-twice"),
        used: request.bodyUsed,
        body: yield* until(request.text()),
        usedAfter: request.bodyUsed,
        cache: request.cache,
        from: remoteAddress(request),
        signal: request.signal === ctx.signal,
      };
      return new Response(null, { status: 204 });
    };
    yield* withServer(handler, {}, function* (server) {
      const more = "X-Custom: ä\r\nX-Twice: 1\r\nX-Twice: 2\r\nConnection: close\r\n".replace("ä", "yes");
      const client = yield* raw(server, post("/a/../b?c=d%20e", "the body", more));
      match(yield* until(client.closed), /^HTTP\/1\.1 204 No Content\r\n/);
      deepEqual(seen, {
        method: "POST",
        url: "http://test/b?c=d%20e",
        header: "yes",
        twice: "1, 2",
        used: false,
        body: "the body",
        usedAfter: true,
        cache: "default",
        from: "127.0.0.1",
        signal: true,
      });
    });
  }),
);

test(
  "a body can be had as text, JSON, bytes, form, stream or clone, once",
  inGoroutine(function* () {
    const handler = function* (request: Request): Routine<Response> {
      switch (new URL(request.url).pathname) {
        case "/text":
          return new Response(yield* until(request.text()));
        case "/json":
          return Response.json(yield* until(request.json()));
        case "/bytes":
          return new Response(new Uint8Array(yield* until(request.arrayBuffer())));
        case "/form":
          return new Response(String((yield* until(request.formData())).get("a")));
        case "/clone":
          return new Response(yield* until(request.clone().text()));
        case "/stream": {
          let text = "";
          const decoder = new TextDecoder();
          const reader = request.body!.getReader();
          for (let r = yield* until(reader.read()); !r.done; r = yield* until(reader.read())) {
            text += decoder.decode(r.value as Uint8Array, { stream: true });
          }
          return new Response(text);
        }
        default: {
          yield* until(request.text());
          const again = yield* thrownBy(() => until(request.text())[Symbol.iterator]() as Routine<string>);
          return new Response(String((again as Error).name));
        }
      }
    };
    yield* withServer(handler, {}, function* (server) {
      const body = '{"grüße":["ä",1]}';
      for (const path of ["/text", "/json", "/bytes", "/stream", "/clone"]) {
        equal(yield* textOf(server.url + path, { method: "POST", body }), body, path);
      }
      equal(yield* textOf(`${server.url}/form`, { method: "POST", body: new URLSearchParams({ a: "b c" }) }), "b c");
      equal(yield* textOf(`${server.url}/twice`, { method: "POST", body }), "TypeError");
      equal((yield* until(fetch(`${server.url}/json`, { method: "POST", body: "{" }))).status, 400);
    });
  }),
);

test(
  "answers go out whole, in pieces, from a stream and from a channel, and are the same",
  inGoroutine(function* () {
    const long = "0123456789".repeat(sized(100_000, 30_000));
    const handler = function* (request: Request): Routine<Response> {
      switch (new URL(request.url).pathname) {
        case "/whole":
          return new Response(long);
        case "/bytes":
          return new Response(new TextEncoder().encode(long));
        case "/platform":
          return new globalThis.Response(long);
        case "/stream":
          return new Response(new Blob([long]).stream() as ReadableStream<Uint8Array>);
        case "/empty":
          return new Response();
        default: {
          const pieces = chan<string>(3);
          go(function* () {
            for (let at = 0; at < long.length; at += 9_999) yield* pieces.send(long.slice(at, at + 9_999));
            pieces.close();
          });
          return new Response(pieces, { headers: { "content-type": "text/x-pieces" } });
        }
      }
    };
    yield* withServer(handler, {}, function* (server) {
      for (const path of ["/whole", "/bytes", "/platform", "/stream", "/channel"]) {
        ok((yield* textOf(server.url + path)) === long, path);
        const head = yield* until(fetch(server.url + path, { method: "HEAD" }));
        equal(head.status, 200);
        equal(yield* until(head.text()), "");
      }
      equal(yield* textOf(`${server.url}/empty`), "");
      equal(
        (yield* until(fetch(`${server.url}/channel`, { method: "HEAD" }))).headers.get("content-type"),
        "text/x-pieces",
      );
    });
  }),
);

test(
  "a client that does not read holds back the handler that writes",
  inGoroutine(function* () {
    const piece = "x".repeat(65_536);
    let sent = 0;
    let isOver = false;
    const handler = function* (_: Request, ctx: Context): Routine<Response> {
      const pieces = chan<string>();
      go(function* () {
        for (;;) {
          const got = yield* select({ sent: pieces.send(piece), gone: ctx.done() });
          if (got.case === "gone") break;
          sent++;
        }
        isOver = true;
      });
      return new Response(pieces);
    };
    yield* withServer(handler, {}, function* (server) {
      const client = yield* raw(server, get("/"));
      yield* until(client.seen("200 OK"));
      client.socket.pause();
      let before = -1;
      while (before !== sent) {
        before = sent;
        yield* sleep(100);
      }
      ok(sent < 1000, `${sent} pieces of 64 KiB were taken from the handler`);
      client.socket.destroy();
      while (!isOver) yield* sleep(1);
    });
  }),
);

test(
  "a handler that does not read holds back the client that sends",
  inGoroutine(function* () {
    const goOn = chan<void>();
    const handler = function* (request: Request): Routine<Response> {
      const reader = request.body!.getReader();
      let size = ((yield* until(reader.read())).value as Uint8Array).length;
      yield* goOn.recv();
      for (let r = yield* until(reader.read()); !r.done; r = yield* until(reader.read())) {
        size += (r.value as Uint8Array).length;
      }
      return new Response(String(size));
    };
    const size = 64 * 2 ** 20;
    yield* withServer(handler, { maxBodyBytes: size }, function* (server) {
      const client = yield* raw(server, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
      client.write(new Uint8Array(size));
      let before = -1;
      while (before !== client.socket.bytesWritten - client.socket.writableLength) {
        before = client.socket.bytesWritten - client.socket.writableLength;
        yield* sleep(200);
      }
      ok(client.socket.writableLength > 0, "the server has taken all of it");
      goOn.close();
      match(yield* until(client.seen(String(size))), /200 OK/);
    });
  }),
);

test(
  "an error that a handler throws is answered with 500 and told with the goroutine's trace; the server goes on",
  inGoroutine(function* () {
    const panics: HandlerPanic[] = [];
    const failing = function* failing(request: Request): Routine<Response> {
      if (request.url.endsWith("/fine")) return new Response("fine");
      yield* sleep(1);
      throw new RangeError("boom");
    };
    yield* withServer(failing, { onPanic: (panic) => panics.push(panic) }, function* (server) {
      const response = yield* until(fetch(`${server.url}/bad`));
      equal(response.status, 500);
      equal(yield* until(response.text()), "Internal Server Error");
      equal(yield* textOf(`${server.url}/fine`), "fine");
      equal(panics.length, 1);
      const [{ error, request, goroutine, text }] = panics as [HandlerPanic];
      isError(error, RangeError, "boom");
      match(request.url, /\/bad$/);
      match(
        text,
        /^http: panic serving GET \/bad for 127\.0\.0\.1\npanic: RangeError: boom\n\ngoroutine \d+ \[running\]:\n/,
      );
      match(text, new RegExp(`goroutine ${goroutine} `));
      match(text, /at .*failing.*serve\.node\.test/);
    });
  }),
);

test(
  "what is no answer is a panic, goexit is answered with 500, and an async handler and a plain one will do",
  inGoroutine(function* () {
    const panics: unknown[] = [];
    const options = { onPanic: ({ error }: HandlerPanic) => void panics.push(error) };
    const nothing = function* (request: Request): Routine<Response> {
      if (request.url.endsWith("/exit")) goexit();
      return undefined as unknown as Response;
    };
    yield* withServer(nothing, options, function* (server) {
      equal((yield* until(fetch(`${server.url}/exit`))).status, 500);
      equal(panics.length, 0);
      equal((yield* until(fetch(server.url))).status, 500);
      isError(panics[0], TypeError, "serve: what the handler returns must be a Response, got undefined");
    });
    yield* withServer(
      async () => Promise.resolve(new Response("later")),
      {},
      function* (server) {
        equal(yield* textOf(server.url), "later");
      },
    );
    yield* withServer(
      () => new globalThis.Response("at once"),
      {},
      function* (server) {
        equal(yield* textOf(server.url), "at once");
      },
    );
  }),
);

test(
  "an HttpError is the answer, and is not told as a panic",
  inGoroutine(function* () {
    const handler = function* (): Routine<Response> {
      throw new HttpError(418, "I'm a teapot");
    };
    const onPanic = (): void => {
      throw new Error("told");
    };
    yield* withServer(handler, { onPanic }, function* (server) {
      const response = yield* until(fetch(server.url));
      equal(response.status, 418);
      equal(yield* until(response.text()), "I'm a teapot");
    });
    throws(() => new HttpError(200, "fine"), RangeError);
  }),
);

test(
  "the context of a request ends when its client goes away, and says so",
  inGoroutine(function* () {
    const ends = chan<unknown>(1);
    const handler = function* (_: Request, ctx: Context): Routine<Response> {
      yield* ctx.done();
      yield* ends.send([ctx.err(), cause(ctx)]);
      return new Response("to nobody");
    };
    yield* withServer(handler, {}, function* (server) {
      const client = yield* raw(server, get("/"));
      while (server.stats.running === 0) yield* sleep(1);
      client.socket.destroy();
      const [err, why] = (yield* ends.recv()) as [unknown, unknown];
      equal(err, canceled);
      ok(why instanceof ClientGone);
    });
  }),
);

test(
  "the context of a request ends with its answer, descends from the server's, and has its values",
  inGoroutine(function* () {
    let kept: Context | undefined;
    const handler = function* (_: Request, ctx: Context): Routine<Response> {
      kept = ctx;
      equal(ctx.err(), undefined);
      return new Response(String(ctx.value("key")));
    };
    const [base, cancel] = withCancel(withValue(background(), "key", "value"));
    yield* withServer(handler, { ctx: base }, function* (server) {
      equal(yield* textOf(server.url), "value");
      yield* kept!.done();
      cancel();
      equal((yield* until(fetch(server.url))).status, 503);
    });
  }),
);

test(
  "a request has its deadline: a handler that heeds it, and one that does not, are answered with 503",
  inGoroutine(function* () {
    const errors: unknown[] = [];
    const over = chan<void>();
    const handler = function* (request: Request, ctx: Context): Routine<Response> {
      ok(ctx.deadline() instanceof Date);
      switch (new URL(request.url).pathname) {
        case "/heeds":
          yield* ctx.done();
          errors.push(ctx.err());
          throw ctx.err()!;
        case "/answers":
          yield* ctx.done();
          return new Response("my own words", { status: 504 });
        case "/quick":
          return new Response("quick");
        default:
          yield* over.recv();
          return new Response("much too late");
      }
    };
    yield* withServer(handler, { timeoutMs: 50 }, function* (server) {
      equal((yield* until(fetch(`${server.url}/heeds`))).status, 503);
      deepEqual(errors, [deadlineExceeded]);
      equal(yield* textOf(`${server.url}/answers`), "my own words");
      equal(yield* textOf(`${server.url}/quick`), "quick");
      equal((yield* until(fetch(`${server.url}/ignores`))).status, 503);
      equal(server.stats.running, 1);
      over.close();
      while (server.stats.running > 0) yield* sleep(1);
    });
  }),
);

test(
  "no more requests run than may; more wait in turn; still more are answered 503 with Retry-After",
  inGoroutine(function* () {
    const leave = chan<void>();
    const begun: string[] = [];
    const handler = function* (request: Request): Routine<Response> {
      begun.push(new URL(request.url).pathname);
      yield* leave.recv();
      return new Response("done");
    };
    const limits = { maxRequests: 2, maxQueue: 2, retryAfterSeconds: 7 };
    yield* withServer(handler, limits, function* (server) {
      const clients = [];
      for (let i = 0; i < 4; i++) {
        clients.push(yield* raw(server, get(`/${i}`)));
        while (server.stats.running + server.stats.waiting <= i) yield* sleep(1);
      }
      deepEqual([server.stats.running, server.stats.waiting], [2, 2]);
      const refused = yield* until(fetch(`${server.url}/4`));
      equal(refused.status, 503);
      equal(refused.headers.get("retry-after"), "7");

      // One that gives up makes room in the queue.
      clients[2]!.socket.destroy();
      while (server.stats.waiting > 1) yield* sleep(1);
      clients.push(yield* raw(server, get("/5")));
      while (server.stats.waiting < 2) yield* sleep(1);
      for (let i = 0; i < 4; i++) yield* leave.send();
      for (const i of [0, 1, 3, 4]) match(yield* until(clients[i]!.seen("done")), /200 OK/);
      deepEqual(begun, ["/0", "/1", "/3", "/5"]);
    });
  }),
);

test(
  "shutdown answers what is under way, lets a busy connection's next request be its last, and then nobody is let in",
  inGoroutine(function* () {
    const leave = chan<void>();
    const handler = function* (request: Request): Routine<Response> {
      if (request.url.endsWith("/slow")) yield* leave.recv();
      return new Response("answer");
    };
    const server = yield* serve(handler, { host: "127.0.0.1" });
    const slow = yield* raw(server, get("/slow"));
    const resting = yield* raw(server, get("/"));
    yield* until(resting.seen("answer"));
    while (server.stats.requests < 2) yield* sleep(1);
    const stopping = watch(() => server.stopping()[Symbol.iterator]() as Routine<void>);
    const down = watch(() => shutDown(server));
    yield* idle();
    ok(stopping.settled);
    // It was busy a moment ago: what it sends now was on its way. Bun and Deno close it by themselves.
    resting.write(get("/"));
    const both = yield* until(resting.closed);
    equal(both.split("answer").length - 1, runtimeName === "node" ? 2 : 1);
    equal(/\r\nconnection: close\r\n/i.test(both), runtimeName === "node");
    const refused = yield* thrownBy(() => until(fetch(server.url))[Symbol.iterator]() as Routine<unknown>);
    ok(refused instanceof Error);
    equal(down.settled, false);
    yield* leave.send();
    match(yield* until(slow.closed), /connection: close\r\n[^]*answer$/i);
    yield* down.goroutine.join();
    equal(down.value, undefined);
    yield* server.ended();
    yield* shutDown(server); // again: at once
  }),
);

test(
  "shutdown throws its context's error where a handler does not end, which is answered in its place",
  inGoroutine(function* () {
    let why: unknown;
    const handler = function* (_: Request, ctx: Context): Routine<Response> {
      yield* ctx.done();
      why = cause(ctx);
      return yield* chan<Response>().recv() as Op<Response>;
    };
    const server = yield* serve(handler, { host: "127.0.0.1" });
    const client = yield* raw(server, get("/"));
    while (server.stats.running === 0) yield* sleep(1);
    const [ctx, cancel] = withTimeout(background(), 50);
    using _ = cancel;
    equal(yield* thrownBy(() => server.shutdown(ctx)[Symbol.iterator]() as Routine<void>), deadlineExceeded);
    match(yield* until(client.closed), /^HTTP\/1\.1 503 /);
    ok(why instanceof ServerClosed);
  }),
);

test(
  "a server shuts down with its signal, be it an AbortSignal or a context",
  inGoroutine(function* () {
    const controller = new AbortController();
    const [ctx, cancel] = withCancel(background());
    const servers = [
      yield* serve(hello, { host: "127.0.0.1", signal: controller.signal }),
      yield* serve(hello, { host: "127.0.0.1", signal: ctx }),
    ];
    for (const server of servers) equal(yield* textOf(server.url), "hello");
    controller.abort();
    cancel();
    for (const server of servers) yield* server.ended();
  }),
);

test(
  "a port in use is an error of serve that says so; a serve that loses a select does not listen",
  inGoroutine(function* () {
    yield* withServer(hello, {}, function* (server) {
      const { port } = server;
      const again = serve(hello, { host: "127.0.0.1", port });
      const error = yield* thrownBy(() => again[Symbol.iterator]() as Routine<unknown>);
      isError(error, Error, new RegExp(`^serve: port ${port} on 127\\.0\\.0\\.1 is in use`));
      equal((error as { code?: unknown }).code, "EADDRINUSE");
    });
    const wrong = serve(hello, { host: "192.0.2.1" });
    match(
      String(yield* thrownBy(() => wrong[Symbol.iterator]() as Routine<unknown>)),
      /^Error: serve: (192\.0\.2\.1 is no address of this machine|cannot listen)/,
    );
    const lost = yield* select({ lost: serve(hello, { host: "127.0.0.1" }), at: go(function* () {}).join() });
    equal(lost.case, "at");
  }),
);

test("serve names the option that cannot be meant", async () => {
  const refuses = (options: object, kind: new () => Error, text: string): void =>
    throws(
      () => serve(hello, options),
      (error) => error instanceof kind && error.message.startsWith(text),
      text,
    );
  refuses({ port: 65_536 }, RangeError, "serve: port must be a whole number from 0 to 65535, got 65536");
  refuses({ port: "80" }, TypeError, "serve: port must be a number, got string");
  refuses({ host: 1 }, TypeError, "serve: host must be a string");
  refuses({ timeoutMs: NaN }, RangeError, "serve: timeoutMs");
  refuses({ timeoutMs: 0 }, RangeError, "serve: timeoutMs must be more than 0 milliseconds");
  refuses({ maxBodyBytes: -1 }, RangeError, "serve: maxBodyBytes");
  refuses({ maxRequests: 0 }, RangeError, "serve: maxRequests");
  refuses({ maxQueue: 1.5 }, RangeError, "serve: maxQueue");
  refuses({ procs: 0 }, RangeError, "serve: procs");
  refuses({ panics: "ignore" }, RangeError, "serve: panics");
  refuses({ onPanic: 1 }, TypeError, "serve: onPanic must be a function");
  refuses({ signal: 1 }, TypeError, "serve: signal must be a Context");
  refuses({ ctx: {} }, TypeError, "serve: ctx must be a Context");
  throws(() => serve(1 as unknown as typeof hello), /^TypeError: serve: fn must be a function, got number/);
  throws(() => serve(hello, null as unknown as object), /^TypeError: serve: options must be an object, got null/);
  throws(
    () => remoteAddress(1 as unknown as Request),
    /^TypeError: remoteAddress: request must be a Request, got number/,
  );
  await rejects(async () => serve(hello, { host: "no such host." }), /there is no host called|cannot listen/);
});

test(
  "no goroutine is left behind by requests, however they end",
  inGoroutine(function* () {
    const before = numGoroutine();
    const handler = function* (request: Request, ctx: Context): Routine<Response> {
      if (request.url.endsWith("/wait")) yield* ctx.done();
      if (request.url.endsWith("/throw")) throw new HttpError(400, "no");
      if (request.url.endsWith("/stream")) {
        const endless: Chan<string> = chan();
        go(function* () {
          while ((yield* select({ sent: endless.send("x"), end: ctx.done() })).case === "sent");
        });
        return new Response(endless);
      }
      return new Response("fine");
    };
    yield* withServer(handler, {}, function* (server) {
      for (const path of ["/", "/throw"]) yield* textOf(server.url + path);
      for (const path of ["/wait", "/stream"]) {
        const client = yield* raw(server, get(path));
        while (server.stats.running === 0) yield* sleep(1);
        client.socket.destroy();
        while (server.stats.running > 0) yield* sleep(1);
      }
    });
    for (let i = 0; numGoroutine() > before && i < 1000; i++) yield* sleep(1);
    equal(numGoroutine(), before);
  }),
);
