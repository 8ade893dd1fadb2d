// One connection to an HTTP server, as cheap as it can be: raw text out, and every answer compared with the one expected.
import { connect } from "node:net";

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** Where an answer ends, and what it says; undefined while it is incomplete. Understands lengths and chunks. */
function readAnswer(buffer) {
  const headEnd = buffer.indexOf(END_OF_HEAD);
  if (headEnd < 0) return undefined;
  const head = buffer.latin1Slice(0, headEnd);
  const status = Number(head.slice(9, 12));
  const closes = /\r\nconnection: close/i.test(head);
  const from = headEnd + 4;
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = from + Number(length);
    return buffer.length < end ? undefined : { status, closes, body: buffer.utf8Slice(from, end), end, headEnd };
  }
  if (!/\r\ntransfer-encoding: chunked/i.test(head)) return { status, closes, body: "", end: from, headEnd };
  let body = "";
  for (let at = from; ;) {
    const lineEnd = buffer.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = parseInt(buffer.latin1Slice(at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (buffer.length < end) return undefined;
    if (size === 0) return { status, closes, body, end, headEnd };
    body += buffer.utf8Slice(lineEnd + 2, end - 2);
    at = end;
  }
}

/**
 * Keeps one request under way. `answered(ms, problem, closes)` is told of each: problem is undefined where the answer was
 * the expected one. Gives functions to send the next and to hang up.
 */
export function openClient({ port, host = "127.0.0.1", path, expect, status = 200, timeoutMs = 60_000 }, answered) {
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
  const socket = connect({ port, host, noDelay: true });
  let sentAt = -1;
  let rest = null;
  // The answers are alike but for the date: once one has been understood, the others need no parsing.
  let known = null;

  const settle = (problem, closes) => {
    const ms = performance.now() - sentAt;
    sentAt = -1;
    answered(ms, problem, closes);
  };
  const check = (answer) => {
    if (answer.status !== status) return `status ${answer.status} instead of ${status}: ${answer.body.slice(0, 100)}`;
    return answer.body === expect
      ? undefined
      : `${JSON.stringify(answer.body.slice(0, 100))} instead of what was expected`;
  };

  socket.on("data", (chunk) => {
    if (rest === null && known !== null && chunk.length === known.end) {
      const isAlike = chunk.latin1Slice(0, 12) === known.start && chunk.latin1Slice(known.headEnd) === known.tail;
      if (isAlike) return settle(undefined, false);
    }
    rest = rest === null ? chunk : Buffer.concat([rest, chunk]);
    const answer = readAnswer(rest);
    if (answer === undefined) return;
    if (sentAt < 0 || rest.length !== answer.end) return settle("more than one answer to one request", true);
    const problem = check(answer);
    if (problem === undefined && !answer.closes) {
      known = { ...answer, start: rest.latin1Slice(0, 12), tail: rest.latin1Slice(answer.headEnd) };
    }
    rest = null;
    settle(problem, answer.closes);
  });
  socket.on("timeout", () => {
    if (sentAt >= 0) settle("no answer in time", true);
    socket.destroy();
  });
  let error;
  socket.on("error", (e) => (error = e));
  socket.on("close", () => {
    if (sentAt >= 0) settle(`lost: ${error?.code ?? "connection closed without an answer"}`, true);
  });
  socket.setTimeout(timeoutMs);
  return {
    opened: new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    }),
    socket,
    /** False where the server has hung up. */
    send() {
      if (socket.destroyed || socket.readableEnded) return false;
      sentAt = performance.now();
      socket.write(request);
      return true;
    },
    close: () => socket.destroy(),
  };
}
