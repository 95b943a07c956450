import type { Plan, PlannedLoad } from '../plan.js';
import { largestValue, spansOf, toInstant, valueIn } from './line.js';
import { KindPicker } from './pick-kinds.js';

/** What part of the plan is each kind's. */
export interface KindShares {
  /** Of users at work where all loads are closed, of iterations where all are open; of neither where both are there. */
  of: 'users' | 'iterations' | undefined;
  /** By position in `Plan.kinds`, 0 to 1; undefined where only the run itself can tell. */
  shares: number[] | undefined;
}

const known = new WeakMap<Plan, KindShares>();

/** What the weights and fixed counts of the kinds come to, over all loads. */
export function planKindShares(plan: Plan): KindShares {
  let shares = known.get(plan);
  if (shares === undefined) {
    shares = shareOut(plan);
    known.set(plan, shares);
  }
  return shares;
}

function shareOut({ kinds, revisions }: Plan): KindShares {
  const loads = revisions[0]?.loads ?? [];
  const models = new Set(loads.map(({ model }) => model));
  if (models.size !== 1) return { of: undefined, shares: undefined };
  const of = models.has('users') ? 'users' : 'iterations';
  const own = loads.map((load) => sharesOf(load, kinds));
  const isSame = own.every((shares) => shares?.every((share, kind) => share === own[0]?.[kind]) === true);
  const amounts = isSame ? loads.map(() => 1) : loads.map(amountOf);
  const total = amounts.reduce<number>((sum, amount) => sum + (amount ?? Number.NaN), 0);
  if (!(total > 0) || own.includes(undefined)) return { of, shares: undefined };
  const shares = kinds.map((_, kind) =>
    own.reduce((sum, ofLoad, load) => sum + (ofLoad![kind]! * amounts[load]!) / total, 0),
  );
  return { of, shares };
}

/** By weight; with fixed counts, as the most users of the load are picked. */
function sharesOf(load: PlannedLoad, kinds: Plan['kinds']): number[] | undefined {
  const shares = new Array<number>(kinds.length).fill(0);
  const own = load.kinds.map((kind) => kinds[kind]!);
  const hasFixed = load.model === 'users' && own.some(({ fixedCount }) => fixedCount !== undefined);
  if (hasFixed && load.executor === 'shape') return undefined;
  const counts = hasFixed ? pick(own, Math.ceil(largestValue(load.line))) : own.map(({ weight }) => weight);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total <= 0) return undefined;
  for (const [index, kind] of load.kinds.entries()) shares[kind] = counts[index]! / total;
  return shares;
}

function pick(kinds: Plan['kinds'], users: number): number[] {
  const picker = new KindPicker(kinds);
  picker.skipAhead(users);
  return [...picker.picked];
}

/** User-seconds, or starts, of a load that ends by time; undefined for others. */
function amountOf(load: PlannedLoad): number | undefined {
  const { line, endMs, executor } = load;
  const isLimited = load.model === 'users' && load.iterations !== undefined;
  if (endMs === undefined || executor === 'shape' || isLimited) return undefined;
  let area = 0;
  for (const span of spansOf(line)) {
    const untilMs = Math.min(span.endMs, toInstant(endMs));
    if (untilMs <= span.beginMs) break;
    area += ((span.from + valueIn(span, untilMs)) / 2) * (untilMs - span.beginMs);
  }
  return area;
}
