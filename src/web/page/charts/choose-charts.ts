import type { PageData } from '../../page-data.js';
import { showMs, showRate } from '../show-numbers.js';
import { type ChartLine, type ChartSpec, type Places, perSecond } from './chart-spec.js';
import { statusColors } from './status-colors.js';

const showLevel = (value: number) => Math.round(value).toLocaleString('en-US');
const showPercent = (share: number) => `${Math.round(share * 100)} %`;

/** What a chart of requests is made of: all of them, or those of one name. */
interface Requests {
  completed: number[];
  failures: number[];
  p50: ChartLine['values'];
  p90?: ChartLine['values'];
  p95: ChartLine['values'];
  p99: ChartLine['values'];
}

/** Requests a second and response times: of one name, if there is an index into the rows. */
export function chooseRequestCharts(data: PageData, index: number | undefined, prefix = 'chart'): ChartSpec[] {
  const series = index === undefined ? undefined : data.names.names[index];
  const places: Places = series === undefined ? data.columns : data.names;
  const requests: Requests = series ?? data.columns;
  return [createRateChart(`${prefix}-rate`, requests, places), createTimesChart(`${prefix}-times`, requests, places)];
}

function createRateChart(id: string, { completed, failures }: Requests, places: Places): ChartSpec {
  return {
    id,
    title: 'Requests',
    unit: 'per second',
    places,
    format: showRate,
    lines: [
      { label: 'all', color: '--ok', values: perSecond(completed, places), isArea: true },
      { label: 'failed', color: '--fail', values: perSecond(failures, places), isArea: true },
    ],
  };
}

function createTimesChart(id: string, { p50, p90, p95, p99 }: Requests, places: Places): ChartSpec {
  const lines: ChartLine[] = [
    { label: '99%', color: '--p99', values: p99 },
    { label: '95%', color: '--p95', values: p95 },
    ...(p90 === undefined ? [] : [{ label: '90%', color: '--p90', values: p90 }]),
    { label: '50%', color: '--p50', values: p50 },
  ];
  return { id, title: 'Response time', unit: 'ms', places, format: showMs, lines };
}

/** What is only known of the run as a whole. */
export function chooseRunCharts({ columns, run }: PageData): ChartSpec[] {
  const hasLag = columns.startLagP99.some((value) => value !== null);
  return [
    ...createServiceChart(columns),
    createUsersChart(columns),
    createFlightChart(columns),
    ...(hasLag ? [createLagChart(columns)] : []),
    createStatusChart(columns),
    ...(run.hasOpenLoads ? [createIterationsChart(columns)] : []),
    createGeneratorChart(columns),
  ];
}

type Columns = PageData['columns'];

function createServiceChart(columns: Columns): ChartSpec[] {
  const { serviceP50, serviceP95, p50, p95 } = columns;
  if (serviceP50 === undefined || serviceP95 === undefined) return [];
  return [
    {
      id: 'chart-service',
      title: 'Response and service time',
      unit: 'ms',
      places: columns,
      format: showMs,
      isTwofold: true,
      lines: [
        { label: 'response 95%', color: '--p95', values: p95 },
        { label: 'service 95%', color: '--p95', values: serviceP95, isDashed: true },
        { label: 'response 50%', color: '--p50', values: p50 },
        { label: 'service 50%', color: '--p50', values: serviceP50, isDashed: true },
      ],
    },
  ];
}

function createUsersChart(columns: Columns): ChartSpec {
  return {
    id: 'chart-users',
    title: 'Users',
    unit: 'at the end of each second',
    places: columns,
    format: showLevel,
    lines: [
      { label: 'at work', color: '--users', values: columns.users, isArea: true },
      { label: 'planned', color: '--text-muted', values: columns.plannedUsers, isDashed: true },
    ],
  };
}

function createFlightChart(columns: Columns): ChartSpec {
  return {
    id: 'chart-flight',
    title: 'In flight',
    unit: 'requests without an answer yet',
    places: columns,
    format: showLevel,
    leastMax: 4,
    lines: [{ label: 'requests', color: '--flight', values: columns.inFlight, isArea: true }],
  };
}

function createLagChart(columns: Columns): ChartSpec {
  return {
    id: 'chart-lag',
    title: 'Start lag',
    unit: 'ms, actual after intended start',
    places: columns,
    format: showMs,
    leastMax: 2,
    lines: [
      { label: 'max', color: '--lag-max', values: columns.startLagMax },
      { label: '99%', color: '--lag', values: columns.startLagP99 },
    ],
  };
}

function createStatusChart(columns: Columns): ChartSpec {
  const colors = statusColors(columns.statuses.map(({ status }) => status));
  return {
    id: 'chart-status',
    title: 'Status codes',
    unit: 'answers per second',
    places: columns,
    format: showRate,
    isStacked: true,
    lines: [...columns.statuses].reverse().map(({ status, counts }) => ({
      label: status === '0' ? 'no answer' : status,
      color: colors.get(status)!,
      values: perSecond(counts, columns),
    })),
  };
}

function createIterationsChart(columns: Columns): ChartSpec {
  return {
    id: 'chart-iterations',
    title: 'Iterations',
    unit: 'per second',
    places: columns,
    format: showRate,
    lines: [
      { label: 'completed', color: '--ok', values: perSecond(columns.iterations, columns), isArea: true },
      { label: 'dropped', color: '--fail', values: perSecond(columns.droppedIterations, columns), isArea: true },
    ],
  };
}

function createGeneratorChart(columns: Columns): ChartSpec {
  return {
    id: 'chart-generator',
    title: 'Generator',
    unit: 'busiest worker, share of its time',
    places: columns,
    format: showPercent,
    formatTick: showPercent,
    leastMax: 1,
    lines: [{ label: 'busy', color: '--lag', values: columns.utilisation, isArea: true }],
  };
}
