import { largestValue } from '../load/line.js';
import { shareQuota } from '../load/share-out.js';
import { placeUsers } from '../load/slots.js';
import { slotsAt, type UserStep, UserSteps, usersAt } from '../load/users.js';
import type { Share, UsersLoad } from '../plan.js';
import { LoadRun, type LoadRunOptions } from './load-run.js';
import type { TaskWalker } from './task-walker.js';
import { User } from './user-loop.js';
import type { UserWorld } from './user-world.js';

/** Starts without a number. */
const UNNUMBERED = -1;

/** A closed load: users come and go by the line, and loop over their tasks. */
export class UsersRun extends LoadRun<UsersLoad> {
  readonly #world: UserWorld;
  readonly #bySlot = new Map<number, User>();
  readonly #incarnations = new Map<number, number>();
  /** Places whose users were told to go and are not gone, and who comes next. */
  readonly #leaving = new Set<number>();
  readonly #waiting = new Map<number, UserStep>();
  #steps: UserSteps;
  #next: UserStep | undefined;
  readonly #stripe: Share;
  /** Iterations that are this share's. */
  readonly #limit: number;
  /** Iterations begun, where they are limited. */
  #begun = 0;

  constructor(options: LoadRunOptions<UsersLoad>) {
    super(options);
    this.#world = this.createWorld();
    this.#stripe = this.#findStripe();
    this.#limit = this.#countIterations();
    this.#steps = this.#plan(0);
    this.#next = this.#steps.next();
  }

  protected nextStepMs(): number | undefined {
    return this.#next?.atMs;
  }

  protected runDue(ownMs: number): void {
    while (this.#next !== undefined && this.#next.atMs < ownMs && !this.isOver) {
      const step = this.#next;
      this.#next = this.#steps.next();
      if (step.action === 'stop') this.#stopSlot(step.slot);
      else this.#startSlot(step);
    }
  }

  protected replan(ownMs: number): void {
    this.#steps = this.#plan(ownMs);
    this.#next = this.#steps.next();
    this.#stopUnwanted(ownMs);
  }

  protected override countDropped(): void {
    if (this.load.iterations !== undefined) this.addDropped(this.#limit - this.#begun, this.load.kinds[0]!);
  }

  protected get isExhausted(): boolean {
    if (this.#begun >= this.#limit) return true;
    // Whoever it has, or has not, today: a shape may want others tomorrow, and says itself when it ends.
    if (this.load.executor === 'shape') return false;
    while (this.#next?.action === 'stop') this.#next = this.#steps.next();
    // A line at 0 waits for its time to end, or for somebody to raise it.
    return this.#next === undefined && usersAt(this.load, Math.max(0, this.ownMs())) > 0;
  }

  protected takeIteration(user: TaskWalker): number | undefined {
    const { iterations } = this.load;
    if (iterations === undefined) return UNNUMBERED;
    if (!this.hasIterations(user)) return undefined;
    const taken = this.#begun++;
    if (iterations.of === 'user') return UNNUMBERED;
    const { index, count } = this.#stripe;
    return index + count * taken;
  }

  protected override hasIterations(user: TaskWalker): boolean {
    const { iterations } = this.load;
    return iterations?.of === 'user' ? user.begun < iterations.count : this.#begun < this.#limit;
  }

  #plan(fromMs: number): UserSteps {
    const { index, plan, share } = this.options;
    return new UserSteps({ load: this.load, loadIndex: index, kinds: plan.kinds, share, fromMs });
  }

  #countIterations(): number {
    const { iterations } = this.load;
    if (iterations === undefined) return Number.POSITIVE_INFINITY;
    const users = this.#usersOf(this.options.share.index);
    if (users === 0) return 0;
    return iterations.of === 'load' ? shareQuota(iterations.count, this.#stripe) : users * iterations.count;
  }

  /** Iterations are shared out over the shares that have users: the others could not run theirs. */
  #findStripe(): Share {
    const { index, count } = this.options.share;
    if (this.load.iterations === undefined) return this.options.share;
    const withUsers = Array.from({ length: count }, (_, share) => share).filter((share) => this.#usersOf(share) > 0);
    const rank = withUsers.indexOf(index);
    return rank < 0
      ? { index: withUsers.length, count: withUsers.length + 1 }
      : { index: rank, count: withUsers.length };
  }

  #usersOf(shareIndex: number): number {
    const { index, plan, share } = this.options;
    const part = { load: this.load, loadIndex: index, kinds: plan.kinds, share: { ...share, index: shareIndex } };
    return placeUsers(part, largestValue(this.load.line)).length;
  }

  #startSlot({ slot, kind, atMs }: UserStep): void {
    // At the very instant of a change the step may be in both plans.
    if (this.#bySlot.has(slot)) return;
    // Nobody is there twice: whoever has the place still finishes a task.
    if (this.#leaving.has(slot)) {
      this.#waiting.set(slot, { slot, kind, atMs, action: 'start' });
      return;
    }
    const incarnation = this.#incarnations.get(slot) ?? 0;
    this.#incarnations.set(slot, incarnation + 1);
    this.addStartLag(Math.max(0, this.ownMs() - atMs), kind);
    const user = new User(this.#world, this.options.kinds[kind]!, this.createIdentity(slot, incarnation, kind));
    this.#bySlot.set(slot, user);
    this.addUser(user);
    user.start();
  }

  /** A change that came too late finds users that the plan as it was has started since. */
  #stopUnwanted(ownMs: number): void {
    const { index, plan, share } = this.options;
    const part = { load: this.load, loadIndex: index, kinds: plan.kinds, share };
    const wanted = new Set(slotsAt({ ...part, atMs: ownMs }).map(({ slot }) => slot));
    for (const slot of [...this.#bySlot.keys()].reverse()) if (!wanted.has(slot)) this.#stopSlot(slot);
  }

  #stopSlot(slot: number): void {
    this.#waiting.delete(slot);
    const user = this.#bySlot.get(slot);
    if (user === undefined) return;
    this.#bySlot.delete(slot);
    this.#leaving.add(slot);
    user.stop(this.load.gracefulRampDownMs);
  }

  protected override userEnded(user: User): void {
    const { slot } = user.identity;
    if (this.#bySlot.get(slot) === user) this.#bySlot.delete(slot);
    this.#leaving.delete(slot);
    const waiting = this.#waiting.get(slot);
    this.#waiting.delete(slot);
    if (waiting !== undefined && !this.isOver && !this.isPast()) this.#startSlot(waiting);
  }
}
