import type { Redis } from 'ioredis';
import { noteAway, noteBack } from './outages.js';
import type { RequestTrace } from './request-trace.js';

/** A stock row's cached form, and the version of the row it was made from. */
export interface CachedLevel {
  readonly productId: string;
  readonly version: number;
  readonly body: string;
}

/** What was read once and is good for a while. A cache that cannot be asked has nothing: that is a miss, never an error. */
export interface StockCache {
  readPage(trace: RequestTrace, name: string): Promise<Buffer | undefined>;
  fillPage(name: string, body: Buffer | string): void;
  readLevel(trace: RequestTrace, productId: string): Promise<string | undefined>;
  fillLevel(level: CachedLevel): void;
  /** From now on nothing older than `version` is served, nor taken in from those who read it before. */
  invalidateLevel(productId: string, version: number): Promise<void>;
  close(): void;
}

/** Versions of all products' rows, as they are in the database. */
export type ReadVersions = () => Promise<readonly { readonly product_id: string; readonly version: number }[]>;

interface CacheOptions {
  readonly keyPrefix: string;
  readonly ttlSeconds: number;
  readonly readVersions: ReadVersions;
}

interface Scripts {
  fillLevel(key: string, version: number, body: string, ttlMs: number): Promise<number>;
  invalidateLevel(key: string, version: number, ttlMs: number): Promise<number>;
}

const FILL = `
local version = redis.call('HGET', KEYS[1], 'version')
if version and tonumber(version) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'body', ARGV[2])
return redis.call('PEXPIRE', KEYS[1], ARGV[3])`;
const INVALIDATE = `
local version = redis.call('HGET', KEYS[1], 'version')
if version and tonumber(version) >= tonumber(ARGV[1]) then return 0 end
redis.call('HDEL', KEYS[1], 'body')
redis.call('HSET', KEYS[1], 'version', ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** Longer than any request that read an older version can take. */
const TOMBSTONE_MS = 60_000;
const RESYNC_RETRY_MS = 200;
const COMMAND_PATIENCE_MS = 500;
const MAX_RECONNECT_MS = 500;

/** As Django's dummy cache: it is asked, and never has anything. */
export function createDummyCache(): StockCache {
  const miss = (trace: RequestTrace): Promise<undefined> => {
    trace.addCache('miss', 0);
    return Promise.resolve(undefined);
  };
  return {
    readPage: miss,
    readLevel: miss,
    fillPage: () => undefined,
    fillLevel: () => undefined,
    invalidateLevel: () => Promise.resolve(),
    close: () => undefined,
  };
}

/** A connection to Redis that fails at once while there is none, and comes back by itself. */
export function connectRedis(client: typeof Redis, redisUrl: string): Redis {
  const redis = new client(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_PATIENCE_MS,
    retryStrategy: (attempt) => Math.min(attempt * 50, MAX_RECONNECT_MS),
  });
  redis.on('error', (error) => noteAway('Redis', error));
  redis.on('ready', () => noteBack('Redis'));
  return redis;
}

/** The cache in Redis, shared by all processes. */
export function createRedisCache(redis: Redis, options: CacheOptions): StockCache {
  const { keyPrefix, ttlSeconds, readVersions } = options;
  redis.defineCommand('fillLevel', { numberOfKeys: 1, lua: FILL });
  redis.defineCommand('invalidateLevel', { numberOfKeys: 1, lua: INVALIDATE });
  const scripts = redis as unknown as Scripts;
  const pageKey = (name: string): string => `${keyPrefix}page:${name}`;
  const levelKey = (productId: string): string => `${keyPrefix}level:${productId}`;
  const invalidate = (productId: string, version: number): Promise<unknown> =>
    scripts.invalidateLevel(levelKey(productId), version, TOMBSTONE_MS);
  const trust = keepTrust(redis, async () => {
    const rows = await readVersions();
    await Promise.all(rows.map((row) => invalidate(row.product_id, row.version)));
  });

  return {
    readPage: (trace, name) => look(trace, () => redis.getBuffer(pageKey(name))),
    fillPage: (name, body) => void redis.set(pageKey(name), body, 'PX', ttlSeconds * 1000).catch(ignore),
    readLevel: (trace, productId) =>
      look(trace, () => (trust.isTrusted() ? redis.hget(levelKey(productId), 'body') : Promise.resolve(null))),
    fillLevel: ({ productId, version, body }) =>
      void scripts.fillLevel(levelKey(productId), version, body, ttlSeconds * 1000).catch(ignore),
    invalidateLevel: (productId, version) => invalidate(productId, version).then(ignore, () => trust.lose()),
    close() {
      trust.end();
      redis.disconnect();
    },
  };
}

async function look<T>(trace: RequestTrace, read: () => Promise<T | null>): Promise<T | undefined> {
  const askedMs = performance.now();
  let found: T | null = null;
  try {
    found = await read();
  } catch {}
  trace.addCache(found === null ? 'miss' : 'hit', performance.now() - askedMs);
  return found ?? undefined;
}

/**
 * Whether what is cached can be believed. Not from the moment when an invalidation got lost (its writer was killed, or
 * Redis was away) until all rows' versions have been compared: after each connect, and when one fails.
 */
function keepTrust(redis: Redis, resync: () => Promise<void>) {
  let isTrusted = false;
  let hasEnded = false;
  let losses = 0;
  let timer: NodeJS.Timeout | undefined;
  const regain = async (): Promise<void> => {
    const lossesBefore = losses;
    try {
      await resync();
      isTrusted = losses === lossesBefore;
    } catch {}
    if (!isTrusted) schedule();
  };
  const schedule = (): void => {
    if (hasEnded || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      void regain();
    }, RESYNC_RETRY_MS);
    timer.unref();
  };
  const lose = (): void => {
    losses += 1;
    isTrusted = false;
    schedule();
  };
  redis.on('close', lose);
  redis.on('ready', () => {
    losses += 1;
    void regain();
  });
  return {
    isTrusted: () => isTrusted,
    lose,
    end() {
      hasEnded = true;
      clearTimeout(timer);
    },
  };
}

function ignore(): void {}
