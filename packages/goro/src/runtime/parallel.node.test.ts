import { Socket } from "node:net";
import { test } from "node:test";
import { ok, throws } from "node:assert/strict";
import { go, parallel } from "goro";
import { idle, inGoroutine, isError } from "../testkit.portable.js";

const takes = parallel(import.meta.url, function* takes(..._: unknown[]) {});

test(
  "a socket cannot be sent to another core, and the error at the go says where it stands",
  inGoroutine(function* () {
    const socket = new Socket();
    for (const [args, path] of [
      [[socket], /^argument 1(: |[.[])/],
      [["x", { connections: [socket] }], /^argument 2\.connections\[0\](: |[.[])/],
    ] as const) {
      throws(
        () => go(takes, ...args),
        (error) => {
          isError(error, TypeError, path);
          ok(/cannot be sent to another core/.test(error.message), error.message);
          return true;
        },
      );
    }
    socket.destroy();
    yield* idle(1);
  }),
);
