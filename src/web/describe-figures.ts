import type { SeriesCounts } from '../metrics/aggregate.js';
import type { BucketCounts } from '../metrics/histogram.js';
import { countInBins, planLogBins } from '../metrics/log-bins.js';
import type { MeasureCounts } from '../metrics/measure.js';
import { readMeasure } from '../metrics/measure-value.js';
import { mergeBuckets } from '../metrics/merge-buckets.js';
import { findBuiltInMetric } from '../metrics/metric-table.js';
import type { SeriesStatistics } from '../metrics/statistics.js';
import { computeTimes } from '../metrics/time-statistics.js';
import { formatGenerator, listGeneratorFacts } from '../reporters/format/format-generator.js';
import { formatCount, formatQuantity, formatRate, formatShare } from '../reporters/format/format-number.js';
import type { RunResult } from '../runtime/protocol.js';
import { noteMonitors } from './note-monitors.js';
import type { PageData, PageGenerator, PageMetric, PageRow, PageTrend } from './page-data.js';
import type { PageShapes } from './page-shapes.js';

type OtherFigures = 'taskRatios' | 'checks' | 'groups' | 'metrics' | 'exceptions' | 'generator' | 'monitorNotes';

const DISTRIBUTION_BINS = 30;
/** Combinations of labels are listed up to this many for each metric. */
const MAX_COMBINATIONS = 100;

/** What the page shows beside time: every name, and all else that was counted. */
export function describeFigures(result: RunResult, countedMs: number): Pick<PageData, 'total' | 'rows' | OtherFigures> {
  return { ...describeDistributions(result), ...describeOther(result, countedMs) };
}

function describeDistributions({ requests, total, part }: RunResult): Pick<PageData, 'total' | 'rows'> {
  const series = new Map(part.series.map((counts): [string, SeriesCounts] => [keyOfName(counts), counts]));
  return {
    total: describeRow(total, mergeBuckets(part.series.map(({ durations }) => durations))),
    rows: requests.map((row) => describeRow(row, series.get(keyOfName(row))?.durations ?? [])),
  };
}

/** How the response times of all requests and of every name are distributed. */
export function describeShapes(result: RunResult): Pick<PageShapes, 'total' | 'rows'> {
  const { total, rows } = describeDistributions(result);
  return { total: total.distribution ?? null, rows: rows.map(({ distribution }) => distribution ?? null) };
}

/** All that is no request. */
export function describeOther(result: RunResult, countedMs: number): Pick<PageData, OtherFigures> {
  const { part, taskRatios = [] } = result;
  return {
    taskRatios,
    checks: [...part.checks].sort(byName),
    groups: describeGroups(part.groups),
    metrics: describeMetrics(part.measures, countedMs),
    exceptions: [...part.exceptions].sort((a, b) => b.count - a.count),
    generator: describeGenerator(result),
    monitorNotes: noteMonitors(result.monitors),
  };
}

function describeRow(row: SeriesStatistics, durations: BucketCounts): PageRow {
  const bins = planLogBins([durations], DISTRIBUTION_BINS);
  return bins === undefined ? row : { ...row, distribution: { bins, counts: countInBins(durations, bins) } };
}

function describeGroups(groups: RunResult['part']['groups']): PageTrend[] {
  return groups
    .filter(({ count }) => count > 0)
    .sort(byName)
    .map((group) => ({ name: group.name, count: group.count, ...computeTimes(group, group.count) }));
}

/** The scenario's own metrics: each as a whole, then its combinations of labels, the most frequent first. */
function describeMetrics(measures: readonly MeasureCounts[], countedMs: number): PageMetric[] {
  const own = measures.filter(({ metric, count }) => count > 0 && findBuiltInMetric(metric) === undefined);
  const names = [...new Set(own.map(({ metric }) => metric))].sort();
  return names.flatMap((name) => {
    const [whole, narrowed] = [true, false].map((isWhole) =>
      own.filter(({ key, metric }) => metric === name && (key === metric) === isWhole),
    ) as [MeasureCounts[], MeasureCounts[]];
    const listed = narrowed.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1)).slice(0, MAX_COMBINATIONS);
    return [...whole, ...listed].map((counts) => describeMetric(counts, countedMs));
  });
}

function describeMetric(counts: MeasureCounts, countedMs: number): PageMetric {
  const { metric, key, type, count } = counts;
  return {
    metric,
    labels: key.slice(metric.length),
    type,
    count,
    figures: figuresOf(counts, countedMs),
  };
}

function figuresOf(counts: MeasureCounts, countedMs: number): PageMetric['figures'] {
  const figure = (label: string, value: number | undefined) => ({
    label,
    text: value === undefined ? '–' : formatQuantity(value),
  });
  const read = (method: 'avg' | 'min' | 'max' | 'med' | 'value') => readMeasure(counts, { method }, countedMs);
  switch (counts.type) {
    case 'counter': {
      const perSecond = countedMs > 0 ? (counts.sum * 1000) / countedMs : 0;
      return [figure('sum', counts.sum), { label: 'per second', text: formatRate(perSecond) }];
    }
    case 'rate':
      return [
        { label: 'share', text: formatShare(counts.sum / counts.count) },
        { label: 'true', text: `${formatCount(counts.sum)} of ${formatCount(counts.count)}` },
      ];
    case 'gauge':
      return [figure('value', read('value')), figure('min', counts.minimum), figure('max', counts.maximum)];
    case 'trend':
      return [
        figure('mean', read('avg')),
        figure('median', read('med')),
        figure('95%', readMeasure(counts, { method: 'p', percentile: 95 }, countedMs)),
        figure('max', read('max')),
      ];
  }
}

/** In the words of the other reports; nothing is broken into lines here. */
function describeGenerator({ generator, total }: RunResult): PageGenerator {
  const serviceMs = total.completed * ((total.service ?? total).meanMs ?? 0);
  const [notWell] = formatGenerator(generator, Number.POSITIVE_INFINITY);
  const facts = listGeneratorFacts(generator, serviceMs);
  return { ...generator, facts, ...(notWell === undefined ? {} : { notWell }) };
}

function byName(a: { name: string }, b: { name: string }): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/** What tells names apart: the same name may be asked for with several methods. */
function keyOfName({ method, name }: Pick<SeriesCounts, 'method' | 'name'>): string {
  return `${method}\n${name}`;
}
