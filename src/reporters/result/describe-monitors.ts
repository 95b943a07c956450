import type { MonitorSummary } from '../../metrics/monitors/monitor-totals.js';
import type { MonitorColumns } from '../history/monitor-columns.js';
import type { ResultMonitors } from './monitor-schema.js';

/** Monitors with their numbers over time; undefined without any. */
export function describeMonitors(
  monitors: readonly MonitorSummary[] | undefined,
  columns: MonitorColumns,
): ResultMonitors | undefined {
  if (monitors === undefined) return undefined;
  const { second, seconds, series } = columns.read();
  const valuesOf = (monitor: string, metric: string) =>
    series.find((one) => one.monitor === monitor && one.metric === metric)?.values ?? second.map(() => null);
  const all = monitors.map(({ metrics, statements, ...monitor }) => ({
    ...monitor,
    metrics: metrics.map((metric) => ({ ...metric, values: valuesOf(monitor.name, metric.name) })),
    ...(statements === undefined ? {} : { statements: [...statements] }),
  }));
  return { secondsPerPoint: columns.secondsPerColumn, second, seconds, all };
}
