import type { MonitorUnit } from '../../../metrics/monitors/monitor-sample.js';
import { escapeText } from '../../../reporters/format/escape-text.js';
import { formatMonitorValue } from '../../../reporters/format/format-monitors.js';
import type { MonitorColumnsData, MonitorSeries } from '../../../reporters/history/monitor-columns.js';
import { showBytes, showTick } from '../show-numbers.js';
import type { ChartSpec } from './chart-spec.js';

const COLORS = ['--ok', '--lag', '--flight', '--p95', '--fail', '--users'];
/** More could not be told apart; the rest is in a chart of its own. */
const MAX_LINES = COLORS.length;

/** A chart for each unit of each monitor: numbers of different units have no axis in common. */
export function chooseMonitorCharts({ second, seconds, series }: MonitorColumnsData): ChartSpec[] {
  const groups = new Map<string, MonitorSeries[]>();
  for (const one of series) {
    const key = JSON.stringify([one.monitor, one.unit]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const pieces = [...groups.values()].flatMap(splitLines);
  return pieces.map((lines, index) => createChart(`chart-monitor-${index}`, lines, { second, seconds }));
}

function splitLines(lines: MonitorSeries[]): MonitorSeries[][] {
  const pieces: MonitorSeries[][] = [];
  for (let at = 0; at < lines.length; at += MAX_LINES) pieces.push(lines.slice(at, at + MAX_LINES));
  return pieces;
}

function createChart(id: string, lines: readonly MonitorSeries[], places: ChartSpec['places']): ChartSpec {
  const { monitor, unit } = lines[0]!;
  return {
    id,
    title: escapeText(monitor),
    unit: unitOf(lines[0]!),
    places,
    format: (value) => formatMonitorValue(value, unit),
    formatTick: tickOf(unit),
    leastMax: unit === 'share' ? 1 : 0,
    lines: lines.map(({ metric, values }, index) => ({
      label: escapeText(metric.replaceAll('_', ' ')),
      color: COLORS[index]!,
      values,
      isArea: lines.length === 1,
    })),
  };
}

function unitOf({ kind, unit }: MonitorSeries): string {
  if (unit === 'percent' && kind === 'process') return 'percent of one core';
  return unit === 'percent' && kind === 'host' ? 'percent of all cores' : unit;
}

function tickOf(unit: MonitorUnit): (value: number) => string {
  if (unit === 'bytes' || unit === 'bytes per second') return showBytes;
  return unit === 'share' ? (share) => `${Math.round(share * 100)} %` : showTick;
}
