// sync.Map: sessions that many goroutines open at once; loadOrStore lets exactly one of them win for each user.
// None of its methods blocks, so none needs a yield*, and each does its reading and writing in one step.
import { main } from "goro";
import { gosched } from "goro/runtime";
import * as sync from "goro/sync";
import { Int32 } from "goro/sync/atomic";

interface Session {
  readonly user: string;
  readonly openedBy: number;
}

main(function* () {
  const sessions = new sync.Map<string, Session>();
  const users = ["ada", "grace", "rob"];

  const opened = new Int32();
  const found = new Int32();
  const wg = new sync.WaitGroup();
  for (let id = 1; id <= 30; id++) {
    wg.go(function* () {
      const user = users[id % users.length]!;
      yield* gosched();
      const [session, loaded] = sessions.loadOrStore(user, { user, openedBy: id });
      if (loaded) found.add(1);
      else opened.add(1);
      if (session.user !== user) throw new Error(`${user} was given the session of ${session.user}`);
    });
  }
  yield* wg.wait();
  console.log(`30 goroutines: ${opened.load()} sessions opened, ${found.load()} found`);

  const [rob, removed] = sessions.loadAndDelete("rob");
  console.log(`removed: ${removed ? rob.user : "nobody"}`);
  console.log(`removed again: ${sessions.loadAndDelete("rob")[1]}`);

  const left: string[] = [];
  sessions.range((user) => left.push(user) > 0);
  console.log(`left: ${left.sort().join(", ")}`);
});
