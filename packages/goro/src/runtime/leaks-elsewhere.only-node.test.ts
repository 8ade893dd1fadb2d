// Leaks on other cores. Elsewhere than on Node a worker says neither when its event loop has run empty nor what it has collected.
import { test } from "node:test";
import { equal, match } from "node:assert/strict";
import { describe, placeOf, runFixture } from "../testkit.js";

test("goroutines of other cores that nothing can wake are named too", async () => {
  const outcome = await runFixture("leaks.mjs", { args: ["elsewhere"], env: { GORODEBUG: "leaks=2" }, gc: true });
  equal(outcome.code, 3, describe(outcome));
  const said = outcome.stderr.replace(/ at \S*?([^/]+\.mjs:\d+:)\d+/g, " at $1");
  match(said, new RegExp(`\\[chan receive\\] at ${placeOf("leaks.mjs", "elsewhere")}`));
});
