// The adapters inside the frameworks that they are for.
import { deepEqual, equal, match } from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import express from "express";
import Fastify from "fastify";
import { Hono } from "hono";
import { serve as serveHono } from "@hono/node-server";
import { go, sleep, until, type Routine } from "goro";
import type { Context } from "goro/context";
import { fastify, hono, HttpError, nodeHandler, Response } from "goro/http";
import { inGoroutine } from "../testkit.portable.js";

let ended = 0;

/** The same everywhere. */
function* handler(request: Request, ctx: Context): Routine<Response> {
  const { pathname } = new URL(request.url);
  if (pathname.endsWith("/echo")) return new Response(yield* until(request.text()), { status: 201 });
  if (pathname.endsWith("/json")) return Response.json(yield* until(request.json()));
  if (pathname.endsWith("/refuse")) throw new HttpError(409, "no");
  if (pathname.endsWith("/wait")) {
    yield* ctx.done();
    ended++;
    return new Response();
  }
  const answer = go(function* () {
    yield* sleep(1);
    return "from a goroutine";
  });
  return new Response(`${pathname} ${yield* answer.join()}`, { headers: { "x-kind": "goro" } });
}

/** Asks for one of each. */
function* tryAll(base: string): Routine<void> {
  const plain = yield* until(fetch(`${base}/plain`));
  equal(plain.headers.get("x-kind"), "goro");
  match(yield* until(plain.text()), /\/plain from a goroutine$/);
  const echo = yield* until(
    fetch(`${base}/echo`, { method: "POST", body: "grüße", headers: { "content-type": "text/plain" } }),
  );
  equal(echo.status, 201);
  equal(yield* until(echo.text()), "grüße");
  const headers = { "content-type": "application/json" };
  const json = yield* until(fetch(`${base}/json`, { method: "POST", body: '{"a":[1]}', headers }));
  deepEqual(yield* until(json.json()), { a: [1] });
  equal((yield* until(fetch(`${base}/refuse`))).status, 409);
  const before = ended;
  const controller = new AbortController();
  const gone = fetch(`${base}/wait`, { signal: controller.signal }).catch(() => "gone");
  yield* sleep(50);
  controller.abort();
  equal(yield* until(gone), "gone");
  while (ended === before) yield* sleep(1);
}

function* listening(server: Server): Routine<string> {
  if (!server.listening) yield* until(new Promise((resolve) => server.once("listening", resolve)));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function* closed(server: Server): Routine<void> {
  server.closeAllConnections();
  yield* until(new Promise((resolve) => server.close(resolve)));
}

test(
  "a handler runs as a listener of node:http",
  inGoroutine(function* () {
    const server = createServer(nodeHandler(handler)).listen(0, "127.0.0.1");
    yield* tryAll(yield* listening(server));
    yield* closed(server);
  }),
);

test(
  "a handler runs in Hono",
  inGoroutine(function* () {
    const app = new Hono();
    app.all("/api/*", hono(handler));
    const server = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    yield* tryAll(`${yield* listening(server)}/api`);
    yield* closed(server);
  }),
);

test(
  "a handler runs in Express, with its parsers before it or without, and sees the whole path",
  inGoroutine(function* () {
    const app = express();
    app.use("/bare", nodeHandler(handler));
    app.use("/parsed", express.json(), express.text(), nodeHandler(handler));
    const server = app.listen(0, "127.0.0.1");
    const base = yield* listening(server);
    yield* tryAll(`${base}/bare`);
    yield* tryAll(`${base}/parsed`);
    match(yield* until(fetch(`${base}/bare/plain`).then((r) => r.text())), /^\/bare\/plain /);
    yield* closed(server);
  }),
);

test(
  "a handler runs in Fastify, whose parsers read the body first",
  inGoroutine(function* () {
    const app = Fastify();
    app.all("/api/*", fastify(handler));
    yield* until(app.listen({ port: 0, host: "127.0.0.1" }));
    yield* tryAll(`${yield* listening(app.server)}/api`);
    app.server.closeAllConnections();
    yield* until(app.close());
  }),
);
