import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { countPrimes, HELLO, LIMIT } from "../work.mjs";

const app = new Hono();
app.get("/", (c) => c.text(HELLO));
app.get("/primes", (c) => c.text(String(countPrimes(LIMIT))));
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => console.log(port));
