import { LoadwrightError } from '../../errors.js';
import type { Fleet } from '../fleet.js';
import { plannedEndMs, plannedUsersAt } from '../load/describe-load.js';
import { amendLine, dropPast, valueAt } from '../load/line.js';
import { PlanClock } from '../load/plan-clock.js';
import type { Plan, PlannedLoad } from '../plan.js';
import type { ShapePoint } from '../script-protocol.js';
import { flat, leadTo, shapeLoad } from './shape-load.js';

/** An amendment reaches every share before it takes effect. */
const LEAD_MS = 50;
const OVERDUE_MS = 1000;

export interface LivePlanOptions {
  plan: Plan;
  fleet: Fleet;
  shares: number;
}

/** A change of one load from an instant of its own time on. */
type Change = (load: PlannedLoad, ownMs: number) => PlannedLoad;

/**
 * The plan as it stands while the run goes on: its clock, its latest revision, and the amendments that turn it into the
 * next one. Every amendment is sent ahead of the instant from which it holds.
 */
export class LivePlan {
  readonly clock = new PlanClock();
  readonly #options: LivePlanOptions;
  #loads: PlannedLoad[];
  #revision = 0;
  /** The latest change of each load. */
  readonly #revisions = new Map<string, number>();
  readonly #shares: Set<number>;
  /** Shares that have not ended it yet, by load. */
  readonly #open: Map<string, Set<number>>;

  constructor(options: LivePlanOptions) {
    this.#options = options;
    this.#loads = options.plan.revisions.at(-1)!.loads;
    this.#shares = new Set(Array.from({ length: options.shares }, (_, share) => share));
    this.#open = new Map(this.#loads.map(({ name }) => [name, new Set(this.#shares)]));
  }

  get loads(): readonly PlannedLoad[] {
    return this.#loads;
  }

  /** The plan's instant after which nothing begins; undefined while that is open. */
  get endMs(): number | undefined {
    let latest = 0;
    for (const load of this.#loads) {
      const endMs = plannedEndMs(load);
      if (endMs === undefined) return undefined;
      latest = Math.max(latest, endMs);
    }
    return latest;
  }

  /** The longest that tasks may go on after the end. */
  get gracefulStopMs(): number {
    return Math.max(...this.#loads.map((load) => load.gracefulStopMs));
  }

  /** A share that should have ended a load by now, all that was granted included. */
  isOverdue(share: number): boolean {
    return this.#loads.some((load) => {
      const endMs = plannedEndMs(load);
      if (endMs === undefined || this.#open.get(load.name)?.has(share) !== true) return false;
      return this.clock.nowMs() > endMs + load.gracefulStopMs + OVERDUE_MS;
    });
  }

  /** Users wanted, at an instant of the plan's clock. */
  usersAt(planMs: number): number {
    return plannedUsersAt(this.#loads, planMs, this.#options.plan.kinds);
  }

  pause(): void {
    this.clock.pause();
    this.#options.fleet.pause();
  }

  resume(): void {
    this.clock.resume();
    this.#options.fleet.resume();
  }

  /**
   * A share has done all it had of a load; the ones that come `after` it begin when every share has. True when all
   * loads are done everywhere.
   */
  noteEnded(share: number, ended?: { load: string; revision: number }): boolean {
    // Lost: it will never answer a change.
    if (ended === undefined) this.#shares.delete(share);
    // It did not know of the latest change yet.
    else if (ended.revision < (this.#revisions.get(ended.load) ?? 0)) return false;
    for (const [load, open] of this.#open) {
      if (ended !== undefined && load !== ended.load) continue;
      if (open.delete(share) && open.size === 0) this.#startAfter(load);
    }
    return [...this.#open.values()].every((open) => open.size === 0);
  }

  /**
   * Lets a load want another number of users: at once, or a few a second.
   *
   * @throws LoadwrightError `ERR_OPTION_CONFLICT` where that makes no sense
   */
  setUsers(users: number, { spawnRate, load }: { spawnRate?: number; load?: string } = {}): void {
    const found = this.#find(load, 'users');
    this.#amend(found, (known, ownMs) => {
      const from = valueAt(known.line, ownMs);
      return { ...known, line: amendLine(known.line, ownMs, [leadTo({ from, to: users, fromMs: ownMs, spawnRate })]) };
    });
  }

  /** Lets an open load start another number of iterations a second, at once. */
  setRate(rate: number, { load }: { load?: string } = {}): void {
    const found = this.#find(load, 'starts');
    this.#amend(found, (known, ownMs) => {
      return { ...known, line: amendLine(known.line, ownMs, [flat(rate, ownMs)]) };
    });
  }

  /** What a shape wants from second `second` of its load on. */
  setShape(name: string, second: number, point: ShapePoint): void {
    const load = this.#loads.find((known) => known.name === name)!;
    this.#replace(load, second * 1000, shapeLoad(load, second, point));
  }

  #startAfter(name: string): void {
    for (const load of this.#loads) {
      if (load.after !== name || load.startAtMs !== undefined) continue;
      const startAtMs = Math.ceil(this.clock.nowMs() + LEAD_MS);
      this.#replace(load, 0, { ...load, startAtMs });
    }
  }

  #find(name: string | undefined, model: PlannedLoad['model']): PlannedLoad {
    const fitting = this.#loads.filter((load) => load.model === model && isOpenToChange(load));
    const found = name === undefined ? fitting : fitting.filter((load) => load.name === name);
    if (found.length === 1) return found[0]!;
    const what = model === 'users' ? 'users' : 'a rate';
    throw new LoadwrightError('ERR_OPTION_CONFLICT', {
      message:
        found.length === 0
          ? `The run has no load ${name === undefined ? '' : `"${name}" `}whose ${what} can be changed.`
          : `The run has several loads whose ${what} can be changed: ${found.map((load) => load.name).join(', ')}.`,
      hint:
        found.length === 0
          ? `It has: ${this.#loads.map((load) => load.name).join(', ')}.`
          : `{ load: '${found[0]!.name}' }`,
    });
  }

  #amend(load: PlannedLoad, change: Change): void {
    const ownMs = Math.max(0, this.clock.nowMs() + LEAD_MS - (load.startAtMs ?? Number.POSITIVE_INFINITY));
    this.#replace(load, ownMs, change(load, ownMs));
  }

  #replace(load: PlannedLoad, ownMs: number, amended: PlannedLoad): void {
    this.#loads = this.#loads.map((known) => (known === load ? amended : known));
    this.#revisions.set(load.name, ++this.#revision);
    const open = this.#open.get(load.name)!;
    for (const share of this.#shares) open.add(share);
    const effectiveAtMs = (amended.startAtMs ?? 0) + ownMs;
    this.#options.fleet.amend({ revision: this.#revision, effectiveAtMs, loads: [forShares(amended, ownMs)] });
  }
}

/**
 * Shares look ahead alone, and a shape that changes every second adds a piece each time. The starts of an open load are
 * numbered from its beginning, by the area under all of its line.
 */
function forShares(load: PlannedLoad, ownMs: number): PlannedLoad {
  return load.model === 'users' ? { ...load, line: dropPast(load.line, ownMs) } : load;
}

/** What is limited to iterations, or asked of a shape every second, is not changed from outside. */
function isOpenToChange(load: PlannedLoad): boolean {
  if (load.executor === 'shape') return false;
  return load.model !== 'users' || load.iterations === undefined;
}
