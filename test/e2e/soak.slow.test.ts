import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fitSlope } from '../../bench/fit-slope.mjs';
import { countArrivals } from '../support/arrivals.js';
import { startCli } from '../support/spawn-cli.js';
import { startServer } from '../support/spawn-server.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const SECONDS = 120;
const RATE = 2000;
/** Each sends one request when it starts, which opens its connection. */
const USERS = 200;
/** What is compiled and allocated at first belongs to no slope. */
const WARM_UP_MS = 30_000;
/**
 * Bytes a request. Whoever keeps anything of a request keeps at least a pointer, of 8 bytes; a quarter of that is well
 * above what is left of chance in 180,000 requests, which is told on failure.
 */
const MOST_KEPT = 2;

/** What the scenario reads every two seconds, after a collection. */
interface Reading {
  atMs: number;
  requests: number;
  heapUsed: number;
}

interface Total {
  begun: number;
  completed: number;
  interrupted: number;
  failures: number;
}

function readLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

test('two minutes of 2,000 requests/s leave the heap of the worker flat, and every request is counted', async () => {
  const server = await startServer('arrivals');
  const folder = createTemporaryFolder();
  const [log, json] = [join(folder, 'heap.ndjson'), join(folder, 'run.json')];
  const args = ['run', 'bench/scenarios/soak.ts', '--headless', '--only-summary', '--host', server.url];
  // With so few users a generator that is starved drops starts: what is under way, and its memory, has a limit.
  const load = { SOAK_RATE: String(RATE), SOAK_SECONDS: String(SECONDS), SOAK_USERS: String(USERS), SOAK_LOG: log };
  const cli = startCli([...args, '--workers', '1', '--no-preflight', '--json', json], {
    env: load,
    nodeFlags: ['--expose-gc'],
  });
  const { code, stdout, stderr } = await cli.result;
  const counted = await countArrivals(server);
  await server.stop();
  expect(code, stdout + stderr).toBe(0);
  const { total, droppedIterations } = JSON.parse(readFileSync(json, 'utf8')) as {
    total: Total;
    droppedIterations: number;
  };
  expect(total.failures).toBe(0);
  expect(total.begun).toBe(total.completed + total.interrupted);
  // What was interrupted may have been on its way. Without that, which only a starved machine has, all three are one.
  expect(counted).toBeGreaterThanOrEqual(total.completed);
  expect(counted).toBeLessThanOrEqual(total.begun);
  expect(total.begun + droppedIterations).toBe(USERS + RATE * SECONDS);

  const readings = readLines<Reading>(log);
  const warmAtMs = readings[0]!.atMs + WARM_UP_MS;
  const points = readings
    .filter(({ atMs }) => atMs >= warmAtMs)
    .map(({ requests, heapUsed }): [number, number] => [requests, heapUsed]);
  const { slope, half } = fitSlope(points);
  const figures = `${slope.toFixed(3)} ± ${half.toFixed(3)} bytes a request, ${points.length} readings, ${total.completed} requests`;
  console.log(figures);
  expect(slope - half, figures).toBeLessThan(MOST_KEPT);
});
