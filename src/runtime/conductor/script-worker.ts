import { fromErrorRecord, LoadwrightError } from '../../errors.js';
import type { SeriesCounts } from '../../metrics/aggregate.js';
import type { MonitorReadings } from '../../metrics/monitors/monitor-sample.js';
import { formatDuration } from '../../options/format-duration.js';
import type { LogRecord, RunResult } from '../protocol.js';
import type {
  FromScriptWorker,
  SampleRequest,
  ScriptAnswers,
  ScriptAssignment,
  ScriptCall,
  ScriptContents,
  ScriptPhase,
  ShapePoint,
  ToScriptWorker,
} from '../script-protocol.js';
import { type Launched, type Launcher, launchEntry, watchEnd } from './launch-entry.js';

/** How much longer than it may take an answer is waited for: from then on the thread is blocked. */
const PATIENCE_MS = 2500;
/** A thread that has not even begun with what it was asked for by then is blocked by something else: a monitor. */
const BEGIN_LIMIT_MS = 10_000;
const SHAPE_LIMIT_MS = 10_000;
const UNBLOCK = "Await what takes long, or give it more time:   defineSetup(run, { timeout: '5m' })";

type Answer = ScriptAnswers[keyof ScriptAnswers];

interface PendingCall {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout | undefined;
  /** How long it may take once it has begun; longer than each of its steps, which are cut short before. */
  limitMs: number | undefined;
}

/**
 * The conductor's side of what belongs to no user: setups, shapes, `verify`, teardowns. It lives in a thread of its own,
 * or with `workers: 0` in this one, from `load` until `close`.
 */
export class ScriptWorker {
  onLog: (record: LogRecord) => void = () => {};
  /** Everything a phase has requested, told when the phase is over; it belongs to none of the load's numbers. */
  onCounted: (phase: ScriptPhase, series: SeriesCounts[]) => void = () => {};
  onMonitored: (readings: MonitorReadings) => void = () => {};
  /** Whose code is given control: `setup "catalogue"`. */
  onBegan: (what: string) => void = () => {};
  readonly #launched: Launched;
  readonly #pending = new Map<number, PendingCall>();
  #lastId = 0;
  #doing = 'starting';
  /** Runs out when the step at work has blocked its thread: otherwise it would have been cut short in there. */
  #stepTimer: NodeJS.Timeout | undefined;
  /** How long all setups, or all teardowns, may take together. */
  #setupLimitMs: number | undefined;
  #verifyLimitMs: number | undefined;
  #lost: LoadwrightError | undefined;
  #hasTornDown = false;
  #isClosed = false;

