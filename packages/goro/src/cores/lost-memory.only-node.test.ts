// A thread that runs out of memory. Only Node sets a limit to the heap of each.
import { test } from "node:test";
import { equal, match } from "node:assert/strict";
import { describe, runFixture } from "../testkit.js";

const lost = /worker 1 was lost, and with it goroutine \d+, dies of file:.*cores-functions\.mjs/;

for (const unjoined of [false, true]) {
  test(`a worker that runs out of memory is lost alone${unjoined ? ", and a panic where nobody joins" : ""}`, async () => {
    const outcome = await runFixture("cores-lost.mjs", {
      args: ["memory", ...(unjoined ? ["unjoined"] : [])],
      env: { NODE_OPTIONS: "--max-old-space-size=40" },
    });
    equal(outcome.code, unjoined ? 2 : 0, describe(outcome));
    match(unjoined ? outcome.stderr : outcome.stdout, lost, describe(outcome));
    match(outcome.stderr, /^goro: worker 1 was lost: .*memory/im, describe(outcome));
  });
}
