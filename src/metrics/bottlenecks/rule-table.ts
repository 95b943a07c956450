import { showPercent } from '../show-figures.js';

export interface RuleEntry {
  /** What fires it, with its limits in words: `docs/bottlenecks.md` is made of it. */
  fires: string;
  /** What to try. */
  advice: string;
  /** What it brings about: those come behind it, whatever they weigh. */
  bringsAbout: readonly string[];
}

/** From where on something is a bottleneck. Shares are 0 to 1, times milliseconds. */
export const LIMITS = {
  /** Fewer requests of a name say nothing. */
  requests: 20,
  /** A cause that explains less of all response time has no effect worth a word. */
  shareOfRun: 0.05,
  generator: { level: 'saturated', addedShare: 0.25, meanMs: 2 },
  lockWait: { shareOfName: 0.3, meanMs: 10 },
  poolFull: { fullShare: 0.5, shareOfRun: 0.1, meanMs: 2 },
  manyQueries: { queries: 10, shareOfName: 0.3, meanMs: 5 },
  slowDatabase: { shareOfName: 0.5, meanMs: 20, queryMs: 50, growth: 2 },
  cacheMisses: { lookups: 50, hitRate: 0.3, databaseShare: 0.3, meanMs: 5 },
  tokenChecking: { shareOfRest: 0.3, meanMs: 2 },
  passwordHashing: { timesOthers: 5, shareOfName: 0.3, meanMs: 20 },
  targetCpu: { fullPercent: 90, oneCorePercent: 130, lastsSeconds: 5 },
  jobQueue: { waiting: 20, growth: 2 },
  failures: { share: 0.01, count: 10 },
  memoryGrowth: { factor: 1.5, megabytes: 64, seconds: 60 },
} as const;

const L = LIMITS;

