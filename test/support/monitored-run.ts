import type { MonitorReadings } from '../../src/metrics/monitors/monitor-sample.js';
import { type RunEvent, type RunOptions, type RunResult, run } from '../../src/node.js';
import type { Monitor } from '../../src/runtime/user/define-monitors.js';
import { defineTest } from '../../src/runtime/user/define-test.js';
import { defineUser } from '../../src/runtime/user/define-user.js';
import { constant } from '../../src/runtime/user/wait.js';

export interface MonitoredRun {
  result: RunResult;
  events: RunEvent[];
  /** Everything the monitors told, in order. */
  readings: MonitorReadings[];
}

const Idler = defineUser({ waitTime: constant(0.05), tasks: { idle: async () => {} } });

/** A short run in this thread of users that do nothing, with monitors beside it. */
export async function runMonitored(
  monitors: readonly Monitor[],
  { seconds = 2, ...more }: { seconds?: number } & Partial<RunOptions> = {},
): Promise<MonitoredRun> {
  const events: RunEvent[] = [];
  const { onEvent } = more;
  const result = await run({
    test: defineTest({ users: { Idler }, monitors }),
    load: { users: 1, spawnRate: 100, runTime: `${seconds}s` },
    ...(more as object),
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
    },
  });
  const readings = events.filter((event) => event.type === 'monitors-sampled');
  return { result, events, readings };
}

/** A metric of a monitor over the whole run. */
export function metricOf({ monitors = [] }: RunResult, monitor: string, metric: string) {
  const found = monitors.find(({ name }) => name === monitor)?.metrics.find(({ name }) => name === metric);
  if (found === undefined) throw new Error(`no ${metric} of ${monitor} in ${JSON.stringify(monitors)}`);
  return found;
}

/** The values of a metric second by second, the baseline left out. */
export function seriesOf(readings: readonly MonitorReadings[], monitor: string, metric: string): number[] {
  return readings
    .filter(({ interval }) => interval >= 0)
    .flatMap(({ samples }) => samples.filter((sample) => sample.monitor === monitor))
    .flatMap(({ values }) => (values[metric] === undefined ? [] : [values[metric]]));
}
