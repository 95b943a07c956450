import type { IncomingMessage } from 'node:http';
import { answerDetail } from '../server/answer.js';
import { createRequestAnswerer, type RoutedAnswer } from '../server/answer-request.js';
import { createTokenIssuer, type TokenIssuer, type TokenVerdict } from '../server/json-web-token.js';
import { createRequestCounts } from '../server/request-counts.js';
import { createRoutes, type MatchRoute, type Route, TASKS_PATH } from '../server/routes.js';
import { serveHttp } from '../server/serve-http.js';
import type { RunningServer } from '../server/server.js';
import type { Soon } from '../server/when-ready.js';
import { type Database, openDatabase } from './database.js';
import { loadPostgresClient, loadRedisClient, SystemNotStarted } from './load-packages.js';
import { answerMetrics, METRICS_PATH } from './metrics-page.js';
import { resolveGapMs, type StockSystemOptions } from './options.js';
import { ServiceUnavailable } from './outages.js';
import { spendRounds } from './password-hash.js';
import type { StockData } from './prepare-database.js';
import { keepStats, type ShareStats } from './process-stats.js';
import { RequestTrace, TracedRequest, traceOf } from './request-trace.js';
import { createReservationJobs, type ReservationJobs } from './reservation-jobs.js';
import { connectRedis, createDummyCache, createRedisCache, type StockCache } from './stock-cache.js';
import { createStoredAccounts } from './stored-accounts.js';
import { createStoredCatalogue } from './stored-catalogue.js';
import { createReservationsInRequest, createStoredLevels, createVersionReader } from './stored-levels.js';
import { createUnitTaker } from './take-units.js';

/** Serves the contract on PostgreSQL and Redis, in this process, from data that is prepared. */
export async function createStockSystem(
  options: StockSystemOptions,
  data: StockData,
  shareStats: ShareStats = keepStats,
): Promise<RunningServer> {
  const database = openDatabase(await loadPostgresClient(), options);
  const keyPrefix = `loadwright-stock:${data.seedId}:`;
  const cache = await openCache(options, { database, keyPrefix });
  const { productIds } = data;
  const takeUnits = createUnitTaker({ database, locking: options.locking, gapMs: resolveGapMs(options) });
  const levels = createStoredLevels({ database, cache, productIds, takeUnits });
  const jobs =
    options.reserve === 'async'
      ? await createReservationJobs(levels, { ...options, redisUrl: requireRedis(options), keyPrefix, database })
      : undefined;
  const tokens = createTokenIssuer(options.tokenLifetimeSeconds, data.tokenKey);
  const matchRoute = createRoutes({
    accounts: createStoredAccounts(database, options.passwordCost),
    tokens,
    catalogue: createStoredCatalogue({ ...options, database, cache, productIds }),
    reservations: jobs ?? createReservationsInRequest(levels),
  });

  let ownHost = '';
  const counts = createRequestCounts();
  const readStats = shareStats(() => counts.read());
  const answerRequest = createRequestAnswerer({
    matchRoute: jobs === undefined ? matchRoute : addTaskRoute(matchRoute, jobs),
    verifyToken: createTokenCheck(tokens, options.tokenCost),
    defaultHost: () => ownHost,
  });
  const server = await serveHttp(
    {
      counts,
      answerRequest,
      answerFault,
      readStats,
      addHeaders: (request) => ({ 'server-timing': traceOf(request).format() }),
      answerAside: (path) => (path === METRICS_PATH ? answerMetrics(readStats()) : undefined),
      messageClass: TracedRequest,
    },
    options,
  );
  ownHost = server.host;
  return {
    url: `http://${ownHost}`,
    async close() {
      await server.close();
      await jobs?.close();
      cache.close();
      await database.close();
    },
  };
}

async function openCache(
  options: StockSystemOptions,
  { database, keyPrefix }: { database: Database; keyPrefix: string },
): Promise<StockCache> {
  if (!options.cache) return createDummyCache();
  const redis = connectRedis(await loadRedisClient(), requireRedis(options));
  return createRedisCache(redis, {
    keyPrefix,
    ttlSeconds: options.cacheTtlSeconds,
    readVersions: createVersionReader(database, () => new RequestTrace()),
  });
}

function requireRedis({ redisUrl }: StockSystemOptions): string {
  if (redisUrl !== undefined && /^rediss?:\/\//.test(redisUrl) && URL.canParse(redisUrl)) return redisUrl;
  if (redisUrl !== undefined) {
    throw new SystemNotStarted(
      'REDIS_URL must be as in redis://:password@host:6379, and is not.\n' +
        'Try   npm run stock:services, which starts Redis and prints its REDIS_URL',
    );
  }
  throw new SystemNotStarted(
    'DATABASE_URL is set, but REDIS_URL is not, and the cache and reservations as jobs are kept in Redis.\n' +
      'Try   --cache off --reserve sync; or npm run stock:services, which prints both; or unset DATABASE_URL for the embedded system',
  );
}

/** `auth` is what it takes to check a token: its signature, and as much more as was asked for. */
function createTokenCheck(tokens: TokenIssuer, tokenCost: number) {
  return (token: string, request: IncomingMessage): Soon<TokenVerdict> => {
    const startedMs = performance.now();
    const trace = traceOf(request);
    const verdict = tokens.verify(token, 'access');
    if (tokenCost === 0) {
      trace.addAuth(performance.now() - startedMs);
      return verdict;
    }
    return spendRounds(token, tokenCost).then(() => {
      trace.addAuth(performance.now() - startedMs);
      return verdict;
    });
  };
}

function addTaskRoute(matchRoute: MatchRoute, jobs: ReservationJobs): MatchRoute {
  const route: Route = {
    pattern: `${TASKS_PATH}:id/`,
    method: 'GET',
    needsToken: true,
    answer: ({ id, request }) => jobs.answerState(traceOf(request), id),
  };
  return (path) => {
    const id = path.startsWith(TASKS_PATH)
      ? /^([0-9a-f-]{36})\/$/i.exec(path.slice(TASKS_PATH.length))?.[1]
      : undefined;
    return id === undefined ? matchRoute(path) : { route, id: id.toLowerCase() };
  };
}

function answerFault(request: IncomingMessage, error: unknown): RoutedAnswer {
  const isAway = error instanceof ServiceUnavailable;
  if (isAway) return { pattern: '(unavailable)', answer: answerDetail(503, error.message, { 'retry-after': '1' }) };
  process.stderr.write(`${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}\n`);
  return { pattern: '(fault)', answer: answerDetail(500, 'The stock server has a fault.') };
}
