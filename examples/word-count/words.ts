// Words and how often each came, as a tree: a node for each beginning of a word, with a way on for each letter.
// Bytes go in as they were read; strings are made at the end, one for each word that is different.
const LETTERS = 26;

/** 0 to 25, small or capital; -1 for what is no letter. */
export function letterOf(byte: number): number {
  const letter = (byte | 32) - 97;
  return letter >= 0 && letter < LETTERS ? letter : -1;
}

export class Words {
  #next = new Int32Array(LETTERS * 64);
  #counts = new Int32Array(64);
  #nodes = 1;

  /** Adds the word that starts at `i`. Returns where it ends. */
  add(bytes: Uint8Array, i: number, length: number): number {
    let node = 0;
    for (let letter = letterOf(bytes[i]!); letter >= 0; letter = ++i < length ? letterOf(bytes[i]!) : -1) {
      const way = node * LETTERS + letter;
      node = this.#next[way] || this.#grow(way);
    }
    this.#counts[node]!++;
    return i;
  }

  #grow(way: number): number {
    const node = this.#nodes++;
    if (node === this.#counts.length) {
      this.#next = twice(this.#next);
      this.#counts = twice(this.#counts);
    }
    this.#next[way] = node;
    return node;
  }

  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    const visit = (node: number, word: string): void => {
      if (this.#counts[node]! > 0) counts.set(word, this.#counts[node]!);
      for (let letter = 0; letter < LETTERS; letter++) {
        const next = this.#next[node * LETTERS + letter]!;
        if (next !== 0) visit(next, word + String.fromCharCode(97 + letter));
      }
    };
    visit(0, "");
    return counts;
  }
}

function twice(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const array = new Int32Array(old.length * 2);
  array.set(old);
  return array;
}
