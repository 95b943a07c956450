// Notes when each request arrived, on the machine's monotonic clock, before it answers. With `--file PATH` it also adds
// a byte for each request to a file before answering: a count that outlives this process. `--port N`, `--delay MS`.
// GET /__arrivals gives the list, with bodies, GET /__count the number; neither is counted.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    file: { type: 'string' },
    delay: { type: 'string', default: '0' },
  },
});
const delayMs = Number(values.delay);
const arrivals = [];
let sockets = 0;

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  if (request.url === '/__arrivals') {
    response.end(JSON.stringify(arrivals));
    return;
  }
  if (request.url === '/__count') {
    response.end(JSON.stringify({ count: arrivals.length, sockets }));
    return;
  }
  const atMs = Number(process.hrtime.bigint()) / 1e6;
  const arrival = { atMs, method: request.method, url: request.url, body: '' };
  arrivals.push(arrival);
  if (values.file !== undefined) appendFileSync(values.file, '.');
  const answer = () => response.setHeader('content-type', 'application/json').end('{"ok":true}');
  request.setEncoding('utf8').on('data', (text) => {
    arrival.body += text;
  });
  request.once('end', () => (delayMs > 0 ? setTimeout(answer, delayMs) : answer()));
});
server.on('connection', () => sockets++);
server.listen({ port: Number(values.port), host: '127.0.0.1', backlog: 8192 }, () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
