// Goroutines that have been collected while they were blocked, as they are told of: by place, with a count, however many.

const MOST_IDS = 100;

/** Those that were blocked at the same place, and started at the same place. */
export interface Leak {
  /** "[chan receive] at file.ts:9:14, created at file.ts:7:3" */
  readonly where: string;
  count: number;
  /** The first of them. */
  readonly ids: number[];
}

const leaks = new Map<string, Leak>();

export function addLeak(leak: Leak, to = leaks): void {
  const known = to.get(leak.where);
  if (known === undefined) {
    to.set(leak.where, { ...leak, ids: [...leak.ids] });
    return;
  }
  known.count += leak.count;
  known.ids.push(...leak.ids.slice(0, MOST_IDS - known.ids.length));
}

/** Those of this core. */
export function leakedHere(): Leak[] {
  return [...leaks.values()];
}

export function whereText(state: string, at: string | undefined, createdAt: string | undefined): string {
  const place = at === undefined ? "" : ` at ${at}`;
  return `[${state}]${place}${createdAt === undefined ? "" : `, created at ${createdAt}`}`;
}

/** `what` is what became of them: "was blocked for ever". */
export function leakLine(what: string, { where, count, ids }: Leak): string {
  return `goroutine ${ids[0]} ${what} ${where}${count > 1 ? ` (and ${count - 1} more)` : ""}`;
}
