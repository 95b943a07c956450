import { now } from '../../metrics/clock.js';
import { poolSlots } from '../load/share-out.js';
import type { PlacedUser } from '../load/slots.js';
import { type PlannedStart, ShareStarts } from '../load/starts.js';
import type { StartsLoad } from '../plan.js';
import { LoadRun, type LoadRunOptions } from './load-run.js';
import { loopTurn } from './loop-turn.js';
import { User } from './user-loop.js';
import type { UserWorld } from './user-world.js';

/** How long starts that are due may keep what has arrived from being read. */
const TURN_MS = 0.1;

/** An open load: iterations start at their instants, on users of a pool that grows up to its limit. */
export class StartsRun extends LoadRun<StartsLoad> {
  readonly #world: UserWorld;
  /** Free users by kind; the last one freed is taken first, for its connection is warm. */
  readonly #idle: User[][];
  #starts: ShareStarts;
  #next: PlannedStart | undefined;
  #lastIndex = -1;
  #hasNoRows = false;
  /** Places of the pool that nobody has. */
  readonly #places: PlacedUser[];
  readonly #incarnations = new Map<number, number>();

  constructor(options: LoadRunOptions<StartsLoad>) {
    super(options);
    this.#world = this.createWorld();
    this.#idle = options.plan.kinds.map(() => []);
    this.#places = this.#placesFor(this.load.maxUsers);
    this.#starts = this.#plan(0);
    this.#next = this.#starts.next();
  }

  /** `onStart` of the users that are there before the first iteration. */
  override async prepare(): Promise<void> {
    const entering = this.#placesFor(this.load.preAllocatedUsers).map(async ({ kind }) => {
      const user = this.#create(kind);
      if (await user.enter()) this.#idle[kind]!.push(user);
    });
    await Promise.all(entering);
  }

  protected nextStepMs(): number | undefined {
    return this.#next?.atMs;
  }

  /**
   * After the thread was held up many are due. All in one go, each would need a user and a connection of its own, although
   * answers to the first ones are there before the last one is sent; and opening those makes the rest later still.
   */
  protected runDue(ownMs: number): void {
    const turnEndsMs = now() + TURN_MS;
    while (this.#next !== undefined && this.#next.atMs < ownMs && !this.isOver) {
      this.#beginNext(this.#next);
      if (now() >= turnEndsMs) return;
    }
  }

  protected replan(ownMs: number): void {
    this.#starts = this.#plan(ownMs);
    // A start at the very instant of the change may be in both plans.
    do this.#next = this.#starts.next();
    while (this.#next !== undefined && this.#next.index <= this.#lastIndex);
  }

  /** Starts that a thread with too much to do never got to. */
  protected override countDropped(): void {
    const endMs = this.load.endMs ?? Number.POSITIVE_INFINITY;
    const dropped = new Map<number, number>();
    for (; this.#next !== undefined && this.#next.atMs < endMs; this.#next = this.#starts.next()) {
      dropped.set(this.#next.kind, (dropped.get(this.#next.kind) ?? 0) + 1);
    }
    for (const [kind, starts] of dropped) this.addDropped(starts, kind);
  }

  protected get isExhausted(): boolean {
    return false;
  }

  protected takeIteration(): number | undefined {
    return undefined;
  }

  protected override userEnded(user: User): void {
    const idle = this.#idle[user.kind.number]!;
    const at = idle.indexOf(user);
    if (at >= 0) idle.splice(at, 1);
    this.#places.push({ slot: user.identity.slot, kind: user.kind.number });
  }

  /** Another user in its place would find no row either. */
  protected override rowsEnded(): void {
    this.#hasNoRows = true;
  }

  #beginNext(start: PlannedStart): void {
    this.#next = this.#starts.next();
    this.#lastIndex = start.index;
    this.#begin(start);
  }

  #begin(start: PlannedStart): void {
    if (this.#hasNoRows) {
      this.addDropped(1, start.kind);
      return;
    }
    const idle = this.#idle[start.kind]!.pop();
    if (idle !== undefined) void this.#iterate(idle, start);
    else if (this.#places.length > 0 || this.#makeRoom(start.kind)) void this.#grow(start);
    else this.addDropped(1, start.kind);
  }

  /** Where every place is taken, users of other kinds that have been free for longest give way. */
  #makeRoom(kind: number): boolean {
    for (const [other, idle] of this.#idle.entries()) {
      if (other === kind) continue;
      idle.shift()?.stop(0);
      if (this.#places.length > 0) return true;
    }
    return false;
  }

  /** The user's `onStart` is part of how late this start is. */
  async #grow(start: PlannedStart): Promise<void> {
    const user = this.#create(start.kind);
    if (!(await user.enter())) {
      if (!this.isOver) this.addDropped(1, start.kind);
      return;
    }
    await this.#untilOpen();
    if (user.isIdle) await this.#iterate(user, start);
  }

  /** Nothing begins while the run is paused. */
  async #untilOpen(): Promise<void> {
    const { gate } = this.options.world;
    if (gate.isClosed) await new Promise<void>((resolve) => gate.onOpen(resolve));
  }

  /**
   * A timer is exact to a millisecond, and answers wake the thread meanwhile: so each iteration that ends looks whether a start
   * is due (decision 0022). A thread that is behind takes what is due by turns instead.
   */
  async #iterate(user: User, { index, atMs, kind }: PlannedStart): Promise<void> {
    const turn = loopTurn();
    const lagMs = Math.max(0, this.ownMs() - atMs);
    this.addStartLag(lagMs, kind);
    await user.iterate({ index, lagMs });
    if (!user.isIdle) return;
    this.#idle[kind]!.push(user);
    const next = this.#next;
    // Iterations that wait for nothing would follow each other for ever, and nothing else would get a turn.
    if (next !== undefined && turn !== loopTurn() && this.isDue(next.atMs)) this.#beginNext(next);
  }

  #create(kind: number): User {
    const found = this.#places.findIndex((place) => place.kind === kind);
    const { slot } = this.#places.splice(Math.max(0, found), 1)[0]!;
    const incarnation = this.#incarnations.get(slot) ?? 0;
    this.#incarnations.set(slot, incarnation + 1);
    const user = new User(this.#world, this.options.kinds[kind]!, this.createIdentity(slot, incarnation, kind));
    this.addUser(user);
    return user;
  }

  #placesFor(users: number): PlacedUser[] {
    const { index, plan, share } = this.options;
    return poolSlots({ load: this.load, loadIndex: index, kinds: plan.kinds, share, users });
  }

  #plan(fromMs: number): ShareStarts {
    const { index, plan, share } = this.options;
    return new ShareStarts({ load: this.load, loadIndex: index, kinds: plan.kinds, share, fromMs });
  }
}
