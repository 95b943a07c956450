import type * as BullMq from 'bullmq';
import type { Redis } from 'ioredis';
import type pg from 'pg';

/** The real system cannot start, for a reason that whoever starts it can do something about. */
export class SystemNotStarted extends Error {
  override name = 'SystemNotStarted';
}

/** They are optional: who stays with the embedded system never installs them. */
const PACKAGES = ['pg', 'ioredis', 'bullmq'] as const;

export async function loadPostgresClient(): Promise<typeof pg> {
  return (await load('pg', () => import('pg'))).default;
}

export async function loadRedisClient(): Promise<typeof Redis> {
  return (await load('ioredis', () => import('ioredis'))).Redis;
}

export function loadJobQueue(): Promise<typeof BullMq> {
  return load('bullmq', () => import('bullmq'));
}

async function load<T>(name: (typeof PACKAGES)[number], importIt: () => Promise<T>): Promise<T> {
  try {
    return await importIt();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new SystemNotStarted(
      `With DATABASE_URL the stock system needs the package "${name}", which is not installed.\n` +
        `Try   npm install ${PACKAGES.join(' ')}`,
    );
  }
}
