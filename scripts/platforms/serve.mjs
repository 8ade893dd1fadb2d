// A file server on loopback for the test pages.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".map": "application/json" };

/** With these two a page is cross-origin isolated: it may use SharedArrayBuffer. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/**
 * Serves the files under `root`, and before them the `pages` made by the caller.
 *
 * @param {{ root: string, isolated: boolean, pages: Map<string, string> }} options pages: path to content
 * @returns {Promise<{ url: string, asked: string[], close(): void }>} asked: the path of every request, as they came
 */
export async function serve({ root, isolated, pages }) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    asked.push(path);
    const body = pages.get(path) ?? (await readUnder(root, path));
    if (body === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": `${type}; charset=utf-8`, ...(isolated ? isolation : {}) }).end(body);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function readUnder(root, path) {
  const file = normalize(join(root, path));
  if (!file.startsWith(root + sep)) return undefined;
  return readFile(file).catch(() => undefined);
}
