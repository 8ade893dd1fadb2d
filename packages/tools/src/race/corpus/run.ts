// Runs every program of the corpus, one after the other. What they are expected to be caught at stands in their comments: the
// two places of a race have the same number. See corpus.test.ts
import { go, main, type Routine } from "goro";

type Program = () => Routine<unknown>;

const groups = process.argv[2]!.split(",");

main(function* () {
  for (const group of groups) {
    const programs = yield* go(async () => (await import(`./${group}.js`)) as Record<string, Program>).join();
    for (const program of Object.values(programs)) yield* go(program).join();
  }
});
