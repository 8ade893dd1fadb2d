// Channels: what is sent comes before what receives it, and making room before what fills it.
import { chan, go, select, sleep } from "goro";
import { gosched } from "goro/runtime";
import { both, use } from "./kit.js";

export function* sendBeforeReceive() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    n = 1;
    yield* ch.send();
  });
  yield* ch.recv();
  use(n);
  yield* g.join();
}

export function* sendBeforeAReceiveThatWaits() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    yield* sleep(1);
    n = 1;
    yield* ch.send();
  });
  yield* ch.recv();
  use(n);
  yield* g.join();
}

export function* receiveBeforeTheSendReturns() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    n = 1;
    yield* ch.recv();
  });
  yield* ch.send();
  use(n);
  yield* g.join();
}

export function* receiveBeforeASendThatWaitsReturns() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    yield* sleep(1);
    n = 1;
    yield* ch.recv();
  });
  yield* ch.send();
  use(n);
  yield* g.join();
}

export function* afterTheSend() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    yield* ch.send();
    n = 1; // race 1
  });
  yield* ch.recv();
  use(n); // race 1
  yield* g.join();
}

export function* bufferedSendBeforeReceive() {
  let n = 0;
  const ch = chan<void>(5);
  const g = go(function* () {
    n = 1;
    yield* ch.send();
  });
  yield* ch.recv();
  use(n);
  yield* g.join();
}

export function* bufferedReceiveIsNotBeforeItsSend() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(function* () {
    n = 1; // race 1
    yield* ch.recv();
  });
  yield* ch.send();
  yield* sleep(1);
  use(n); // race 1
  yield* g.join();
}

export function* receiveBeforeTheSendThatTakesItsPlace() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(function* () {
    n = 1;
    yield* ch.recv();
  });
  yield* ch.send();
  yield* ch.send();
  use(n);
  yield* g.join();
}

export function* receiveBeforeTheSendThatTakesItsPlaceLater() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(function* () {
    n = 1;
    yield* ch.recv();
  });
  yield* ch.send();
  yield* sleep(1);
  yield* ch.send();
  use(n);
  yield* g.join();
}

export function* twoPlacesNeedTwoSendsMore() {
  let n = 0;
  const ch = chan<void>(2);
  const g = go(function* () {
    n = 1; // race 1
    yield* ch.recv();
  });
  yield* ch.send();
  yield* sleep(1);
  yield* ch.send();
  use(n); // race 1
  yield* g.join();
}

export function* channelAsAMutex() {
  let n = 0;
  const ch = chan<void>(1);
  function* work() {
    for (let i = 0; i < 3; i++) {
      yield* ch.send();
      n = n + 1;
      yield* gosched();
      n = n + 1;
      yield* ch.recv();
    }
  }
  yield* both(work, work, work);
  use(n);
}

export function* channelAsASemaphoreOfTwo() {
  let n = 0;
  const ch = chan<void>(2);
  function* work() {
    yield* ch.send();
    n = n + 1; // race 1
    yield* gosched();
    yield* ch.recv();
  }
  yield* both(work, work);
  use(n);
}

export function* valuesTravelWithWhatTheyHold() {
  const ch = chan<{ n: number }>(3);
  yield* both(
    function* () {
      for (let i = 0; i < 5; i++) {
        const p = { n: 0 };
        p.n = i;
        yield* ch.send(p);
      }
      ch.close();
    },
    function* () {
      for (const r = ch.range(); yield* r.next();) r.value.n++;
    },
  );
}

export function* whoKeepsWhatItSendsRaces() {
  const ch = chan<{ n: number }>();
  yield* both(
    function* () {
      const p = { n: 0 };
      yield* ch.send(p);
      p.n = 1; // race 1
    },
    function* () {
      const p = yield* ch.recv();
      p!.n = 2; // race 1
    },
  );
}

export function* closeBeforeReceive() {
  let n = 0;
  const ch = chan<void>();
  const g = go(() => {
    n = 1;
    ch.close();
  });
  yield* ch.recv();
  use(n);
  yield* g.join();
}

export function* closeBeforeALaterReceive() {
  let n = 0;
  const ch = chan<void>();
  const g = go(() => {
    n = 1;
    ch.close();
  });
  yield* sleep(1);
  yield* ch.recv();
  use(n);
  yield* g.join();
}

export function* closeBeforeRecvOk() {
  let n = 0;
  const ch = chan<void>();
  const g = go(() => {
    n = 1;
    ch.close();
  });
  const [, ok] = yield* ch.recvOk();
  use(n, ok);
  yield* g.join();
}

export function* closeBeforeTheEndOfARange() {
  let n = 0;
  const ch = chan<number>();
  const g = go(function* () {
    yield* ch.send(1);
    n = 1;
    ch.close();
  });
  for (const r = ch.range(); yield* r.next();) use(r.value);
  use(n);
  yield* g.join();
}

export function* closeBeforeTryRecv() {
  let n = 0;
  const ch = chan<void>();
  const g = go(() => {
    n = 1;
    ch.close();
  });
  while (ch.tryRecv() === undefined) yield* gosched();
  use(n);
  yield* g.join();
}

export function* aValueFromBeforeTheCloseSaysNothingOfIt() {
  let n = 0;
  const ch = chan<number>(1);
  yield* ch.send(1);
  const g = go(() => {
    n = 1; // race 1
    ch.close();
  });
  yield* sleep(1);
  yield* ch.recv();
  use(n); // race 1
  yield* g.join();
}

export function* closeTellsAll() {
  let n = 0;
  const ch = chan<void>();
  const wait = function* () {
    yield* ch.recv();
    use(n);
  };
  yield* both(wait, wait, wait, () => {
    n = 1;
    ch.close();
  });
}

