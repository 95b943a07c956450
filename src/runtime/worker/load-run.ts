import type { MeasureBook, MeasureSource } from '../../metrics/measures.js';
import type { Tally } from '../../metrics/tally.js';
import type { PlanClock } from '../load/plan-clock.js';
import type { Plan, PlannedLoad, Share } from '../plan.js';
import type { TaskWalker } from './task-walker.js';
import type { User } from './user-loop.js';
import type { CompiledKind, UserIdentity, UserWorld } from './user-world.js';

/** A timer is never due earlier than this. */
const TIMER_MS = 1;

/** The longest a timer can be set for. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts that were due before a load's end may be late by this much in any case. */
const LEAST_LATE_MS = 1000;

/** What users of all loads of a share have in common. */
export type ShareWorld = Omit<UserWorld, 'takeIteration' | 'hasIterations' | 'onUserEnded'>;

export interface LoadRunOptions<Load extends PlannedLoad> {
  load: Load;
  /** Position in the plan. */
  index: number;
  plan: Plan;
  share: Share;
  kinds: readonly CompiledKind[];
  world: ShareWorld;
  clock: PlanClock;
  tally: Tally;
  book: MeasureBook;
  onUserStarted(user: User): void;
  onUserEnded(user: User): void;
  /** Nobody of it is left, and by the plan as it is nobody is to come: only a change of it could bring more. */
  onIdle(): void;
  /** It is over for good. */
  onEnded(): void;
}

/**
 * One load of the plan on one share: does what is due, by one timer set for the next step, each step with its own
 * intended instant, however late the timer is. Which steps there are is arithmetic of the load room.
 */
export abstract class LoadRun<Load extends PlannedLoad = PlannedLoad> {
  load: Load;
  protected readonly options: LoadRunOptions<Load>;
  protected readonly users = new Set<User>();
  readonly #active = new Map<string, number>();
  /** Nothing begins any more. */
  isOver = false;
  #sources: MeasureSource[] | undefined;
  /** What the load will be, in order of time. */
  #amendments: { load: Load; ownMs: number }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #hasEnded = false;
  #isIdle = false;
  #gracefulStopMs = 0;

