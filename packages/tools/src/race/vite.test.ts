import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { race } from "./vite.js";

const map = { version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" };
const at = { getCombinedSourcemap: () => map };

test("the vite plugin instruments modules of the program, query or not, and leaves packages and virtual modules alone", () => {
  const plugin = race();
  const code = "export let n = 0; export const add = () => n++;";
  for (const id of ["/app/a.ts", "/app/a.ts?v=1"]) {
    match(plugin.transform.call(at, code, id)?.code ?? "", /addSites|race\/operations/);
  }
  for (const id of ["/app/node_modules/lib/index.js", "\0virtual", "virtual:x"]) {
    equal(plugin.transform.call(at, code, id), undefined);
  }
});
