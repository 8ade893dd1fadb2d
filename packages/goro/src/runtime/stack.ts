// The stack of whoever asks, as the engine writes it.

/** Deep enough for nested `yield*`. */
const DEPTH = 100;

export function captureStack(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack: unknown = new Error().stack;
  Error.stackTraceLimit = limit;
  return typeof stack === "string" ? stack : "";
}