  constructor(options: LoadRunOptions<Load>) {
    this.options = options;
    this.load = options.load;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Users at work, by kind. */
  usersByKind(): Record<string, number> {
    return Object.fromEntries([...this.#active].filter(([, count]) => count > 0));
  }

  /** What has to be there before second 0. */
  async prepare(): Promise<void> {}

  /** Looks what is due, and sets the timer for what comes next. Nothing happens while the run is paused. */
  schedule(): void {
    this.#clearTimers();
    const { startAtMs } = this.load;
    const { clock } = this.options;
    if (this.isOver || startAtMs === undefined || clock.isPaused) return;
    const nextMs = Math.min(
      this.nextStepMs() ?? Number.POSITIVE_INFINITY,
      this.load.endMs ?? Number.POSITIVE_INFINITY,
      this.#amendments[0]?.ownMs ?? Number.POSITIVE_INFINITY,
    );
    if (this.#amendments.length === 0 && this.nextStepMs() === undefined) this.endIfDone();
    if (nextMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, startAtMs + nextMs - clock.nowMs());
    this.#timer = setTimeout(() => this.#onTimer(), Math.min(Math.ceil(delayMs), LONGEST_TIMER_MS));
  }

  /**
   * The load is as given from `planMs` on. It contains all amendments before, and none that was to come later: those are
   * forgotten.
   */
  amend(load: PlannedLoad, planMs: number): void {
    if (this.#hasEnded) {
      this.options.onIdle();
      return;
    }
    this.#isIdle = false;
    const { startAtMs } = this.load;
    const amended = load as Load;
    if (startAtMs === undefined) {
      this.load = amended;
      this.replan(0);
    } else {
      const ownMs = planMs - startAtMs;
      this.#amendments = [...this.#amendments.filter((known) => known.ownMs < ownMs), { load: amended, ownMs }];
    }
    this.schedule();
  }

  /** Nothing begins any more; who is at work ends within `gracefulStopMs`. Told again, less may be granted. */
  stop(gracefulStopMs: number): void {
    if (this.isOver && gracefulStopMs >= this.#gracefulStopMs) return;
    // Its users have all left: what they did not get to is not going to begin.
    if (this.#isIdle && !this.isOver) this.countDropped();
    this.isOver = true;
    this.#gracefulStopMs = gracefulStopMs;
    this.#clearTimers();
    for (const user of [...this.users]) user.stop(gracefulStopMs);
    this.endIfDone();
  }

  /** Milliseconds since the load began. */
  protected ownMs(): number {
    return this.options.clock.nowMs() - (this.load.startAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** Own time of the next step; undefined if there is none. */
  protected abstract nextStepMs(): number | undefined;
  /**
   * Does what was due before an instant, or a part of it if that is much; what is due at it belongs to the plan that
   * holds from then on.
   */
  protected abstract runDue(ownMs: number): void;
  /** The plan is another one from `ownMs` on. */
  protected abstract replan(ownMs: number): void;
  /** The load's time is over: iterations that can no longer begin are counted. */
  protected countDropped(): void {}

  /** True if nobody is to come, though the time is not over. */
  protected abstract get isExhausted(): boolean;
  protected abstract takeIteration(user: TaskWalker): number | undefined;
  protected hasIterations(_user: TaskWalker): boolean {
    return true;
  }

  protected userEnded(_user: User): void {}
  /** A feeder has no row left for a user, which ends. */
  protected rowsEnded(): void {}

  protected endIfDone(): void {
    if (this.#hasEnded || this.users.size > 0) return;
    if (!this.isOver) {
      if (this.#isIdle || this.#amendments.length > 0 || !this.isExhausted) return;
      this.#isIdle = true;
      this.options.onIdle();
      return;
    }
    this.#hasEnded = true;
    this.options.onEnded();
  }

  /** The world of this load's users. */
  protected createWorld(): UserWorld {
    const { world } = this.options;
    return {
      ...world,
      env: Object.freeze({ ...world.env, ...this.load.env }),
      takeIteration: (user) => (this.isOver || this.isPast() ? undefined : this.takeIteration(user)),
      hasIterations: (user) => this.hasIterations(user),
      nextRow: (feeder, user) => {
        const next = world.nextRow(feeder, user);
        if (next === undefined) this.rowsEnded();
        return next;
      },
      onUserEnded: (user) => {
        if (!this.users.delete(user)) return;
        this.#count(user, -1);
        this.options.onUserEnded(user);
        this.userEnded(user);
        this.endIfDone();
      },
    };
  }

  protected createIdentity(slot: number, incarnation: number, kind: number): UserIdentity {
    const { index, plan } = this.options;
    const loads = plan.revisions[0]!.loads.length;
    return { id: slot * loads + index, load: index, slot, incarnation, source: this.sourceOf(kind) };
  }

  protected sourceOf(kind: number): MeasureSource {
    const { name, labels } = this.load;
    this.#sources ??= this.options.plan.kinds.map((planned) => {
      return { load: name, user: planned.name, group: undefined, labels };
    });
    return this.#sources[kind]!;
  }

  protected addUser(user: User): void {
    this.users.add(user);
    this.#count(user, 1);
    this.options.onUserStarted(user);
  }

  protected addStartLag(lagMs: number, kind: number): void {
    this.options.tally.addStartLag(lagMs);
    this.options.book.addStartLag(lagMs, this.sourceOf(kind));
  }

  protected addDropped(iterations: number, kind: number): void {
    if (iterations <= 0) return;
    this.options.tally.addDropped(iterations);
    this.options.book.addDropped(iterations, this.sourceOf(kind));
  }

  /** True if a step may be done at once: it is due by the plan as it is, and not so late that others wait as well. */
  protected isDue(atMs: number): boolean {
    if (this.isOver || this.options.clock.isPaused || this.isPast()) return false;
    const lateMs = this.ownMs() - atMs;
    return lateMs > 0 && lateMs < TIMER_MS && atMs < (this.#amendments[0]?.ownMs ?? Number.POSITIVE_INFINITY);
  }

  /** After a block of the thread other timers may come before the one that ends the load. */
  protected isPast(): boolean {
    return this.load.endMs !== undefined && this.ownMs() >= this.load.endMs;
  }

  #count({ kind }: User, change: number): void {
    this.#active.set(kind.name, (this.#active.get(kind.name) ?? 0) + change);
  }

  /**
   * What falls due while what was due is done, and its requests are sent, would else wait for a whole tick of the timer
   * more: so where the next step is near, there is a second look at the end of the turn.
   */
  #onTimer(looksAgain = true): void {
    if (this.isOver || this.options.clock.isPaused) return;
    const ownMs = this.ownMs();
    const endMs = this.load.endMs ?? Number.POSITIVE_INFINITY;
    const amendment = this.#amendments[0];
    const untilMs = Math.min(ownMs, endMs, amendment?.ownMs ?? Number.POSITIVE_INFINITY);
    // What is late may still begin, but not for longer than what began may go on: this thread would never be done.
    const isTooLate = ownMs >= endMs + Math.max(this.load.gracefulStopMs, LEAST_LATE_MS);
    if (!isTooLate) this.runDue(untilMs);
    const nextMs = this.nextStepMs() ?? Number.POSITIVE_INFINITY;
    if (!isTooLate && nextMs < untilMs) {
      // Not all at once: first what has arrived meanwhile is read, and sets users free.
      this.#immediate = setImmediate(() => this.#onTimer());
    } else if (amendment !== undefined && amendment.ownMs <= Math.min(ownMs, endMs)) {
      this.#amendments.shift();
      this.load = amendment.load;
      this.replan(amendment.ownMs);
      this.#onTimer();
    } else if (ownMs >= endMs) {
      this.countDropped();
      this.stop(Math.max(0, endMs + this.load.gracefulStopMs - ownMs));
    } else if (looksAgain && nextMs - this.ownMs() < TIMER_MS) {
      this.#immediate = setImmediate(() => this.#onTimer(false));
    } else {
      this.schedule();
    }
  }

  #clearTimers(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }
}
