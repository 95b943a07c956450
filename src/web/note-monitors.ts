import type { MonitorSummary } from '../metrics/monitors/monitor-totals.js';
import { describeMonitorFailures } from '../reporters/format/format-monitors.js';
import type { PageMonitorNote } from './page-data.js';

type Noted = Pick<MonitorSummary, 'name' | 'samples' | 'failures' | 'failure' | 'statements'>;

/** What monitors have to say besides numbers over time. */
export function noteMonitors(monitors: readonly Noted[] = []): PageMonitorNote[] {
  return monitors
    .filter(({ failures, statements = [] }) => failures > 0 || statements.length > 0)
    .map((monitor) => ({
      monitor: monitor.name,
      ...(monitor.failures > 0 ? { failure: describeMonitorFailures(monitor) } : {}),
      statements: monitor.statements ?? [],
    }));
}
