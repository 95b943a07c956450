import { now } from '../../metrics/clock.js';
import type { OptionValues } from '../../options/resolved-options.js';
import type { Fleet, FleetEvent } from '../fleet.js';
import type {
  IntervalClosed,
  LogRecord,
  RunEvent,
  RunResult,
  ScenarioDescription,
  StopCause,
  WorkerLost,
} from '../protocol.js';
import type { AfterLoad } from './after-load.js';
import { Collector, type MergedInterval } from './collector.js';
import { describeStart, type RunSetting } from './describe-start.js';
import { explainHandshakes } from './explain-limits.js';
import { LivePlan } from './live-plan.js';
import { LiveVerdicts } from './live-verdicts.js';
import type { MonitorFeed } from './monitor-feed.js';
import { planReset } from './plan-reset.js';
import type { PlannedRun } from './plan-run.js';
import { readStopSignal } from './read-stop-signal.js';
import type { RunControls } from './run-controls.js';
import { RunJournal } from './run-journal.js';
import type { RunListener } from './run-request.js';
import { createResult } from './run-result.js';
import type { ShapeFeed } from './shape-feed.js';
import { startDelayMs } from './start-delay.js';
import type { SystemLimits } from './system-limits.js';
import { ShareWatch } from './watch-shares.js';

const CHECK_EVERY_MS = 100;

export interface CarryOutOptions {
  fleet: Fleet;
  planned: PlannedRun;
  /** Descriptions of the planned kinds, in the plan's order. */
  kinds: ScenarioDescription['kinds'];
  listener: RunListener;
  options: OptionValues;
  /** With what and where the run runs, for those who read of it later. */
  recorded: RunSetting;
  scenario: string;
  signal: AbortSignal | undefined;
  controls: RunControls | undefined;
  /** Asks the scenario's shape functions as time goes by. */
  shapes: ShapeFeed | undefined;
  /** What is done between the load's end and the result: `verify`, teardown. */
  afterLoad: AfterLoad | undefined;
  /** Asks the scenario's monitors, second by second. */
  monitors: MonitorFeed | undefined;
  limits: SystemLimits;
  /** What is to be said before anything happens. */
  warnings: readonly { code: string; message: string }[];
  /** Passes on what the scenario prints outside of users. */
  onScriptLog(listener: (record: LogRecord) => void): void;
}

/** A prepared fleet from its start to the result. */
export function carryOut(options: CarryOutOptions): Promise<RunResult> {
  return new RunningRun(options).untilEnd();
}

class RunningRun {
  readonly #options: CarryOutOptions;
  readonly #journal: RunJournal;
  readonly #collector: Collector;
  readonly #watch: ShareWatch;
  readonly #plan: LivePlan;
  readonly #verdicts: LiveVerdicts;
  readonly #startAtMs: number;
  readonly #startedAt: string;
  readonly #lostWorkers: WorkerLost[] = [];
  #wasPaused = false;
  #stop: StopCause | undefined;
  #stoppedAtMs: number | undefined;
  #endAtMs: number | undefined;
  #onEnd: () => void = () => {};

