import type { MeasureCounts } from '../../metrics/measure.js';
import { readMeasure } from '../../metrics/measure-value.js';
import { findBuiltInMetric } from '../../metrics/metric-table.js';
import { redactSecrets } from '../../redact-secrets.js';
import { escapeText } from './escape-text.js';
import { formatCount, formatQuantity, formatRate, formatShare } from './format-number.js';
import { padEnd, padStart, truncateText, widthOf, wrapText } from './pad-text.js';

interface Row {
  name: string;
  /** Aligned with those of the same metric. */
  figures: string[];
}

/** Combinations of labels are listed up to this many for each metric. */
const MAX_COMBINATIONS = 5;
const LEAST_NAME_WIDTH = 12;
const GAP = '  ';

/** What a scenario measured itself, and each combination of the labels it asked for; empty without any. */
export function formatMetrics(measures: readonly MeasureCounts[], durationMs: number, maxWidth: number): string[] {
  const groups = groupByMetric(measures.filter(({ metric }) => findBuiltInMetric(metric) === undefined));
  const rows = groups.flatMap((group) => alignFigures(rowsOf(group, durationMs)));
  const widest = (texts: readonly string[]) => texts.reduce((width, text) => Math.max(width, widthOf(text)), 0);
  const room = maxWidth - GAP.length - widest(rows.map(({ figures }) => figures));
  const nameWidth = Math.min(room, widest(rows.map(({ name }) => name)));
  return rows.flatMap(({ name, figures }) => {
    if (figures === '') return [truncateText(name, maxWidth)];
    if (nameWidth < LEAST_NAME_WIDTH) return wrapText(`${name}${GAP}${figures.trim()}`, maxWidth, 3);
    return [`${padEnd(truncateText(name, nameWidth), nameWidth)}${GAP}${figures}`];
  });
}

function groupByMetric(measures: readonly MeasureCounts[]): MeasureCounts[][] {
  const groups = new Map<string, MeasureCounts[]>();
  for (const counts of measures) {
    if (counts.count === 0) continue;
    groups.set(counts.metric, [...(groups.get(counts.metric) ?? []), counts]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** The metric as a whole, and its combinations, the most frequent first. */
function rowsOf(group: readonly MeasureCounts[], durationMs: number): Row[] {
  const whole = group.filter(({ key, metric }) => key === metric);
  const narrowed = group
    .filter(({ key, metric }) => key !== metric)
    .sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
  const left = narrowed.length - MAX_COMBINATIONS;
  return [
    ...whole.map((counts) => ({ name: escapeText(counts.metric), figures: figuresOf(counts, durationMs) })),
    ...narrowed.slice(0, MAX_COMBINATIONS).map((counts) => ({
      name: `  ${escapeText(redactSecrets(counts.key.slice(counts.metric.length)))}`,
      figures: figuresOf(counts, durationMs),
    })),
    ...(left > 0 ? [{ name: `  … and ${formatCount(left)} more`, figures: [] }] : []),
  ];
}

function figuresOf(counts: MeasureCounts, durationMs: number): string[] {
  const unit = counts.unit === undefined ? '' : ` ${escapeText(counts.unit)}`;
  const read = (method: 'avg' | 'max' | 'value' | 'rate') => show(readMeasure(counts, { method }, durationMs));
  switch (counts.type) {
    case 'counter':
      return [
        `${formatQuantity(counts.sum)}${unit}`,
        `${formatRate(durationMs > 0 ? (counts.sum * 1000) / durationMs : 0)}/s`,
      ];
    case 'rate':
      return [formatShare(counts.sum / counts.count), `${formatCount(counts.sum)} of ${formatCount(counts.count)}`];
    case 'gauge':
      return [`${read('value')}${unit}`];
    case 'trend':
      return [
        `avg ${read('avg')}`,
        `95% ${show(readMeasure(counts, { method: 'p', percentile: 95 }, durationMs))}`,
        `max ${read('max')}${unit}`,
      ];
  }
}

function show(value: number | undefined): string {
  return value === undefined ? '-' : formatQuantity(value);
}

function alignFigures(rows: readonly Row[]): { name: string; figures: string }[] {
  const widths: number[] = [];
  for (const { figures } of rows) {
    for (const [index, text] of figures.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(text));
  }
  return rows.map(({ name, figures }) => ({
    name,
    figures: figures.map((text, index) => padStart(text, widths[index]!)).join(GAP),
  }));
}
