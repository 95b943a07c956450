import { LoadwrightError } from '../../errors.js';
import { now } from '../../metrics/clock.js';
import type { MeasureBook } from '../../metrics/measures.js';
import type { Tally } from '../../metrics/tally.js';
import { missedDurations } from '../../metrics/times.js';
import { lightBeacon } from '../beacon.js';
import { UserTurns } from '../load/user-turns.js';
import type { FromWorker, LogRecord, PrepareMessage } from '../protocol.js';
import type { AnySetup } from '../user/define-setup.js';
import type { TestDefinition, TestOptions } from '../user/define-test.js';
import type { AnyFeeder } from '../user/feeder.js';
import { FeederCursors } from '../user/feeder-cursor.js';
import { feedersDefined } from '../user/feeder-registry.js';
import type { HttpEngine, Recorder } from '../user/http/http-engine.js';
import { countException } from './count-exception.js';
import { deepFreeze } from './deep-freeze.js';
import { Gate } from './gate.js';
import type { IntervalCounter } from './interval-counter.js';
import type { ShareWorld } from './load-run.js';
import { LogLimit } from './log-limit.js';
import type { TaskWalker } from './task-walker.js';

/** Errors after which no request can ever be sent, or none may be: the run ends, and what its reason then says. */
const FATAL: Readonly<Partial<Record<LoadwrightError['code'], (error: LoadwrightError) => string>>> = {
  ERR_HOST_MISSING: () => 'ERR_HOST_MISSING, no host for relative paths (try --host http://localhost:8000)',
  ERR_ORIGIN_REFUSED: ({ message }) => `ERR_ORIGIN_REFUSED, ${message.replace(/\.$/, '')}`,
  ERR_DATA_EXHAUSTED: ({ message }) => `ERR_DATA_EXHAUSTED, ${message.replace(/\.$/, '')}`,
};

export interface ShareServicesOptions {
  setup: PrepareMessage;
  tally: Tally;
  book: MeasureBook;
  counter: IntervalCounter;
  post(message: FromWorker): void;
}

/** What all users of a share use: where things are counted and said, rows, data of setups, the gate of a pause. */
export class ShareServices {
  readonly gate = new Gate();
  readonly recorder: Recorder;
  /** Second 0 on the process-wide clock; before it is known everything counts as happening then. */
  startAtMs = Number.POSITIVE_INFINITY;
  readonly #options: ShareServicesOptions;
  readonly #cursors: FeederCursors;
  readonly #logLimit: LogLimit;
  #setups = new Map<unknown, unknown>();
  /** By the kinds of a feeder. */
  readonly #turns = new Map<readonly string[] | undefined, UserTurns>();

