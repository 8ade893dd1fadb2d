import Fastify from "fastify";
import { countPrimes, HELLO, LIMIT } from "../work.mjs";

const app = Fastify();
app.get("/", (request, reply) => reply.type("text/plain;charset=UTF-8").send(HELLO));
app.get("/primes", (request, reply) => reply.type("text/plain;charset=UTF-8").send(String(countPrimes(LIMIT))));
await app.listen({ port: 0, host: "127.0.0.1" });
console.log(app.server.address().port);
