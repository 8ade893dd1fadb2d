import { test } from "node:test";
import { deepEqual, equal } from "node:assert/strict";
import { readSettings, setting } from "./settings.js";

test("settings are names and values, separated by commas; what is no number is off", () => {
  const given = "leaks=1, slow=20,created=x,,schedtrace";
  const names = ["leaks", "slow", "created", "schedtrace", "ops", "leak"];
  deepEqual(
    names.map((name) => setting(name, given)),
    [1, 20, 0, 0, 0, 0],
  );
});

test("they come from the global GORODEBUG, before all else", () => {
  equal(readSettings({ GORODEBUG: "leaks=1" }), "leaks=1");
});

const isPage = "document" in globalThis;

test("in a page they come from localStorage, and nowhere else from there", () => {
  const localStorage = { getItem: (key: string) => (key === "GORODEBUG" ? "slow=5" : null) };
  equal(readSettings({ localStorage }) === "slow=5", isPage);
});
