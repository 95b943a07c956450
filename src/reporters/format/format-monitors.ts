import type { MonitorUnit } from '../../metrics/monitors/monitor-sample.js';
import type { MonitorSummary } from '../../metrics/monitors/monitor-totals.js';
import { escapeText } from './escape-text.js';
import { formatBytes, formatCount, formatMs, formatQuantity, formatShare } from './format-number.js';
import { padEnd, padStart, truncateText, widthOf, wrapText } from './pad-text.js';

const HEAD = ['min', 'mean', 'max', 'last'];
const GAP = '  ';
const LEAST_NAME_WIDTH = 12;
const LEAST_MONITOR_WIDTH = 4;
const MAX_STATEMENTS = 3;

/** A number of a monitor with its unit, short. */
export function formatMonitorValue(value: number, unit: MonitorUnit): string {
  switch (unit) {
    case 'percent':
      return `${formatRounded(value)} %`;
    case 'share':
      return formatShare(value);
    case 'bytes':
      return formatBytes(Math.round(value));
    case 'bytes per second':
      return `${formatBytes(Math.round(value))}/s`;
    case 'ms':
      return `${formatMs(value)} ms`;
    case 'per second':
      return `${formatRounded(value)}/s`;
    case 'count':
      return formatRounded(value);
  }
}

/** A table of what monitors measured, what failed of them below; empty without any. */
export function formatMonitors(monitors: readonly MonitorSummary[] = [], maxWidth: number): string[] {
  const rows = monitors.flatMap(({ name, metrics }) =>
    metrics
      .filter(({ count }) => count > 0)
      .map((metric) => ({
        monitor: escapeText(name),
        metric: escapeText(metric.name),
        figures: [metric.min, metric.mean, metric.max, metric.last].map((value) =>
          formatMonitorValue(value!, metric.unit),
        ),
      })),
  );
  return [...formatRows(rows, maxWidth), ...monitors.flatMap((monitor) => formatNotes(monitor, maxWidth))];
}

interface Row {
  monitor: string;
  metric: string;
  figures: string[];
}

function formatRows(rows: readonly Row[], maxWidth: number): string[] {
  if (rows.length === 0) return [];
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map(({ figures }) => widthOf(figures[at]!))));
  const figuresWidth = widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const nameWidth = Math.min(maxWidth - figuresWidth, Math.max(...rows.map((row) => widthOf(nameOf(row)))));
  const align = (figures: readonly string[]) => figures.map((text, at) => GAP + padStart(text, widths[at]!)).join('');
  if (nameWidth < LEAST_NAME_WIDTH) {
    return rows.flatMap((row) => {
      const told = row.figures.map((text, at) => `${HEAD[at]} ${text}`).join(', ');
      return wrapText(`${nameOf(row)}: ${told}`, maxWidth, 3);
    });
  }
  return [
    padEnd('', nameWidth) + align(HEAD),
    ...rows.map((row) => padEnd(shortNameOf(row, nameWidth), nameWidth) + align(row.figures)),
  ];
}

function nameOf({ monitor, metric }: Row): string {
  return `${monitor} ${metric}`;
}

/** A monitor has many metrics: what is cut is the monitor's name, which its other rows have too. */
function shortNameOf(row: Row, maxWidth: number): string {
  const left = maxWidth - widthOf(row.metric) - 1;
  const isShort = widthOf(nameOf(row)) <= maxWidth || left < LEAST_MONITOR_WIDTH;
  return truncateText(isShort ? nameOf(row) : `${truncateText(row.monitor, left)} ${row.metric}`, maxWidth);
}

/** `postgres failed in 3 of 20 looks, first because …`, not escaped. */
export function describeMonitorFailures({
  name,
  samples,
  failures,
  failure = '',
}: Pick<MonitorSummary, 'name' | 'samples' | 'failures' | 'failure'>): string {
  return `${name} failed in ${failures} of ${samples + failures} looks, first because ${failure}.`;
}

function formatNotes(monitor: MonitorSummary, maxWidth: number): string[] {
  const { name, failures, statements = [] } = monitor;
  const slowest = statements.slice(0, MAX_STATEMENTS).map(({ text, calls, totalMs, meanMs }) => {
    const took = `${formatMs(totalMs)} ms in ${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}, ${formatMs(meanMs)} ms each`;
    return truncateText(`  ${took}: ${escapeText(text)}`, maxWidth);
  });
  return [
    ...(failures === 0 ? [] : wrapText(escapeText(describeMonitorFailures(monitor)), maxWidth, 3)),
    ...(slowest.length === 0 ? [] : [truncateText(`Slowest statements of ${escapeText(name)}:`, maxWidth), ...slowest]),
  ];
}

/** Means have digits that say nothing. */
function formatRounded(value: number): string {
  return formatQuantity(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(1)));
}
