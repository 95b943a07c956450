import { OTHER_NAMES } from '../../metrics/aggregate.js';
import { now } from '../../metrics/clock.js';
import { RunTotals } from '../../metrics/run-totals.js';
import type { OptionValues } from '../../options/resolved-options.js';
import type { Fleet, FleetEvent } from '../fleet.js';
import { plannedUsersAt, rampEndMs } from '../load/plain.js';
import type { RunEvent, RunResult, ScenarioDescription, StopCause, WorkerLost } from '../protocol.js';
import { VERSION } from '../version.js';
import { Collector } from './collector.js';
import { judgeRun } from './judge-run.js';
import type { PlannedRun } from './plan-run.js';
import type { RunListener } from './run-request.js';
import { ShareWatch } from './watch-shares.js';

/** Time for the start message to reach every share. */
const START_DELAY_MS = 2;
const CHECK_EVERY_MS = 100;

export interface CarryOutOptions {
  fleet: Fleet;
  planned: PlannedRun;
  /** Descriptions of the planned kinds, in the plan's order. */
  kinds: ScenarioDescription['kinds'];
  listener: RunListener;
  options: OptionValues;
  scenario: string;
  signal: AbortSignal | undefined;
}

/** A prepared fleet from its start to the result. */
export async function carryOut(options: CarryOutOptions): Promise<RunResult> {
  const run = new RunningRun(options);
  return run.untilEnd();
}

class RunningRun {
  readonly #options: CarryOutOptions;
  readonly #totals = new RunTotals();
  readonly #collector: Collector;
  readonly #watch: ShareWatch;
  readonly #startAtMs = now() + START_DELAY_MS;
  readonly #startedAt = new Date(Date.now() + START_DELAY_MS).toISOString();
  readonly #warnings: { code: string; message: string }[] = [];
  readonly #lostWorkers: WorkerLost[] = [];
  readonly #resetAtInterval: number;
  #stop: StopCause | undefined;
  #listenerFailure: { error: unknown } | undefined;
  #stoppedAtMs: number | undefined;
  #endAtMs: number | undefined;
  #onEnd: () => void = () => {};

