// Values of Node's own.
import { createSecretKey } from "node:crypto";
import { BlockList } from "node:net";
import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { ways } from "./codec/testkit.portable.js";

/** Not on every platform does a structured clone know them. */
const clones = (value: object): boolean => structuredClone(value).constructor === value.constructor;

for (const { name, send } of ways) {
  test(`a small Buffer leaves the pool behind in which it lies, a view of memory of its own does not (${name})`, () => {
    const [a, b] = send(Buffer.from("hello"), { b: Buffer.from("world") }) as [Uint8Array, { b: Uint8Array }];
    equal(Object.getPrototypeOf(a), Uint8Array.prototype);
    equal(Buffer.from(a).toString(), "hello");
    equal(Buffer.from(b.b).toString(), "world");
    deepEqual([a.buffer.byteLength, b.b.buffer.byteLength], [5, 5]);
    const memory = new ArrayBuffer(8);
    const [, c] = send(memory, Buffer.from(memory, 2, 3)) as [ArrayBuffer, Uint8Array];
    deepEqual([c.byteOffset, c.length, c.buffer.byteLength], [2, 3, 8]);
  });

  test(`one Buffer in two places is one there (${name})`, () => {
    const buffer = Buffer.from("hello");
    const [a, [b]] = send(buffer, [buffer]) as [Uint8Array, [Uint8Array]];
    equal(a, b);
  });

  test(`what Node knows to clone arrives (${name})`, () => {
    const key = createSecretKey(Buffer.from("secret"));
    const [{ copy }] = send({ copy: key }) as [{ copy: typeof key }];
    ok(copy.equals(key));
    const list = new BlockList();
    list.addAddress("10.0.0.1");
    if (!clones(list)) return;
    const [again] = send(list) as [BlockList];
    ok(again.check("10.0.0.1"));
  });
}