export function* trySendBeforeTryRecv() {
  let n = 0;
  const ch = chan<void>(1);
  const g = go(() => {
    n = 1;
    ch.trySend();
  });
  while (ch.tryRecv() === undefined) yield* gosched();
  use(n);
  yield* g.join();
}

export function* sendAndCloseUnordered() {
  const ch = chan<number>(1);
  yield* both(
    () => ch.trySend(1), // race 1
    () => ch.close(), // race 1
  );
}

export function* blockedSendAndClose() {
  const ch = chan<number>(1);
  yield* both(
    function* () {
      yield* ch.send(1); // race 1
    },
    function* () {
      yield* sleep(1);
      ch.close(); // race 1
    },
  );
}

export function* sendThenCloseInOneGoroutine() {
  const ch = chan<number>(1);
  yield* both(
    function* () {
      yield* ch.send(1);
      ch.close();
    },
    function* () {
      while (yield* ch.recv());
    },
  );
}

export function* closeAfterTheSendersHaveEnded() {
  const ch = chan<number>(2);
  const send = function* () {
    yield* ch.send(1);
  };
  const started = [go(send), go(send)];
  for (const g of started) yield* g.join();
  ch.close();
}

export function* closeAfterTheFirstValueOnly() {
  const ch = chan<number>(2);
  const send = function* () {
    yield* ch.send(1); // race 1
  };
  const started = [go(send), go(send)];
  yield* ch.recv();
  ch.close(); // race 1
  for (const g of started) yield* g.join();
}

export function* twoCloses() {
  const ch = chan<void>();
  yield* both(
    () => ch.close(), // race 1
    () => {
      try {
        ch.close(); // race 1
      } catch {
        // closed already
      }
    },
  );
}

export function* pipeline() {
  const numbers = chan<{ n: number }>();
  const squares = chan<{ n: number }>();
  yield* both(
    function* () {
      for (let i = 0; i < 5; i++) yield* numbers.send({ n: i });
      numbers.close();
    },
    function* () {
      for (const r = numbers.range(); yield* r.next();) {
        r.value.n *= r.value.n;
        yield* squares.send(r.value);
      }
      squares.close();
    },
    function* () {
      let sum = 0;
      for (const r = squares.range(); yield* r.next();) sum += r.value.n;
      use(sum);
    },
  );
}

export function* fanIn() {
  const out = chan<number[]>();
  const produce = function* () {
    const batch: number[] = [];
    for (let i = 0; i < 3; i++) batch.push(i);
    yield* out.send(batch);
  };
  const started = [go(produce), go(produce), go(produce)];
  for (let i = 0; i < 3; i++) (yield* out.recv())!.push(9);
  for (const g of started) yield* g.join();
}

export function* twoReceiversShareNothingElse() {
  let n = 0;
  const ch = chan<number>(2);
  const work = function* () {
    const value = yield* ch.recv();
    n += value!; // race 1
  };
  const started = [go(work), go(work)];
  yield* ch.send(1);
  yield* ch.send(2);
  for (const g of started) yield* g.join();
  use(n);
}

export function* doneSignals() {
  const results = [0, 0, 0];
  const done = chan<void>();
  for (let i = 0; i < 3; i++) {
    go(function* () {
      results[i] = i * i;
      yield* done.send();
    });
  }
  for (let i = 0; i < 3; i++) yield* done.recv();
  use(results.join());
}

export function* oneSignalTooFew() {
  const results = [0, 0];
  const done = chan<void>(2);
  const wait = go(function* () {
    yield* sleep(1);
    results[1] = 5; // race 1
    yield* done.send();
  });
  go(function* () {
    results[0] = 4;
    yield* done.send();
  });
  yield* done.recv();
  yield* sleep(3);
  use(results[0], results[1]); // race 1
  yield* wait.join();
}

export function* channelOfChannels() {
  const requests = chan<ReturnType<typeof chan<number>>>();
  let served = 0;
  const server = go(function* () {
    for (const r = requests.range(); yield* r.next();) {
      served++;
      yield* r.value.send(served);
    }
  });
  for (let i = 0; i < 3; i++) {
    const reply = chan<number>();
    yield* requests.send(reply);
    yield* reply.recv();
  }
  requests.close();
  yield* server.join();
  use(served);
}

export function* relayCarriesOrder() {
  let n = 0;
  const a = chan<void>();
  const b = chan<void>();
  yield* both(
    function* () {
      n = 1;
      yield* a.send();
    },
    function* () {
      yield* a.recv();
      yield* b.send();
    },
    function* () {
      yield* b.recv();
      use(n);
    },
  );
}

export function* awaitedChannels() {
  let n = 0;
  const ch = chan<number>();
  const g = go(async () => {
    n = 1;
    await ch.send(1);
  });
  yield* ch.recv();
  use(n);
  yield* g.join();
}

export function* awaitedReceive() {
  let n = 0;
  const ch = chan<number>();
  const g = go(async () => {
    await ch.recv();
    use(n);
  });
  n = 1;
  yield* ch.send(1);
  yield* g.join();
}

export function* asyncIteration() {
  const ch = chan<{ n: number }>(1);
  const g = go(async () => {
    for await (const p of ch) p.n++;
  });
  for (let i = 0; i < 3; i++) {
    const p = { n: i };
    p.n++;
    yield* ch.send(p);
  }
  ch.close();
  yield* g.join();
}

export function* selectOfASend() {
  let n = 0;
  const ch = chan<void>();
  const g = go(function* () {
    n = 1;
    yield* select({ sent: ch.send(), late: sleep(1000) });
  });
  yield* ch.recv();
  use(n);
  yield* g.join();
}
