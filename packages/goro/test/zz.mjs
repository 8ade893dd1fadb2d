import { main, until, sleep } from "goro"; import { serve, Response } from "goro/http"; import net from "node:net";
main(function* () {
  const server = yield* serve(function* (r) { return new Response(yield* until(r.text())) }, { host: "127.0.0.1", headersTimeoutMs: 150, stallMs: 150 });
  const t0 = performance.now();
  const log = (...a) => console.log((performance.now() - t0).toFixed(0), ...a);
  const a = net.connect(server.port); a.write("GET / HTTP/1.1\r\nHost: "); a.on("close", () => log("headers closed")); a.on("data", d => log(String(d).slice(0,30)));
  const b = net.connect(server.port); b.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this"); b.on("close", () => log("body closed"));b.on("data", d => log(String(d).slice(0,30)));
  yield* sleep(8000); log("end", server.stats);
});
