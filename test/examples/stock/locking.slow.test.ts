import { defineTest, type Load } from 'loadwright';
import { run } from 'loadwright/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { catalogue, verifyStock } from '../../../examples/stock/consistency.js';
import { StockUser } from '../../../examples/stock/scenario.js';
import { type Services, startServices } from '../../support/start-services.js';
import { runHighVolume } from '../../support/stock-run.js';
import { type SystemProcess, startStockSystem } from '../../support/stock-system.js';

/** STOCK_RUNS=10 for as many runs of each locking mode as it takes to believe it. */
const RUNS = Array.from({ length: Number(process.env.STOCK_RUNS ?? 1) }, (_, index) => index + 1);
const FIRST_LOAD = { users: 200, spawnRate: 100, runTime: '20s' };

let services: Services;
let server: SystemProcess | undefined;
beforeAll(async () => {
  services = await startServices();
});
afterEach(() => server?.stop('SIGKILL'));
afterAll(() => services.stop());

it.each(RUNS.flatMap((run) => ['optimistic', 'pessimistic', 'none'].map((locking) => ({ locking, run }))))(
  '200 users on 5 hot products for 20 s, locking $locking (run $run)',
  async ({ locking }) => {
    server = await startStockSystem(services, ['--hot', '5', '--locking', locking]);
    const { verifyFailures } = await runHighVolume(server.url, { load: FIRST_LOAD });
    if (locking === 'none') expect(verifyFailures!.join('\n')).toMatch(/told minus stored is [1-9]/);
    else expect(verifyFailures).toEqual([]);
  },
);

// Fifty units are gone after a handful of reservations: a gap of 5 ms meets two of those in two runs of three.
it.each(RUNS)('50 units of each are oversold without locking (run %i)', async () => {
  server = await startStockSystem(services, ['--hot', '5', '--locking', 'none', '--stock', '50', '--gap', '200']);
  const { verifyFailures } = await runHighVolume(server.url);
  expect(verifyFailures!.join('\n')).toMatch(/: oversold, users were told of /);
});

const stage = (duration: string, target: number) => ({ duration, target });

it.each([
  ['moderate', 'optimistic', { users: 500, spawnRate: 250, runTime: '10s' }],
  ['high', 'pessimistic', { users: 1000, spawnRate: 500, runTime: '10s' }],
  ['stress', 'optimistic', { stages: [stage('4s', 2000), stage('3s', 2000), stage('1s', 100), stage('2s', 100)] }],
  ['stress', 'pessimistic', { stages: [stage('4s', 2000), stage('3s', 2000), stage('1s', 100), stage('2s', 100)] }],
  ['steps', 'pessimistic', { stages: [stage('0s', 100), stage('3s', 100), stage('0s', 1000), stage('4s', 1000)] }],
] as const)('a shortened %s adds up, locking %s', async (_, locking, load) => {
  server = await startStockSystem(services, ['--locking', locking, '--processes', '2']);
  const test = defineTest({ users: { StockUser }, load: load as Load, setup: { catalogue }, verify: verifyStock });
  const { verifyFailures, total } = await run({ test, host: server.url });
  expect(verifyFailures).toEqual([]);
  expect(total.completed).toBeGreaterThan(1_000);
});
