// The page of examples/page, built by Vite and opened in Chromium.
/* global document */
import { after, before, test } from "node:test";
import { equal, match, ok } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";
import { chromiumFlags, findChromium } from "../../scripts/platforms/chromium.mjs";

const root = fileURLToPath(new URL("../page", import.meta.url));
let browser, server, outDir;

before(async () => {
  browser = await chromium.launch({ executablePath: await findChromium(), args: chromiumFlags });
  outDir = await mkdtemp(join(tmpdir(), "goro-page-"));
  await build({ root, logLevel: "silent", build: { outDir } });
});

after(async () => {
  await browser?.close();
  await server?.close();
  await rm(outDir, { recursive: true, force: true });
});

/** What the page says when it is served with these headers. */
async function said(headers) {
  await server?.close();
  server = await preview({
    root,
    logLevel: "silent",
    build: { outDir },
    preview: { host: "127.0.0.1", port: 0, headers },
  });
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error));
  await page.goto(server.resolvedUrls.local[0]);
  const text = await page.waitForFunction(() => document.querySelector("p").textContent, null, { timeout: 60_000 });
  const pixels = await page.evaluate(() => {
    const { width, height } = document.querySelector("canvas");
    return width * height;
  });
  equal(errors.length, 0, String(errors[0]?.stack));
  return { text: await text.jsonValue(), pixels };
}

test("a page that Vite has built runs parallel functions on other cores, minified as it is", async () => {
  const { text, pixels } = await said(undefined);
  match(text, /^900 rows on \d+ cores, \d+ of them not on the page's own$/);
  ok(Number(/(\d+) of them/.exec(text)[1]) > 0, text);
  equal(pixels, 1200 * 900);
});

test("served without the headers of isolation, the page says so", async () => {
  const { text } = await said({ "Cross-Origin-Opener-Policy": "unsafe-none" });
  match(text, /^This page is not cross-origin isolated/);
});
