import { showMs, showPercent } from '../show-figures.js';
import { busyNames, createBottleneck, pickHeaviest, type Rule } from './candidate.js';
import { countDescriptions, type EntryKind, type Evidence, type NameSum, readEntry, sumEntry } from './evidence.js';
import { compareLoad, describeOnset, findOnset, hasGrown, hasStayedFlat, nameIn } from './over-load.js';
import { LIMITS } from './rule-table.js';

/** Less waiting for a connection goes without saying. */
const NOTABLE_POOL_SHARE = 0.1;

/** `04_stock_reserve: 71 % of the time waits for a lock`. */
export const findLockWait: Rule = (evidence) =>
  pickHeaviest(
    busyNames(evidence).map((name) => {
      const { shareOfName, meanMs } = LIMITS.lockWait;
      const figures = readShare(evidence, name, 'lock');
      if (figures.share < shareOfName || figures.meanMs < meanMs) return undefined;
      if (figures.weight < LIMITS.shareOfRun) return undefined;
      const lock = compareEntry(evidence, name, 'lock');
      const database = compareEntry(evidence, name, 'database');
      const grows = lock !== undefined && hasGrown(lock);
      const flat = grows && database !== undefined && hasStayedFlat(database) ? ' while db stays flat' : '';
      return createBottleneck('lock-wait', {
        title: `${name.name}: ${showPercent(figures.share)} of ${figures.ofWhat} waits for a lock${grows ? `; it grows with users${flat}` : ''}`,
        evidence: [
          describeMean(figures, 'waiting for a lock', name),
          lock && describeGrowth('lock', lock),
          database && describeGrowth('db', database),
          describeRetries(name),
        ],
        weight: figures.weight,
        about: name,
      });
    }),
  );

/** `connection pool full (20 of 20) from 340 users on`. */
export const findPoolFull: Rule = (evidence) => {
  const { fullShare, shareOfRun, meanMs } = LIMITS.poolFull;
  const names = busyNames(evidence);
  const waitMs = sumEntry(names, 'pool');
  const entries = names.flatMap((name) => readEntry(name, 'pool') ?? []);
  const answers = entries.reduce((sum, { count }) => sum + count, 0);
  if (answers === 0 || waitMs / answers < meanMs || waitMs / evidence.serviceMs < shareOfRun) return undefined;
  const { size, share } = readFills(names);
  const onset = findOnset(evidence.windows, ({ names: inWindow }) => {
    const here = readFills(inWindow.values());
    return here.answers === 0 ? undefined : here.share >= fullShare;
  });
  if (onset === undefined) return undefined;
  return createBottleneck('pool-full', {
    title: `connection pool full${size === undefined ? '' : ` (${size} of ${size})`}${describeOnset(onset)}`,
    evidence: [
      `${showPercent(share)} of ${answers.toLocaleString('en-US')} requests found it full.`,
      `Waiting for a connection was ${showMs(waitMs / answers)} a request, ${showPercent(waitMs / evidence.serviceMs)} of all response time.`,
    ],
    weight: waitMs / evidence.serviceMs,
    onset,
  });
};

/** `02_product_list: 101 queries a request`. */
export const findManyQueries: Rule = (evidence) =>
  pickHeaviest(
    busyNames(evidence).map((name) => {
      const { queries, shareOfName, meanMs } = LIMITS.manyQueries;
      const figures = readShare(evidence, name, 'database');
      const perRequest = readQueries(name);
      if (perRequest === undefined || perRequest < queries) return undefined;
      if (figures.share < shareOfName || figures.meanMs < meanMs || figures.weight < LIMITS.shareOfRun)
        return undefined;
      return createBottleneck('many-queries', {
        title: `${name.name}: ${Math.round(perRequest)} queries a request`,
        evidence: [
          `db is ${showPercent(figures.share)} of ${figures.ofWhat}, ${showMs(figures.meanMs)} a request in ${figures.requests.toLocaleString('en-US')} requests.`,
          `A query takes ${showMs(figures.meanMs / perRequest)}: there are too many, they are not too slow.`,
        ],
        weight: figures.weight,
        about: name,
      });
    }),
  );

/** `02_product_list: the database takes 83 % of the time, 120 ms a request`. */
export const findSlowDatabase: Rule = (evidence) =>
  pickHeaviest(
    busyNames(evidence).map((name) => {
      const { shareOfName, meanMs, queryMs, growth } = LIMITS.slowDatabase;
      const figures = readShare(evidence, name, 'database');
      if (figures.share < shareOfName || figures.meanMs < meanMs || figures.weight < LIMITS.shareOfRun)
        return undefined;
      const perQueryMs = figures.meanMs / Math.max(1, readQueries(name) ?? 1);
      const compared = compareEntry(evidence, name, 'database');
      const grows = compared !== undefined && compared.many >= compared.few * growth;
      if (perQueryMs < queryMs && !grows) return undefined;
      return createBottleneck('slow-database', {
        title: `${name.name}: the database takes ${showPercent(figures.share)} of ${figures.ofWhat}, ${showMs(figures.meanMs)} a request`,
        evidence: [`A query takes ${showMs(perQueryMs)}.`, compared && describeGrowth('db', compared)],
        weight: figures.weight,
        about: name,
      });
    }),
  );

