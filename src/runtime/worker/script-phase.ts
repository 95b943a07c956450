import { format } from 'node:util';
import { Aggregate, type SeriesCounts } from '../../metrics/aggregate.js';
import { now, systemClock } from '../../metrics/clock.js';
import { formatDuration } from '../../options/format-duration.js';
import type { ScriptPhase, ScriptSettings } from '../script-protocol.js';
import { CallScope } from '../user/call-scope.js';
import type { SetupContext } from '../user/define-setup.js';
import { HttpEngine } from '../user/http/http-engine.js';
import { Session } from '../user/http/session.js';
import { ScopedHttp } from '../user/http-client.js';
import { createRandom, RandomStream } from '../user/random.js';
import { sleepInScope } from '../user/sleep-in-scope.js';
import { VERSION } from '../version.js';
import { CutShort } from './script-failure.js';

/** How long code may take to clean up after the run was stopped under it. */
const ABORT_GRACE_MS = 1000;
/** Keeps the random numbers of what belongs to no user apart from those of users. */
const SEED_WORD = 0x7363_7269;
const PHASE_NUMBERS: Record<ScriptPhase, number> = { setup: 0, verify: 1, teardown: 2 };

export interface PhaseOptions {
  phase: ScriptPhase;
  host: string | undefined;
  settings: ScriptSettings;
  seed: number;
  log(message: string): void;
}

/** One call of the scenario's code. */
export interface ScriptStep<T> {
  /** For its log lines: `setup catalogue`. */
  label: string;
  /** Its place among the phase's steps, which chooses its random numbers. */
  number: number;
  timeoutMs: number;
  /** How to allow more time. */
  hint?: string;
  call(context: SetupContext): T | Promise<T>;
}

interface Running {
  scope: CallScope;
  fail(error: unknown): void;
}

/** Runs scenario code that belongs to no user, one step after another, and counts its requests by themselves. */
export class PhaseRunner {
  readonly #options: PhaseOptions;
  readonly #aggregate = new Aggregate();
  readonly #startedAtMs = now();
  readonly #engine: HttpEngine;
  readonly #sessions: Session[] = [];
  readonly #scopes: CallScope[] = [];
  #running: Running | undefined;
  #isAborted = false;

  constructor(options: PhaseOptions) {
    this.#options = options;
    this.#engine = new HttpEngine({
      settings: options.settings.http,
      clock: systemClock,
      userAgent: `loadwright/${VERSION}`,
      recorder: {
        begun: (method, name) => this.#aggregate.addBegun(method, name),
        finished: (sample) => this.#aggregate.add(sample, this.#startedAtMs),
        interrupted: (method, name) => this.#aggregate.addInterrupted(method, name),
      },
    });
  }

  /** Resolves with what the step returned; rejects with what it threw, or with `CutShort`. */
  async run<T>(step: ScriptStep<T>): Promise<T> {
    if (this.#isAborted) throw new CutShort('was aborted');
    let fail: (error: unknown) => void = () => {};
    const hasFailed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    const scope = new CallScope({ onResume: () => {}, onLeftBehind: () => fail(new CutShort('was aborted')) });
    const running: Running = { scope, fail };
    this.#running = running;
    this.#scopes.push(scope);
    const timer = setTimeout(() => {
      // First: what the pending calls then reject with is not the reason.
      fail(new CutShort(`was not done within ${formatDuration(step.timeoutMs)}`, step.hint));
      scope.stop();
    }, step.timeoutMs);
    try {
      const context = this.#createContext(step, scope);
      return await Promise.race([hasFailed, (async () => step.call(context))()]);
    } catch (error) {
      throw this.#isAborted ? new CutShort('was aborted') : error;
    } finally {
      clearTimeout(timer);
      this.#running = undefined;
    }
  }

  /** The phase is stopped: pending calls reject, soon nobody waits any more, and no other step begins. */
  abort(): void {
    this.#isAborted = true;
    const running = this.#running;
    if (running === undefined) return;
    running.scope.stop();
    setTimeout(() => running.fail(new CutShort('was aborted')), ABORT_GRACE_MS).unref();
  }

  /** Something was thrown where nobody could catch it. False if nothing is running that it could come from. */
  failRunning(error: unknown): boolean {
    const running = this.#running;
    if (running === undefined) return false;
    running.fail(error);
    running.scope.stop();
    return true;
  }

  /** Everything requested so far. What is still on the wire now belongs to code that nobody waits for. */
  finishCounts(): SeriesCounts[] {
    this.#engine.inFlight.interruptAll();
    for (const session of this.#sessions.splice(0)) session.close({ all: true });
    return this.#aggregate.read();
  }

  /** The run is over: what a setup left behind with its signal ends too. */
  end(): void {
    this.abort();
    for (const scope of this.#scopes.splice(0)) scope.stop();
    this.finishCounts();
  }

  #createContext({ label, number }: ScriptStep<unknown>, scope: CallScope): SetupContext {
    const { host, settings, seed, phase, log } = this.#options;
    const session = new Session(this.#engine, host);
    this.#sessions.push(session);
    return {
      http: new ScopedHttp(session, scope),
      env: Object.freeze({ ...settings.env }),
      random: createRandom(new RandomStream([seed, SEED_WORD, PHASE_NUMBERS[phase], number])),
      get signal() {
        return scope.signal;
      },
      sleep: (seconds) => sleepInScope(scope, seconds),
      log: (...values) => log(`${label}: ${format(...values)}`),
    };
  }
}
