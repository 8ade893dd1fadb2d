// How many processors run goroutines: the quota of the container, GOMAXPROCS, gomaxprocs; and what those cost that do nothing.
import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { quotaOf } from "../runtime/max-procs.js";
import { numCPU } from "../runtime/index.js";
import { describe, runFixture } from "../testkit.js";
import { sized } from "../testkit.portable.js";

/** A file system with these files. */
function files(contents: Readonly<Record<string, string>>): Parameters<typeof quotaOf>[0] {
  return {
    readFileSync(path) {
      const text = contents[path];
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return text;
    },
  };
}

for (const [title, contents, expected] of [
  ["no cgroup at all", {}, undefined],
  ["cgroup v2, a quota", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n" }, 4],
  ["cgroup v2, none", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n" }, undefined],
  ["cgroup v2, a fraction", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "250000 100000\n" }, 3],
  ["cgroup v2, less than two", { "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "50000 100000\n" }, 2],
  [
    "cgroup v2, a group of its own",
    { "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/cpu.max": "300000 100000\n" },
    3,
  ],
  [
    "cgroup v2, seen from inside the container",
    { "/proc/self/cgroup": "0::/docker/abc\n", "/sys/fs/cgroup/cpu.max": "300000 100000\n" },
    3,
  ],
  [
    "cgroup v1",
    {
      "/proc/self/cgroup": "5:memory:/m\n4:cpu,cpuacct:/docker/abc\n",
      "/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us": "600000\n",
      "/sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us": "100000\n",
    },
    6,
  ],
  [
    "cgroup v1, no quota",
    {
      "/proc/self/cgroup": "4:cpuacct,cpu:/\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
      "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
    },
    undefined,
  ],
  ["files that say nothing sensible", { "/proc/self/cgroup": "\n", "/sys/fs/cgroup/cpu.max": "much\n" }, undefined],
] as const) {
  test(`the quota of a container is rounded up, and is two at least: ${title}`, () => {
    equal(quotaOf(files(contents)), expected);
  });
}

async function procs(what: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const outcome = await runFixture("cores-procs.mjs", { args: [what], env });
  equal(outcome.code, 0, describe(outcome));
  return outcome.stdout;
}

test("GOMAXPROCS says how many cores run goroutines, gomaxprocs changes it while they run", async () => {
  equal(await procs("up", { GOMAXPROCS: "2" }), "2\ntrue\n2\n4\n0 0\ntrue\n");
});

test("GOMAXPROCS is not taken for what it does not say", async () => {
  for (const value of ["0", "-1", "2.5", "many", ""]) {
    const outcome = await runFixture("processors.mjs", { env: { GOMAXPROCS: value } });
    const { procs, cpus } = JSON.parse(outcome.stdout) as { procs: number; cpus: number };
    equal(cpus, numCPU());
    ok(procs >= 1 && procs <= cpus, outcome.stdout);
  }
});

test("no goroutine is lost while the number of processors goes up and down", async () => {
  equal(await procs("churn"), "true\n");
});

test("processors that have nothing to do use no processor time", async () => {
  const ms: number[] = [];
  for (let i = sized(4, 1); i > 0; i--) ms.push(Number(await procs("idle")));
  deepEqual(
    ms.filter((each) => each > 30),
    [],
    `milliseconds of work in a second: ${ms.join(", ")}`,
  );
});

test("the program ends with main, whatever other cores are doing", async () => {
  const outcome = await runFixture("cores-procs.mjs", { args: ["ends"], limitMs: 20_000 });
  equal(outcome.code, 0, describe(outcome));
  equal(outcome.stdout, "main ends\n");
});
