// Runs a block in a process of its own and compares what it prints with the comments at its end.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { transform } from "esbuild";

const timeoutMs = 20_000;

/** What is wrong, as lines to print; empty where all is as the comments say. */
export async function runBlock(cache, block) {
  const file = block.file.replace(/\.mts$/, ".mjs");
  const options = { loader: "ts", target: "es2022", format: "esm", sourcemap: "inline", sourcefile: block.file };
  writeFileSync(file, (await transform(block.code, options)).code);
  const expected = expectation(block.code);
  const { exitCode, stdout, stderr } = await runNode(cache, file);

  const problems = [];
  if (expected.output === undefined && expected.errors === undefined) {
    problems.push("it does not say what it prints, so it proves nothing");
  }
  if (exitCode !== expected.exitCode) problems.push(`exit code ${exitCode}, expected ${expected.exitCode}`);
  const order = (text) => (expected.unordered ? tidy(text).sort() : tidy(text)).join("\n");
  const got = order(stdout);
  const want = order((expected.output ?? []).join("\n"));
  if (got !== want) problems.push(`standard output differs\n--- got\n${got}\n--- want\n${want}`);
  problems.push(...wrongErrors(stderr, expected.errors ?? []));
  if (problems.length > 0 && stderr.trim() !== "") problems.push(`--- standard error\n${stderr.trimEnd()}`);
  return problems;
}

function expectation(code) {
  const lines = code.trimEnd().split("\n");
  const first = lines.findLastIndex((line) => !line.startsWith("//")) + 1;
  const expected = { output: undefined, unordered: false, errors: undefined, exitCode: 0 };
  let section = [];
  for (const line of lines.slice(first)) {
    const [, head, rest] = /^\/\/ (Output|Unordered output|Error output|Exit code):(.*)$/.exec(line) ?? [];
    if (head === undefined) section.push(line.replace(/^\/\/ ?/, ""));
    else if (head === "Exit code") expected.exitCode = Number(rest);
    else {
      section = rest.trim() === "" ? [] : [rest.trim()];
      expected[head === "Error output" ? "errors" : "output"] = section;
      expected.unordered ||= head === "Unordered output";
    }
  }
  return expected;
}

const tidy = (text) =>
  text
    .replaceAll(/[^\S\n]+$/gm, "")
    .trim()
    .split("\n");

function wrongErrors(stderr, expected) {
  if (expected.length === 0) return stderr.trim() === "" ? [] : ["standard error should be empty"];
  const lines = stderr.split("\n");
  let from = 0;
  for (const part of expected) {
    const at = lines.findIndex((line, i) => i >= from && line.includes(part));
    if (at < 0) return [`standard error lacks "${part}"${from > 0 ? ", below the line before" : ""}`];
    from = at + 1;
  }
  return [];
}

function runNode(cwd, file) {
  const { GORODEBUG, GOMAXPROCS, NODE_OPTIONS, FORCE_COLOR, ...env } = process.env;
  return new Promise((done, fail) => {
    const options = { cwd, env, stdio: ["ignore", "pipe", "pipe"] };
    const child = spawn(process.execPath, ["--enable-source-maps", file], options);
    let stdout = "";
    let stderr = "";
    const timer = setTimeout(() => {
      stderr += `\nstopped after ${timeoutMs} ms`;
      child.kill("SIGKILL");
    }, timeoutMs);
    child.stdout.setEncoding("utf8").on("data", (text) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.on("error", fail);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      done({ exitCode: code ?? signal, stdout, stderr });
    });
  });
}
