// Start-up and punctuality. First: how long after the command the first request reaches the target, and how long after
// it the process ends, beside `node -e 0`. Then: how far from k/100 s user k's first request arrives, of 1,000 users at
// 100 a second, beside a bare loop of timers that does the same. Usage: node bench/starts.mjs [--rounds 3]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'loadwright-starts-'));
const USERS = 1000;
const PER_SECOND = 100;

const arrivals = [];
const server = createServer((request, response) => {
  arrivals.push({ k: Number(request.url.slice(1)), atMs: performance.now() });
  response.end('ok');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const LOOP = `
const http = require('node:http');
const agent = new http.Agent({ keepAlive: true });
const startAtMs = performance.now() + 20;
let k = 0;
const next = () => {
  while (k < ${USERS} && performance.now() >= startAtMs + k * ${1000 / PER_SECOND}) {
    http.get({ host: '127.0.0.1', port: ${server.address().port}, path: '/' + k++, agent }, (response) => response.resume());
  }
  if (k < ${USERS}) setTimeout(next, Math.max(0, Math.ceil(startAtMs + k * ${1000 / PER_SECOND} - performance.now())));
};
next();
setTimeout(() => process.exit(), ${(USERS / PER_SECOND) * 1000 + 1000});
`;

const scenario = (name, tasks) => {
  const path = join(folder, name);
  writeFileSync(
    path,
    `import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(60), tasks: { ${tasks} } });
export default defineTest({ users: { Visitor } });`,
  );
  return path;
};

async function runNode(...words) {
  arrivals.length = 0;
  const startedAtMs = performance.now();
  const child = spawn(process.execPath, words, { stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  return { startedAtMs, endedAtMs: performance.now() };
}

const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
const middle = (numbers) => sorted(numbers)[Math.floor(numbers.length / 2)];

/** How far arrivals are from the plan; the instant of second 0 is where the earliest tenth agree that it was. */
function describeLag(of) {
  const distances = sorted(arrivals.map(({ k, atMs }) => atMs - (k * 1000) / PER_SECOND));
  const origin = distances[Math.floor(distances.length / 10)];
  const lags = sorted(distances.map((distance) => Math.abs(distance - origin)));
  const figures = [0.5, 0.99].map((share) => lags[Math.floor(lags.length * share)].toFixed(1));
  console.log(
    `${of.padEnd(12)} ${lags.length} arrivals, off by ms: p50 ${figures.join(', p99 ')}, max ${lags.at(-1).toFixed(1)}`,
  );
}

const once = scenario('once.ts', "async go({ http, stopUser }) { await http.get('/0'); stopUser(); }");
const first = [];
const end = [];
const bare = [];
for (let round = 0; round < 10; round++) {
  const { startedAtMs, endedAtMs } = await runNode(main, 'run', once, '--headless', '--host', url);
  first.push(arrivals[0].atMs - startedAtMs);
  end.push(endedAtMs - arrivals[0].atMs);
  const nothing = await runNode('-e', '0');
  bare.push(nothing.endedAtMs - nothing.startedAtMs);
}
console.log(
  `start-up, medians of ten: first request ${middle(first).toFixed(0)} ms, the process ends ${middle(end).toFixed(0)} ms later, node -e 0 ${middle(bare).toFixed(0)} ms`,
);

const each = scenario('each.ts', "async go({ http, id }) { await http.get('/' + id, { name: 'go' }); }");
const load = ['-u', String(USERS), '-r', String(PER_SECOND), '-t', `${USERS / PER_SECOND + 1}s`];
for (let round = 0; round < Number(values.rounds); round++) {
  await runNode('-e', LOOP);
  describeLag('bare timers');
  await runNode(main, 'run', each, '--headless', '--host', url, '--no-preflight', ...load);
  describeLag('loadwright');
}
server.close();
server.closeAllConnections();
rmSync(folder, { recursive: true });
