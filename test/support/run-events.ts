import type { ThresholdVerdict } from '../../src/metrics/judge-thresholds.js';
import { RunTotals } from '../../src/metrics/run-totals.js';
import { type Part, Tally } from '../../src/metrics/tally.js';
import { describeOptions } from '../../src/options/describe-options.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { plainLine } from '../../src/runtime/load/users.js';
import type { Plan, UsersLoad } from '../../src/runtime/plan.js';
import type { IntervalClosed, Machine, RunEvent, RunResult, ShareGauges } from '../../src/runtime/protocol.js';
import { generatorHealth, generatorSummary } from './generator-health.js';

/** One request as a test tells it. */
export interface ToldRequest {
  name: string;
  method?: string;
  /** Service time. */
  ms?: number;
  /** How much later than it was meant to start it did. */
  lagMs?: number;
  error?: string;
  status?: number;
  bytes?: number;
  /** How many of the same. */
  times?: number;
}

type Listen = (event: RunEvent, totals: RunTotals) => void;
type ResultChanges = Partial<Omit<RunResult, 'state'>> & { state?: RunResult['state']; stop?: unknown };

export const STARTED_AT = '2025-03-01T12:00:00.250Z';
export const STARTED_AT_SECONDS = Date.parse('2025-03-01T12:00:00Z') / 1000;

const LOAD: UsersLoad = {
  name: 'default',
  executor: 'plain',
  model: 'users',
  startAtMs: 0,
  kinds: [0],
  line: plainLine({ users: 100, spawnRate: 20 }),
  falling: 'floor',
  endMs: 20_000,
  gracefulStopMs: 0,
  gracefulRampDownMs: 0,
  env: {},
  labels: {},
};

export const PLAN: Plan = {
  revisions: [{ revision: 0, effectiveAtMs: 0, loads: [LOAD] }],
  kinds: [{ name: 'StockUser', weight: 1, fixedCount: undefined, host: undefined }],
  seed: 7,
  measures: [],
};

export const MACHINE: Machine = {
  platform: 'linux',
  release: '6.1.0',
  architecture: 'x64',
  cpuModel: 'A Processor',
  cores: 2,
  memoryBytes: 8 * 2 ** 30,
  node: 'v20.19.0',
};

const SOURCE = { load: 'default', user: 'StockUser', group: undefined, labels: {} };

/** Counts requests, and whatever else a test adds, into one part. */
export function createPart(interval: number, requests: readonly ToldRequest[], more?: (tally: Tally) => void): Part {
  const tally = new Tally();
  for (const told of requests) {
    const { name, method = 'GET', ms = 20, lagMs = 0, error, status = 200, bytes = 100, times: count = 1 } = told;
    const finishedAtMs = interval * 1000 + 500;
    for (let time = 0; time < count; time++) {
      tally.requests.addBegun(method, name);
      const times = { finishedAtMs, responseMs: ms + lagMs, serviceMs: ms, waitingMs: ms, connectingMs: 0, tlsMs: 0 };
      const counts = { bytesReceived: bytes, bytesSent: 10, reconnects: 0, hops: 0 };
      tally.requests.add({ method, name, status, error, source: SOURCE, ...times, ...counts }, 0);
    }
  }
  more?.(tally);
  return tally.take();
}

/** How a threshold stands: passed, unless a test says otherwise. */
export function verdictOf(key: string, expression: string, changes: Partial<ThresholdVerdict> = {}): ThresholdVerdict {
  return {
    key,
    expression,
    state: 'passed',
    value: 1,
    limit: Number(/[\d.]+$/.exec(expression)?.[0]),
    abortOnFail: false,
    delayAbortEvalMs: 0,
    isAbortRule: false,
    hasData: true,
    ...changes,
  };
}

/** A run that never happened: makes events as a conductor would, and keeps the totals that go with them. */
export class SyntheticRun {
  readonly totals = new RunTotals();
  readonly events: RunEvent[] = [];
  readonly #listen: Listen;
  #lastInterval = -1;

  constructor(listen: Listen = () => undefined) {
    this.#listen = listen;
  }

  start(changes: Partial<Extract<RunEvent, { type: 'run-started' }>> = {}): this {
    return this.tell({
      type: 'run-started',
      startedAt: STARTED_AT,
      scenario: 'scenario.ts',
      host: 'http://127.0.0.1:8000',
      workers: 2,
      plan: PLAN,
      options: describeOptions(resolveOptions([])),
      machine: MACHINE,
      version: '0.1.0',
      ...changes,
    });
  }

  close(
    interval: number,
    part: Part | readonly ToldRequest[],
    gauges: Partial<ShareGauges> = {},
    changes: Partial<
      Pick<IntervalClosed, 'plannedUsers' | 'isPaused' | 'thresholds' | 'missingShares' | 'generator'>
    > = {},
  ): this {
    const counted = 'series' in part ? part : createPart(interval, part);
    this.totals.add(interval, counted);
    this.#lastInterval = Math.max(this.#lastInterval, interval);
    const event: IntervalClosed = {
      type: 'interval-closed',
      interval,
      part: counted,
      gauges: {
        users: { StockUser: 10 },
        usersByLoad: { default: { StockUser: 10 } },
        usersStarted: 10,
        inFlight: 2,
        oldestInFlightMs: 40,
        eventLoopUtilisation: 0.2,
        ...gauges,
      },
      plannedUsers: 100,
      isPaused: false,
      thresholds: [],
      generator: generatorHealth(),
      missingShares: [],
      ...changes,
    };
    return this.tell(event);
  }

  amend(interval: number, late: Part | readonly ToldRequest[]): this {
    const part = 'series' in late ? late : createPart(interval, late);
    this.totals.add(interval, part);
    return this.tell({ type: 'interval-amended', interval, part });
  }

  reset(firstInterval: number): this {
    this.totals.reset(firstInterval);
    return this.tell({ type: 'statistics-reset', firstInterval });
  }

  finish(changes: ResultChanges = {}): this {
    return this.tell({ type: 'run-finished', result: this.result(changes) });
  }

  result(changes: ResultChanges = {}): RunResult {
    const durationMs = (this.#lastInterval + 1) * 1000;
    const { rows, aggregated } = this.totals.table(durationMs);
    const result = {
      state: 'completed',
      scenario: 'scenario.ts',
      host: 'http://127.0.0.1:8000',
      startedAt: STARTED_AT,
      durationMs,
      drainMs: 12,
      seed: 7,
      workers: 2,
      usersStarted: 100,
      requests: rows,
      total: aggregated,
      part: this.totals.read(),
      warnings: [],
      lostWorkers: [],
      thresholds: [],
      generator: generatorSummary(),
      outside: [],
      exitCode: aggregated.failures > 0 ? 1 : 0,
      ...changes,
    };
    return result as RunResult;
  }

  tell(event: RunEvent): this {
    this.events.push(event);
    this.#listen(event, this.totals);
    return this;
  }
}
