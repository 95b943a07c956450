import { importOptional } from './import-optional.js';
import { KeptConnection } from './kept-connection.js';
import type { UrlOptions } from './postgres-sampler.js';
import { RateMeter } from './rate-meter.js';
import type { Sampler, Values } from './sampler.js';
import { withoutMissing } from './without-missing.js';

interface RedisClient {
  connect(): Promise<unknown>;
  info(): Promise<string>;
  on(event: 'error', listener: (error: Error) => void): void;
  disconnect(): void;
}

type RedisClass = new (url: string, options: Record<string, unknown>) => RedisClient;

/** What the server itself says with INFO, over a connection of its own. */
export class RedisSampler implements Sampler {
  readonly units = {
    memory: 'bytes',
    memory_limit: 'bytes',
    operations: 'per second',
    hit_share: 'share',
    evictions: 'per second',
    expirations: 'per second',
  } as const;
  readonly #connection: KeptConnection<RedisClient>;
  readonly #rates = new RateMeter();

  constructor(options: UrlOptions) {
    this.#connection = new KeptConnection({
      open: (signal) => connectRedis(options, signal),
      destroy: (client) => client.disconnect(),
    });
  }

  async sample(signal: AbortSignal): Promise<Values> {
    return await this.#connection.use(signal, async (client) => this.#describe(parseInfo(await client.info())));
  }

  close(): void {
    this.#connection.close();
  }

  #describe(info: Readonly<Record<string, number>>): Values {
    const added = (key: string) => this.#rates.added(`added ${key}`, info[key] ?? 0);
    const perSecond = (key: string) => this.#rates.perSecond(key, info[key] ?? 0);
    const [hits = 0, misses = 0] = [added('keyspace_hits'), added('keyspace_misses')];
    return withoutMissing({
      clients: info.connected_clients,
      blocked_clients: info.blocked_clients,
      memory: info.used_memory,
      memory_limit: info.maxmemory || undefined,
      operations: perSecond('total_commands_processed'),
      hit_share: hits + misses === 0 ? undefined : hits / (hits + misses),
      evictions: perSecond('evicted_keys'),
      expirations: perSecond('expired_keys'),
    });
  }
}

async function connectRedis({ url, scriptUrl }: UrlOptions, signal: AbortSignal): Promise<RedisClient> {
  const module = await importOptional('ioredis', scriptUrl);
  const Redis = (module.Redis ?? module.default) as RedisClass;
  const client = new Redis(url, {
    lazyConnect: true,
    // The monitor asks again by itself, each second.
    retryStrategy: null,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectionName: 'loadwright-monitor',
  });
  let reason: Error | undefined;
  client.on('error', (error) => {
    reason ??= error;
  });
  const onAbort = () => client.disconnect();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.disconnect();
    // What connect() says is only that the connection is closed.
    throw reason ?? error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function parseInfo(text: string): Record<string, number> {
  const pairs = text.split('\r\n').map((line) => line.split(':'));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2).map(([key, value]) => [key, Number(value)]));
}
