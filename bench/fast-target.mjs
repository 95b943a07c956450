// A target that is never the bottleneck: fixed answers over raw sockets, counted. GET /__count gives the count.
import { createServer } from 'node:net';

const body = Buffer.from(
  JSON.stringify({
    count: 200,
    next: null,
    previous: null,
    results: [{ id: 'a3c1', name: '상품 17', price: '1199.00' }],
  }),
);
const answer = Buffer.concat([
  Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\nserver: fast\r\nvary: accept\r\ncontent-length: ${body.length}\r\n\r\n`,
  ),
  body,
]);
const END = Buffer.from('\r\n\r\n');
let served = 0;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    if (chunk.includes('GET /__count')) {
      const text = JSON.stringify({ served, cpu: process.cpuUsage() });
      socket.end(`HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
      return;
    }
    for (let at = chunk.indexOf(END); at >= 0; at = chunk.indexOf(END, at + 4)) {
      served++;
      socket.write(answer);
    }
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', 8192, () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
