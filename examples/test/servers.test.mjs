import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openClient } from "../../bench/http/client.mjs";
import { pathOf } from "./run-example.mjs";

const command = fileURLToPath(new URL("../../packages/tools/bin/goro.js", import.meta.url));

/** Starts a server's program. Gives its port, what it has printed, and its end. */
async function startServer(t, name) {
  const { NODE_TEST_CONTEXT, NODE_OPTIONS, GORODEBUG, PORT, ...env } = process.env;
  const child = spawn(process.execPath, [command, "run", pathOf(name)], { env, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].on("data", (chunk) => (printed[stream] += chunk));
  const closed = once(child, "close").then(([code, signal]) => ({ code, signal, ...printed }));
  const seen = async (pattern) => {
    for (let i = 0; i < 1200; i++) {
      const match = pattern.exec(printed.stdout);
      if (match) return match;
      if (child.exitCode !== null) break;
      await delay(25);
    }
    throw new Error(`${name} did not print ${pattern}: ${printed.stdout}${printed.stderr}`);
  };
  const [, port] = await seen(/listening on http:\/\/127\.0\.0\.1:(\d+)\n/);
  return { child, port: Number(port), seen, closed };
}

/** Files that this process may have open, sockets included. */
const mostFiles = () => Number(spawnSync("bash", ["-c", "ulimit -Hn"], { encoding: "utf8" }).stdout) || Infinity;

/** So many clients, each of which asks again as soon as it has been answered, until the server says that it was the last. */
async function crowd(port, groups) {
  const tally = { sent: 0, answered: 0, problems: new Map() };
  const clients = [];
  for (const group of groups) {
    for (let i = 0; i < group.connections; i++) {
      const send = (client) => {
        if (client.send()) tally.sent++;
      };
      const client = openClient({ port, ...group }, (_, problem, closes) => {
        if (problem === undefined) tally.answered++;
        else tally.problems.set(problem, (tally.problems.get(problem) ?? 0) + 1);
        if (!closes) send(client);
      });
      client.begin = () => send(client);
      clients.push(client);
      if (i % 200 === 199) await client.opened; // no more at once than a server's backlog takes
    }
  }
  await Promise.all(clients.map((client) => client.opened));
  return { clients, tally };
}

const hello = { path: "/", expect: "hello\n" };
const slow = { path: "/slow", expect: "slow but sure\n" };
const primes = { path: "/primes?below=20000", expect: "2262\n" };

test("server holds 10,000 connections and computes beside them; at SIGTERM no request is lost", async (t) => {
  const server = await startServer(t, "server/server.ts");
  const most = Math.min(10_000, mostFiles() - 500);
  const { clients, tally } = await crowd(server.port, [
    { ...primes, connections: 4 },
    { ...slow, connections: 200 },
    { ...hello, connections: most - 204 },
  ]);
  for (const client of clients) client.begin();
  while (tally.answered < 2 * most) await delay(10);
  assert.deepEqual([...tally.problems], []);

  server.child.kill("SIGTERM");
  const { code, signal, stdout, stderr } = await server.closed;
  assert.equal(stderr, "");
  assert.deepEqual({ code, signal }, { code: 0, signal: null });
  await Promise.all(clients.map(({ socket }) => socket.destroyed || once(socket, "close")));
  assert.deepEqual([...tally.problems], []);
  assert.equal(tally.answered, tally.sent);
  const [, connections, running] = /^stopping: (\d+) connections, (\d+) requests under way$/m.exec(stdout);
  assert.equal(Number(connections), most);
  assert.ok(Number(running) >= 1, `${running} requests were under way`);
  const [, requests] = /^all (\d+) requests have been answered$/m.exec(stdout);
  assert.equal(Number(requests), tally.answered);
  t.diagnostic(`${most} connections, ${tally.answered} requests, all answered`);
});

test("server ends at once at the second SIGTERM", async (t) => {
  const server = await startServer(t, "server/server.ts");
  const { clients } = await crowd(server.port, [
    { path: "/primes?below=10000000", expect: "664579\n", connections: 1 },
  ]);
  clients[0].begin();
  await delay(100);
  server.child.kill("SIGTERM");
  await server.seen(/stopping: 1 connections, 1 requests/);
  server.child.kill("SIGTERM");
  const { signal, code, stdout } = await server.closed;
  assert.ok(signal === "SIGTERM" || code === 143, `code ${code}, signal ${signal}`);
  assert.doesNotMatch(stdout, /answered/);
});

test("server says what a client has done wrong", async (t) => {
  const { port } = await startServer(t, "server/server.ts");
  const status = async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  assert.deepEqual(
    [await status("/"), await status("/nowhere"), await status("/primes?below=many"), await status("/primes")],
    [200, 404, 400, 200],
  );
});

test("service stops in order: the server, then the queue, then the ticker; what was taken is done", async (t) => {
  const service = await startServer(t, "service.ts");
  const url = `http://127.0.0.1:${service.port}`;
  let accepted = 0;
  let isTold = false;
  const customers = Array.from({ length: 20 }, async (_, i) => {
    for (let n = 0; !isTold || n < 3; n++) {
      try {
        const response = await fetch(url, { method: "POST", body: JSON.stringify({ item: `${i}-${n}` }) });
        assert.equal(response.status, 202);
        assert.match(await response.text(), new RegExp(`^order \\d+: ${i}-${n}\n$`));
        accepted++;
      } catch (error) {
        // A connection that is made when nobody listens any more. What has been taken must not get here: see the counts.
        assert.ok(isTold, String(error));
        return;
      }
    }
  });
  assert.equal((await fetch(url)).status, 405);
  assert.equal((await fetch(url, { method: "POST", body: "{" })).status, 400);
  await service.seen(/^ticker: [1-9]\d* orders taken, \d+ done$/m);
  isTold = true;
  service.child.kill("SIGTERM");
  const { code, stdout, stderr } = await service.closed;
  await Promise.all(customers);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const last = stdout.slice(stdout.indexOf("stopping\n")).split("\n");
  assert.deepEqual(
    last.filter((line) => !/^ticker: \d/.test(line)),
    [
      "stopping",
      "server: closed",
      "consumer: the queue is empty",
      "consumer: the queue is empty",
      "consumer: the queue is empty",
      "ticker: stopped",
      `stopped: ${accepted} orders taken, ${accepted} done`,
      "",
    ],
  );
});
