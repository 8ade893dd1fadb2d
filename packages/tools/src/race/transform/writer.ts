// The output text of a transform, and for each stretch of it where in the source it comes from.
//
// Text goes in strictly from front to back. What cannot be known yet, such as which temporaries a function will have needed,
// is a slot that is filled later. Every copied stretch begins a segment of the source map, and so does every line in it; as
// the transform copies node by node, each expression has its own.
import { GenMapping, maybeAddSegment, toEncodedMap } from "@jridgewell/gen-mapping";
import { originalPositionFor, sourceContentFor, TraceMap } from "@jridgewell/trace-mapping";

export interface Slot {
  text: string;
}

interface Part extends Slot {
  /** where the text comes from, or -1 where it has no place of its own */
  readonly from: number;
  /** whether it is text of the source, whose second line is the source's second line */
  readonly copied: boolean;
}

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

export class Writer {
  readonly source: string;
  readonly #url: string;
  readonly #input: TraceMap | undefined;
  readonly #parts: Part[] = [];
  readonly #lines: number[] = [0];

  /** `input` is the map from `source` back to what its author wrote, which is at `url`. */
  constructor(source: string, url: string, input: object | undefined) {
    this.source = source;
    this.#url = url;
    this.#input = input === undefined ? undefined : new TraceMap(input as ConstructorParameters<typeof TraceMap>[0]);
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) this.#lines.push(at + 1);
  }

  copy(from: number, to: number): void {
    if (from < to) this.#parts.push({ text: this.source.slice(from, to), from, copied: true });
  }

  /** Text that is not in the source; errors in it are reported at the place `at`. */
  put(text: string, at = -1): void {
    if (text !== "") this.#parts.push({ text, from: at, copied: false });
  }

  slot(at = -1): Slot {
    const slot = { text: "", from: at, copied: false };
    this.#parts.push(slot);
    return slot;
  }

  /** Where the author wrote what is at `offset` of the source, or undefined where a compiler put it. */
  original(offset: number): (Position & { url: string }) | undefined {
    const place = this.#place(offset);
    if (this.#input === undefined) return { ...place, url: this.#url };
    const { line, column } = originalPositionFor(this.#input, place);
    return line === null ? undefined : { line, column, url: this.#url };
  }

  text(): string {
    return this.#parts.map(({ text }) => text).join("");
  }

  /** The map from the text to what the author wrote. */
  map(): object {
    const map = new GenMapping({});
    let line = 0;
    let column = 0;
    for (const { text, from, copied } of this.#parts) {
      if (from >= 0) this.#segment(map, line, column, from);
      for (let at = text.indexOf("\n"), start = 0; ; at = text.indexOf("\n", start)) {
        if (at < 0) {
          column += text.length - start;
          break;
        }
        line++;
        column = 0;
        start = at + 1;
        if (copied && start < text.length) this.#segment(map, line, column, from + start);
      }
    }
    const content = this.#input && sourceContentFor(this.#input, this.#input.sources[0] ?? "");
    const encoded = toEncodedMap(map);
    return typeof content === "string"
      ? { ...encoded, sourcesContent: [content] }
      : { ...encoded, sourcesContent: undefined };
  }

  #segment(map: GenMapping, line: number, column: number, offset: number): void {
    const to = this.original(offset);
    if (to === undefined) maybeAddSegment(map, line, column);
    else maybeAddSegment(map, line, column, to.url, to.line - 1, to.column);
  }

  #place(offset: number): Position {
    let low = 0;
    let high = this.#lines.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - this.#lines[low]! };
  }
}
