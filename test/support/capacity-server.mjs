// A target with a known limit: it answers in 5 ms as long as at most `--capacity` connections are open. With more it
// takes 400 ms, and goes on doing so for `--recovery` ms after there are few enough again. GET /__steps tells, on the
// machine's monotonic clock, when it became slow and when it was quick again; asking opens a connection and is not counted.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    capacity: { type: 'string' },
    recovery: { type: 'string', default: '0' },
  },
});
const capacity = Number(values.capacity);
const machineMs = () => Number(process.hrtime.bigint()) / 1e6;
const steps = [];
let open = 0;
let isSlow = false;
let recovering;

function setSlow(becomesSlow) {
  if (isSlow === becomesSlow) return;
  isSlow = becomesSlow;
  steps.push({ atMs: machineMs(), isSlow });
}

function onCount() {
  if (open > capacity) {
    clearTimeout(recovering);
    recovering = undefined;
    setSlow(true);
  } else if (isSlow) {
    recovering ??= setTimeout(() => setSlow(false), Number(values.recovery));
  }
}

const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
  if (request.url === '/__steps') {
    response.end(JSON.stringify(steps));
    return;
  }
  request.resume();
  setTimeout(() => response.end('ok'), isSlow ? 400 : 5);
});
server.on('connection', (socket) => {
  open++;
  onCount();
  socket.once('close', () => {
    open--;
    onCount();
  });
});
server.listen({ port: Number(values.port), host: '127.0.0.1', backlog: 8192 }, () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
