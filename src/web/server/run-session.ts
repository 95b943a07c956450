import { LoadwrightError } from '../../errors.js';
import type { RunTotals } from '../../metrics/run-totals.js';
import type { OptionLayer } from '../../options/resolved-options.js';
import type { Reporter } from '../../reporters/reporter.js';
import { RunControls } from '../../runtime/conductor/run-controls.js';
import type { RunEvent, ScenarioDescription } from '../../runtime/protocol.js';
import { VERSION } from '../../runtime/version.js';
import { describeForm } from './describe-form.js';
import type { Notice, RunOutcome, RunPhase, RunReport, RunStatus, SecondFrame } from './http-interface.js';
import { toNotice } from './notice.js';
import { type PlannedStart, planStart, type StartSource } from './plan-start.js';
import { describeError, RefusedRequest } from './problem.js';
import { readEdit } from './read-edit.js';
import { RunView } from './run-view.js';

/** One run as whoever carries it out is asked for it. */
export interface SessionRun {
  layers: OptionLayer[];
  kinds: string[];
  adjust(described: ScenarioDescription): ScenarioDescription;
  controls: RunControls;
  /** Ends the run, also while it is being prepared. */
  signal: AbortSignal;
  /** Hears the run's events, beside the reporters that its options ask for. */
  reporter: Reporter;
  /** The folder in which the run is kept. */
  onFolder(name: string): void;
}

export interface SessionOptions extends StartSource {
  /** The scenario's file, without a folder. */
  scenario: string;
  /** Carries a run out; resolves to its exit code, and throws what kept it from beginning. */
  run(run: SessionRun): Promise<number>;
  onChange: SessionListener;
}

/** Hears what changes, to pass it on. */
export interface SessionListener {
  status(): void;
  second(read: () => SecondFrame): void;
  notice(notice: Notice): void;
  /** Every event of every run, as it came. */
  event(run: number, event: RunEvent): void;
}

