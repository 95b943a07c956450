import type { PlannedKind, PlannedLoad, Share } from '../plan.js';
import { pickKinds } from './pick-kinds.js';

/** Where a load stands in its plan, and whose part of it is meant. */
export interface LoadPart<Load extends PlannedLoad> {
  load: Load;
  /** The load's position in the plan's loads. */
  loadIndex: number;
  /** All kinds of the plan. */
  kinds: readonly PlannedKind[];
  share: Share;
}

/** One user of a load: its number in the whole load, the same however that is shared. */
export interface PlacedUser {
  slot: number;
  /** Position of its kind in the plan's kinds. */
  kind: number;
}

/** The slots of a load, as far as they have been asked for. */
interface SlotTable {
  kinds: readonly PlannedKind[];
  loadIndex: number;
  users: number;
  /** The kind of each slot, as position in the plan. */
  kindOfSlot: Uint16Array;
  /** The slots of each share, ascending, by the number of shares. */
  slotsOfShares: Map<number, Uint32Array[]>;
}

const tables = new WeakMap<PlannedLoad, SlotTable>();

/**
 * Which share has the i-th user, or start, of a kind: each kind of each load begins with another share, so that rare
 * ones do not all meet in the first. Each kind differs by at most one between shares, always.
 */
export function ownerOf(nth: number, offset: number, shares: number): number {
  return (nth + offset) % shares;
}

/** The slots of one share among the first `users` or more, ascending, and the kind of every slot. */
export function ownedSlots(
  part: LoadPart<PlannedLoad>,
  users: number,
): { slots: Uint32Array; kindOfSlot: Uint16Array } {
  const { share } = part;
  const table = tableOf(part, users);
  let slotsOfShares = table.slotsOfShares.get(share.count);
  if (slotsOfShares === undefined) {
    slotsOfShares = shareSlots(table, share.count);
    table.slotsOfShares.set(share.count, slotsOfShares);
  }
  return { slots: slotsOfShares[share.index]!, kindOfSlot: table.kindOfSlot };
}

/** The users of one share among the first `users` of a load, in the order of their slots. */
export function placeUsers(part: LoadPart<PlannedLoad>, users: number): PlacedUser[] {
  const { slots, kindOfSlot } = ownedSlots(part, users);
  const placed: PlacedUser[] = [];
  for (const slot of slots.subarray(0, firstSlotFrom(slots, users))) placed.push({ slot, kind: kindOfSlot[slot]! });
  return placed;
}

/** The position of the first of ascending slots that is `slot` or later. */
export function firstSlotFrom(slots: Uint32Array, slot: number): number {
  let low = 0;
  let high = slots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (slots[middle]! < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many users a load can have at most: a limit only where all its kinds have fixed counts, or no weight. */
export function mostUsers(load: PlannedLoad, kinds: readonly PlannedKind[]): number {
  const own = load.kinds.map((kind) => kinds[kind]!);
  if (own.some(({ fixedCount, weight }) => fixedCount === undefined && weight > 0)) return Number.POSITIVE_INFINITY;
  return own.reduce((sum, { fixedCount }) => sum + (fixedCount ?? 0), 0);
}

function tableOf({ load, loadIndex, kinds }: LoadPart<PlannedLoad>, users: number): SlotTable {
  const known = tables.get(load);
  if (known !== undefined && known.kinds === kinds && known.loadIndex === loadIndex && known.users >= users)
    return known;
  const kindOfSlot = pickKinds(
    load.kinds.map((kind) => kinds[kind]!),
    users,
  ).map((picked) => load.kinds[picked]!);
  const table = { kinds, loadIndex, users, kindOfSlot, slotsOfShares: new Map<number, Uint32Array[]>() };
  tables.set(load, table);
  return table;
}

function shareSlots({ kinds, loadIndex, kindOfSlot }: SlotTable, shares: number): Uint32Array[] {
  // In turns a share gets one of each kind more than its part, at most.
  const mostOfShare = Math.ceil(kindOfSlot.length / shares) + kinds.length;
  const slots = Array.from({ length: shares }, () => new Uint32Array(mostOfShare));
  const lengths = new Uint32Array(shares);
  const seen = new Uint32Array(kinds.length);
  for (let slot = 0; slot < kindOfSlot.length; slot++) {
    const kind = kindOfSlot[slot]!;
    const owner = ownerOf(seen[kind]!++, kind + loadIndex, shares);
    slots[owner]![lengths[owner]!++] = slot;
  }
  return slots.map((own, index) => own.slice(0, lengths[index]));
}
