import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Services, startServices } from '../../support/start-services.js';

let services: Services;
beforeAll(async () => {
  services = await startServices();
});
afterAll(() => services.stop());

async function query(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: services.postgres.url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function ask<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(services.redis.url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

it('let in who knows the password, and nobody else', async () => {
  expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await ask((redis) => redis.ping())).toBe('PONG');
  const stranger = new pg.Client({ host: '127.0.0.1', port: services.postgres.port, user: 'stock', password: 'guess' });
  await expect(stranger.connect()).rejects.toThrow(/password authentication failed/);
});

it('come back on the same port after kill -9: PostgreSQL with what was committed, Redis empty', async () => {
  await query('CREATE TABLE kept AS SELECT 17 AS number');
  await ask((redis) => redis.set('kept', '17'));
  const before = [services.postgres.pid, services.redis.pid];
  await Promise.all([services.postgres.kill(), services.redis.kill()]);
  await expect(query('SELECT 1')).rejects.toThrow(/ECONNREFUSED/);
  await Promise.all([services.postgres.restart(), services.redis.restart()]);
  expect([services.postgres.pid, services.redis.pid]).not.toEqual(before);
  expect(await query('SELECT number FROM kept')).toEqual([{ number: 17 }]);
  expect(await ask((redis) => redis.get('kept'))).toBeNull();
});
