import { test } from "node:test";
import { deepEqual } from "node:assert/strict";

let copies = 0;
/** A copy of the module that reads them, loaded now. */
async function settingOf(): Promise<(name: string) => number> {
  const url = new URL(`./settings.js?copy=${++copies}`, import.meta.url).href;
  return ((await import(/* @vite-ignore */ url)) as { setting: (name: string) => number }).setting;
}

test("settings come from the global GORODEBUG, in a page too: names and values, separated by commas", async () => {
  const page = globalThis as { GORODEBUG?: string };
  page.GORODEBUG = "leaks=1, slow=20,created=x,,schedtrace";
  try {
    const setting = await settingOf();
    deepEqual(["leaks", "slow", "created", "schedtrace", "ops", "leak"].map(setting), [1, 20, 0, 0, 0, 0]);
  } finally {
    delete page.GORODEBUG;
  }
});

const { localStorage } = globalThis as { localStorage?: Storage };
if ("document" in globalThis && localStorage !== undefined) {
  test("in a page they come from localStorage too", async () => {
    localStorage.setItem("GORODEBUG", "leaks=1");
    try {
      deepEqual((await settingOf())("leaks"), 1);
    } finally {
      localStorage.removeItem("GORODEBUG");
    }
  });
}
