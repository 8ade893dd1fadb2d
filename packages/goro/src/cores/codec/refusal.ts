// The error for what cannot be sent, and how it names things.

export function cannotSend(path: string, what: string, advice?: string): never {
  throw new TypeError(`${path}: ${what} cannot be sent to another core${advice === undefined ? "" : `: ${advice}`}`);
}

/** "a Socket". */
export function describe(value: object): string {
  const name = (value.constructor as { name?: unknown } | undefined)?.name;
  if (typeof name !== "string" || name === "" || name === "Object") return "this object";
  return `${/^[AEIO]/.test(name) ? "an" : "a"} ${name}`;
}
