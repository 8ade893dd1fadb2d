// Chromium as three platforms: the library's tests in a cross-origin isolated page, the same in an ordinary one, and the built
// ES modules loaded as they are.
//
// The tests are bundled, since they import `node:test` and `node:assert`, for which a browser needs stand-ins. That says
// nothing about the library, so the third platform serves it file by file, with nothing but an import map.

import { execFile } from "node:child_process";
import { access, readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "./serve.mjs";
import { Unavailable } from "./unavailable.mjs";

const run = promisify(execFile);
const shims = {
  "node:test": fileURLToPath(new URL("browser/test.js", import.meta.url)),
  "node:assert/strict": fileURLToPath(new URL("browser/assert.js", import.meta.url)),
};
const noBuild = "scripts/platforms/browser/no-build.js";
export const chromiumFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Starts one headless Chromium for all three.
 *
 * @param {{ root: string, library: string, size: string, timeoutMs: number }} options root: the repository; library: its folder
 *   of package "goro"; size: GORO_TEST_SIZE
 * @throws {Unavailable}
 */
export async function startChromium({ root, library, size, timeoutMs }) {
  const executablePath = await findChromium();
  const { chromium } = await import("playwright-core").catch(() => {
    throw new Unavailable("playwright-core is not installed: npm install");
  });
  const browser = await chromium.launch({ executablePath, args: chromiumFlags }).catch((error) => {
    throw new Unavailable(`${executablePath} does not start: ${error.message.split("\n")[0]}`);
  });
  const bundle = bundler(root);
  const servers = [];

  async function testPages(isolated) {
    const pages = new Map([["/test.html", html("goro's tests")]]);
    const server = await serve({ root, isolated, pages });
    servers.push(server);
    return async (file) => {
      const bundled = await bundle(file);
      if (bundled.errors !== undefined) return [failed(file, bundled.errors)];
      const module = `/bundled/${pages.size}.js`;
      pages.set(module, bundled.code);
      return runPage(browser, {
        file,
        url: `${server.url}/test.html`,
        timeoutMs,
        work: { module, isolated, size },
        inPage: runTestsInPage,
      });
    };
  }

  async function noBuildPage() {
    const specifiers = await importMap(root, library);
    const map = `<script type="importmap">${JSON.stringify({ imports: specifiers })}</script>`;
    const server = await serve({
      root,
      isolated: false,
      pages: new Map([["/no-build.html", html("goro as it is", map)]]),
    });
    servers.push(server);
    return async (file) => {
      const cases = await runPage(browser, {
        file,
        url: `${server.url}/no-build.html`,
        timeoutMs,
        work: { specifiers: Object.keys(specifiers), module: `/${file}` },
        inPage: runNoBuildInPage,
      });
      const foreign = server.asked.filter((path) => !path.startsWith(`/${library}/dist/`) && !expectedPaths.has(path));
      if (foreign.length > 0) cases.push(failed(file, `asked for what is not the library: ${foreign.join(", ")}`));
      return cases;
    };
  }

  return {
    version: browser.version(),
    testPages,
    noBuildPage,
    noBuildFile: noBuild,
    async close() {
      await browser.close();
      for (const server of servers) server.close();
    },
  };
}

const expectedPaths = new Set(["/no-build.html", `/${noBuild}`]);

/** Debian's Chromium, installed if need be. */
export async function findChromium() {
  const path = "/usr/bin/chromium";
  const present = () =>
    access(path).then(
      () => true,
      () => false,
    );
  if (await present()) return path;
  if (process.platform !== "linux")
    throw new Unavailable("only Debian's chromium is known here, and this is no Debian");
  if (process.getuid() !== 0) throw new Unavailable("not installed, and only root can: apt-get install chromium");
  const apt = (...args) =>
    run("apt-get", args, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, maxBuffer: 1 << 26 });
  try {
    await apt("update", "-qq");
    await apt("install", "-y", "-qq", "--no-install-recommends", "chromium");
  } catch (error) {
    const reason = (error.stderr || error.message).trim().split("\n").at(-1);
    throw new Unavailable(`apt-get install chromium: ${reason}`);
  }
  if (!(await present())) throw new Unavailable(`apt-get installed chromium, but not as ${path}`);
  return path;
}

/**
 * Makes each test file a module for the browser, once for both pages.
 * @returns {(file: string) => Promise<{ code: string, errors?: undefined } | { errors: string }>}
 */
