// A reporter for node --test: a dot per test, every failure in full where it happens, the sum at the end.
import { relative } from "node:path";
import { inspect } from "node:util";

const dotsPerLine = 100;

export default async function* reporter(events) {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  let dots = 0;
  for await (const { type, data } of events) {
    if (type === "test:stderr" || type === "test:stdout") {
      if (dots > 0) yield "\n";
      dots = 0;
      yield data.message;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details.type === "suite") continue; // its tests count
    if (data.skip !== undefined || data.todo !== undefined) {
      skipped++;
    } else if (type === "test:pass") {
      passed++;
      yield ++dots % dotsPerLine === 0 ? ".\n" : ".";
    } else {
      failed++;
      yield `${dots % dotsPerLine === 0 ? "" : "\n"}\n${describeFailure(data)}\n`;
      dots = 0;
    }
  }
  if (dots % dotsPerLine !== 0) yield "\n";
  yield `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`;
}

function describeFailure({ name, file, line, details }) {
  const place = file === undefined ? "" : `${relative(process.cwd(), file)}:${line}: `;
  const { error } = details;
  const cause =
    error?.cause instanceof Error ? (error.cause.stack ?? error.cause.message) : inspect(error?.cause ?? error);
  return `FAILED ${place}${name}\n${cause.replaceAll(/^(?=.)/gm, "  ")}`;
}
