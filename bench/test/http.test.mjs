import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { load } from "../http/load.mjs";
import { countPrimes, HELLO, LIMIT } from "../http/work.mjs";

const groups = [
  { path: "/", expect: HELLO, connections: 4 },
  { path: "/primes", expect: String(countPrimes(LIMIT)), connections: 1 },
];

for (const name of ["node", "fastify", "hono", "goro"]) {
  test(`the load generator gets the right answers from ${name}`, async (t) => {
    const file = fileURLToPath(new URL(`../http/servers/${name}.mjs`, import.meta.url));
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => child.kill("SIGKILL"));
    const [line] = await once(child.stdout, "data");
    const results = await load({ port: Number(String(line)), seconds: 0.3, warmUp: 0.1, groups });
    for (const { problems, requests, p99 } of results) {
      assert.deepEqual(problems, {});
      assert.ok(requests > 0 && p99 > 0);
    }
  });
}

test("the load generator notices a wrong answer, a wrong status and a connection that is cut", async (t) => {
  let n = 0;
  const server = createServer((request, response) => {
    n++;
    if (request.url === "/status") response.writeHead(500).end("right");
    else if (request.url === "/cut") response.destroy();
    else response.end(n % 2 === 0 ? "right" : "wrong");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address();
  const problemsOf = async (path) => {
    const [{ problems }] = await load({
      port,
      seconds: 0.1,
      warmUp: 0,
      groups: [{ path, expect: "right", connections: 1 }],
    });
    return Object.keys(problems).join();
  };
  assert.match(await problemsOf("/"), /"wrong" instead of what was expected/);
  assert.match(await problemsOf("/status"), /status 500 instead of 200/);
  assert.match(await problemsOf("/cut"), /^lost: /);
});