  constructor(options: CarryOutOptions) {
    this.#options = options;
    const load = this.#load();
    const resetAt = options.options.resetStats ? Math.ceil(rampEndMs(load) / 1000) : 0;
    // With nothing to come after the ramp there would be no numbers at all, and nothing to fail for.
    this.#resetAtInterval = resetAt * 1000 < (load.runTimeMs ?? Number.POSITIVE_INFINITY) ? resetAt : 0;
    this.#collector = new Collector({
      shares: options.planned.shares,
      emit: (event) => this.#emit(event),
      // The end of the last second is the end of the run: what was wanted up to there.
      plannedUsersAt: (atMs) => plannedUsersAt(load, atMs === load.runTimeMs ? atMs - 1 : atMs),
    });
    this.#watch = new ShareWatch({
      fleet: options.fleet,
      shares: options.planned.shares,
      startAtMs: this.#startAtMs,
      kinds: options.kinds,
      onSilent: (event) => this.#emit(event),
    });
  }

  async untilEnd(): Promise<RunResult> {
    const { fleet, signal } = this.#options;
    const onAbort = () => this.#stopNow(readSignal(signal!));
    fleet.onEvent((event) => this.#onFleetEvent(event));
    this.#emitStarted();
    fleet.startAt(this.#startAtMs);
    const timer = setInterval(() => this.#check(), CHECK_EVERY_MS);
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
    await new Promise<void>((resolve) => {
      this.#onEnd = resolve;
    });
    clearInterval(timer);
    signal?.removeEventListener('abort', onAbort);
    this.#notePlannedEnd();
    this.#collector.finish();
    const result = this.#createResult();
    this.#emit({ type: 'run-finished', result });
    if (this.#listenerFailure !== undefined) throw this.#listenerFailure.error;
    return result;
  }

  #load() {
    return this.#options.planned.plan.revisions.at(-1)!.loads[0]!;
  }

  #elapsedMs(): number {
    return now() - this.#startAtMs;
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
    } else if (message.type === 'stop-requested') {
      this.#stopNow({ by: 'script', reason: message.reason, hasFailed: message.hasFailed });
    }
  }

  #onLost(share: number, reason: string): void {
    const lost = this.#watch.describeLoss(share, reason);
    this.#lostWorkers.push(lost);
    this.#emit(lost);
    this.#collector.end(share);
    this.#onShareEnded(share);
  }

  #onShareEnded(share: number): void {
    this.#watch.ended(share);
    if (!this.#watch.haveAllEnded) return;
    this.#endAtMs = this.#elapsedMs();
    this.#onEnd();
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
    const elapsedMs = this.#elapsedMs();
    const { runTimeMs } = this.#load();
    if (runTimeMs !== undefined && elapsedMs >= runTimeMs) this.#notePlannedEnd();
    this.#collector.closeOverdue(elapsedMs);
    this.#watch.check();
  }

  /** Shares stop by themselves when the plan's time is over, or when nobody is left and nobody is to come. */
  #notePlannedEnd(): void {
    if (this.#stoppedAtMs !== undefined) return;
    const { runTimeMs, gracefulStopMs } = this.#load();
    const endAtMs = this.#endAtMs ?? this.#elapsedMs();
    this.#noteStop(Math.min(runTimeMs ?? endAtMs, endAtMs), gracefulStopMs, { by: 'plan' });
  }

  #emitStarted(): void {
    const { planned, scenario } = this.#options;
    this.#emit({
      type: 'run-started',
      startedAt: this.#startedAt,
      scenario,
      host: withoutCredentials(planned.plan.kinds[0]?.host),
      workers: planned.sharesThread ? 0 : planned.shares,
      plan: {
        ...planned.plan,
        kinds: planned.plan.kinds.map((kind) => ({ ...kind, host: withoutCredentials(kind.host) })),
      },
      version: VERSION,
    });
  }

  #emit(event: RunEvent): void {
    if (event.type === 'interval-closed' || event.type === 'interval-amended') {
      this.#totals.add(event.interval, event.part);
      const isFolded = this.#totals.hasFoldedNames || event.part.series.some(({ name }) => name === OTHER_NAMES);
      if (isFolded) this.#warnOnce('TOO_MANY_NAMES', `More than 1,000 request names: the rest is in "${OTHER_NAMES}".`);
    }
    if (event.type === 'warning') this.#warnings.push({ code: event.code, message: event.message });
    this.#tell(event);
    if (event.type === 'interval-closed' && event.interval === this.#resetAtInterval - 1) {
      this.#totals.reset(this.#resetAtInterval);
      this.#emit({ type: 'statistics-reset', firstInterval: this.#resetAtInterval });
    }
  }

  /** A listener that throws ends the run, and is what `run` rejects with; it hears nothing more. */
  #tell(event: RunEvent): void {
    if (this.#listenerFailure !== undefined) return;
    try {
      this.#options.listener.onEvent(event, this.#totals);
    } catch (error) {
      this.#listenerFailure = { error };
      this.#stopNow({ by: 'signal', signal: 'abort', reason: 'a listener threw' });
    }
  }

  #warnOnce(code: string, message: string): void {
    if (this.#warnings.some((warning) => warning.code === code)) return;
    this.#emit({ type: 'warning', code, message });
  }

  #createResult(): RunResult {
    const { planned, scenario, options } = this.#options;
    const endAtMs = this.#endAtMs ?? this.#elapsedMs();
    const durationMs = Math.max(0, Math.min(this.#stoppedAtMs ?? endAtMs, this.#load().runTimeMs ?? endAtMs, endAtMs));
    const table = this.#totals.table(durationMs);
    const part = this.#totals.read();
    const outcome = { total: table.aggregated, part, lostWorkers: this.#lostWorkers, stop: this.#stop };
    const base = {
      scenario,
      host: withoutCredentials(planned.plan.kinds[0]?.host),
      startedAt: this.#startedAt,
      durationMs,
      drainMs: endAtMs - durationMs,
      seed: planned.plan.seed,
      workers: planned.sharesThread ? 0 : planned.shares,
      usersStarted: this.#collector.gauges.usersStarted,
      requests: table.rows,
      total: table.aggregated,
      part,
      warnings: this.#warnings,
      lostWorkers: this.#lostWorkers,
      exitCode: judgeRun({ ...outcome, exitCodeOnError: options.exitCodeOnError }),
    };
    if (this.#lostWorkers.length > 0) return { ...base, state: 'incomplete' };
    const stop = this.#stop;
    return stop === undefined || stop.by === 'lost-worker'
      ? { ...base, state: 'completed' }
      : { ...base, state: 'stopped', stop };
  }
}

/** The command line aborts with the name of the signal; a library with whatever it likes. */
function readSignal(signal: AbortSignal): StopCause {
  const reason: unknown = signal.reason;
  if (reason === 'SIGINT' || reason === 'SIGTERM')
    return { by: 'signal', signal: reason, reason: `stopped by ${reason}` };
  const text = reason instanceof Error ? reason.message : String(reason);
  return { by: 'signal', signal: 'abort', reason: text };
}

/** Events and results are stored and sent; a password in an address is for requests alone. */
function withoutCredentials(host: string | undefined): string | undefined {
  return host?.replace(/^(\w+:\/\/)[^@/]*@/, '$1');
}
