// Answers over bare sockets and notes how long each request was here, from the read that brought it to the write that
// answered it, on the machine's monotonic clock. `/wait/MS` is answered so much later; with `--ramp FROM,TO,SECONDS` every
// request is, by the time since the first one. A request has an `x-id` header of its own if its time is to be kept.
// GET /__times gives `[id, ms, answeredAtMs]` of each since it was asked for last.
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { ramp: { type: 'string' } } });
const ramp = values.ramp?.split(',').map(Number);
const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{"ok":true}';
let times = [];
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
let firstMs;

function readDelay(text, arrivedMs) {
  if (ramp === undefined) return Number(/^GET \/wait\/([\d.]+)/.exec(text)?.[1] ?? 0);
  const [from, to, seconds] = ramp;
  firstMs ??= arrivedMs;
  return from + ((to - from) * (arrivedMs - firstMs)) / (seconds * 1000);
}

function answer(socket, text, arrivedMs) {
  const id = /\r\nx-id: (\S+)/i.exec(text)?.[1];
  // Before it: the client may have read the answer when the write returns.
  const atMs = nowMs();
  socket.write(ANSWER);
  if (id !== undefined) times.push([id, atMs - arrivedMs, atMs]);
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  // One request at a time, and small ones: each comes whole.
  socket.on('data', (chunk) => {
    const arrivedMs = nowMs();
    const text = chunk.toString('latin1');
    if (text.startsWith('GET /__times')) {
      const body = JSON.stringify(times);
      times = [];
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    const delayMs = readDelay(text, arrivedMs);
    if (delayMs > 0) setTimeout(answer, delayMs, socket, text, arrivedMs);
    else answer(socket, text, arrivedMs);
  });
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 8192 }, () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