  constructor(options: ShareServicesOptions) {
    this.#options = options;
    const { setup } = options;
    this.#cursors = new FeederCursors({
      share: setup.share,
      seed: setup.plan.seed,
      tables: setup.tables ?? new Map(),
    });
    this.#logLimit = new LogLimit({
      post: (record) => options.post({ type: 'log', record }),
      source: `worker-${setup.share.index}`,
    });
    this.recorder = this.#createRecorder();
  }

  /** Which setup is which: users ask by definition, data comes by name. */
  learn({ setup = {} }: TestDefinition | TestOptions): void {
    const { data = {} } = this.#options.setup;
    for (const [name, definition] of Object.entries(setup)) this.#setups.set(definition, deepFreeze(data[name]));
    const { script } = this.#options.setup;
    this.#cursors.prepare(feedersDefined(script.type === 'file' ? script.url : undefined));
  }

  createWorld(engine: HttpEngine): ShareWorld {
    const { settings, plan, beacon } = this.#options.setup;
    const { tally, book, post } = this.#options;
    const lights = new Int32Array(beacon);
    return {
      engine,
      gate: this.gate,
      env: settings.env,
      seed: plan.seed,
      noteResume: (kind, task) => lightBeacon(lights, kind, task),
      addCheck: (name, hasPassed, source) => {
        tally.addCheck({ name, passes: Number(hasPassed), failures: Number(!hasPassed) });
        book.addCheck(name, hasPassed, source);
      },
      addGroup: (name, durationMs, source) => {
        tally.addGroup(name, durationMs);
        book.addGroup(name, durationMs, source);
      },
      addIteration: (user, durationMs, intervalMs) => this.#addIteration(user, durationMs, intervalMs),
      addInterrupted: () => tally.addInterrupted(),
      addException: (error, where) => this.addException(error, where),
      record: (metric, value, { labels, source }) =>
        book.record(metric.name, value, { labels, who: source, atMs: this.#elapsedMs() }),
      readSetup: (setup) => this.#readSetup(setup),
      nextRow: (feeder, user) => this.#nextRow(feeder, user),
      log: (level, message) => this.log(level, message),
      requestStop: (reason, hasFailed) => post({ type: 'stop-requested', reason, hasFailed }),
    };
  }

  addException(error: unknown, where: string): void {
    const { tally, setup, post } = this.#options;
    countException(tally, error, { where, atMs: this.#elapsedMs(), node: `worker-${setup.share.index}` });
    const describe = error instanceof LoadwrightError ? FATAL[error.code] : undefined;
    if (describe === undefined) return;
    post({ type: 'stop-requested', reason: describe(error as LoadwrightError), hasFailed: true });
  }

  log(level: LogRecord['level'], message: string): void {
    this.#logLimit.log(level, message);
  }

  /** `--debug`: an exchange, however long. */
  logTrace(message: string): void {
    const { post, setup } = this.#options;
    post({ type: 'log', record: { level: 'info', message, source: `worker-${setup.share.index}` } });
  }

  /** Nothing more is said. */
  finish(): void {
    this.#logLimit.flush();
  }

  #elapsedMs(): number {
    return Math.max(0, now() - this.startAtMs);
  }

  #addIteration({ session }: TaskWalker, durationMs: number, intervalMs: number | undefined): void {
    const { tally, book } = this.#options;
    tally.addIteration(durationMs);
    book.addIteration(durationMs, session.source);
    if (intervalMs === undefined || intervalMs <= 0 || durationMs < 2 * intervalMs) return;
    const missed = missedDurations(durationMs, intervalMs);
    tally.addMissed(missed);
    book.addMissed(missed.length, session.source);
    for (const missedMs of missed) book.correctIteration(missedMs, session.source);
    // What a task of several requests would have sent and when, nobody can know.
    const { lastRequest } = session;
    if (session.requestsInIteration !== 1 || lastRequest === undefined) return;
    const missedRequests = missedDurations(lastRequest.serviceMs, intervalMs);
    tally.requests.correct(lastRequest, missedRequests);
    for (const responseMs of missedRequests) book.correctRequest(responseMs, lastRequest);
  }

  #readSetup(setup: AnySetup): unknown {
    if (this.#setups.has(setup)) return this.#setups.get(setup);
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: 'get() was given something that is not in "setup" of the test.',
      hint: 'defineTest({ setup: { catalogue }, … })',
    });
  }

  #nextRow(feeder: AnyFeeder, user: TaskWalker): { row: unknown } | undefined {
    const loads = this.#options.setup.plan.revisions[0]!.loads.length;
    const next = this.#cursors.next(feeder, {
      kind: user.kind.name,
      turnOfUser: (kinds) => this.#turnsOf(kinds).turnOf(user.identity),
      // Feeders are the run's, and each load numbers its own starts.
      startIndex: user.startIndex === undefined ? undefined : user.startIndex * loads + user.identity.load,
      takesInIteration: user.takesInIteration(),
      random: () => user.random(),
    });
    return next.isExhausted === false ? next : undefined;
  }

  #turnsOf(kinds: readonly string[] | undefined): UserTurns {
    const known = this.#turns.get(kinds);
    if (known !== undefined) return known;
    const turns = new UserTurns(this.#options.setup.plan, kinds);
    this.#turns.set(kinds, turns);
    return turns;
  }

  #createRecorder(): Recorder {
    const { tally, book, counter } = this.#options;
    const { requests } = tally;
    return {
      begun: (method, name) => requests.addBegun(method, name),
      finished: (sample) => {
        counter.rotate(sample.finishedAtMs);
        requests.add(sample, Math.min(this.startAtMs, sample.finishedAtMs));
        book.addRequest(sample);
      },
      interrupted: (method, name) => requests.addInterrupted(method, name),
    };
  }
}
