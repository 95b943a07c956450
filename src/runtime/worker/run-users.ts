import { LoadwrightError } from '../../errors.js';
import { now, systemClock } from '../../metrics/clock.js';
import type { Sample } from '../../metrics/sample.js';
import { Tally } from '../../metrics/tally.js';
import { lightBeacon } from '../beacon.js';
import { planUserStarts, type UserStart } from '../load/plain.js';
import type { FromWorker, LogRecord, PlanRevision, PrepareMessage } from '../protocol.js';
import type { UserDefinition } from '../user/define-user.js';
import { HttpEngine, type Recorder } from '../user/http/http-engine.js';
import { buildTaskTree } from '../user/task-tree.js';
import { VERSION } from '../version.js';
import { countException } from './count-exception.js';
import { formatTrace } from './format-trace.js';
import { IntervalCounter } from './interval-counter.js';
import { loadScenario } from './load-scenario.js';
import { type CompiledKind, User, type UserWorld } from './user-loop.js';
import { warmUp } from './warm-up.js';

/** Why a run without a host ends: no request of it can ever be sent. */
const NO_HOST = 'ERR_HOST_MISSING, no host for relative paths (try --host http://localhost:8000)';

type Post = (message: FromWorker) => void;

/** The users of one share: starts them by plan, counts what they do, stops them, and says so once a second. */
export class RunUsers {
  readonly #setup: PrepareMessage;
  readonly #post: Post;
  readonly #engine: HttpEngine;
  readonly #counter: IntervalCounter;
  readonly #tally = new Tally();
  readonly #beacon: Int32Array;
  readonly #users = new Set<User>();
  readonly #activeByKind: Record<string, number> = {};
  readonly #world: UserWorld;
  #kinds: CompiledKind[] = [];
  #starts: UserStart[] = [];
  #nextStart = 0;
  #startAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #endTimer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #gracefulStopMs = 0;
  #onUsersGone: () => void = () => {};
  #finish: () => void = () => {};
  /** Resolves when the final snapshot is posted. */
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });

  constructor(setup: PrepareMessage, post: Post) {
    this.#setup = setup;
    this.#post = post;
    this.#beacon = new Int32Array(setup.beacon);
    this.#counter = new IntervalCounter({
      share: setup.share.index,
      tally: this.#tally,
      post: (snapshot) => post({ type: 'snapshot', snapshot }),
      readGauges: () => ({
        users: { ...this.#activeByKind },
        inFlight: this.#engine.inFlight.count,
        oldestInFlightMs: this.#engine.inFlight.oldestMs(),
      }),
    });
    this.#engine = new HttpEngine({
      settings: setup.settings.http,
      recorder: this.#createRecorder(),
      clock: systemClock,
      userAgent: `loadwright/${VERSION}`,
      ...(setup.settings.debug ? { onTrace: (trace) => this.#log('info', formatTrace(trace)) } : {}),
    });
    this.#world = this.#createWorld();
  }

  /** Loads the definitions and plans this share's starts. */
  async prepare(): Promise<void> {
    const { plan, settings, script, share } = this.#setup;
    const test = await loadScenario(script);
    this.#kinds = plan.kinds.map(({ name, host }, number) => {
      const definition = test.users[name] as UserDefinition<never> | undefined;
      if (definition === undefined) {
        throw new LoadwrightError('ERR_INTERNAL', { message: `The worker does not know the user "${name}".` });
      }
      return { number, name, host, definition, tasks: buildTaskTree(definition, settings) };
    });
    for (const { name } of plan.kinds) this.#activeByKind[name] = 0;
    this.#starts = planUserStarts(plan, this.#load(), share);
    await warmUp(settings.http);
  }

  start(startAtMs: number): void {
    if (this.#isStopping) return;
    this.#startAtMs = startAtMs;
    this.#counter.start(startAtMs);
    this.#scheduleNext();
    const { runTimeMs, gracefulStopMs } = this.#load();
    if (runTimeMs === undefined || this.#isStopping) return;
    const end = () => {
      // Timers may fire a little early, and at most 2^31 ms ahead.
      const leftMs = startAtMs + runTimeMs - now();
      if (leftMs <= 0) this.stop(gracefulStopMs);
      else this.#endTimer = setTimeout(end, Math.min(Math.ceil(leftMs), 2 ** 31 - 1));
    };
    end();
  }

  /** A new revision of the plan; none of this version's loads can be amended. */
  amend(revision: PlanRevision): void {
    this.#setup.plan.revisions.push(revision);
  }

  /** From now on nothing begins; resolves by `finished` when everything has ended. */
  stop(gracefulStopMs: number): void {
    if (this.#isStopping) {
      // Told again: what tasks were granted is taken away.
      if (gracefulStopMs < this.#gracefulStopMs) for (const user of [...this.#users]) user.stop(gracefulStopMs);
      return;
    }
    this.#isStopping = true;
    this.#gracefulStopMs = gracefulStopMs;
    clearTimeout(this.#timer);
    clearTimeout(this.#endTimer);
    for (const user of [...this.#users]) user.stop(gracefulStopMs);
    void this.#end();
  }

  /** Something threw outside any task: a client's timer, a promise nobody waited for. */
  countStray(error: unknown, where: string): void {
    this.#world.addException(error, where);
  }

  #load() {
    return this.#setup.plan.revisions.at(-1)!.loads[0]!;
  }

  async #end(): Promise<void> {
    const stoppedAtMs = now();
    if (this.#users.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onUsersGone = resolve;
      });
    }
    const { drainTimeoutMs } = this.#setup.settings;
    await this.#drain(stoppedAtMs + this.#gracefulStopMs + drainTimeoutMs);
    this.#counter.finish();
    this.#finish();
  }

  /** Waits for requests on the wire; what is unanswered at the deadline is counted as interrupted. */
  async #drain(deadlineMs: number): Promise<void> {
    const { inFlight } = this.#engine;
    if (inFlight.count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, deadlineMs - now()));
      inFlight.onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    inFlight.interruptAll();
  }

  #scheduleNext(): void {
    const next = this.#starts[this.#nextStart];
    if (next === undefined) {
      this.#endIfIdle();
      return;
    }
    const delayMs = Math.min(Math.max(0, this.#startAtMs + next.atMs - now()), 2 ** 31 - 1);
    this.#timer = setTimeout(() => this.#startDue(), Math.ceil(delayMs));
  }

  /** Starts everyone who is due, however late the timer was. */
  #startDue(): void {
    const elapsedMs = now() - this.#startAtMs;
    // After a block of the thread this timer comes before the one that stops: nobody begins after the end.
    if (elapsedMs >= (this.#load().runTimeMs ?? Number.POSITIVE_INFINITY)) {
      this.stop(this.#load().gracefulStopMs);
      return;
    }
    for (;;) {
      const next = this.#starts[this.#nextStart];
      if (next === undefined || next.atMs > elapsedMs || this.#isStopping) break;
      this.#nextStart++;
      this.#tally.addStartLag(now() - this.#startAtMs - next.atMs);
      this.#startUser(next);
    }
    if (!this.#isStopping) this.#scheduleNext();
  }

  #startUser({ kind, id }: UserStart): void {
    const compiled = this.#kinds[kind]!;
    const user = new User(this.#world, compiled, id);
    this.#users.add(user);
    this.#activeByKind[compiled.name]!++;
    this.#counter.usersStarted++;
    user.start();
  }

  #onUserEnded(user: User): void {
    if (!this.#users.delete(user)) return;
    this.#activeByKind[user.kind.name]!--;
    // At the end of the run its thread ends, and every connection with it; a thread of others' goes on.
    if (!this.#isStopping || this.#setup.settings.sharesThread) user.session.end();
    if (this.#users.size > 0) return;
    this.#onUsersGone();
    this.#endIfIdle();
  }

  /** With nobody left and nobody to come there is nothing to wait for. */
  #endIfIdle(): void {
    if (this.#users.size === 0 && this.#nextStart >= this.#starts.length) this.stop(0);
  }

  #createRecorder(): Recorder {
    const { requests } = this.#tally;
    return {
      begun: (method, name) => requests.addBegun(method, name),
      finished: (sample: Sample) => {
        this.#counter.rotate(sample.finishedAtMs);
        requests.add(sample, this.#startAtMs);
      },
      interrupted: (method, name) => requests.addInterrupted(method, name),
    };
  }

  #createWorld(): UserWorld {
    const { settings, plan } = this.#setup;
    return {
      engine: this.#engine,
      env: Object.freeze({ ...settings.env }),
      seed: plan.seed,
      iterationsPerUser: this.#load().iterationsPerUser,
      closesConnectionsAfterIteration: settings.http.connectionReuse === 'iteration',
      noteResume: (kind, task) => lightBeacon(this.#beacon, kind, task),
      addCheck: (name, hasPassed) =>
        this.#tally.addCheck({ name, passes: Number(hasPassed), failures: Number(!hasPassed) }),
      addGroup: (name, durationMs) => this.#tally.addGroup(name, durationMs),
      addIteration: (durationMs) => this.#tally.addIteration(durationMs),
      addException: (error, where) => this.#addException(error, where),
      log: (level, message) => this.#log(level, message),
      requestStop: (reason, hasFailed) => this.#post({ type: 'stop-requested', reason, hasFailed }),
      onUserEnded: (user) => this.#onUserEnded(user),
    };
  }

  #addException(error: unknown, where: string): void {
    const { index } = this.#setup.share;
    countException(this.#tally, error, { where, atMs: now() - this.#startAtMs, node: `worker-${index}` });
    // Without a host no request can ever be sent.
    if (error instanceof LoadwrightError && error.code === 'ERR_HOST_MISSING') {
      this.#post({ type: 'stop-requested', reason: NO_HOST, hasFailed: true });
    }
  }

  #log(level: LogRecord['level'], message: string): void {
    this.#post({ type: 'log', record: { level, message, source: `worker-${this.#setup.share.index}` } });
  }
}
