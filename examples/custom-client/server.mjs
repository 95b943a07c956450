// A key-value server over TCP, one line a command: GET key, SET key value, COUNT (commands answered so far).
// Usage: node server.mjs [port]; without a port it takes a free one. Ctrl-C stops it.
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const values = new Map();
let answered = 0;

function answer(line) {
  const [command, key, value] = line.split(' ');
  if (command === 'COUNT') return String(answered);
  answered++;
  if (command === 'GET') return values.has(key) ? `VALUE ${values.get(key)}` : 'NONE';
  if (command !== 'SET' || value === undefined) return 'ERROR';
  values.set(key, value);
  return 'OK';
}

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  createInterface(socket).on('line', (line) => socket.write(`${answer(line)}\n`));
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  process.stdout.write(`listening on 127.0.0.1:${server.address().port}\n`);
});
