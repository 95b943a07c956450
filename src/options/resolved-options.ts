/** Where a value came from; later ones win. */
export const LAYER_ORDER = ['default', 'config', 'script', 'profile', 'environment', 'flag'] as const;

export type LayerName = (typeof LAYER_ORDER)[number];

/** One source of options: names of the option table with values as text or as they stand in JSON or a script. */
export interface OptionLayer {
  layer: LayerName;
  /** Raw values by option name, each with its origin in words: `--users`, `LOADWRIGHT_USERS`, `loadwright.json`. */
  values: Record<string, { value: unknown; origin: string }>;
}

export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'critical';
export type ConnectionReuse = 'user' | 'iteration' | 'none';

/** `--stage 30s:100`: to `target` users in `durationMs`, in a straight line. */
export interface StageOption {
  durationMs: number;
  target: number;
}

/** Every option, parsed and checked. Durations are milliseconds; `undefined` means not given and without default. */
export interface OptionValues {
  host: string | undefined;
  users: number;
  spawnRate: number;
  runTime: number | undefined;
  /** A load of its own, in place of the scenario's; empty: not given. */
  stages: StageOption[];
  /** Of all users together. */
  iterations: number | undefined;
  profile: string | undefined;
  headless: boolean;
  autostart: boolean;
  /** How long the page outlives a run; undefined: until it is stopped. */
  autoquit: number | undefined;
  webHost: string;
  webPort: number;
  webToken: string | undefined;
  /** PEM files. */
  tlsCert: string | undefined;
  tlsKey: string | undefined;
  /** Folder in which each run gets one of its own; undefined: none does. */
  results: string | undefined;
  record: string | undefined;
  html: string | undefined;
  json: string | undefined;
  junit: string | undefined;
  csv: string | undefined;
  csvFullHistory: boolean;
  onlySummary: boolean;
  tags: string[];
  excludeTags: string[];
  stopTimeout: number;
  resetStats: boolean;
  exitCodeOnError: number;
  logLevel: LogLevel;
  logFile: string | undefined;
  /** In bytes. */
  logFileLimit: number;
  /** As they were written; `metric:expression`. */
  thresholds: string[];
  /** As they were written. */
  abortOn: string[];
  /** Whether a generator that did not keep up makes the run fail. */
  failOnSaturated: boolean;
  /** Where requests may go besides this machine, as `parseAllowedHost` reads it. */
  allowedHosts: string[];
  /** Whether what would be asked is taken as answered with yes. */
  yes: boolean;
  /** Threads; undefined: decided by cores and users. 0: this thread (library only). */
  workers: number | undefined;
  seed: number | undefined;
  env: Record<string, string>;
  labels: Record<string, string>;
  debug: boolean;
  preflight: boolean;
  drainTimeout: number;
  timeout: number;
  connectTimeout: number;
  headersTimeout: number;
  maxRedirects: number;
  maxBodyBytes: number;
  connectionsPerUser: number;
  connectionReuse: ConnectionReuse;
  transport: 'auto' | 'undici';
  insecure: boolean;
  /** PEM files of certificate authorities. */
  ca: string[];
  proxy: string | undefined;
  /** IP addresses of this machine; empty: the system chooses. */
  localAddress: string[];
  dnsTtl: number;
  dnsSelect: 'first' | 'random' | 'roundRobin';
  /** Share of requests that are sent with a `traceparent`, 0 to 1. */
  trace: number;
  /** Heap limit of a worker thread in MB; undefined: Node's own. */
  workerMemory: number | undefined;
}

export type OptionName = keyof OptionValues;

/** All layers resolved into one, frozen, with the origin of each value. */
export interface ResolvedOptions {
  readonly values: Readonly<OptionValues>;
  readonly origins: Readonly<Record<OptionName, { layer: LayerName; origin: string }>>;
}
