import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Service } from '../../examples/stock/system/services/service.js';
import { startPostgres } from '../../examples/stock/system/services/start-postgres.js';
import { startRedis } from '../../examples/stock/system/services/start-redis.js';

/** PostgreSQL and Redis for one test file: private ports and data, empty to begin with. */
export interface Services {
  readonly postgres: Service;
  readonly redis: Service;
  /** What a stock server or a monitor is given. */
  readonly env: { readonly DATABASE_URL: string; readonly REDIS_URL: string };
  /** Ends both and removes their data. */
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL and Redis, which takes some two seconds; a machine without them fails the test. As root, PostgreSQL
 * runs as `postgres` or `nobody`. Each can be killed (`services.postgres.kill()`) and started again (`restart()`).
 */
export async function startServices(): Promise<Services> {
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-services-'));
  // PostgreSQL may run as somebody else, who must be able to pass through.
  chmodSync(folder, 0o711);
  const start = await Promise.allSettled([
    startPostgres({ folder: join(folder, 'postgres'), isVolatile: true }),
    startRedis({ folder: join(folder, 'redis') }),
  ]);
  const started = start.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
    rmSync(folder, { recursive: true, force: true });
  };
  const [postgres, redis] = start;
  if (postgres.status === 'rejected' || redis.status === 'rejected') {
    await stop();
    throw postgres.status === 'rejected' ? postgres.reason : (redis as PromiseRejectedResult).reason;
  }
  const env = { DATABASE_URL: postgres.value.url, REDIS_URL: redis.value.url };
  return { postgres: postgres.value, redis: redis.value, env, stop };
}
