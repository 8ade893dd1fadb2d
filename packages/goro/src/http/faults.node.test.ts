// Clients that do what none should, and what the server makes of it.
import { equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { chan, sleep, until, type Routine } from "goro";
import type { Context } from "goro/context";
import { ClientGone, HttpError, Response } from "goro/http";
import { inGoroutine, sized, thrownBy } from "../testkit.portable.js";
import { get, post, raw, withServer } from "./testkit.js";

const echo = function* (request: Request): Routine<Response> {
  return new Response(yield* until(request.text()));
};

/** Is the server as good as new? */
function* isFine(url: string): Routine<void> {
  equal(yield* until(fetch(url, { method: "POST", body: "still here" }).then((r) => r.text())), "still here");
}

test(
  "garbage is answered with 400, or with nothing, and the connection is closed",
  inGoroutine(function* () {
    yield* withServer(echo, {}, function* (server) {
      const garbage = [
        "\0\x01\x02\x03 nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /\r\nHost\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: many\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a chunk",
        "\r\n".repeat(10) + "\x16\x03\x01\x02\x00\x01",
      ];
      for (const text of garbage) {
        const client = yield* raw(server, text);
        const answer = yield* until(client.closed);
        ok(answer === "" || /^HTTP\/1\.1 400 /.test(answer), `${JSON.stringify(text)}: ${answer}`);
      }
      yield* isFine(server.url);
    });
  }),
);

test(
  "headers that are too long are answered with 431, a Host that is none with 400",
  inGoroutine(function* () {
    const seen = function* (request: Request): Routine<Response> {
      return new Response(request.method === "POST" ? yield* until(request.text()) : request.url);
    };
    yield* withServer(seen, { maxHeaderBytes: 2000 }, function* (server) {
      const long = yield* raw(server, get("/", `X-Long: ${"x".repeat(3000)}\r\n`));
      match(yield* until(long.closed), /^HTTP\/1\.1 431 /);
      const client = yield* raw(server, "GET / HTTP/1.1\r\nHost: a b<c\r\nConnection: close\r\n\r\n");
      match(yield* until(client.closed), /^HTTP\/1\.1 400 /);
      yield* isFine(server.url);
    });
  }),
);

test(
  "a client that stalls in its headers is let go, one that stalls in its body is answered with 408",
  inGoroutine(function* () {
    yield* withServer(echo, { headersTimeoutMs: 150, stallMs: 150 }, function* (server) {
      const inHeaders = yield* raw(server, "GET / HTTP/1.1\r\nHost: ");
      const inBody = yield* raw(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this");
      match(yield* until(inBody.closed), /^HTTP\/1\.1 408 /);
      match(yield* until(inHeaders.closed), /^$|^HTTP\/1\.1 408 /);
      yield* isFine(server.url);
    });
  }),
);

test(
  "a client that takes nothing of its answer is let go",
  inGoroutine(function* () {
    const handler = function* (request: Request): Routine<Response> {
      return new Response(request.method === "POST" ? yield* until(request.text()) : "x".repeat(2 ** 24));
    };
    yield* withServer(handler, { stallMs: 150 }, function* (server) {
      const client = yield* raw(server, get("/"));
      yield* until(client.seen("200 OK"));
      client.socket.pause();
      while (server.stats.running > 0 || server.stats.connections > 0) yield* sleep(5);
      yield* isFine(server.url);
    });
  }),
);

test(
  "a client that vanishes in its body ends the reading, and the request's context",
  inGoroutine(function* () {
    const seen = chan<unknown>(1);
    const handler = function* (request: Request, ctx: Context): Routine<Response> {
      if (request.url.endsWith("/fine")) return yield* echo(request);
      const error = yield* thrownBy(() => until(request.text())[Symbol.iterator]() as Routine<string>);
      yield* ctx.done();
      yield* seen.send(error);
      return new Response();
    };
    yield* withServer(handler, {}, function* (server) {
      for (const how of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
        const client = yield* raw(server, `POST / HTTP/1.1\r\nHost: a\r\n${how}\r\n\r\n5\r\nhello\r\n`);
        while (server.stats.running === 0) yield* sleep(1);
        client.socket.destroy();
        ok((yield* seen.recv()) instanceof ClientGone, how);
      }
      yield* isFine(`${server.url}/fine`);
    });
  }),
);

test(
  "a body that is longer than allowed is answered with 413, whether it says so or not, and is not received",
  inGoroutine(function* () {
    let read = 0;
    const handler = function* (request: Request): Routine<Response> {
      if (request.url.endsWith("/count")) {
        const reader = request.body!.getReader();
        for (let r = yield* until(reader.read()); !r.done; r = yield* until(reader.read())) {
          read += (r.value as Uint8Array).length;
        }
      }
      return yield* echo(request);
    };
    yield* withServer(handler, { maxBodyBytes: 1000 }, function* (server) {
      const gigabyte = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n";
      const declared = yield* raw(server, gigabyte);
      declared.write(new Uint8Array(2 ** 20));
      match(yield* until(declared.seen("413")), /^HTTP\/1\.1 413 [^]*connection: close/i);
      yield* until(declared.closed);

      for (const path of ["/", "/count"]) {
        const chunked = yield* raw(server, `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
        for (let i = 0; i < 20; i++) chunked.write(`64\r\n${"x".repeat(100)}\r\n`);
        match(yield* until(chunked.seen("413")), /^HTTP\/1\.1 413 /);
        chunked.socket.destroy();
      }
      ok(read <= 1000, `${read} bytes were read`);

      const exact = yield* raw(server, post("/", "x".repeat(1000), "Connection: close\r\n"));
      match(yield* until(exact.closed), /^HTTP\/1\.1 200 /);
      yield* isFine(server.url);
    });
  }),
);

test(
  "a gigabyte goes through a handler that reads it as a stream, and not into memory",
  inGoroutine(function* () {
    const size = sized(2 ** 30, 2 ** 26);
    const handler = function* (request: Request): Routine<Response> {
      let sum = 0;
      const reader = request.body!.getReader();
      for (let r = yield* until(reader.read()); !r.done; r = yield* until(reader.read())) {
        sum += (r.value as Uint8Array).length;
      }
      return new Response(String(sum));
    };
    yield* withServer(handler, { maxBodyBytes: Infinity }, function* (server) {
      const client = yield* raw(server, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
      const piece = new Uint8Array(2 ** 20);
      let most = 0;
      for (let sent = 0; sent < size; sent += piece.length) {
        const isTaken = client.socket.write(piece);
        if (!isTaken) yield* until(new Promise((resolve) => client.socket.once("drain", resolve)));
        most = Math.max(most, process.memoryUsage().arrayBuffers);
      }
      match(yield* until(client.seen(String(size))), /200 OK/);
      ok(most < 2 ** 28, `${most} bytes of buffers`);
      client.socket.destroy();
    });
  }),
);

test(
  "a body that nobody reads does not hold up the connection, unless it is long: then that is closed",
  inGoroutine(function* () {
    const handler = function* (request: Request): Routine<Response> {
      return request.url.endsWith("/read") ? yield* echo(request) : new Response("not read");
    };
    yield* withServer(handler, {}, function* (server) {
      const client = yield* raw(server, post("/", "short") + post("/", "short"));
      yield* until(client.seen("not read", 2));
      client.socket.destroy();
      const long = yield* raw(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\nmore to come");
      match(yield* until(long.closed), /connection: close[^]*not read$/i);
      yield* isFine(`${server.url}/read`);
    });
  }),
);

test(
  "who asks for leave to send a body gets it when the handler reads, or the answer at once",
  inGoroutine(function* () {
    const handler = function* (request: Request): Routine<Response> {
      if (request.url.endsWith("/no")) throw new HttpError(401, "who are you?");
      return yield* echo(request);
    };
    yield* withServer(handler, { maxBodyBytes: 100 }, function* (server) {
      const head = (path: string, length: number): string =>
        `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
      const client = yield* raw(server, head("/", 4));
      yield* until(client.seen("100 Continue"));
      client.write("body");
      match(yield* until(client.seen("\r\n\r\nbody")), /200 OK/);
      client.socket.destroy();
      for (const [path, length, status] of [
        ["/no", 4, 401],
        ["/", 1000, 413],
      ] as const) {
        const refused = yield* raw(server, head(path, length));
        const answer = yield* until(refused.closed);
        match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      }
    });
  }),
);

test(
  "requests sent one behind the other without waiting are answered in their order",
  inGoroutine(function* () {
    const handler = function* (request: Request): Routine<Response> {
      const n = Number(new URL(request.url).pathname.slice(1));
      yield* sleep(20 - n * 4);
      return new Response(`<${n}>`);
    };
    yield* withServer(handler, {}, function* (server) {
      const client = yield* raw(server, [0, 1, 2, 3, 4].map((n) => get(`/${n}`)).join(""));
      const all = yield* until(client.seen("<4>"));
      equal((all.match(/<\d>/g) ?? []).join(""), "<0><1><2><3><4>");
      client.socket.destroy();
    });
  }),
);
