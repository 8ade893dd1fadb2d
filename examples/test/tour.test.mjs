import assert from "node:assert/strict";
import test from "node:test";
import { linesOf, numberIn, runExample } from "./run-example.mjs";

// A colour, as a terminal gets it.
const ESCAPE = "\u001b[";

test("the tour shows every stop with figures, in under 20 seconds, without colours where there is no terminal", async () => {
  const lines = await linesOf("tour.ts", { env: { CI: "1" } });
  const text = lines.join("\n");
  assert.ok(!text.includes(ESCAPE), "no colours in a pipe");

  const stops = lines.map((line) => /^ {2}([ \d]\d) {2}(\w+) {2,}\S/.exec(line)).filter(Boolean);
  assert.deepEqual(
    stops.map(([, n, name]) => `${Number(n)} ${name}`),
    [
      ...["goroutines", "channels", "select", "timeout", "context", "mutex", "sieve"],
      ...["cores", "pixels", "words", "deadlock", "fetch"],
    ].map((name, i) => `${i + 1} ${name}`),
  );

  numberIn(lines, /^ +(1,000,000) {2}alive at once$/);
  const nsEach = numberIn(lines, /^ +([\d,]+) ns {2}to start one and let it park/);
  assert.ok(nsEach > 10 && nsEach < 17_000, `${nsEach} ns to start a goroutine`);
  const bytes = numberIn(lines, /^ +([\d,]+) bytes {2}of heap each/);
  assert.ok(bytes > 100 && bytes < 2048, `${bytes} bytes each`);

  const goro = numberIn(lines, /^ +unbuffered {2}█+ goro ([\d.]+) million\/s$/);
  const promises = numberIn(lines, /^ +█+ promises ([\d.]+) million\/s$/);
  const times = numberIn(lines, /^ +([\d.]+) times {2}as many values per second$/);
  assert.ok(goro > promises, `goro ${goro} million/s, promises ${promises} million/s`);
  assert.ok(Math.abs(times - goro / promises) < 0.2, `${goro} / ${promises} is about ${times}`);

  const [, left, right] = /([\d,]+) : ([\d,]+) {2}taken from the left/
    .exec(text)
    .map((n) => Number(n.replaceAll(",", "")));
  assert.equal(left + right, 100_000);
  // Twelve standard deviations of a fair coin thrown 100,000 times.
  assert.ok(Math.abs(left - right) < 2 * 12 * Math.sqrt(100_000 / 4), `${left} : ${right}`);

  const late = numberIn(lines, /^ +([\d.]+) ms {2}until "late" won/);
  assert.ok(late >= 49 && late < 350, `${late} ms`);
  numberIn(lines, /^ +([\d.]+) ms {2}until 10,000 goroutines had heard and ended$/);
  numberIn(lines, /^ +(100,000) {2}of 100,000 increments counted$/);
  numberIn(lines, /^ +(7,919) {2}is prime number 1,000$/);

  const one = numberIn(lines, /^ +one core {2}█+ ([\d,.]+) ms$/);
  const all = numberIn(lines, /^ +every core \(\d+\) {2}█+ ([\d,.]+) ms$/);
  const speedUp = numberIn(lines, /^ +(\d+\.\d\d) {2}speed-up$/);
  assert.ok(Math.abs(speedUp - one / all) < 0.1, `${one} / ${all} is about ${speedUp}`);
  numberIn(lines, /^ +([\d,.]+) µs {2}to have a function run by whichever core is free/);
  const picture = lines.map((line) => /^ +│ ([ .:=+*#%@-]{72})$/.exec(line)?.[1]).filter(Boolean);
  assert.equal(picture.length, 22);
  assert.deepEqual(picture, picture.toReversed(), "above as below");
  assert.match(picture[11], /@{20}/);
  assert.match(text, /│ 20 MB of text: (\d+) words written, \1 counted/);
  assert.match(text, /│ one core \d+ ms, every core \(\d+\) \d+ ms: speed-up \d+\.\d\d$/m);

  assert.match(text, /│ fatal error: all goroutines are asleep - deadlock!$/m);
  assert.match(text, /│ goroutine 1 \[sync\.WaitGroup\.Wait\]:$/m);
  assert.match(text, /^ +exit code 2 {2}as in Go$/m);

  const total = numberIn(lines, /│ total: (\d+) ms for 8 URLs$/);
  const slowest = numberIn(lines, /│ the slowest took (\d+) ms/);
  assert.ok(total < slowest * 1.5, `total ${total} ms, slowest ${slowest} ms`);

  const seconds = numberIn(lines, /The tour took ([\d.]+) s\./);
  assert.ok(seconds < 20, `${seconds} s`);
});

test("the tour has colours where they are forced, and none where NO_COLOR is set as well", async () => {
  const colours = async (env) => (await runExample("test/colours.ts", { env })).stdout.includes(ESCAPE);
  assert.equal(await colours({}), false);
  assert.equal(await colours({ FORCE_COLOR: "1" }), true);
  assert.equal(await colours({ FORCE_COLOR: "1", NO_COLOR: "1" }), false);
});
