// Events: a listener comes after what registered it, and is called by whoever emits.
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { go, sleep, until } from "goro";
import { gosched } from "goro/runtime";
import { both, use } from "./kit.js";

export function* listenerKnowsWhoRegisteredIt() {
  const emitter = new EventEmitter();
  const state = { n: 0 };
  yield* both(
    () => {
      state.n = 1;
      emitter.on("event", () => use(state.n));
    },
    function* () {
      yield* sleep(1);
      emitter.emit("event");
    },
  );
}

export function* whatIsWrittenAfterRegistering() {
  const emitter = new EventEmitter();
  const state = { n: 0 };
  yield* both(
    () => {
      emitter.on("event", () => use(state.n)); // race 1
      state.n = 1; // race 1
    },
    function* () {
      yield* sleep(1);
      emitter.emit("event");
    },
  );
}

export function* twoEmitters() {
  const emitter = new EventEmitter();
  let n = 0;
  emitter.on("event", () => {
    n++; // race 1
  });
  yield* both(
    () => emitter.emit("event"),
    () => emitter.emit("event"),
  );
  use(n);
}

export function* targets() {
  const target = new EventTarget();
  const state = { n: 0 };
  yield* both(
    () => {
      state.n = 1;
      target.addEventListener("event", () => use(state.n));
    },
    function* () {
      yield* sleep(1);
      target.dispatchEvent(new Event("event"));
    },
  );
}

export function* abortSignals() {
  const controller = new AbortController();
  const state = { n: 0 };
  yield* both(
    () => {
      state.n = 1;
      controller.signal.addEventListener("abort", () => use(state.n));
    },
    function* () {
      yield* sleep(1);
      controller.abort();
    },
  );
}

export function* emittingIsACall() {
  const emitter = new EventEmitter();
  let n = 0;
  emitter.on("event", () => {
    n++;
  });
  const g = go(function* () {
    emitter.emit("event");
    yield* gosched();
    emitter.emit("event");
    use(n);
  });
  yield* g.join();
  use(n);
}

export function* requestsOneAfterTheOther() {
  let served = 0;
  const server = createServer((_request, response) => {
    served++;
    response.end("ok");
  });
  const all = async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    for (let i = 0; i < 3; i++) await (await fetch(`http://127.0.0.1:${port}/`)).text();
    server.closeAllConnections();
    server.close();
    use(served);
  };
  yield* until(all());
}

export function* storagesGoAlong() {
  const storage = new AsyncLocalStorage<{ n: number }>();
  const all = async () => {
    await storage.run({ n: 0 }, async () => {
      storage.getStore()!.n++;
      await null;
      storage.getStore()!.n++;
    });
  };
  yield* until(all());
}

export function* resourcesAreCalls() {
  let n = 0;
  const resource = new AsyncResource("own");
  n = 1;
  resource.runInAsyncScope(() => n++);
  yield* gosched();
  use(n);
}
