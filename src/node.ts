import { toOptionLayer } from './options/from-library.js';
import type { OptionLayer } from './options/resolved-options.js';
import { createFanOut } from './reporters/fan-out.js';
import type { Reporter } from './reporters/reporter.js';
import { run as conduct } from './runtime/conductor/run.js';
import { RunControls } from './runtime/conductor/run-controls.js';
import type { RunEvent, RunResult } from './runtime/protocol.js';
import type { HttpOptions, TestDefinition } from './runtime/user/define-test.js';
import type { PlainLoad } from './runtime/user/load-types.js';

export { LoadwrightError } from './errors.js';
export type { SeriesCounts } from './metrics/aggregate.js';
export type { LimitFinding } from './metrics/find-limit.js';
export type { GeneratorHealth, GeneratorReason, GeneratorSummary } from './metrics/generator-health.js';
export { type BucketCounts, percentilesOf } from './metrics/histogram.js';
export type { ThresholdVerdict } from './metrics/judge-thresholds.js';
export type { KindCounts, TaskCounts } from './metrics/kind-totals.js';
export type { MeasureCounts } from './metrics/measures.js';
export { mergeBuckets } from './metrics/merge-buckets.js';
export type {
  MonitorFailure,
  MonitorKind,
  MonitorReadings,
  MonitorSample,
  MonitorUnit,
  SlowStatement,
} from './metrics/monitors/monitor-sample.js';
export type { MonitorMetricSummary, MonitorSummary } from './metrics/monitors/monitor-totals.js';
export { readMetric, type TrendNumbers } from './metrics/read-metric.js';
export type { RunTotals, Table } from './metrics/run-totals.js';
export type { DescriptionCounts, ServerTimingCounts } from './metrics/server-timing.js';
export type { ServerTimingStatistics } from './metrics/server-timing-statistics.js';
export type { SlowRequest } from './metrics/slowest-requests.js';
export type { SeriesStatistics } from './metrics/statistics.js';
export type { ExceptionCounts, Part } from './metrics/tally.js';
export type { KindRatio, TaskRatio } from './metrics/task-ratio.js';
export { type CsvOptions, createCsvReporter } from './reporters/csv.js';
export { createJsonReporter, type JsonOptions } from './reporters/json.js';
export { createJunitReporter, type JunitOptions } from './reporters/junit.js';
export { createRecordingReporter, type RecordingOptions } from './reporters/recording.js';
export { type Replayed, type ReplayOptions, replayRecording } from './reporters/replay-recording.js';
export type { Reporter } from './reporters/reporter.js';
export { readResultDocument } from './reporters/result/read-document.js';
export type { ResultDocument } from './reporters/result/result-schema.js';
export type {
  IntervalAmended,
  IntervalClosed,
  LogRecord,
  Machine,
  RunEvent,
  RunResult,
  RunStarted,
  ShareGauges,
  StopCause,
  WorkerLost,
  WorkerSilent,
} from './runtime/protocol.js';
export { createHtmlReporter, type HtmlOptions } from './web/html-reporter.js';
export type * from './web/server/http-interface.js';
export { RunControls };

/** What `run` takes: a scenario file, or a test as an object, and what to change in it. */
export type RunOptions = ({ script: string; test?: never } | { test: TestDefinition; script?: never }) & {
  /** Kinds picked by name; all if not given. */
  kinds?: readonly string[];
  host?: string;
  /** Overrides what it names in the scenario's plain load. */
  load?: PlainLoad;
  /** One of the scenario's profiles, in place of its load. */
  profile?: string;
  /** More thresholds: `'http_req_duration:p(95)<2000'`. */
  thresholds?: readonly string[];
  /** When to end the run at once: `'http_req_failed rate>0.5 for 10s'`. */
  abortOn?: readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** Where requests may go besides this machine. */
  allowedHosts?: readonly string[];
  /** Requests may go anywhere. */
  yes?: boolean;
  http?: HttpOptions;
  env?: Readonly<Record<string, string>>;
  tags?: readonly string[];
  excludeTags?: readonly string[];
  seed?: number;
  /** Worker threads. 0: this thread, for tests given as objects, and their default. */
  workers?: number;
  drainTimeout?: string | number;
  /** Whether the run fails (exit code 99) if Loadwright itself did not keep up with the load. */
  failOnSaturated?: boolean;
  /** Whether to look for a listening server before the run; true if not given. */
  preflight?: boolean;
  /** Hear every event in order and write what they like; one that fails is switched off, and the exit code becomes 5. */
  reporters?: readonly Reporter[];
  /** Hears every event in order, before the reporters. An error it throws ends the run with that error. */
  onEvent?: (event: RunEvent) => void;
  /** Ends the run in order when aborted; the result is then `stopped`. */
  signal?: AbortSignal;
  /** Changes the run while it goes on. */
  controls?: RunControls;
};

/** Code says with `reporters` what it wants to keep. */
const NOTHING_KEPT: OptionLayer = { layer: 'flag', values: { results: { value: false, origin: 'run()' } } };

/**
 * Runs a load test from code: from a script, a service, or a test runner.
 *
 * With `{ test }` users live in this thread, so the code around it, blocking or not, is part of what is measured; with
 * `{ script }` they live in worker threads of their own. Failed requests do not throw: look at `total.failures` and
 * `exitCode`. When `signal` is aborted, the run ends as after Ctrl-C, with full numbers.
 *
 * @throws LoadwrightError for everything that is wrong before the first user starts, by code as in docs/errors.md
 * @example
 * ```ts
 * import { defineTest, defineUser } from 'loadwright';
 * import { run } from 'loadwright/node';
 *
 * const Visitor = defineUser({ tasks: { home: async ({ http }) => { await http.get('/', { expect: 200 }); } } });
 * const result = await run({
 *   test: defineTest({ users: { Visitor } }),
 *   host: 'http://127.0.0.1:8000',
 *   load: { users: 5, spawnRate: 5, runTime: '2s' },
 * });
 * if (result.state === 'completed') console.log(result.total.completed, result.total.percentiles[95]);
 * ```
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { onEvent, signal, controls, reporters = [] } = options;
  return conduct({
    source:
      options.script === undefined ? { type: 'test', test: options.test } : { type: 'file', path: options.script },
    kinds: [...(options.kinds ?? [])],
    layers: [toOptionLayer(options), NOTHING_KEPT],
    createListener: () => {
      const fanOut = createFanOut(reporters);
      return {
        onEvent: (event, totals) => {
          onEvent?.(event);
          fanOut.onEvent(event, totals);
        },
        finish: () => fanOut.finish(),
      };
    },
    signal,
    controls,
  });
}
