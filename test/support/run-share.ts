import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { now } from '../../src/metrics/clock.js';
import { type Part, Tally } from '../../src/metrics/tally.js';
import { createBeacon, readBeacon } from '../../src/runtime/beacon.js';
import type { HttpSettings } from '../../src/runtime/http-settings.js';
import { plainLine } from '../../src/runtime/load/users.js';
import type { Plan, PlannedLoad, UsersLoad } from '../../src/runtime/plan.js';
import type { FromWorker, LogRecord, PrepareMessage, Snapshot, WorkerSettings } from '../../src/runtime/protocol.js';
import { defineTest } from '../../src/runtime/user/define-test.js';
import type { AnyUser } from '../../src/runtime/user/define-user.js';
import { forgetInProcessTest, keepInProcessTest } from '../../src/runtime/user/in-process-tests.js';
import { describeScenario } from '../../src/runtime/worker/load-scenario.js';
import { RunUsers } from '../../src/runtime/worker/run-users.js';

const HTTP: HttpSettings = {
  transport: 'auto',
  timeoutMs: 5000,
  connectTimeoutMs: 5000,
  headersTimeoutMs: 5000,
  maxRedirects: 10,
  maxBodyBytes: 1_000_000,
  connectionsPerUser: 6,
  connectionReuse: 'user',
  insecure: false,
  ca: undefined,
  proxy: undefined,
  dns: { ttlMs: 60_000, select: 'first' },
};

export interface ShareOptions {
  /** A plain load in short. */
  load?: {
    users?: number;
    spawnRate?: number;
    runTimeMs?: number;
    gracefulStopMs?: number;
    iterationsPerUser?: number;
  };
  /** Whole loads, in place of `load`. */
  loads?: PlannedLoad[];
  measures?: Plan['measures'];
  data?: Record<string, unknown>;
  tables?: PrepareMessage['tables'];
  settings?: Partial<WorkerSettings>;
  host?: string;
  seed?: number;
  share?: { index: number; count: number };
  /** Nobody stops it when it has nothing left to do, as while other shares have. */
  staysIdle?: boolean;
}

/** What a share has said so far, and how to stop it. */
export class ShareRun {
  readonly snapshots: Snapshot[] = [];
  readonly logs: LogRecord[] = [];
  /** Loads that the share has done, in the order in which they ended. */
  readonly endedLoads: string[] = [];
  readonly stopRequests: { reason: string; hasFailed: boolean }[] = [];
  readonly beacon = createBeacon();
  startAtMs = 0;
  #users!: RunUsers;
  #openLoads = new Set<string>();
  #staysIdle = false;
  readonly #tally = new Tally();
  #revision = 0;

  async start(users: Record<string, AnyUser>, options: ShareOptions): Promise<this> {
    const id = keepInProcessTest(defineTest({ users }));
    onTestFinished(() => forgetInProcessTest(id));
    this.#users = new RunUsers(this.#prepareMessage(id, users, options), (message) => this.#hear(message));
    await this.#users.prepare();
    this.startAtMs = now();
    this.#users.start(this.startAtMs);
    return this;
  }

  /** As the conductor would: nothing begins from now on. */
  stop(gracefulStopMs = 0): void {
    this.#users.stop(gracefulStopMs);
  }

  pause(): void {
    this.#users.pause();
  }

  resume(): void {
    this.#users.resume();
  }

  /** The loads are as given from an instant of the plan's clock on. */
  amend(effectiveAtMs: number, ...loads: PlannedLoad[]): void {
    this.#users.amend({ revision: ++this.#revision, effectiveAtMs, loads });
  }

  /** Waits for the final snapshot; how long that took after the call. */
  async finish(): Promise<number> {
    const calledAtMs = now();
    await this.#users.finished;
    return now() - calledAtMs;
  }

  async stopAndFinish(gracefulStopMs = 0): Promise<number> {
    this.stop(gracefulStopMs);
    return this.finish();
  }

  /** Everything counted, of all snapshots together. */
  get part(): Part {
    return this.#tally.read();
  }

