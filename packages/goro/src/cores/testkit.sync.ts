// Runs the scenarios of the programs cores-sync-*.mjs, each in a process of its own.
import { test } from "node:test";
import { equal } from "node:assert/strict";
import { describe, runFixture } from "../testkit.js";

/** GORO_SEED=seed: the same random work again. */
const seed = process.env["GORO_SEED"] ?? String(Date.now() % 1_000_000);

/** A test for each scenario, by what it shows. */
export function scenarios(program: string, named: Readonly<Record<string, string>>, env = {}): void {
  for (const [scenario, sentence] of Object.entries(named)) {
    test(sentence, async () => {
      const outcome = await runFixture(program, { args: [scenario, seed], env });
      equal(outcome.stdout, "ok\n", `seed ${seed}\n${describe(outcome)}`);
      equal(outcome.code, 0, `seed ${seed}\n${describe(outcome)}`);
    });
  }
}