  /** Starts the thread, so that it boots while other things are prepared. */
  constructor(launcher: Launcher) {
    this.#launched = launchEntry(launcher, 'runScript');
    this.#launched.port.on('message', (message: FromScriptWorker) => this.#onMessage(message));
    watchEnd(this.#launched, (reason) => this.#onLost(reason));
  }

  /**
   * Loads the definitions; the first call of all.
   *
   * @throws LoadwrightError as a share does when it reads them, or `ERR_SCENARIO_INVALID` for what is no setup
   */
  async load(assignment: ScriptAssignment): Promise<ScriptContents> {
    const contents = await this.#ask({ type: 'load', ...assignment });
    this.#setupLimitMs = contents.setups.reduce((sum, { timeoutMs }) => sum + timeoutMs, 0);
    this.#verifyLimitMs = contents.verifyTimeoutMs;
    // A monitor may block the thread by then: without a setup nothing is left undone for it.
    this.#hasTornDown = contents.setups.length === 0;
    return contents;
  }

  /**
   * Runs the setups in order; their data by name, for every share.
   *
   * @throws LoadwrightError `ERR_SETUP_FAILED` of the first that fails or is aborted; those before it can be torn down
   */
  async setup(): Promise<Record<string, unknown>> {
    const { data } = await this.#ask({ type: 'setup' }, this.#setupLimitMs);
    return data;
  }

  /**
   * What a load's shape wants at each second of the load's own time, both ends included; behind its end always null.
   *
   * @throws LoadwrightError `ERR_SCENARIO_INVALID` if it throws or returns something else
   */
  async askShape(load: string, from: number, to: number): Promise<ShapePoint[]> {
    const { points } = await this.#ask({ type: 'shape', load, from, to }, SHAPE_LIMIT_MS);
    return points;
  }

  /** What `verify` has against the run; nothing if it passes or there is none. An error it throws is a failure too. */
  async verify(result: RunResult): Promise<string[]> {
    const { failures } = await this.#ask({ type: 'verify', result }, this.#verifyLimitMs);
    return failures;
  }

  /**
   * Runs the teardown of each setup that succeeded, the last first, all of them whatever one does. A second time does
   * nothing.
   *
   * @throws LoadwrightError `ERR_SETUP_FAILED` with all failures
   */
  async teardown(): Promise<void> {
    if (this.#hasTornDown) return;
    this.#hasTornDown = true;
    await this.#ask({ type: 'teardown' }, this.#setupLimitMs);
  }

  /** Asks the monitors, whatever else goes on; the answer comes to `onMonitored`, if the thread is not blocked. */
  sampleMonitors(request: SampleRequest): void {
    if (this.#lost === undefined) this.#post({ type: 'sample-monitors', ...request });
  }

  /**
   * Ends what is running: it rejects within a second, or with its thread a little later. What is asked for afterwards,
   * such as the teardown, runs as ever.
   */
  abort(): void {
    this.#post({ type: 'abort' });
    for (const [id, call] of this.#pending) {
      call.limitMs = undefined;
      this.#limit(id, PATIENCE_MS);
    }
  }

  /** Ends the thread. What is still pending rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#lost ??= new LoadwrightError('ERR_WORKER_LOST', { message: 'The script worker was closed.' });
    clearTimeout(this.#stepTimer);
    this.#rejectAll(this.#lost);
    this.#post({ type: 'end' });
    const { port, abort, ended } = this.#launched;
    const giveUp = setTimeout(() => {
      abort.abort();
      port.close();
    }, PATIENCE_MS);
    await ended;
    clearTimeout(giveUp);
    port.close();
  }

  #ask<Call extends ScriptCall>(call: Call, limitMs?: number): Promise<ScriptAnswers[Call['type']]> {
    if (this.#lost !== undefined) return Promise.reject(this.#lost);
    const id = ++this.#lastId;
    return new Promise<ScriptAnswers[Call['type']]>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as PendingCall['resolve'], reject, timer: undefined, limitMs });
      if (limitMs !== undefined) {
        this.#doing = call.type;
        this.#limit(id, BEGIN_LIMIT_MS, 'something blocks it, such as a monitor, so it');
      }
      this.#post({ ...call, id });
    });
  }

  /** A call that is not answered in time never will be: its thread is blocked. */
  #limit(id: number, limitMs: number, reason = 'it did not answer and'): void {
    const call = this.#pending.get(id)!;
    clearTimeout(call.timer);
    call.timer = setTimeout(() => {
      this.#launched.abort.abort();
      this.#onLost(`${reason} was ended`);
    }, limitMs);
  }

  #post(message: ToScriptWorker): void {
    this.#launched.port.postMessage(message);
  }

  #onMessage(message: FromScriptWorker): void {
    if (message.type === 'log') this.onLog(message.record);
    else if (message.type === 'counted') this.onCounted(message.phase, message.series);
    else if (message.type === 'monitored') this.onMonitored(message);
    else if (message.type === 'began') this.#begin(message.what, message.timeoutMs);
    else if (message.type === 'answered') this.#take(message.id)?.resolve(message.answer);
    else this.#take(message.id)?.reject(fromErrorRecord(message.error));
  }

  #begin(what: string, timeoutMs: number | undefined): void {
    this.#doing = what;
    this.onBegan(what);
    for (const [id, { limitMs }] of this.#pending)
      if (limitMs !== undefined) this.#limit(id, limitMs + 2 * PATIENCE_MS);
    clearTimeout(this.#stepTimer);
    if (timeoutMs === undefined) return;
    this.#stepTimer = setTimeout(() => {
      if (this.#lost !== undefined) return;
      this.#launched.abort.abort();
      this.#lost = new LoadwrightError('ERR_SETUP_FAILED', {
        message:
          `The ${what} was not done within ${formatDuration(timeoutMs)} and blocked its thread, which was ended. ` +
          'No teardown runs after that.',
        hint: UNBLOCK,
      });
      this.#rejectAll(this.#lost);
    }, timeoutMs + PATIENCE_MS);
  }

  #take(id: number): PendingCall | undefined {
    const call = this.#pending.get(id);
    clearTimeout(call?.timer);
    clearTimeout(this.#stepTimer);
    this.#pending.delete(id);
    return call;
  }

  #onLost(reason: string): void {
    // What it had posted before may still be on its way.
    setImmediate(() => {
      if (this.#lost !== undefined) return;
      const isBusy = this.#pending.size > 0;
      this.#lost = new LoadwrightError('ERR_WORKER_LOST', {
        message: `The script worker was lost ${isBusy ? 'during' : 'after'} ${this.#doing}: ${reason}.`,
      });
      this.#launched.abort.abort();
      this.#rejectAll(this.#lost);
    });
  }

  #rejectAll(error: Error): void {
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
  }
}