  get usersStarted(): number {
    return this.snapshots.at(-1)?.gauges.usersStarted ?? 0;
  }

  get lastSeen() {
    return readBeacon(this.beacon);
  }

  #prepareMessage(id: number, users: Record<string, AnyUser>, options: ShareOptions): PrepareMessage {
    const { kinds } = describeScenario({ users });
    const loads = options.loads ?? [createPlainLoad(kinds.length, options.load ?? {})];
    this.#openLoads = new Set(loads.map(({ name }) => name));
    this.#staysIdle = options.staysIdle ?? false;
    const plan: Plan = {
      kinds: kinds.map(({ name, weight, fixedCount, host }) => ({
        name,
        weight,
        fixedCount,
        host: host ?? options.host,
      })),
      revisions: [{ revision: 0, effectiveAtMs: 0, loads }],
      seed: options.seed ?? 1,
      measures: options.measures ?? [],
    };
    return {
      type: 'prepare',
      script: { type: 'in-process', id },
      share: options.share ?? { index: 0, count: 1 },
      plan,
      settings: {
        env: {},
        tags: [],
        excludeTags: [],
        http: HTTP,
        drainTimeoutMs: 1000,
        debug: false,
        sharesThread: true,
        ...options.settings,
      },
      beacon: this.beacon,
      ...(options.data === undefined ? {} : { data: options.data }),
      ...(options.tables === undefined ? {} : { tables: options.tables }),
    };
  }

  #hear(message: FromWorker): void {
    if (message.type === 'snapshot') {
      this.snapshots.push(message.snapshot);
      this.#tally.merge(structuredClone(message.snapshot.part));
    } else if (message.type === 'log') {
      this.logs.push(message.record);
    } else if (message.type === 'load-ended') {
      // As the conductor does when no share has anything left to do.
      if (this.#openLoads.delete(message.load)) this.endedLoads.push(message.load);
      if (this.#openLoads.size === 0 && !this.#staysIdle) this.stop();
    } else if (message.type === 'stop-requested') {
      this.stopRequests.push({ reason: message.reason, hasFailed: message.hasFailed });
    }
  }
}

function createPlainLoad(kinds: number, given: NonNullable<ShareOptions['load']>): UsersLoad {
  const { users = 1, spawnRate = 1000, runTimeMs, gracefulStopMs = 0, iterationsPerUser } = given;
  return {
    name: 'default',
    executor: 'plain',
    model: 'users',
    startAtMs: 0,
    kinds: Array.from({ length: kinds }, (_, kind) => kind),
    line: plainLine({ users, spawnRate }),
    falling: 'floor',
    gracefulStopMs,
    gracefulRampDownMs: gracefulStopMs,
    env: {},
    labels: {},
    ...(runTimeMs === undefined ? {} : { endMs: runTimeMs }),
    ...(iterationsPerUser === undefined ? {} : { iterations: { of: 'user', count: iterationsPerUser } }),
  };
}

/** Starts one share of a plan in this thread. */
export async function startShare(users: Record<string, AnyUser>, options: ShareOptions = {}): Promise<ShareRun> {
  return new ShareRun().start(users, options);
}

/** Runs one share until nobody is left; for plans that end by themselves. */
export async function runShare(users: Record<string, AnyUser>, options: ShareOptions = {}): Promise<ShareRun> {
  const run = await startShare(users, options);
  await run.finish();
  return run;
}

/** Runs a plan over several shares at once, as threads would. */
export async function runShares(
  users: Record<string, AnyUser>,
  options: ShareOptions & { shares: number },
): Promise<ShareRun[]> {
  const { shares: count, ...rest } = options;
  return Promise.all(
    Array.from({ length: count }, (_, index) => runShare(users, { ...rest, share: { index, count } })),
  );
}

/** A promise that a scenario resolves: the event a test waits for. */
export function createSignal<T = void>(): { promise: Promise<T>; give: (value: T) => void } {
  let give: (value: T) => void = () => {};
  const promise = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}

/** A server on a free port, closed with the test. */
export async function listen(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
