import { now, systemClock } from '../../metrics/clock.js';
import type { KindCounts } from '../../metrics/kind-totals.js';
import { MeasureBook } from '../../metrics/measures.js';
import { Tally } from '../../metrics/tally.js';
import { PlanClock } from '../load/plan-clock.js';
import type { PlannedLoad, PlanRevision } from '../plan.js';
import type { FromWorker, PrepareMessage } from '../protocol.js';
import type { UserDefinition } from '../user/define-user.js';
import { HttpEngine } from '../user/http/http-engine.js';
import { buildTaskTree, namePlaces, type TaskNode } from '../user/task-tree.js';
import { VERSION } from '../version.js';
import { formatTrace } from './format-trace.js';
import { IntervalCounter } from './interval-counter.js';
import { KindMeter } from './kind-meter.js';
import type { LoadRun } from './load-run.js';
import { loadScenario } from './load-scenario.js';
import { ShareServices } from './share-services.js';
import { StartsRun } from './starts-run.js';
import { ThreadWatch } from './thread-watch.js';
import type { User } from './user-loop.js';
import type { CompiledKind } from './user-world.js';
import { UsersRun } from './users-run.js';

type Post = (message: FromWorker) => void;

/** One share of the plan: its loads, what they count, how they end. */
export class RunUsers {
  readonly #setup: PrepareMessage;
  readonly #post: Post;
  readonly #engine: HttpEngine;
  readonly #counter: IntervalCounter;
  readonly #watch: ThreadWatch;
  readonly #tally = new Tally();
  readonly #book: MeasureBook;
  readonly #services: ShareServices;
  readonly #clock = new PlanClock();
  readonly #meters: KindMeter[] = [];
  readonly #revisions = new Map<string, number>();
  #loads: LoadRun[] = [];
  #isStopping = false;
  #gracefulStopMs = 0;
  #finish: () => void = () => {};
  /** Resolves when the final snapshot is posted. */
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });

  constructor(setup: PrepareMessage, post: Post) {
    this.#setup = setup;
    this.#post = post;
    this.#book = new MeasureBook(setup.plan.measures, setup.share.index);
    this.#watch = new ThreadWatch({
      share: setup.share.index,
      takeConnections: () => this.#engine.takeConnections(),
    });
    this.#counter = new IntervalCounter({
      share: setup.share.index,
      take: () => ({ ...this.#tally.take(), measures: this.#book.take(), kinds: this.#takeKinds() }),
      post: (snapshot) => post({ type: 'snapshot', snapshot }),
      readGauges: () => this.#readGauges(),
      takeHealth: (interval) => this.#watch.take(interval),
    });
    this.#services = new ShareServices({ setup, tally: this.#tally, book: this.#book, counter: this.#counter, post });
    this.#engine = new HttpEngine({
      settings: setup.settings.http,
      recorder: this.#services.recorder,
      clock: systemClock,
      userAgent: `loadwright/${VERSION}`,
      ...(setup.settings.debug ? { onTrace: (trace) => this.#services.logTrace(formatTrace(trace)) } : {}),
      onOriginRefused: (reason) => post({ type: 'stop-requested', reason, hasFailed: true }),
    });
  }

  /**
   * Loads the definitions, plans this share's part, and lets users start that have to be there before second 0.
   * `warmUp` is done before anything is measured.
   */
  async prepare(warmUp?: () => Promise<void>): Promise<void> {
    const { plan, settings, script } = this.#setup;
    const test = await loadScenario(script);
    const kinds = plan.kinds.map(({ name, host }, number): CompiledKind => {
      const definition = test.users[name] as UserDefinition<never>;
      const tasks = buildTaskTree(definition, settings);
      const meter = new KindMeter(name, namePlaces(tasks));
      this.#meters.push(meter);
      return { number, name, host, definition, tasks, keepsPace: keepsPace(tasks), meter, starts: meter.starts };
    });
    this.#services.learn(test);
    const world = this.#services.createWorld(this.#engine);
    const revision = plan.revisions.at(-1)!;
    this.#loads = revision.loads.map((load, index) => this.#createLoad(load, { index, kinds, world }));
    await warmUp?.();
    // Told to stop meanwhile: nobody has to be there.
    if (this.#isStopping) for (const load of this.#loads) load.stop(0);
    else await Promise.race([this.finished, Promise.all(this.#loads.map((load) => load.prepare()))]);
  }

  start(startAtMs: number): void {
    if (this.#isStopping) return;
    this.#services.startAtMs = startAtMs;
    this.#clock.start(startAtMs);
    for (const meter of this.#meters) meter.start(startAtMs);
    this.#watch.start();
    this.#counter.start(startAtMs);
    for (const load of this.#loads) load.schedule();
  }

  /** The plan is another one from an instant of its clock on. */
  amend({ effectiveAtMs, loads, revision }: PlanRevision): void {
    for (const load of loads) {
      const known = this.#loads.find((run) => run.load.name === load.name);
      if (known === undefined || (this.#revisions.get(load.name) ?? -1) >= revision) continue;
      this.#revisions.set(load.name, revision);
      known.amend(load, effectiveAtMs);
    }
  }

  /** The plan's clock stops: tasks in progress finish, nothing begins. */
  pause(): void {
    this.#clock.pause();
    this.#services.gate.close();
  }

  resume(): void {
    this.#clock.resume();
    this.#services.gate.open();
    for (const load of this.#loads) load.schedule();
  }

  /** From now on nothing begins; resolves by `finished` when everything has ended. */
  stop(gracefulStopMs: number): void {
    if (this.#isStopping && gracefulStopMs >= this.#gracefulStopMs) return;
    this.#isStopping = true;
    this.#gracefulStopMs = gracefulStopMs;
    for (const load of this.#loads) load.stop(gracefulStopMs);
  }

  /** Something threw outside any task: a client's timer, a promise nobody waited for. */
  countStray(error: unknown, where: string): void {
    this.#services.addException(error, where);
  }

  #createLoad(
    load: PlannedLoad,
    { index, kinds, world }: { index: number; kinds: CompiledKind[]; world: ReturnType<ShareServices['createWorld']> },
  ): LoadRun {
    const shared = {
      index,
      kinds,
      world,
      plan: this.#setup.plan,
      share: this.#setup.share,
      clock: this.#clock,
      tally: this.#tally,
      book: this.#book,
      onUserStarted: (user: User) => {
        user.kind.meter.addUsers(1, now());
        this.#counter.usersStarted++;
      },
      onUserEnded: (user: User) => {
        user.kind.meter.addUsers(-1, now());
        // At the end of the run its thread ends, and every connection with it; a thread of others' goes on.
        const isLast = this.#loads.every(({ isOver }) => isOver);
        if (!isLast || this.#setup.settings.sharesThread) user.session.end();
      },
      onIdle: () => this.#postEnded(load.name),
      onEnded: () => this.#onLoadEnded(load.name),
    };
    return load.model === 'users' ? new UsersRun({ ...shared, load }) : new StartsRun({ ...shared, load });
  }

  #onLoadEnded(name: string): void {
    this.#postEnded(name);
    if (this.#loads.every((load) => load.hasEnded)) void this.#end();
  }

  #postEnded(load: string): void {
    this.#post({ type: 'load-ended', load, revision: this.#revisions.get(load) ?? 0 });
  }

  async #end(): Promise<void> {
    this.#isStopping = true;
    await this.#drain(now() + this.#setup.settings.drainTimeoutMs);
    this.#services.finish();
    this.#counter.finish();
    this.#watch.stop();
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

  #takeKinds(): KindCounts[] {
    const atMs = now();
    return this.#meters.map((meter) => meter.take(atMs));
  }

  #readGauges() {
    return {
      users: Object.fromEntries(this.#meters.map(({ kind, users }) => [kind, users])),
      usersByLoad: Object.fromEntries(this.#loads.map((run) => [run.load.name, run.usersByKind()])),
      inFlight: this.#engine.inFlight.count,
      oldestInFlightMs: this.#engine.inFlight.oldestMs(),
    };
  }
}

function keepsPace(node: TaskNode): boolean {
  if (node.type === 'task') return false;
  return node.waitTime?.intervalSeconds !== undefined || node.children.some(keepsPace);
}
