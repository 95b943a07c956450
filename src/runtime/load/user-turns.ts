import type { Plan, PlannedLoad } from '../plan.js';
import { largestValue } from './line.js';
import { pickKinds } from './pick-kinds.js';
import { mostUsers } from './slots.js';

/** A user's place: its load's position in the plan, and its slot there. */
export interface UserPlace {
  load: number;
  slot: number;
}

interface CountedLoad {
  load: PlannedLoad;
  /** Its place among the loads that can have such users. */
  position: number;
  /** Such users that the plan wants at most, and those of the loads before. */
  users: number;
  before: number;
  /** By slot: such users in slots before it; absent where every slot is one. */
  ranks: Uint32Array | undefined;
}

/**
 * Numbers users over all loads without a gap, by arithmetic on the plan alone: those of the first load, then those of the
 * second. Users beyond what the plan wanted (shapes, changes of the running load) are numbered behind all of them, the
 * loads in turns. No two places have the same number, whoever asks and however the plan is shared.
 */
export class UserTurns {
  readonly #loads: (CountedLoad | undefined)[];
  readonly #plan: Pick<Plan, 'kinds'>;
  readonly #isWanted: (kind: number) => boolean;
  #users = 0;
  #count = 0;

  /** @param wanted names of the kinds that are numbered; all if not given */
  constructor(plan: Pick<Plan, 'kinds' | 'revisions'>, wanted?: readonly string[]) {
    this.#plan = plan;
    this.#isWanted = (kind) => wanted === undefined || wanted.includes(plan.kinds[kind]!.name);
    this.#loads = plan.revisions[0]!.loads.map((load) => this.#countLoad(load));
  }

  turnOf({ load, slot }: UserPlace): number {
    const counted = this.#loads[load];
    if (counted === undefined) throw new RangeError(`No user of load ${load} has a number.`);
    const { position, before, users } = counted;
    const rank = this.#rankOf(counted, slot);
    return rank < users ? before + rank : this.#users + (rank - users) * this.#count + position;
  }

  #countLoad(load: PlannedLoad): CountedLoad | undefined {
    if (!load.kinds.some(this.#isWanted)) return undefined;
    const slots = countSlots(load, this.#plan.kinds);
    // A place of an open load is taken by users of any of its kinds.
    const isMixed = load.model === 'users' && !load.kinds.every(this.#isWanted);
    const ranks = isMixed ? this.#rank(load, slots) : undefined;
    const users = ranks === undefined ? slots : ranks[slots]!;
    const counted = { load, position: this.#count, users, before: this.#users, ranks };
    this.#users += users;
    this.#count++;
    return counted;
  }

  #rankOf(counted: CountedLoad, slot: number): number {
    if (counted.ranks === undefined) return slot;
    if (slot >= counted.ranks.length) counted.ranks = this.#rank(counted.load, 2 * slot);
    return counted.ranks[slot]!;
  }

  #rank(load: PlannedLoad, slots: number): Uint32Array {
    const own = load.kinds.map((kind) => this.#plan.kinds[kind]!);
    const kindOfSlot = pickKinds(own, slots);
    const ranks = new Uint32Array(slots + 1);
    for (let slot = 0; slot < slots; slot++) {
      const isOne = slot < kindOfSlot.length && this.#isWanted(load.kinds[kindOfSlot[slot]!]!);
      ranks[slot + 1] = ranks[slot]! + Number(isOne);
    }
    return ranks;
  }
}

/** Places that the plan wants at most; of a shape nobody knows, so none. */
function countSlots(load: PlannedLoad, kinds: Plan['kinds']): number {
  if (load.executor === 'shape') return 0;
  if (load.model === 'starts') return load.maxUsers;
  return Math.min(Math.ceil(largestValue(load.line)), mostUsers(load, kinds));
}
