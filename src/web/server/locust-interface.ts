import type { Table } from '../../metrics/run-totals.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import {
  EXCEPTIONS_HEADER,
  exceptionRows,
  FAILURES_HEADER,
  failureRows,
  STATS_HEADER,
  statsRow,
} from '../../reporters/csv-rows.js';
import { formatCsv } from '../../reporters/csv-text.js';
import type { EditRequest, RunStatus, StartRequest } from './http-interface.js';
import { RefusedRequest } from './problem.js';
import type { RunSession } from './run-session.js';

/** What Locust's own page and scripts for it are answered with; names as Locust has them. */
export interface LocustAnswer {
  success: boolean;
  message: string;
  host?: string;
}

const MAX_ROWS = 500;
/** Fields of Locust's start form. */
const FIELDS: Record<string, keyof StartRequest> = {
  user_count: 'users',
  spawn_rate: 'spawnRate',
  host: 'host',
  run_time: 'runTime',
};

/** `POST /swarm`: starts a run, or, while one goes on, changes how many users there are. */
export async function swarm(form: URLSearchParams, session: RunSession): Promise<LocustAnswer> {
  const start = readForm(form, session);
  if (session.isRunning) {
    const { users, spawnRate } = start;
    const edit: EditRequest = {
      ...(users === undefined ? {} : { users }),
      ...(spawnRate === undefined ? {} : { spawnRate }),
    };
    session.edit(edit);
    return { success: true, message: 'Swarming: the number of users changes' };
  }
  await session.start(start);
  return { success: true, message: 'Swarming started', ...(start.host === undefined ? {} : { host: start.host }) };
}

function readForm(form: URLSearchParams, session: RunSession): StartRequest {
  const start: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
    if (field !== undefined) {
      if (value !== '') start[field] = value;
    } else if (name === 'user_classes') {
      start.kinds = session.weighKinds(form.getAll(name));
    } else {
      const known = [...Object.keys(FIELDS), 'user_classes'].join(', ');
      throw new RefusedRequest('BODY_INVALID', `"${name.slice(0, 80)}" is not taken here.`, { hint: known });
    }
  }
  return start;
}

/** `GET /stats/requests`. Times in ms, shares 0 to 1, rates a second over the last ten seconds where they are `current`. */
export function readLocustStats(session: RunSession): Record<string, unknown> {
  const status = session.readStatus();
  const total = session.view.readTable();
  const window = session.view.readCurrentTable();
  const current = window?.aggregated;
  return {
    stats: total === undefined ? [] : describeRows(total, window!),
    errors: (total?.rows ?? [])
      .flatMap(({ method, name, errors }) =>
        errors.map(({ error, count }) => ({ method, name, error, occurrences: count })),
      )
      .slice(0, MAX_ROWS),
    total_rps: current?.requestsPerSecond ?? 0,
    total_fail_per_sec: current?.failuresPerSecond ?? 0,
    total_avg_response_time: total?.aggregated.meanMs ?? 0,
    fail_ratio: total?.aggregated.failedShare ?? 0,
    current_response_time_percentiles: {
      'response_time_percentile_0.5': current?.percentiles[50] ?? null,
      'response_time_percentile_0.95': current?.percentiles[95] ?? null,
    },
    state: stateOf(status),
    user_count: status.users,
  };
}

function describeRows({ rows, aggregated }: Table, window: Table): Record<string, unknown>[] {
  const currentOf = new Map(window.rows.map((row) => [`${row.method}\n${row.name}`, row]));
  const named = rows.slice(0, MAX_ROWS).map((row) => describeRow(row, currentOf.get(`${row.method}\n${row.name}`)));
  return [...named, { ...describeRow(aggregated, window.aggregated), method: '', name: 'Aggregated' }];
}

function describeRow(row: SeriesStatistics, current: SeriesStatistics | undefined): Record<string, unknown> {
  return {
    method: row.method,
    name: row.name,
    safe_name: row.name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    num_requests: row.completed,
    num_failures: row.failures,
    min_response_time: row.minMs ?? 0,
    max_response_time: row.maxMs ?? 0,
    avg_response_time: row.meanMs ?? 0,
    median_response_time: row.medianMs ?? 0,
    ninetieth_response_time: row.percentiles[90] ?? 0,
    ninety_ninth_response_time: row.percentiles[99] ?? 0,
    'response_time_percentile_0.95': row.percentiles[95] ?? 0,
    'response_time_percentile_0.99': row.percentiles[99] ?? 0,
    avg_content_length: row.meanBytesReceived,
    current_rps: current?.requestsPerSecond ?? 0,
    current_fail_per_sec: current?.failuresPerSecond ?? 0,
    total_rps: row.requestsPerSecond,
    total_fail_per_sec: row.failuresPerSecond,
  };
}

/** Locust's word for it. */
function stateOf({ phase, users, plannedUsers }: RunStatus): string {
  switch (phase) {
    case 'ready':
      return 'ready';
    case 'preparing':
      return 'spawning';
    case 'running':
      return users < plannedUsers ? 'spawning' : 'running';
    case 'stopping':
      return 'stopping';
    case 'ended':
      return 'stopped';
  }
}

/** The CSV files of `--csv` as they are at this second. */
export function formatLiveCsv(kind: 'requests' | 'failures' | 'exceptions', session: RunSession): string {
  const { rows, aggregated } = session.view.readTable() ?? { rows: [], aggregated: undefined };
  if (kind === 'requests') {
    return formatCsv([STATS_HEADER, ...[...rows, ...(aggregated === undefined ? [] : [aggregated])].map(statsRow)]);
  }
  if (kind === 'exceptions') return formatCsv([EXCEPTIONS_HEADER, ...exceptionRows(session.view.readExceptions())]);
  const startedAtMs = Date.parse(session.readStatus().startedAt ?? '1970-01-01T00:00:00Z');
  return formatCsv([FAILURES_HEADER, ...failureRows(rows, startedAtMs)]);
}
