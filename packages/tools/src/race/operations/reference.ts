// A property that a pattern assigns to: `[q(a, "b", 7).value] = list`. The assignment is announced when it is made.
import type { Site } from "../accesses.js";
import { wk } from "./index.js";
import { Key } from "./key.js";

/** An assignment in sloppy code, which ignores a property that cannot be written. */
// eslint-disable-next-line @typescript-eslint/no-implied-eval -- modules are never sloppy
const assign = new Function("object", "key", "value", "object[key] = value") as (
  object: unknown,
  key: unknown,
  value: unknown,
) => void;

export class StrictReference {
  readonly object: unknown;
  readonly key: unknown;
  readonly site: Site;

  constructor(object: unknown, key: unknown, site: Site) {
    this.object = object;
    this.key = (typeof key === "object" && key !== null) || typeof key === "function" ? new Key(key) : key;
    this.site = site;
  }

  set value(value: unknown) {
    (this.object as Record<string, unknown>)[this.key as string] = wk(
      this.object,
      this.key as string,
      value,
      this.site,
    );
  }
}

export class SloppyReference extends StrictReference {
  override set value(value: unknown) {
    assign(this.object, this.key, wk(this.object, this.key as string, value, this.site));
  }
}