/** Runs of one scenario, one after the other, as a page or a script asks for them. */
export class RunSession {
  readonly #options: SessionOptions;
  #described: ScenarioDescription;
  #phase: RunPhase = 'ready';
  #run = 0;
  #controls = new RunControls();
  #abort = new AbortController();
  #isPaused = false;
  #view = new RunView(0);
  #outcome: RunOutcome | undefined;
  #folder: string | undefined;
  #ending: Promise<void> = Promise.resolve();
  #onEnded: () => void = () => {};
  #quit: NodeJS.Timeout | undefined;
  /** Of the last run that ended. */
  exitCode = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#described = options.described;
  }

  /** Resolves when a run has ended and none has begun for so long after it. */
  async idleAfterRun(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onEnded = () => {
        this.#quit = setTimeout(resolve, delayMs);
      };
    });
  }

  /** Settles when the run that goes on has ended. */
  get ended(): Promise<void> {
    return this.#ending;
  }

  get isRunning(): boolean {
    return this.#phase === 'preparing' || this.#phase === 'running' || this.#phase === 'stopping';
  }

  /** The last run, going on or ended. */
  get view(): RunView {
    return this.#view;
  }

  /** Kinds by their names, each with the weight, or the number, that it has; those that do not exist with 1. */
  weighKinds(names: readonly string[]): Record<string, number> {
    const weights = new Map(this.#described.kinds.map(({ name, weight, fixedCount }) => [name, fixedCount ?? weight]));
    return Object.fromEntries(names.map((name) => [name, weights.get(name) || 1]));
  }

  readStatus(): RunStatus {
    return {
      phase: this.#phase,
      run: this.#run,
      isPaused: this.#isPaused,
      scenario: this.#options.scenario,
      ...this.#view.read(),
      outcome: this.#outcome ?? null,
      results: this.#folder ?? null,
      version: VERSION,
    };
  }

  async readReport(): Promise<RunReport> {
    const form = describeForm(await planStart({}, this.#source()).catch(() => undefined), this.#source());
    return { status: this.readStatus(), form, second: this.#view.readSecond() ?? null };
  }

  /** What would be started. */
  async plan(body: unknown): Promise<PlannedStart> {
    return await planStart(body, this.#source());
  }

  /**
   * Starts a run; resolves as soon as it is being prepared.
   *
   * @throws RefusedRequest for what cannot be started, field by field, and while another run goes on
   */
  async start(body: unknown): Promise<void> {
    this.#requireIdle();
    const planned = await this.plan(body);
    this.#requireIdle();
    clearTimeout(this.#quit);
    this.#run++;
    this.#phase = 'preparing';
    this.#view = new RunView(this.#run);
    this.#outcome = undefined;
    this.#folder = undefined;
    this.#controls = new RunControls();
    this.#abort = new AbortController();
    this.#ending = this.#carryOut(planned);
    this.#options.onChange.status();
  }

  stop(reason: string): void {
    if (!this.isRunning) throw refuseState('There is no run to stop.', 'POST /api/run');
    if (this.#phase === 'preparing') this.#abort.abort(new Error(reason));
    else this.#controls.stop(reason);
  }

  pause(): void {
    this.#requireRunning('pause');
    if (this.#isPaused) throw refuseState('The run is paused already.', 'POST /api/run/resume');
    this.#controls.pause();
    this.#isPaused = true;
    this.#options.onChange.status();
  }

  resume(): void {
    this.#requireRunning('resume');
    if (!this.#isPaused) throw refuseState('The run is not paused.', 'POST /api/run/pause');
    this.#controls.resume();
    this.#isPaused = false;
    this.#options.onChange.status();
  }

  resetStatistics(): void {
    this.#requireRunning('reset');
    this.#controls.resetStatistics();
  }

  edit(body: unknown): void {
    this.#requireRunning('edit');
    const { users, rate, spawnRate, load } = readEdit(body);
    const named = load === undefined ? {} : { load };
    if (users !== undefined) {
      this.#controls.setUsers(users, { ...named, ...(spawnRate === undefined ? {} : { spawnRate }) });
    }
    if (rate !== undefined) this.#controls.setRate(rate, named);
    this.#options.onChange.status();
  }

  #source(): StartSource {
    return { ...this.#options, described: this.#described };
  }

  async #carryOut(planned: PlannedStart): Promise<void> {
    try {
      this.exitCode = await this.#options.run(this.#toRun(planned));
      const { outcome } = this.#view;
      this.#outcome =
        outcome === undefined
          ? {
              state: 'failed',
              exitCode: this.exitCode,
              error: describeError(new Error('It was stopped before it began.')),
            }
          : { ...outcome, exitCode: this.exitCode };
    } catch (error) {
      this.exitCode = error instanceof LoadwrightError ? error.exitCode : 1;
      this.#outcome = { state: 'failed', exitCode: this.exitCode, error: describeError(error) };
    }
    this.#phase = 'ended';
    this.#isPaused = false;
    this.#options.onChange.status();
    this.#onEnded();
  }

  #toRun({ layers, kinds, adjust }: PlannedStart): SessionRun {
    return {
      layers,
      kinds,
      controls: this.#controls,
      signal: this.#abort.signal,
      adjust: (described) => {
        // The file may be another one than when it was read first.
        this.#described = described;
        return adjust(described);
      },
      reporter: { name: 'page', onEvent: (event, totals) => this.#onEvent(event, totals) },
      onFolder: (name) => {
        this.#folder = name;
        this.#options.onChange.status();
      },
    };
  }

  #onEvent(event: RunEvent, totals: RunTotals): void {
    const { onChange } = this.#options;
    onChange.event(this.#run, event);
    const hasSecond = this.#view.hear(event, totals);
    if (event.type === 'run-started') this.#phase = 'running';
    if (event.type === 'run-stopping') this.#phase = 'stopping';
    if (event.type === 'run-started' || event.type === 'run-stopping') onChange.status();
    if (hasSecond) onChange.second(() => this.#view.readSecond()!);
    const notice = toNotice(this.#run, event);
    if (notice !== undefined) onChange.notice(notice);
  }

  #requireIdle(): void {
    if (this.isRunning) throw refuseState('A run goes on already.', 'POST /api/run/stop');
  }

  #requireRunning(what: string): void {
    if (this.#phase !== 'running') throw refuseState(`There is no run to ${what}.`, 'POST /api/run');
  }
}

function refuseState(message: string, hint: string): RefusedRequest {
  return new RefusedRequest('RUN_STATE', message, { hint });
}