function bundler(root) {
  const made = new Map();
  async function make(file) {
    const esbuild = await import("esbuild");
    try {
      const result = await esbuild.build({
        stdin: {
          contents: `import ${JSON.stringify(`./${file}`)};\nexport { runTests } from "node:test";`,
          resolveDir: root,
          sourcefile: "run.js",
        },
        bundle: true,
        format: "esm",
        platform: "browser",
        target: "es2022",
        // The package says that its modules have no side effects; its test files do.
        ignoreAnnotations: true,
        write: false,
        logLevel: "silent",
        plugins: [nodeImports],
      });
      return { code: result.outputFiles[0].text };
    } catch (error) {
      return { errors: error.message };
    }
  }
  return (file) => {
    if (!made.has(file)) made.set(file, make(file));
    return made.get(file);
  };
}

/** A guarded `import()` of a Node module stays, and fails only if it is reached; a plain import is the mistake we look for. */
const nodeImports = {
  name: "node-imports",
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path, kind, importer }) => {
      if (path in shims) return { path: shims[path] };
      if (kind === "dynamic-import") return { path, external: true };
      return { errors: [{ text: `${path} is imported by ${importer}, which browsers are to run` }] };
    });
  },
};

/** Every entry of the package, as the browser finds it without npm and without a bundler. */
async function importMap(root, library) {
  const { name, exports } = JSON.parse(await readFile(join(root, library, "package.json"), "utf8"));
  const entries = Object.entries(exports).filter(([subpath]) => subpath !== "./package.json");
  return Object.fromEntries(
    entries.map(([subpath, target]) => [posix.join(name, subpath), `/${posix.join(library, target)}`]),
  );
}

/**
 * Opens a page of its own for one file and collects what it reports.
 * @returns {Promise<import("./junit.mjs").TestCase[]>}
 */
async function runPage(browser, { file, url, timeoutMs, work, inPage }) {
  const cases = [];
  const log = [];
  let running = "";
  const context = await browser.newContext();
  let timer;
  try {
    const page = await context.newPage();
    page.on("console", (message) => log.push(`${message.type()}: ${message.text()}`));
    const broken = new Promise((_, reject) => {
      page.on("pageerror", (error) => reject(new Error(`page error: ${error.stack ?? error.message}`)));
      page.on("crash", () => reject(new Error("the page crashed")));
      timer = setTimeout(() => reject(new Error(`still running after ${timeoutMs / 1000} s`)), timeoutMs);
    });
    broken.catch(() => {});
    await page.exposeFunction("started", (name) => void (running = name));
    await page.exposeFunction("ended", (result) => void cases.push(result));
    await Promise.race([broken, page.goto(url).then(() => page.evaluate(inPage, work))]);
    if (cases.length === 0) throw new Error("no test was reported");
  } catch (error) {
    const during = running === "" ? "" : `while or after "${running}" ran: `;
    cases.push(failed(file, [`${during}${error.message}`, ...log.slice(-20)].join("\n")));
  } finally {
    clearTimeout(timer);
    await context.close();
  }
  return cases;
}

const html = (title, head = "") =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>${title}</title>${head}</head><body></body></html>`;

const failed = (name, detail) => ({ name, status: "failed", detail });

// The two functions below are sent to the page: they see nothing of this module.

/* global crossOriginIsolated, started, ended */

async function runTestsInPage({ module, isolated, size }) {
  if (crossOriginIsolated !== isolated)
    throw new Error(`crossOriginIsolated is ${crossOriginIsolated}, wanted ${isolated}`);
  globalThis.GORO_TEST_SIZE = size;
  const { runTests } = await import(module);
  await runTests({ started, ended });
}

async function runNoBuildInPage({ specifiers, module }) {
  const one = async (name, fn) => {
    await started(name);
    const outcome = await fn().then(
      () => ({ status: "passed", detail: "" }),
      (error) => ({ status: "failed", detail: String(error?.stack ?? error) }),
    );
    await ended({ name, ...outcome });
  };
  for (const specifier of specifiers) await one(`${specifier} loads as it is`, () => import(specifier));
  await one("a program of goroutines, channels and select runs without a build step", async () => {
    const { program, expected } = await import(module);
    const lines = await program();
    if (lines.join("\n") !== expected.join("\n"))
      throw new Error(`printed:\n${lines.join("\n")}\nwanted:\n${expected.join("\n")}`);
  });
}
