// Reports are for the end of a program: what they need is loaded when the program begins to wait for its end (main, run), or
// else when it is wanted, and no page ever loads it. A third of the core is not in its way that way.

type Reports = typeof import("./report.js");

let loading: Promise<Reports> | undefined;
let loaded: Reports | undefined;

export function loadReports(): Promise<Reports> {
  return (loading ??= import("./report.js").then((module) => (loaded = module)));
}

/** At once, where they are loaded. */
export function report(then: (reports: Reports) => void): void {
  if (loaded !== undefined) then(loaded);
  else void loadReports().then(then);
}
