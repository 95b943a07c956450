import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunResult, run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

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

/** Resolves when the run has counted failures, and again answers after them. */
function watch(): {
  onEvent: (event: import('loadwright/node').RunEvent) => void;
  failing: Promise<void>;
  answered: Promise<void>;
} {
  let onFailing: () => void;
  let onAnswered: () => void;
  const failing = new Promise<void>((resolve) => {
    onFailing = resolve;
  });
  const answered = new Promise<void>((resolve) => {
    onAnswered = resolve;
  });
  return {
    failing,
    answered,
    onEvent: (event) => {
      if (event.type !== 'interval-closed') return;
      const sum = (key: 'completed' | 'failures') => event.part.series.reduce((all, series) => all + series[key], 0);
      if (sum('failures') > 0) onFailing();
      else if (sum('completed') > 0) onAnswered();
    },
  };
}

test('a target killed in mid-run and started again: completed <= counted outside <= begun = completed + interrupted', async () => {
  const file = join(createTemporaryFolder(), 'count');
  writeFileSync(file, '');
  const first = await startServer('arrivals', ['--file', file]);
  const port = new URL(first.url).port;
  const events = watch();
  const stop = new AbortController();
  const running: Promise<RunResult> = run({
    script: writeScenario(SCENARIO),
    host: first.url,
    load: { users: 20, spawnRate: 200 },
    workers: 2,
    onEvent: events.onEvent,
    signal: stop.signal,
  });
  await events.answered;
  await first.stop('SIGKILL');
  await events.failing;
  const second = await startServer('arrivals', ['--file', file, '--port', port]);
  const counted = async () => (await second.readJson<{ count: number }>('/__count')).count;
  while ((await counted()) < 200) await new Promise((resolve) => setImmediate(resolve));
  stop.abort('enough');
  const { total } = await running;
  await second.stop();
  const outside = readFileSync(file).length;
  expect(total.failures).toBeGreaterThan(0);
  expect(total.begun).toBe(total.completed + total.interrupted);
  const answered = total.completed - total.failures;
  expect(answered).toBeLessThanOrEqual(outside);
  // A request tried a second time on a new connection may have been counted twice outside.
  expect(outside).toBeLessThanOrEqual(total.begun + total.reconnects);
});
