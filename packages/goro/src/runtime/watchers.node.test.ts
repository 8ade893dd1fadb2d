// What GORODEBUG prints while a program runs: slow, schedtrace, ops.
import { test } from "node:test";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { describe, placeOf, runFixture, type Outcome } from "../testkit.js";

async function run(fixture: string, GORODEBUG: string, ...args: string[]): Promise<Outcome> {
  const outcome = await runFixture(fixture, { args, env: { GORODEBUG, GOMAXPROCS: "2" }, gc: true });
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "");
  return outcome;
}

const linesOf = ({ stderr }: Outcome): string[] => stderr.split("\n").slice(0, -1);

test("slow names a goroutine that held its processor for longer, and the place where it gave it up", async () => {
  const outcome = await run("slow.mjs", "slow=40,created=1");
  const line = linesOf(outcome).find((text) => text.includes("(cruncher)"));
  const [, ms] = /^goroutine 2 \(cruncher\) held processor 0 for (\d+) ms until /.exec(line ?? "") ?? [];
  ok(Number(ms) >= 55, describe(outcome));
  ok(line?.includes(placeOf("slow.mjs", "yields")), describe(outcome));
  match(line ?? "", /, created at \S+slow\.mjs:\d+:\d+$/);
  ok(
    linesOf(outcome).some((text) => /^goroutine 4 .*held processor 0 for \d+ ms until it ended/.test(text)),
    describe(outcome),
  );
});

test("nobody is slow with a limit that nobody reaches", async () => {
  deepEqual(linesOf(await run("slow.mjs", "slow=60000")), []);
});

test("schedtrace prints Go's line, again and again", async () => {
  const lines = linesOf(await run("busy.mjs", "schedtrace=50"));
  ok(lines.length >= 3, lines.join("\n"));
  let last = -1;
  for (const line of lines) {
    const [, ms] =
      /^SCHED (\d+)ms: gomaxprocs=2 idleprocs=\d threads=\d+ spinningthreads=\d+ idlethreads=\d+ runqueue=\d+ \[\d+(?: \d+)*\]$/.exec(
        line,
      ) ?? [];
    ok(Number(ms) > last, line);
    last = Number(ms);
  }
  // The second processor is there once there is work for it.
  ok(
    lines.some((line) => / threads=2 .*\[\d+ \d+\]$/.test(line)),
    lines.join("\n"),
  );
});

test("with scheddetail each processor and each goroutine has a line below", async () => {
  const lines = linesOf(await run("busy.mjs", "schedtrace=100,scheddetail=1", "1500"));
  const rest = lines.filter((line) => !line.startsWith("SCHED "));
  for (const line of rest)
    match(line, /^ {2}(?:P\d+: status=[01] runqsize=\d+ |G\d+: status=(?:1\(\)|2\(\)|4\(.+\)) )/);
  ok(rest.some((line) => /^ {2}P0: /.test(line)));
  ok(
    rest.some((line) => /^ {2}G2: status=4\(chan receive\) p=0$/.test(line)),
    lines.join("\n"),
  );
});

test("ops names each Op that was made and never run, once for each place, and no other", async () => {
  const outcome = await run("forgotten.mjs", "ops=1");
  const said = linesOf(outcome).map((line) => line.replace(/\S*\/([^/]+\.mjs:\d+:)\d+;/, "$1;"));
  const line = (what: string, mark: string): string =>
    `an Op was made and never run: ${what} at ${placeOf("forgotten.mjs", mark)}; is a yield* missing?`;
  const expected = [
    line("sleep", "sleep"),
    line("chan.send", "send"),
    line("Mutex.lock", "lock"),
    line("until", "until"),
    line("WaitGroup.wait", "wait"),
  ];
  // A select and its case are two Ops, neither of which has run.
  expected.push(line("select", "select"), line("sleep", "select"));
  deepEqual(said.sort(), expected.sort());
});
