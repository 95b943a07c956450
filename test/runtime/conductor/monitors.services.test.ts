import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { postgresMonitor, redisMonitor } from '../../../src/runtime/user/define-monitors.js';
import { metricOf, runMonitored, seriesOf } from '../../support/monitored-run.js';
import { type Services, startServices } from '../../support/start-services.js';

let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services?.stop());

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: services.postgres.url });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

it('PostgreSQL tells connections by state, lock waits, commits, rollbacks and cache hits', async () => {
  const [holder, waiter, worker] = [await connect(), await connect(), await connect()];
  await holder.query('CREATE TABLE IF NOT EXISTS stock (id int PRIMARY KEY, quantity int)');
  await holder.query('INSERT INTO stock VALUES (1, 10) ON CONFLICT DO NOTHING');
  await holder.query('BEGIN');
  await holder.query('UPDATE stock SET quantity = 9 WHERE id = 1');
  const waiting = waiter.query('UPDATE stock SET quantity = 8 WHERE id = 1');
  let isRunning = true;
  const working = (async () => {
    while (isRunning) {
      await worker.query('SELECT * FROM stock');
      await worker.query('BEGIN; SELECT 1; ROLLBACK');
      await setTimeout(5);
    }
  })();
  const { result } = await runMonitored([postgresMonitor(services.postgres.url)], { seconds: 4 });
  isRunning = false;
  await working;
  await holder.query('COMMIT');
  await waiting;
  expect(result.exitCode).toBe(0);
  expect(metricOf(result, 'postgres', 'waiting_on_locks').last).toBe(1);
  expect(metricOf(result, 'postgres', 'connections').last).toBe(3);
  expect(metricOf(result, 'postgres', 'connections_idle_in_transaction').last).toBe(1);
  expect(metricOf(result, 'postgres', 'connections_active').max).toBeGreaterThanOrEqual(1);
  expect(metricOf(result, 'postgres', 'connections_max').last).toBeGreaterThan(10);
  expect(metricOf(result, 'postgres', 'commits').max).toBeGreaterThan(20);
  expect(metricOf(result, 'postgres', 'rollbacks').max).toBeGreaterThan(20);
  expect(metricOf(result, 'postgres', 'cache_hit_share').max).toBeGreaterThan(0.9);
  expect(metricOf(result, 'postgres', 'longest_transaction').last).toBeGreaterThan(3000);
});

it('Redis tells its operations, hits, memory and clients', async () => {
  const redis = new Redis(services.redis.url);
  onTestFinished(() => redis.disconnect());
  await redis.set('there', 'x'.repeat(1000));
  const timer = setInterval(() => {
    for (const key of ['there', 'there', 'there', 'missing']) void redis.get(key);
  }, 10);
  const { result } = await runMonitored([redisMonitor(services.redis.url)], { seconds: 3 });
  clearInterval(timer);
  expect(metricOf(result, 'redis', 'hit_share').mean).toBeCloseTo(0.75, 1);
  expect(metricOf(result, 'redis', 'operations').max).toBeGreaterThan(80);
  expect(metricOf(result, 'redis', 'memory').last).toBeGreaterThan(500_000);
  expect(metricOf(result, 'redis', 'clients').last).toBe(2);
});

it('a database that is killed and comes back is missed and found again, and the run does not mind', async () => {
  const monitors = [postgresMonitor(services.postgres.url), redisMonitor(services.redis.url)];
  let outage: Promise<unknown> | undefined;
  const { result, readings, events } = await runMonitored(monitors, {
    seconds: 9,
    onEvent: (event) => {
      if (event.type === 'monitors-sampled' && event.interval === 1) {
        outage = Promise.all([services.postgres.kill(), services.redis.kill()]);
      } else if (event.type === 'monitors-sampled' && event.interval === 3) {
        outage = outage!.then(() => Promise.all([services.postgres.restart(), services.redis.restart()]));
      }
    },
  });
  await outage;
  expect(result).toMatchObject({ exitCode: 0, state: 'completed', durationMs: 9000 });
  for (const [name, metric] of [
    ['postgres', 'connections'],
    ['redis', 'clients'],
  ] as const) {
    const failed = readings.filter(({ failures }) => failures.some(({ monitor }) => monitor === name));
    expect(failed.length, name).toBeGreaterThanOrEqual(1);
    expect(seriesOf(readings, name, metric).length + failed.length, name).toBe(9);
    expect(readings.at(-1)!.samples.map(({ monitor }) => monitor)).toContain(name);
    expect(events.filter((event) => event.type === 'warning' && event.message.includes(`"${name}"`))).toHaveLength(1);
  }
});

it('a wrong password is told, and neither it nor the right one is in any event', async () => {
  const url = new URL(services.postgres.url);
  url.password = 'wrongsecret1';
  const silent = new URL(services.redis.url);
  silent.password = 'wrongsecret2';
  const { result, events } = await runMonitored([postgresMonitor(url.href), redisMonitor(silent.href)], { seconds: 1 });
  expect(result.exitCode).toBe(0);
  expect(JSON.stringify(events)).not.toMatch(/wrongsecret/);
});

it('a database that is frozen is given up each second, and looked at again when it goes on', async () => {
  const { pid } = services.redis;
  const { result, readings } = await runMonitored([redisMonitor(services.redis.url)], {
    seconds: 6,
    onEvent: (event) => {
      if (event.type !== 'monitors-sampled') return;
      if (event.interval === 0) process.kill(pid, 'SIGSTOP');
      if (event.interval === 2) process.kill(pid, 'SIGCONT');
    },
  });
  expect(result.exitCode).toBe(0);
  expect(result.monitors![0]).toMatchObject({ failure: 'it did not answer within 900 ms' });
  expect(readings.at(-1)!.samples).toHaveLength(1);
});