/**
 * `03_stock_availability: cache hit rate 12 %`. A hit needs no query. Nor does it wait for a connection; but others may
 * be who keep it waiting, so of that only as much counts as such misses take of what holds connections.
 */
export const findCacheMisses: Rule = (evidence) => {
  const missing = busyNames(evidence).filter(hardlyHits);
  const heldShare = sumHeld(missing) / sumHeld(evidence.names);
  return pickHeaviest(
    missing.map((name) => {
      const { databaseShare, meanMs } = LIMITS.cacheMisses;
      const { hits, all } = countLookups(name);
      const waitMs = (readEntry(name, 'pool')?.totalMs ?? 0) * heldShare;
      const totalMs = waitMs + (readEntry(name, 'database')?.totalMs ?? 0);
      const weight = evidence.serviceMs === 0 ? 0 : totalMs / evidence.serviceMs;
      if (!(totalMs / name.serviceMs >= databaseShare && totalMs / name.completed >= meanMs)) return undefined;
      if (weight < LIMITS.shareOfRun) return undefined;
      const what =
        waitMs > NOTABLE_POOL_SHARE * name.serviceMs ? 'db and waiting for connections that misses hold are' : 'db is';
      return createBottleneck('cache-misses', {
        title: `${name.name}: cache hit rate ${showPercent(hits / all)}`,
        evidence: [
          `${hits.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} look-ups hit.`,
          `${what} ${showPercent(totalMs / name.serviceMs)} of the time, ${showMs(totalMs / name.completed)} a request.`,
        ],
        weight: weight * (1 - hits / all),
        about: name,
      });
    }),
  );
};

function hardlyHits(name: NameSum): boolean {
  const { lookups, hitRate } = LIMITS.cacheMisses;
  const { hits, all } = countLookups(name);
  return all >= lookups && hits / all < hitRate;
}

function countLookups(name: NameSum): { hits: number; all: number } {
  const cache = readEntry(name, 'cache');
  const hits = countDescriptions(cache, /^hit\b/i);
  return { hits, all: hits + countDescriptions(cache, /^miss\b/i) };
}

/** What requests do while they have a connection, as far as answers say. */
function sumHeld(names: readonly NameSum[]): number {
  return sumEntry(names, 'database') + sumEntry(names, 'lock');
}

interface Figures {
  /** Of the time of this name's requests; waiting for a connection, which is what others bring about, is not in it. */
  share: number;
  /** `the time`, or what of it is meant. */
  ofWhat: string;
  meanMs: number;
  requests: number;
  /** Of the response time of all requests. */
  weight: number;
}

function readShare({ serviceMs }: Evidence, name: NameSum, kind: EntryKind): Figures {
  const totalMs = readEntry(name, kind)?.totalMs ?? 0;
  const poolMs = Math.min(readEntry(name, 'pool')?.totalMs ?? 0, name.serviceMs);
  const restMs = name.serviceMs - poolMs;
  return {
    share: restMs <= 0 ? 0 : totalMs / restMs,
    ofWhat: poolMs > NOTABLE_POOL_SHARE * name.serviceMs ? 'the time with a connection' : 'the time',
    meanMs: totalMs / name.completed,
    requests: name.completed,
    weight: serviceMs === 0 ? 0 : totalMs / serviceMs,
  };
}

/** Queries that a request makes on average, as far as answers say. */
function readQueries(name: NameSum): number | undefined {
  const { numbered = 0, numberSum = 0 } = readEntry(name, 'database') ?? {};
  return numbered === 0 ? undefined : numberSum / numbered;
}

/** How often answers said that a pool was full, of those that said how full it was. */
function readFills(names: Iterable<NameSum>): { size: string | undefined; answers: number; share: number } {
  let full = 0;
  let answers = 0;
  let size: string | undefined;
  for (const name of names) {
    const entry = readEntry(name, 'pool');
    if (entry === undefined) continue;
    full += entry.full;
    answers += entry.numbered;
    for (const description of entry.descriptions.keys()) size ??= / of (\d+)$/.exec(description)?.[1];
  }
  return { size, answers, share: answers === 0 ? 0 : full / answers };
}

function compareEntry({ windows }: Evidence, name: NameSum, kind: EntryKind) {
  return compareLoad(windows, (window) => {
    const row = nameIn(window, name);
    return { sum: (row && readEntry(row, kind)?.totalMs) ?? 0, count: row?.completed ?? 0 };
  });
}

function describeMean({ meanMs, requests }: Figures, what: string, name: NameSum): string {
  const service = showMs(name.serviceMs / name.completed);
  return `${showMs(meanMs)} of ${service} a request are ${what}, in ${requests.toLocaleString('en-US')} requests.`;
}

function describeGrowth(entry: string, compared: NonNullable<ReturnType<typeof compareLoad>>): string {
  const { fewUsers, manyUsers, few, many } = compared;
  return `${entry} takes ${showMs(few)} with ${fewUsers} users and ${showMs(many)} with ${manyUsers}.`;
}

/** Optimistic locking waits before it tries again, and may say how often it did. */
function describeRetries(name: NameSum): string | undefined {
  const { numbered = 0, numberSum = 0 } = readEntry(name, 'lock') ?? {};
  if (numbered === 0) return undefined;
  return `${numbered.toLocaleString('en-US')} requests say how often they tried again: ${(numberSum / numbered).toFixed(1)} times on average.`;
}
