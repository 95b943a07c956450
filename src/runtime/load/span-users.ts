import type { UsersLoad } from '../plan.js';
import { type Span, toInstant, valueIn } from './line.js';

/** How far below a whole number a flat line may be and still count as there. */
const tolerance = 1e-9;

/**
 * The instant at which a user comes (on a rising span) or leaves (on a falling one). On a span that does not reach so
 * far it lies outside of it: before its begin where that has long happened.
 */
export function changeOfSlot(span: Span, slot: number, falling: UsersLoad['falling']): number {
  const level = span.to < span.from && falling === 'ceiling' ? slot : slot + 1;
  return toInstant(span.fromMs + ((level - span.from) * (span.toMs - span.fromMs)) / (span.to - span.from));
}

/** How many users a span wants from an instant of it on: those changes are done that come at it or before. */
export function usersFrom(span: Span, instantMs: number, falling: UsersLoad['falling']): number {
  return countUsers(span, instantMs, (slot) => changeOfSlot(span, slot, falling) <= instantMs);
}

/** How many users a span wants up to an instant of it, those changes not done that come at it. */
export function usersUntil(span: Span, instantMs: number, falling: UsersLoad['falling']): number {
  return countUsers(span, instantMs, (slot) => changeOfSlot(span, slot, falling) < instantMs);
}

/** Counts from the value, and settles by instants: a steep line may round a user's instant past a whole value. */
function countUsers(span: Span, instantMs: number, hasChanged: (slot: number) => boolean): number {
  if (span.from === span.to) return Math.max(0, Math.floor(span.from + tolerance));
  const isThere = span.to > span.from ? hasChanged : (slot: number) => !hasChanged(slot);
  let users = Math.max(0, Math.round(valueIn(span, instantMs)));
  while (isThere(users)) users++;
  while (users > 0 && !isThere(users - 1)) users--;
  return users;
}
