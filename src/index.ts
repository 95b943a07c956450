/**
 * What a scenario imports: definitions, waits and types. Importing it starts nothing and loads no HTTP client.
 */
export { LoadwrightError } from './errors.js';
export type { LabelValue } from './metrics/measures.js';
export type { MonitorUnit } from './metrics/monitors/monitor-sample.js';
export { readMetric, type TrendNumbers } from './metrics/read-metric.js';
export type { ThresholdInput, ThresholdsInput } from './metrics/thresholds.js';
export {
  type FunctionMonitorOptions,
  hostMonitor,
  type Monitor,
  type MonitorContext,
  type MonitorFunction,
  type MonitorOptions,
  type MonitorOrFunction,
  monitor,
  type ProcessTarget,
  type PrometheusMetric,
  postgresMonitor,
  processMonitor,
  prometheusMonitor,
  redisMonitor,
} from './runtime/user/define-monitors.js';
export {
  defineSetup,
  type SetupContext,
  type SetupData,
  type SetupDefinition,
  type SetupOptions,
  type Verify,
} from './runtime/user/define-setup.js';
export {
  type Duration,
  defineTest,
  type HttpOptions,
  type TestDefinition,
  type TestOptions,
} from './runtime/user/define-test.js';
export {
  type AnyUser,
  defineUser,
  type Sequence,
  sequence,
  type TaskEntry,
  type TaskFunction,
  type TaskItem,
  type TaskSet,
  type Tasks,
  task,
  type UserDefinition,
  type UserOptions,
  type WeightedTask,
} from './runtime/user/define-user.js';
export { type CsvSource, type Feeder, type FeederOptions, feeder, type JsonSource } from './runtime/user/feeder.js';
export type {
  Expectation,
  ExpectFunction,
  HttpClient,
  HttpResponse,
  MultipartValue,
  RequestBody,
  RequestDefaults,
  RequestOptions,
  RequestTarget,
  Timings,
} from './runtime/user/http/http-types.js';
export type * from './runtime/user/load-types.js';
export {
  counter,
  type GaugeOptions,
  gauge,
  type Metric,
  type MetricOptions,
  rate,
  trend,
} from './runtime/user/metric.js';
export type { Random } from './runtime/user/random.js';
export type { MeasureOptions, UserContext } from './runtime/user/user-context-types.js';
export { UserStopped } from './runtime/user/user-signals.js';
export {
  between,
  constant,
  constantPacing,
  constantThroughput,
  poisson,
  type WaitInput,
  type WaitTime,
} from './runtime/user/wait.js';
