// Gets a clone ready to work in: installs what package-lock.json asks for, and builds what has changed. Plain Node, no
// dependencies: it runs before there are any. `npm start` and `npm test` begin with it; alone: node scripts/setup.mjs
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What this process runs for a tool of the repository, such as "prettier/bin/prettier.cjs". */
export const tool = (path) => join(root, "node_modules", path);

export function setUp() {
  checkNode();
  install();
  build();
}

function checkNode() {
  const { node: range } = readJson(join(root, "package.json")).engines;
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = range.match(/\d+/g).map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(`goro needs Node ${range}; this is ${process.versions.node}`);
}

export function install(folder = root) {
  const missing = notInstalled(folder);
  if (missing === undefined) return;
  console.log(`Installing, as ${missing}: npm ci`);
  const { status, error } = npm(["ci", "--no-audit", "--no-fund"], folder);
  if (status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ""}`);
}

/**
 * Why the installed packages are not those of package-lock.json; undefined where they are.
 * npm notes what it has installed in node_modules/.package-lock.json. Times of files would not do: git sets its own.
 */
export function notInstalled(folder) {
  const noted = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(noted)) return "nothing is installed yet";
  const installed = readJson(noted).packages;
  for (const [path, wanted] of Object.entries(readJson(join(folder, "package-lock.json")).packages)) {
    // The root and the workspaces are folders of ours; packages for other platforms are left out.
    if (!path.includes("node_modules/") || wanted.optional) continue;
    const found = installed[path];
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (found === undefined) return `${name} is missing`;
    if (found.version !== wanted.version) return `${name} is ${found.version}, not ${wanted.version}`;
    if (found.integrity !== wanted.integrity) return `${name} is another one`;
  }
  return undefined;
}

export function build() {
  sweep();
  const { status } = spawnSync(process.execPath, [tool("typescript/bin/tsc"), "--build"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) fail("the build failed");
}

/** Removes the output of sources that are gone: their tests would go on running. */
export function sweep(folder = root) {
  for (const name of readdirSync(join(folder, "packages"))) {
    const dist = join(folder, "packages", name, "dist");
    if (!existsSync(dist)) continue;
    for (const file of readdirSync(dist, { recursive: true })) {
      const stem = /^(.+?)(?:\.d)?\.[jt]s(?:\.map)?$/.exec(file)?.[1];
      if (stem === undefined || existsSync(join(folder, "packages", name, "src", `${stem}.ts`))) continue;
      rmSync(join(dist, file));
    }
  }
}

/** Runs npm: under `npm test` and `npm start` the one that runs already. */
export function npm(args, cwd, stdio = "inherit") {
  const cli = process.env.npm_execpath;
  const options = { cwd, stdio, encoding: "utf8" };
  if (cli?.endsWith(".js")) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" }); // npm.cmd needs a shell
}

const readJson = (file) => JSON.parse(readFileSync(file, "utf8"));

function fail(message) {
  console.error(message);
  process.exit(1);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) setUp();
