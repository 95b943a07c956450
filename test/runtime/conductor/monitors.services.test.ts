import { connect as connectTcp } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createTerminalReporter } from '../../../src/reporters/terminal.js';
import { postgresMonitor, redisMonitor } from '../../../src/runtime/user/define-monitors.js';
import { FakePipe } from '../../support/fake-screen.js';
import { metricOf, runMonitored, seriesOf } from '../../support/monitored-run.js';
import { startRaw } from '../../support/small-servers.js';
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
  let isOver = false;
  const work = async () => {
    while (!isOver) {
      await worker.query('SELECT * FROM stock');
      await worker.query('BEGIN; SELECT 1; ROLLBACK');
      await pause(5);
    }
  };
  const working = work();
  const { result } = await runMonitored([postgresMonitor(services.postgres.url)], { seconds: 4 });
  isOver = true;
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
  expect(result.monitors![0]).not.toHaveProperty('statements');
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
    const failed = readings.filter(
      ({ interval, failures }) => interval >= 0 && failures.some(({ monitor }) => monitor === name),
    );
    expect(failed.length, name).toBeGreaterThanOrEqual(1);
    expect(seriesOf(readings, name, metric).length + failed.length, name).toBe(9);
    expect(readings.at(-1)!.samples.map(({ monitor }) => monitor)).toContain(name);
    expect(events.filter((event) => event.type === 'warning' && event.message.includes(`"${name}"`))).toHaveLength(1);
  }
});

it('a wrong password is told as a failure, and neither it nor the right one is in any event', async () => {
  const url = new URL(services.postgres.url);
  url.password = 'wrong%26secret1';
  const silent = new URL(services.redis.url);
  silent.password = 'wrongsecret2';
  const monitors = [
    postgresMonitor(url.href, { name: 'wrong postgres' }),
    redisMonitor(silent.href, { name: 'wrong redis' }),
    postgresMonitor(services.postgres.url),
    redisMonitor(services.redis.url),
  ];
  const { result, events } = await runMonitored(monitors, { seconds: 2 });
  expect(result.exitCode).toBe(0);
  for (const [name, failure] of [
    ['wrong postgres', 'password authentication failed for user "stock"'],
    ['wrong redis', 'WRONGPASS'],
  ] as const) {
    const told = result.monitors!.find((one) => one.name === name)!;
    expect(told, name).toMatchObject({ samples: 0, failure: expect.stringContaining(failure), metrics: [] });
    // The look before the load, and one a second.
    expect(told.failures, name).toBe(3);
    const warnings = events.filter((event) => event.type === 'warning' && event.message.includes(`"${name}"`));
    expect(warnings, name).toMatchObject([
      { code: 'MONITOR_FAILED', message: expect.stringContaining(`failed before the load: ${told.failure}`) },
    ]);
  }
  expect(metricOf(result, 'postgres', 'connections').count).toBe(2);
  expect(metricOf(result, 'redis', 'clients').count).toBe(2);
  const text = JSON.stringify(events);
  expect(text).not.toMatch(/wrong(%26|&)?secret/);
  for (const { url: right } of [services.postgres, services.redis]) expect(text).not.toContain(new URL(right).password);
});

it('a database that takes longer to connect than a look may last is asked from then on, over one connection', async () => {
  const slow = await startRaw((socket) => {
    setTimeout(() => {
      const upstream = connectTcp(services.postgres.port, '127.0.0.1');
      upstream.on('error', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      socket.pipe(upstream).pipe(socket);
    }, 1500);
  });
  const url = new URL(services.postgres.url);
  url.port = String(slow.port);
  const { result, readings } = await runMonitored([postgresMonitor(url.href)], { seconds: 5 });
  expect(result.monitors![0]).toMatchObject({ failure: 'it did not answer within 900 ms' });
  expect(seriesOf(readings, 'postgres', 'connections').length).toBeGreaterThanOrEqual(3);
  expect(slow.connections).toBe(1);
  await slow.close();
});

it('the slowest statements of the load are told at the end, where the database keeps them', async () => {
  const client = await connect();
  await client.query('CREATE EXTENSION pg_stat_statements');
  onTestFinished(async () => void (await client.query('DROP EXTENSION pg_stat_statements').catch(() => {})));
  // Before the load: the first is not of it, and of the second only what comes is.
  await client.query("SELECT pg_sleep(3), 'before', 'the', 'load'");
  await client.query('SELECT pg_sleep(2), 1 AS slow');
  const worker = await connect();
  const ask = async () => {
    for (let round = 0; round < 5; round++) {
      await worker.query('SELECT pg_sleep(0.1), 1 AS slow');
      await worker.query("SELECT   pg_sleep(0.02),\n 'x' AS 느린");
      await worker.query('SELECT pg_sleep(0.005), 1, 2');
      for (const few of ['SELECT 1', 'SELECT 1, 2', 'SELECT 1, 2, 3']) await worker.query(few);
    }
  };
  let asking: Promise<void> | undefined;
  const report = new FakePipe(80);
  const terminal = { stream: report, isDrawn: false, onlySummary: true, logLevel: 'info', color: false } as const;
  const { result } = await runMonitored([postgresMonitor(services.postgres.url, { name: '재고 DB' })], {
    seconds: 4,
    reporters: [createTerminalReporter(terminal)],
    onEvent: (event) => {
      if (event.type === 'monitors-sampled' && event.interval === 0) asking = ask();
    },
  });
  await asking;
  const { statements } = result.monitors![0]!;
  expect(statements).toHaveLength(5);
  expect(statements!.slice(0, 3).map(({ text, calls }) => [text, calls])).toEqual([
    ['SELECT pg_sleep($1), $2 AS slow', 5],
    ['SELECT pg_sleep($1), $2 AS 느린', 5],
    ['SELECT pg_sleep($1), $2, $3', 5],
  ]);
  const [slow] = statements!;
  expect(slow!.totalMs).toBeGreaterThan(500);
  expect(slow!.totalMs).toBeLessThan(2000);
  expect(slow!.meanMs).toBeCloseTo(slow!.totalMs / 5, 5);
  const totals = statements!.map(({ totalMs }) => totalMs);
  expect(totals).toEqual(totals.toSorted((a, b) => b - a));
  expect(JSON.stringify(statements)).not.toContain('pg_stat_');
  const lines = report.lines;
  const at = lines.indexOf('Slowest statements of 재고 DB:');
  expect(lines[at + 1]).toMatch(/^ {2}\d+ ms in 5 calls, \d+ ms each: SELECT pg_sleep\(\$1\), \$2 AS slow$/);
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
