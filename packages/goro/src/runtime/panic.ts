// The errors of misuse: what Go answers with a panic or a fatal error, in Go's words.

/** Misuse that Go answers with a panic or a fatal error. The messages are Go's. */
export class Panic extends Error {
  override get name(): string {
    return "Panic";
  }
}
