import type { MonitorColumnsData } from '../reporters/history/monitor-columns.js';
import type { NameColumnsData, PageData, PageLog, RunColumns } from './page-data.js';
import { joinLog } from './page-log-tail.js';

/** What of the page another second changes besides its columns. */
export type PageFields = Omit<PageData, 'columns' | 'heatmap' | 'names' | 'monitors' | 'environment' | 'log'>;

/** What a page that is shown already needs to know of the seconds since: small, whatever the run's length. */
export interface PageUpdate {
  /** Counts the runs of the process. */
  run: number;
  /** Only what is not as it was in the update before; rows without their distributions. */
  fields: Partial<PageFields>;
  /** The columns that are new or have changed: from the first of them on, these stand in the place of what was there. */
  columns: RunColumns;
  /** The same of each name, in the order of the rows. */
  names: NameColumnsData;
  /** Lines that were logged since. */
  log: PageLog;
  monitors: MonitorColumnsData;
  /** The run has ended: the whole page has more to say than this. */
  isFinal: boolean;
}

/** The page with an update in it; undefined where it does not fit, and the whole page has to be read. */
export function applyUpdate(page: PageData, update: PageUpdate): PageData | undefined {
  const columns = joinColumns(page.columns, update.columns);
  const rows = update.fields.rows ?? page.rows;
  const isSameRows = rows.length === page.rows.length && update.names.names.length === page.names.names.length;
  const names = isSameRows ? joinNames(page.names, update.names) : undefined;
  const monitors = joinMonitors(page.monitors, update.monitors);
  if (columns === undefined || names === undefined || monitors === undefined) return undefined;
  const distributions = page.rows.map(({ distribution }) => distribution);
  return {
    ...page,
    ...update.fields,
    columns,
    names,
    log: joinLog(page.log, update.log),
    monitors,
    // They are as old as the whole page is.
    rows: rows.map((row, index) => ({ ...row, ...ifThere(distributions[index]) })),
    total: { ...(update.fields.total ?? page.total), ...ifThere(page.total.distribution) },
    heatmap: { ...page.heatmap, columns: columns.second.map((_, index) => page.heatmap.columns[index] ?? []) },
  };
}

function ifThere<Distribution>(distribution: Distribution | undefined): { distribution?: Distribution } {
  return distribution === undefined ? {} : { distribution };
}

interface Places {
  second: number[];
  seconds: number[];
}

/** How many columns stay; undefined if there would be a gap, or columns of other widths. */
function countKept(shown: Places, next: Places): number | undefined {
  const [from] = next.second;
  if (from === undefined) return shown.second.length;
  const first = shown.second.findIndex((second) => second >= from);
  const kept = first < 0 ? shown.second.length : first;
  const end = kept === 0 ? 0 : shown.second[kept - 1]! + shown.seconds[kept - 1]!;
  const isWider = kept > 0 && next.second.length > 1 && next.seconds[0]! > shown.seconds[0]!;
  return end === from && !isWider ? kept : undefined;
}

function joinColumns(shown: RunColumns, next: RunColumns): RunColumns | undefined {
  const kept = countKept(shown, next);
  const hasService = [shown, next].map(({ serviceP50 }) => serviceP50 !== undefined);
  if (kept === undefined || (hasService[1] && !hasService[0] && kept > 0)) return undefined;
  const joined: Record<string, unknown> = {};
  for (const [key, values] of Object.entries(shown)) {
    if (key === 'statuses') continue;
    const more = (next as unknown as Record<string, unknown[] | undefined>)[key] ?? serviceOf(key, next);
    joined[key] = [...(values as unknown[]).slice(0, kept), ...more];
  }
  return { ...(joined as unknown as RunColumns), statuses: joinStatuses(shown, next, kept) };
}

/** Where all started on time, both times are the same. */
function serviceOf(key: string, { p50, p95 }: RunColumns): unknown[] {
  return key === 'serviceP50' ? p50 : p95;
}

function joinStatuses(shown: RunColumns, next: RunColumns, kept: number): RunColumns['statuses'] {
  const known = shown.statuses.map(({ status }) => status);
  const more = next.statuses.map(({ status }) => status).filter((status) => !known.includes(status));
  const countsOf = ({ statuses, second }: RunColumns, status: string) =>
    statuses.find((one) => one.status === status)?.counts ?? second.map(() => 0);
  return [...known, ...more].map((status) => ({
    status,
    counts: [...countsOf(shown, status).slice(0, kept), ...countsOf(next, status)],
  }));
}

function joinMonitors(shown: MonitorColumnsData, next: MonitorColumnsData): MonitorColumnsData | undefined {
  const kept = countKept(shown, next);
  if (kept === undefined) return undefined;
  return {
    second: [...shown.second.slice(0, kept), ...next.second],
    seconds: [...shown.seconds.slice(0, kept), ...next.seconds],
    series: next.series.map((series, index) => {
      const before = shown.series[index]?.values ?? shown.second.map(() => null);
      return { ...series, values: [...before.slice(0, kept), ...series.values] };
    }),
  };
}

function joinNames(shown: NameColumnsData, next: NameColumnsData): NameColumnsData | undefined {
  const kept = countKept(shown, next);
  if (kept === undefined) return undefined;
  return {
    second: [...shown.second.slice(0, kept), ...next.second],
    seconds: [...shown.seconds.slice(0, kept), ...next.seconds],
    names: shown.names.map((series, index) => {
      const more = next.names[index]!;
      return {
        completed: [...series.completed.slice(0, kept), ...more.completed],
        failures: [...series.failures.slice(0, kept), ...more.failures],
        p50: [...series.p50.slice(0, kept), ...more.p50],
        p95: [...series.p95.slice(0, kept), ...more.p95],
        p99: [...series.p99.slice(0, kept), ...more.p99],
      };
    }),
  };
}
