import type { LinePiece, UsersLoad } from '../plan.js';
import { largestValue, type Span, spanIndexAt, spansOf, toInstant } from './line.js';
import { firstSlotFrom, type LoadPart, ownedSlots, type PlacedUser, placeUsers } from './slots.js';
import { changeOfSlot, usersFrom, usersUntil } from './span-users.js';

/** What is to happen to one user. */
export interface UserStep extends PlacedUser {
  /** In the load's own time. */
  atMs: number;
  action: 'start' | 'stop';
}

/** Successive slots that all come, or all go: at one instant, or as the line runs through a span. */
interface SlotRange {
  firstSlot: number;
  endSlot: number;
  action: UserStep['action'];
  when: number | Span;
}

/** Locust's ramp as a line: user k (k = 0, 1, …) starts at k / spawnRate seconds, evenly and not in bursts. */
export function plainLine({ users, spawnRate }: { users: number; spawnRate: number }): LinePiece[] {
  if (users <= 0) return [];
  return [{ fromMs: 0, toMs: ((users - 1) * 1000) / spawnRate, from: 1, to: users }];
}

/**
 * How many users a load wants from an instant of its own time on: none before 0 or from its end on. On a falling line
 * that is at a whole number, `floor` has let that user go already, `ceiling` has it until the next whole number.
 */
export function usersAt(load: UsersLoad, atMs: number): number {
  const instantMs = toInstant(atMs);
  if (instantMs < 0 || instantMs >= endOf(load)) return 0;
  const spans = spansOf(load.line);
  return usersFrom(spans[spanIndexAt(spans, instantMs)]!, instantMs, load.falling);
}

/** The users of one share that are wanted from an instant of the load's own time on, in the order of their slots. */
export function slotsAt({ atMs, ...part }: LoadPart<UsersLoad> & { atMs: number }): PlacedUser[] {
  return placeUsers(part, usersAt(part.load, atMs));
}

/**
 * The users of one share coming and going, in order of time, before the load's end; at the end itself all go without a
 * step. All shares together are the whole load's steps, at every instant. Of several at one instant, those who come
 * come in the order of their slots, and the newest go first.
 *
 * With `fromMs` only the steps at or after it, the others being done already. Who has brought about `slotsAt` that
 * instant by other means passes over the steps at `fromMs` itself.
 */
export class UserSteps {
  readonly #load: UsersLoad;
  readonly #slots: Uint32Array;
  readonly #kindOfSlot: Uint16Array;
  readonly #ranges: Iterator<SlotRange, undefined>;
  #range: SlotRange | undefined;
  /** Positions in the share's slots: the next one, and how many of the range are left. */
  #at = 0;
  #left = 0;

  constructor({ fromMs = 0, ...part }: LoadPart<UsersLoad> & { fromMs?: number }) {
    this.#load = part.load;
    const { slots, kindOfSlot } = ownedSlots(part, Math.ceil(largestValue(part.load.line)) + 1);
    this.#slots = slots;
    this.#kindOfSlot = kindOfSlot;
    this.#ranges = slotRanges(part.load, toInstant(fromMs));
  }

  /** The next step, or undefined when there will be none. */
  next(): UserStep | undefined {
    while (this.#left === 0) {
      const range = this.#ranges.next().value;
      if (range === undefined) return undefined;
      this.#begin(range);
    }
    const { action, when } = this.#range!;
    const slot = this.#slots[this.#at]!;
    this.#at += action === 'start' ? 1 : -1;
    this.#left--;
    const atMs = typeof when === 'number' ? when : changeOfSlot(when, slot, this.#load.falling);
    return { atMs, slot, kind: this.#kindOfSlot[slot]!, action };
  }

  #begin(range: SlotRange): void {
    const first = firstSlotFrom(this.#slots, range.firstSlot);
    const end = firstSlotFrom(this.#slots, range.endSlot);
    this.#range = range;
    this.#left = end - first;
    this.#at = range.action === 'start' ? first : end - 1;
  }
}

function* slotRanges(load: UsersLoad, fromMs: number): Generator<SlotRange, undefined> {
  const endMs = endOf(load);
  let users = 0;
  for (const span of spansOf(load.line)) {
    if (span.beginMs >= endMs) return;
    const limitMs = Math.min(span.endMs, endMs);
    const before = users;
    let entered = usersFrom(span, span.beginMs, load.falling);
    users = usersUntil(span, limitMs, load.falling);
    if (limitMs <= fromMs) continue;
    if (span.beginMs >= fromMs) yield* rangeBetween(before, entered, span.beginMs);
    else entered = usersUntil(span, fromMs, load.falling);
    yield* rangeBetween(entered, users, span);
  }
}

function* rangeBetween(before: number, after: number, when: number | Span): Generator<SlotRange> {
  if (after > before) yield { firstSlot: before, endSlot: after, action: 'start', when };
  if (after < before) yield { firstSlot: after, endSlot: before, action: 'stop', when };
}

function endOf(load: UsersLoad): number {
  return load.endMs === undefined ? Number.POSITIVE_INFINITY : toInstant(load.endMs);
}