  constructor(options: CarryOutOptions) {
    this.#options = options;
    const { fleet, planned, kinds } = options;
    const { plan, shares, thresholds } = planned;
    this.#startAtMs = now() + startDelayMs(plan);
    this.#startedAt = new Date(Date.now() + startDelayMs(plan)).toISOString();
    this.#plan = new LivePlan({ plan, fleet, shares });
    this.#verdicts = new LiveVerdicts(thresholds, plan.measures);
    this.#journal = new RunJournal({
      listener: options.listener,
      limits: options.limits,
      onFailed: () => this.#stopNow({ by: 'signal', signal: 'abort', reason: 'a listener threw' }),
    });
    this.#journal.resetAt(options.options.resetStats ? planReset(this.#plan) : 0, { isAsked: false });
    this.#collector = new Collector({
      shares,
      emit: (event) => this.#emit(event.type === 'interval-closed' ? this.#close(event) : event),
      readPlan: (atMs) => this.#readPlan(atMs),
    });
    this.#watch = new ShareWatch({
      fleet,
      shares,
      startAtMs: this.#startAtMs,
      kinds,
      onSilent: (event) => this.#emit(event),
    });
  }

  async untilEnd(): Promise<RunResult> {
    const { fleet, planned, scenario, recorded, signal, controls, onScriptLog, shapes, monitors, warnings } =
      this.#options;
    const onAbort = () => this.#stopNow(readStopSignal(signal!));
    // A run that was stopped while it was prepared ends with the first events.
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = resolve;
    });
    this.#emit(describeStart({ planned, scenario, startedAt: this.#startedAt, ...recorded }));
    for (const warning of warnings) this.#emit({ type: 'warning', ...warning });
    fleet.onEvent((event) => this.#onFleetEvent(event));
    onScriptLog((record) => this.#emit({ type: 'log', record }));
    fleet.startAt(this.#startAtMs);
    this.#plan.clock.start(this.#startAtMs);
    const timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    controls?.attach(this.#createControlled());
    monitors?.start((event) => this.#emit(event));
    shapes?.start(this.#plan, (reason) => this.#stopNow({ by: 'script', reason, hasFailed: true }));
    await ended;
    clearInterval(timer);
    controls?.attach(undefined);
    this.#notePlannedEnd();
    this.#collector.finish();
    await monitors?.finish(this.#elapsedMs());
    const counted = await this.#finish();
    signal?.removeEventListener('abort', onAbort);
    const result = this.#journal.finish(counted);
    if (this.#journal.failure !== undefined) throw this.#journal.failure.error;
    return result;
  }

  #elapsedMs(): number {
    return now() - this.#startAtMs;
  }

  #readPlan(atMs: number): { plannedUsers: number; isPaused: boolean } {
    const { clock, endMs } = this.#plan;
    const planMs = atMs - clock.pausedMs;
    const isPaused = this.#wasPaused || clock.isPaused;
    this.#wasPaused = clock.isPaused;
    return { plannedUsers: this.#plan.usersAt(planMs === endMs ? planMs - 1 : planMs), isPaused };
  }

  #close(event: MergedInterval): IntervalClosed {
    const judged = this.#verdicts.close(event);
    const { resetAtInterval } = this.#journal;
    if (event.interval === resetAtInterval - 1) this.#verdicts.reset(resetAtInterval);
    const elapsedMs = (event.interval + 1) * 1000;
    const abort = this.#stoppedAtMs === undefined ? this.#verdicts.findAbort(elapsedMs) : undefined;
    if (abort !== undefined) {
      const reason = `${abort.key} ${abort.expression} ${abort.isAbortRule ? 'applied' : 'failed'}`;
      this.#stopNow({ by: 'threshold', reason, hasFailed: true });
    }
    return judged;
  }

  #createControlled() {
    return {
      plan: this.#plan,
      pause: () => {
        this.#wasPaused = true;
        this.#plan.pause();
      },
      resume: () => this.#plan.resume(),
      stop: (reason: string) => this.#stopNow({ by: 'signal', signal: 'abort', reason }),
      resetStatistics: () => this.#journal.resetAt(Math.floor(this.#elapsedMs() / 1000) + 1, { isAsked: true }),
    };
  }

  #onFleetEvent(event: FleetEvent): void {
    if (event.type === 'lost') {
      this.#onLost(event.share, event.reason);
      return;
    }
    const { share, message } = event;
    if (message.type === 'snapshot') {
      this.#watch.heard(share);
      this.#collector.add(message.snapshot);
      if (message.snapshot.isFinal) this.#onShareEnded(share);
    } else if (message.type === 'log') {
      this.#emit({ type: 'log', record: message.record });
    } else if (message.type === 'load-ended') {
      if (this.#plan.noteEnded(share, message)) this.#endIdle();
    } else if (message.type === 'stop-requested') {
      this.#stopNow({ by: 'script', reason: message.reason, hasFailed: message.hasFailed });
    }
  }

  #onLost(share: number, reason: string): void {
    const lost = this.#watch.describeLoss(share, reason);
    this.#lostWorkers.push(lost);
    this.#emit(lost);
    this.#collector.end(share);
    if (this.#plan.noteEnded(share)) this.#endIdle();
    this.#onShareEnded(share);
  }

  #onShareEnded(share: number): void {
    this.#watch.ended(share);
    if (!this.#watch.haveAllEnded) return;
    this.#endAtMs = Math.max(0, this.#elapsedMs());
    this.#onEnd();
  }

  /** No share has anything left to do. */
  #endIdle(): void {
    if (this.#stoppedAtMs === undefined) this.#noteStop(this.#elapsedMs(), 0, { by: 'plan' });
    this.#options.fleet.stop(now(), 0);
  }

  /** Ends the run in order; a second reason changes nothing. */
  #stopNow(cause: StopCause): void {
    if (this.#stoppedAtMs !== undefined) {
      this.#stopSooner(cause);
      return;
    }
    this.#stop = cause;
    const { stopTimeout } = this.#options.options;
    this.#noteStop(this.#elapsedMs(), stopTimeout, cause);
    this.#options.fleet.stop(now(), stopTimeout);
  }

  /** A run that is already ending: a failure still counts, and a signal takes away what tasks were granted. */
  #stopSooner(cause: StopCause): void {
    if (cause.by === 'signal' || (cause.by === 'script' && cause.hasFailed)) this.#stop ??= cause;
    if (cause.by === 'signal') this.#options.fleet.stop(now(), 0);
  }

  #noteStop(atMs: number, gracefulMs: number, cause: StopCause | { by: 'plan' }): void {
    this.#stoppedAtMs = atMs;
    const drain = this.#options.options.drainTimeout;
    this.#watch.expectEnd(this.#startAtMs + atMs, { graceful: gracefulMs, drain });
    this.#emit({ type: 'run-stopping', atMs, cause });
  }

  #check(): void {
    const { clock, endMs } = this.#plan;
    if (endMs !== undefined && clock.nowMs() >= endMs) this.#notePlannedEnd();
    this.#options.shapes?.tick();
    this.#options.monitors?.tick(this.#elapsedMs());
    this.#collector.closeOverdue(this.#elapsedMs());
    this.#watch.check((share) => this.#plan.isOverdue(share));
  }

  /** Shares stop by themselves when the plan's time is over, or when nobody is left and nobody is to come. */
  #notePlannedEnd(): void {
    if (this.#stoppedAtMs !== undefined) return;
    const { endMs, gracefulStopMs, clock } = this.#plan;
    const endAtMs = this.#endAtMs ?? this.#elapsedMs();
    const plannedAtMs = endMs === undefined ? endAtMs : endMs + clock.pausedMs;
    this.#noteStop(Math.min(plannedAtMs, endAtMs), gracefulStopMs, { by: 'plan' });
  }

  #emit(event: RunEvent): void {
    if (event.type === 'interval-amended') this.#verdicts.amend(event);
    this.#journal.emit(event);
  }

  async #finish(): Promise<RunResult> {
    const { planned, scenario, options, afterLoad } = this.#options;
    const endAtMs = this.#endAtMs ?? this.#elapsedMs();
    const { endMs, clock } = this.#plan;
    const plannedAtMs = endMs === undefined ? endAtMs : endMs + clock.pausedMs;
    const durationMs = Math.max(0, Math.min(this.#stoppedAtMs ?? endAtMs, plannedAtMs, endAtMs));
    const finding = this.#verdicts.find(this.#plan.loads, durationMs);
    const table = this.#journal.totals.table(durationMs);
    const { generator } = this.#verdicts;
    for (const warning of explainHandshakes(generator.connections, table.aggregated)) {
      this.#emit({ type: 'warning', ...warning });
    }
    return await createResult({
      planned,
      scenario,
      options,
      startedAt: this.#startedAt,
      durationMs,
      drainMs: Math.max(0, endAtMs - durationMs),
      usersStarted: this.#collector.gauges.usersStarted,
      table,
      ...this.#journal.read(),
      lostWorkers: this.#lostWorkers,
      thresholds: this.#verdicts.finish(durationMs),
      generator,
      finding,
      monitors: this.#options.monitors?.totals.read(),
      bottlenecks: this.#journal.findBottlenecks(generator),
      readStop: () => this.#stop,
      afterLoad,
    });
  }
}
