import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { test } from "node:test";
import ts from "typescript";
import { layers } from "./layers.mjs";
import { root } from "./setup.mjs";

const src = join(root, "packages/goro/src");
const files = readdirSync(src, { recursive: true }).filter(
  (name) => name.endsWith(".ts") && !/\.test(-d)?\.ts$|testkit/.test(name),
);

/** "chan/select.ts" is in chan; "types.ts" is a room of its own. */
const roomOf = (file) => file.split(sep)[0].replace(/\.ts$/, "");

/** What a file imports, types too, as written. */
const importsOf = (file) =>
  ts.preProcessFile(readFileSync(join(src, file), "utf8"), true, true).importedFiles.map(({ fileName }) => fileName);

test("a room looks only into those that the table names", () => {
  const wrong = [];
  for (const file of files) {
    const room = roomOf(file);
    for (const name of importsOf(file).filter((name) => name.startsWith("."))) {
      const other = roomOf(relative(src, join(src, dirname(file), name)).replace(/\.js$/, ".ts"));
      if (other !== room && !layers[room]?.includes(other)) wrong.push(`${file} imports ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("the table names the rooms there are", () => {
  assert.deepEqual(Object.keys(layers).sort(), [...new Set(files.map(roomOf))].sort());
});

test("no room looks back: the table has no circle", () => {
  const reach = (room, path = []) => {
    assert.ok(!path.includes(room), [...path, room].join(" looks into "));
    for (const next of layers[room]) reach(next, [...path, room]);
  };
  for (const room of Object.keys(layers)) reach(room);
});

test("the library imports nothing from outside but what Node has built in", () => {
  const foreign = files.flatMap((file) =>
    importsOf(file)
      .filter((name) => !/^(?:\.|node:)/.test(name))
      .map((name) => `${file} imports ${name}`),
  );
  assert.deepEqual(foreign, []);
});
