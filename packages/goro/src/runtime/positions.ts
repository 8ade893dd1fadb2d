// Stacks by the positions in the code that they stand for, which is all that is needed to tell one place from another, and takes
// a fraction of what it takes to write the stack out. Where the engine does not let anybody do that, they are written out.

interface CallSite {
  getFileName(): string | null;
  getFunctionName(): string | null;
  getPosition?(): number;
  toString(): string;
}

/** Where a stack is taken of somebody else: what is below is the same for all. */
export const BOTTOM = "probeFrames";

function positions(_error: unknown, sites: readonly CallSite[]): string {
  let key = "";
  for (const site of sites) {
    if (site.getFunctionName() === BOTTOM) break;
    key += `${site.getPosition?.() ?? site.toString()} ${site.getFileName()}\n`;
  }
  return key;
}

/** What `take` returns, where stacks that it takes are such keys. */
export function asPositions(take: () => string): string {
  const engine = Error as { prepareStackTrace?: unknown };
  const before = engine.prepareStackTrace;
  engine.prepareStackTrace = positions;
  try {
    return take();
  } finally {
    engine.prepareStackTrace = before;
  }
}
