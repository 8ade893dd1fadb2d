// A site of 200 pages on the loopback interface. Most answer soon, some late, some not at all, some with an error.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { until, type Routine } from "goro";

export const PAGES = 200;

/** Each page leads to two further ones, as in a tree, to the first, and to some other. */
function linksOf(page: number): number[] {
  return [2 * page + 1, 2 * page + 2, 0, (page * 7 + 13) % PAGES].filter((n) => n < PAGES);
}

/** Leaves of the tree only, so that what fails hides nothing. */
const NEVER = new Set([111, 150, 189]);
const BROKEN = new Set([120, 160]);

/** Where the site begins. */
export function* startSite(): Routine<URL> {
  const server = createServer((request, response) => {
    const page = Number(/^\/page\/(\d+)$/.exec(request.url ?? "")?.[1] ?? Number.NaN);
    if (!(page < PAGES)) return response.writeHead(404).end("not found");
    if (NEVER.has(page)) return undefined;
    if (BROKEN.has(page)) return response.writeHead(500).end("broken");
    const links = linksOf(page).map((n) => `<li><a href="/page/${n}">page ${n}</a></li>`);
    const html = `<!doctype html><title>Page ${page}</title><h1>Page ${page}</h1><ul>${links.join("")}</ul>`;
    return setTimeout(() => response.setHeader("content-type", "text/html").end(html), 5 + ((page * 31) % 60));
  });
  yield* until(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page/0`);
}
