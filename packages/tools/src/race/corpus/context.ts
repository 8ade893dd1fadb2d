// Contexts: the end comes before whoever learns of it.
import { chan, go, sleep, until } from "goro";
import {
  afterFunc,
  background,
  cause,
  fromSignal,
  withCancel,
  withCancelCause,
  withTimeout,
  withValue,
} from "goro/context";
import { gosched } from "goro/runtime";
import { both, use } from "./kit.js";

export function* cancelBeforeDone() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  const g = go(function* () {
    yield* gosched();
    n = 1;
    cancel();
  });
  yield* ctx.done();
  use(n);
  yield* g.join();
}

export function* cancelLongBeforeDone() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  const g = go(() => {
    n = 1;
    cancel();
  });
  yield* sleep(1);
  yield* ctx.done();
  use(n);
  yield* g.join();
}

export function* cancelBeforeErr() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  const g = go(() => {
    n = 1;
    cancel();
  });
  while (ctx.err() === undefined) yield* gosched();
  use(n);
  yield* g.join();
}

export function* afterTheCancel() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  const g = go(() => {
    cancel();
    n = 1; // race 1
  });
  yield* ctx.done();
  use(n); // race 1
  yield* g.join();
}

export function* cancelBeforeTheDoneOfAChild() {
  let n = 0;
  const [parent, cancel] = withCancel(background());
  const [child, cancelChild] = withCancel(withValue(parent, "k", 1));
  const g = go(function* () {
    yield* gosched();
    n = 1;
    cancel();
  });
  yield* child.done();
  use(n);
  cancelChild();
  yield* g.join();
}

export function* cancelBeforeTheErrOfAChild() {
  let n = 0;
  const [parent, cancel] = withCancel(background());
  const [child, cancelChild] = withCancel(parent);
  const g = go(() => {
    n = 1;
    cancel();
  });
  while (child.err() === undefined) yield* gosched();
  use(n);
  cancelChild();
  yield* g.join();
}

export function* aTimeoutOrdersNobody() {
  let n = 0;
  const [ctx, cancel] = withTimeout(background(), 1);
  const g = go(() => (n = 1)); // race 1
  yield* ctx.done();
  use(n); // race 1
  cancel();
  yield* g.join();
}

export function* whoSetTheTimeoutCameBefore() {
  let n = 0;
  n = 1;
  const [ctx, cancel] = withTimeout(background(), 1);
  const g = go(function* () {
    yield* ctx.done();
    use(n);
  });
  yield* g.join();
  cancel();
}

export function* afterFuncKnowsWhoCancelled() {
  let n = 0;
  const done = chan<void>();
  const [ctx, cancel] = withCancel(background());
  afterFunc(ctx, function* () {
    use(n);
    yield* done.send();
  });
  const g = go(() => {
    n = 1;
    cancel();
  });
  yield* done.recv();
  yield* g.join();
}

export function* afterFuncKnowsWhoRegisteredIt() {
  const done = chan<void>();
  const [ctx, cancel] = withCancel(background());
  const state = { n: 0 };
  const g = go(function* () {
    yield* sleep(1);
    cancel();
  });
  state.n = 1;
  afterFunc(ctx, function* () {
    use(state.n);
    yield* done.send();
  });
  yield* done.recv();
  yield* g.join();
}

export function* afterFuncRunsByItself() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  afterFunc(ctx, function* () {
    n = 1; // race 1
  });
  cancel();
  n = 2; // race 1
  yield* sleep(1);
}

export function* causeOfAContext() {
  const [ctx, cancel] = withCancelCause(background());
  const g = go(function* () {
    const why = new Error("why");
    why.message = "because";
    yield* gosched();
    cancel(why);
  });
  yield* ctx.done();
  use(cause(ctx)!.message);
  yield* g.join();
}

export function* signalOfAContext() {
  let n = 0;
  const [ctx, cancel] = withCancel(background());
  const waiting = new Promise<void>((resolve) => ctx.signal.addEventListener("abort", () => resolve()));
  const g = go(function* () {
    yield* gosched();
    n = 1;
    cancel();
  });
  yield* until(waiting);
  use(n);
  yield* g.join();
}

export function* contextOfASignal() {
  let n = 0;
  const controller = new AbortController();
  const ctx = fromSignal(controller.signal);
  yield* both(
    function* () {
      yield* gosched();
      n = 1;
      controller.abort();
    },
    function* () {
      yield* ctx.done();
      use(n);
    },
  );
}

export function* workersThatPoll() {
  let sum = 0;
  const [ctx, cancel] = withCancel(background());
  const g = go(function* () {
    while (ctx.err() === undefined) {
      sum++;
      yield* gosched();
    }
  });
  yield* sleep(1);
  cancel();
  yield* g.join();
  use(sum);
}

export function* workersThatPollAndAreNotJoined() {
  let sum = 0;
  const [ctx, cancel] = withCancel(background());
  go(function* () {
    while (ctx.err() === undefined) {
      sum++; // race 1
      yield* gosched();
    }
  });
  yield* sleep(1);
  cancel();
  yield* gosched();
  use(sum); // race 1
}
