// node:http as it is.
process.on("SIGINT", () => process.exit());
import { createServer } from "node:http";
import { countPrimes, HELLO, LIMIT } from "../work.mjs";

const answer = (response, body) => {
  response.writeHead(200, { "content-type": "text/plain;charset=UTF-8", "content-length": Buffer.byteLength(body) });
  response.end(body);
};
const server = createServer((request, response) => {
  if (request.url === "/") answer(response, HELLO);
  else if (request.url === "/primes") answer(response, String(countPrimes(LIMIT)));
  else response.writeHead(404).end();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
