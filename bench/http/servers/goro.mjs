// goro, whose CPU-heavy route is a parallel function.
import { go, main } from "goro";
import { Response, serve } from "goro/http";
import { HELLO } from "../work.mjs";
import { primes } from "./primes.mjs";

process.on("SIGINT", () => process.exit());
main(function* () {
  const server = yield* serve(
    function* (request) {
      const path = request.url.slice(request.url.indexOf("/", 8));
      if (path === "/") return new Response(HELLO);
      if (path === "/primes") return new Response(String(yield* go(primes).join()));
      return new Response(null, { status: 404 });
    },
    { host: "127.0.0.1" },
  );
  console.log(server.port);
  yield* server.ended();
});
