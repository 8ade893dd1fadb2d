// What one writes by hand when there is no goro: a channel between async functions, from arrays and promises.
// A quick one of its kind: it makes a promise only where somebody has to wait. It knows no select, no close, no cancelling.

interface Sender<T> {
  readonly value: T;
  readonly taken: () => void;
}

export class PromiseChannel<T> {
  readonly #capacity: number;
  readonly #buffer = new Queue<T>();
  readonly #senders = new Queue<Sender<T>>();
  readonly #receivers = new Queue<(value: T) => void>();

  constructor(capacity = 0) {
    this.#capacity = capacity;
  }

  send(value: T): Promise<void> | undefined {
    const receiver = this.#receivers.shift();
    if (receiver) receiver(value);
    else if (this.#buffer.length < this.#capacity) this.#buffer.push(value);
    else return new Promise((taken) => this.#senders.push({ value, taken }));
    return undefined;
  }

  recv(): Promise<T> | T {
    const sender = this.#senders.shift();
    sender?.taken();
    if (this.#buffer.length > 0) {
      const value = this.#buffer.shift()!;
      if (sender) this.#buffer.push(sender.value);
      return value;
    }
    return sender ? sender.value : new Promise((received) => this.#receivers.push(received));
  }
}

/** Array.shift is slow for long arrays: this one moves a head index and tidies up now and then. */
class Queue<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item); // goro.raceIgnore: on one core nothing comes between, as nothing here awaits
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items.length = this.#head = 0;
    } else if (this.#head > 1024) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
