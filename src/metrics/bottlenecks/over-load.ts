import type { EvidenceWindow, NameSum } from './evidence.js';

/** How a figure was where few users were at work, and where many were. */
export interface LoadComparison {
  fewUsers: number;
  manyUsers: number;
  few: number;
  many: number;
}

/** Users have to differ by this factor between few and many, … */
export const LEAST_RISE = 1.5;
/** … and a figure by this one to have grown; by less in both directions it has stayed flat. */
export const LEAST_GROWTH = 1.5;
/** A window with fewer requests says nothing. */
const LEAST_REQUESTS = 5;
/** What began has to go on in so much of the time after it. */
const LASTING_SHARE = 0.8;

/**
 * A figure over the third of the windows with the fewest users, and over the third with the most; undefined where the
 * users hardly differ. `read` gives the figure's sum and what it is divided by.
 */
export function compareLoad(
  windows: readonly EvidenceWindow[],
  read: (window: EvidenceWindow) => { sum: number; count: number },
): LoadComparison | undefined {
  const figures = windows.map((window) => ({ users: window.users, ...read(window) }));
  // Where nobody is at work any more, answers to those who were still come: they say nothing of few users.
  const usable = figures.filter(({ users, count }) => users > 0 && count >= LEAST_REQUESTS);
  usable.sort((a, b) => a.users - b.users);
  const third = Math.floor(usable.length / 3);
  if (third === 0) return undefined;
  const meanOf = (rows: typeof usable, key: 'users' | 'sum' | 'count') =>
    rows.reduce((sum, row) => sum + row[key], 0) / rows.length;
  const low = usable.slice(0, third);
  const high = usable.slice(-third);
  const fewUsers = Math.round(meanOf(low, 'users'));
  const manyUsers = Math.round(meanOf(high, 'users'));
  if (manyUsers < fewUsers * LEAST_RISE) return undefined;
  const few = meanOf(low, 'sum') / meanOf(low, 'count');
  return { fewUsers, manyUsers, few, many: meanOf(high, 'sum') / meanOf(high, 'count') };
}

export function hasGrown({ few, many }: LoadComparison): boolean {
  return many >= few * LEAST_GROWTH;
}

export function hasStayedFlat({ few, many }: LoadComparison): boolean {
  return many < few * LEAST_GROWTH && few < many * LEAST_GROWTH;
}

/** Where something began that lasted: undefined in `isSo` is a stretch that says nothing. */
export interface Onset {
  fromMs: number;
  /** Absent where more users were at work without it. */
  fromUsers?: number;
  /** It was so from the first stretch on that says anything. */
  isFromStart: boolean;
}

export function findOnset(
  windows: readonly EvidenceWindow[],
  isSo: (window: EvidenceWindow) => boolean | undefined,
): Onset | undefined {
  const judged = windows.map((window) => ({ window, so: isSo(window) })).filter(({ so }) => so !== undefined);
  const index = judged.findIndex(({ so }, at) => {
    const rest = judged.slice(at);
    return so === true && rest.filter((one) => one.so).length >= rest.length * LASTING_SHARE;
  });
  if (index < 0) return undefined;
  const { fromMs, users } = judged[index]!.window;
  const mostBefore = Math.max(0, ...judged.slice(0, index).map(({ window }) => window.users));
  return { fromMs, isFromStart: index === 0, ...(users > mostBefore ? { fromUsers: users } : {}) };
}

/** `from 340 users on`, `from second 42 on`; empty where it was so all the time. */
export function describeOnset(onset: Onset | undefined): string {
  if (onset === undefined || onset.isFromStart) return '';
  const { fromUsers, fromMs } = onset;
  return fromUsers === undefined ? ` from second ${Math.round(fromMs / 1000)} on` : ` from ${fromUsers} users on`;
}

/** The name's row in a window. */
export function nameIn(window: EvidenceWindow, { method, name }: Pick<NameSum, 'method' | 'name'>) {
  return window.names.get(keyOf(method, name));
}

export function keyOf(method: string, name: string): string {
  return `${method} ${name}`;
}
