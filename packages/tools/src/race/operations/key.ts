// A computed key that is an object.
//
// The language converts it to a property key when it uses it, once, and the conversion may run code. An announcement needs
// the property key too. So the object is replaced by one that converts it when it is first asked, by whichever of the two,
// and remembers.
export class Key {
  readonly #of: object;
  #name: PropertyKey | undefined;

  constructor(of: object) {
    this.#of = of;
  }

  get name(): PropertyKey {
    // What `{ [key]: ... }` does is the language's own conversion, without reading anything of anybody else.
    return (this.#name ??= Reflect.ownKeys({ [this.#of as unknown as string]: 0 })[0]!);
  }

  [Symbol.toPrimitive](): PropertyKey {
    return this.name;
  }
}
