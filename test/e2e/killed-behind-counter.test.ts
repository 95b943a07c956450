import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunEvent, run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

const SCENARIO = `
import { constant, defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  waitTime: constant(0.005),
  tasks: {
    read: async ({ http }) => { await http.get('/read'); },
    write: async ({ http }) => { await http.post('/write', { json: { a: 1 } }); },
  },
});
export default defineTest({ users: { Visitor } });
`;

/** Counts every request outside the target and passes it on; a target that is gone is a 502. */
async function startCounter(target: string) {
  let count = 0;
  const server = createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
    count++;
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url!, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!);
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.headersSent || outgoing.writeHead(502).end());
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server, read: () => count };
}

/** Kills the target once it has answered, starts it again once requests fail, ends the run once it answers again. */
function createDirector(first: ServerProcess, stop: AbortController) {
  const { port } = new URL(first.url);
  let stage = 'answering';
  let second: Promise<ServerProcess> | undefined;
  const onEvent = (event: RunEvent) => {
    if (event.type !== 'interval-closed') return;
    const sum = (key: 'completed' | 'failures') => event.part.series.reduce((all, series) => all + series[key], 0);
    if (stage === 'answering' && sum('completed') > 0) {
      stage = 'killed';
      first.child.kill('SIGKILL');
    } else if (stage === 'killed' && sum('failures') > 0) {
      stage = 'back';
      second = startServer('arrivals', ['--port', port]);
    } else if (stage === 'back' && sum('completed') > sum('failures')) {
      stop.abort('it answers again');
    }
  };
  return { onEvent, second: () => second! };
}

test('completed <= a count kept outside a killed and restarted target <= begun = completed + interrupted', async () => {
  const first = await startServer('arrivals');
  const counter = await startCounter(first.url);
  const stop = new AbortController();
  const { onEvent, second } = createDirector(first, stop);
  const load = { users: 20, spawnRate: 200, runTime: '25s' };
  const script = writeScenario(SCENARIO);
  const { state, total } = await run({ script, host: counter.url, load, workers: 2, onEvent, signal: stop.signal });
  await (await second()).stop();
  counter.server.closeAllConnections();
  counter.server.close();
  expect(state).toBe('stopped');
  expect(total.failures).toBeGreaterThan(0);
  expect(total.begun).toBe(total.completed + total.interrupted);
  expect(total.completed).toBeLessThanOrEqual(counter.read());
  expect(counter.read()).toBeLessThanOrEqual(total.begun);
});