/** THE list of rules. */
export const BOTTLENECK_RULES = {
  'generator-saturated': {
    fires:
      'Loadwright itself did not keep up: its [verdict](generator.md) on the run is `saturated`, and what it added to the times ' +
      `is ${L.generator.meanMs} ms and ${showPercent(L.generator.addedShare)} or more of them on average, or a worker was silent.`,
    advice: 'What the report says under Generator. Until then no time of this run is the target’s alone.',
    bringsAbout: [],
  },
  'lock-wait': {
    fires:
      `\`lock\` is ${showPercent(L.lockWait.shareOfName)} or more of a name’s time with a connection, ` +
      `${L.lockWait.meanMs} ms or more on average.`,
    advice: 'Shorter transactions; change what is contended for last; fewer requests for the same row.',
    bringsAbout: ['pool-full', 'slow-database'],
  },
  'pool-full': {
    fires:
      `\`pool\` is ${showPercent(L.poolFull.shareOfRun)} or more of all response time and ${L.poolFull.meanMs} ms or more on ` +
      `average; and from some instant on, ${showPercent(L.poolFull.fullShare)} or more of the answers that say how full it was ` +
      '(`desc="20 of 20"`) say that it was full.',
    advice: 'More connections, as many as the database can use; or hold each for a shorter time.',
    bringsAbout: [],
  },
  'many-queries': {
    fires:
      `Requests of a name make ${L.manyQueries.queries} queries or more on average (\`db;desc="21 queries"\`), and \`db\` is ` +
      `${showPercent(L.manyQueries.shareOfName)} or more of their time with a connection, ${L.manyQueries.meanMs} ms or more on average.`,
    advice: 'Fetch related rows with the first query (a join, IN, select_related, prefetch_related).',
    bringsAbout: ['pool-full', 'slow-database', 'target-cpu'],
  },
  'slow-database': {
    fires:
      `\`db\` is ${showPercent(L.slowDatabase.shareOfName)} or more of a name’s time with a connection, and ` +
      `${L.slowDatabase.meanMs} ms or more on average; and either a query takes ${L.slowDatabase.queryMs} ms, or the time has ` +
      `grown to ${L.slowDatabase.growth} times what it was with few users.`,
    advice: 'EXPLAIN the slowest statements; an index on what is filtered and sorted by; fewer rows.',
    bringsAbout: ['pool-full'],
  },
  'cache-misses': {
    fires:
      `Of ${L.cacheMisses.lookups} look-ups or more of a name, under ${showPercent(L.cacheMisses.hitRate)} hit ` +
      `(\`cache;desc=hit\` or \`miss\`), and \`db\` with waiting in \`pool\`, neither of which a hit needs, is ` +
      `${showPercent(L.cacheMisses.databaseShare)} or more of its time, ${L.cacheMisses.meanMs} ms or more on average. Of \`pool\` ` +
      'counts the share that such names have in the `db` and `lock` of all: others may be who keep them waiting.',
    advice: 'A longer life of entries, keys that more requests share, filling the cache before it is needed.',
    bringsAbout: ['pool-full', 'slow-database', 'target-cpu'],
  },
  'token-checking': {
    fires:
      `\`auth\` is ${showPercent(L.tokenChecking.shareOfRest)} or more of the time that requests other than the login account ` +
      `for in their entries, and ${L.tokenChecking.meanMs} ms or more on average.`,
    advice: 'A cheaper signature, or none of the account’s look-ups for each request.',
    bringsAbout: ['target-cpu', 'slow-database', 'pool-full'],
  },
  'password-hashing': {
    fires:
      `\`auth\` of a name, which is then called the login, is ${L.passwordHashing.timesOthers} times that of all others or more; ` +
      `and it is ${showPercent(L.passwordHashing.shareOfName)} or more of its time and ${L.passwordHashing.meanMs} ms or more on average.`,
    advice: 'Fewer logins at once: a slower spawn rate is closer to life than a weaker hash.',
    bringsAbout: ['target-cpu', 'slow-database'],
  },
  'target-cpu': {
    fires:
      `A \`processMonitor\` saw a process, of several the busiest, use ${L.targetCpu.fullPercent} % of a core or more, and never over ${L.targetCpu.oneCorePercent} %, ` +
      `or a \`hostMonitor\` beside one ${L.targetCpu.fullPercent} % of all cores: in four of five seconds from some instant on, ` +
      `which is ${L.targetCpu.lastsSeconds} s or more before the end.`,
    advice: 'More processes or cores; a profile of what the processor does.',
    bringsAbout: [],
  },
  'job-queue': {
    fires:
      'Jobs that wait (`queue;desc="120 waiting"`, or a value of a monitor with `queue` or `jobs` in its name) are ' +
      ` ${L.jobQueue.waiting} or more in the last third of the run, and ` +
      `${L.jobQueue.growth} times as many as in the first.`,
    advice: 'More workers, or fewer jobs: what nobody waits for has to be done all the same.',
    bringsAbout: [],
  },
  failures: {
    fires: `${showPercent(L.failures.share)} or more of the requests fail, and ${L.failures.count} of them or more.`,
    advice: 'The error report has every reason; the log of the target says more about those it sent itself.',
    bringsAbout: [],
  },
  'memory-growth': {
    fires:
      `A \`processMonitor\` saw memory grow in each third of a run of ${L.memoryGrowth.seconds} s or more, to ` +
      `${L.memoryGrowth.factor} times what it was and by ${L.memoryGrowth.megabytes} MB.`,
    advice: 'A longer run shows whether it ends; then a heap snapshot of the target.',
    bringsAbout: [],
  },
} as const satisfies Record<string, RuleEntry>;

export type BottleneckRule = keyof typeof BOTTLENECK_RULES;

/** What holds the target up, as a rule found it. */
export interface Bottleneck {
  rule: BottleneckRule;
  /** In plain words, with the figures. */
  title: string;
  /** What else was measured of it, a sentence each. */
  evidence: string[];
  /** What to try. */
  advice: string;
  /** Of which requests, where it is about one name. */
  method?: string;
  requestName?: string;
  /** Since when, in ms of the run; absent where it was so from the start. */
  fromMs?: number;
  /** From how many users on. */
  fromUsers?: number;
  /** Share of all response time that it explains, or another measure of how bad it is, 0 to 1. */
  weight: number;
}
