import type { LinePiece, StartsLoad } from '../plan.js';
import { type Span, spanIndexAt, spansOf, toInstant, valueAt, valueIn } from './line.js';
import { KindPicker } from './pick-kinds.js';
import { type LoadPart, ownerOf } from './slots.js';

/** One start of an iteration. */
export interface PlannedStart {
  /** Its number in the whole load, the same however that is shared. */
  index: number;
  /** In the load's own time. */
  atMs: number;
  /** Position in the plan's kinds of the kind of user that makes it. */
  kind: number;
}

/**
 * When each start of an open load is to be: the k-th (k = 0, 1, …) at inf { t : A(t) > k }, A being the area under the
 * line, whose values are starts a second. Each comes from its number alone, so that nothing adds up over a long run.
 */
export class StartTimes {
  /** How many there are before the end; Infinity when they go on. */
  readonly count: number;
  readonly #spans: readonly Span[];
  readonly #endMs: number;
  /** The area before each span and behind the last, in two numbers: what rounding took from the first is in the second. */
  readonly #area: Float64Array;
  readonly #areaRest: Float64Array;
  /** The span of the last one asked for: the next is in it, or not far behind. */
  #near = 0;

  constructor(line: readonly LinePiece[], endMs: number | undefined) {
    this.#endMs = endMs === undefined ? Number.POSITIVE_INFINITY : toInstant(endMs);
    this.#spans = spansBefore(line, this.#endMs);
    this.#area = new Float64Array(this.#spans.length + 1);
    this.#areaRest = new Float64Array(this.#spans.length + 1);
    for (const [index, span] of this.#spans.entries()) this.#addArea(index, areaOf(span));
    this.count = this.#countBefore(this.#endMs, this.#area.at(-1)!);
  }

  /** The instant of the k-th start; undefined when there are not as many. */
  at(k: number): number | undefined {
    return k >= 0 && k < this.count ? this.#instantOf(k) : undefined;
  }

  /** How many starts lie before an instant. */
  startsBefore(atMs: number): number {
    const instantMs = toInstant(atMs);
    if (instantMs >= this.#endMs) return this.count;
    if (instantMs <= 0) return 0;
    const index = spanIndexAt(this.#spans, instantMs);
    const span = this.#spans[index]!;
    const part = { ...span, toMs: instantMs, to: valueIn(span, instantMs) };
    return this.#countBefore(instantMs, this.#area[index]! + areaOf(part));
  }

  #addArea(index: number, area: number): void {
    const before = this.#area[index]!;
    const sum = before + area;
    const rest = Number.isFinite(sum) ? (before > area ? before - sum + area : area - sum + before) : 0;
    this.#area[index + 1] = sum;
    this.#areaRest[index + 1] = this.#areaRest[index]! + rest;
  }

  /** Counts from the area before an instant, and settles by instants, so that all that compare them agree. */
  #countBefore(instantMs: number, area: number): number {
    if (area === Number.POSITIVE_INFINITY) return area;
    let count = Math.max(0, Math.ceil(area - toleranceOf(area)));
    while (count > 0 && !(this.#instantOf(count - 1) < instantMs)) count--;
    while (this.#instantOf(count) < instantMs) count++;
    return count;
  }

  /** Infinity when the area never exceeds k. */
  #instantOf(k: number): number {
    const index = this.#spanOf(k);
    const span = this.#spans[index];
    if (span === undefined) return Number.POSITIVE_INFINITY;
    if (span.from <= span.to) {
      const area = Math.max(0, -this.#areaBeyond(index, k));
      return toInstant(span.fromMs + timeOfArea(span, area, span.from));
    }
    // From its end: seen from its begin, a falling rate would be found as a small difference of large numbers.
    return toInstant(span.toMs - timeOfArea(span, this.#areaBeyond(index + 1, k), span.to));
  }

  /** The position of the first span at whose end the area exceeds k; the number of spans when there is none. */
  #spanOf(k: number): number {
    const tolerance = toleranceOf(k);
    let low = this.#near;
    if (this.#areaBeyond(low, k) > tolerance) low = 0;
    let high = this.#spans.length;
    // Mostly it is the same one as last time: no search then.
    if (low < high && this.#areaBeyond(low + 1, k) > tolerance) high = low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#areaBeyond(middle + 1, k) > tolerance) high = middle;
      else low = middle + 1;
    }
    this.#near = Math.max(0, Math.min(low, this.#spans.length - 1));
    return low;
  }

  /** By how much the area before a span exceeds k. */
  #areaBeyond(index: number, k: number): number {
    return this.#area[index]! - k + this.#areaRest[index]!;
  }
}

/**
 * The starts of an open load that fall on one share, in order. Kinds follow their weights alone: a fixed count says
 * how many users of a kind there are, not how often they start. The i-th start of a kind is one share's, so that each
 * kind differs by at most one between shares; all shares together are the whole load's starts, at every instant.
 * With `fromMs` only those at or after it.
 */
export class ShareStarts {
  readonly #part: LoadPart<StartsLoad>;
  readonly #times: StartTimes;
  readonly #picker: KindPicker;
  #index: number;

  constructor({ fromMs = 0, ...part }: LoadPart<StartsLoad> & { fromMs?: number }) {
    const { load, kinds } = part;
    this.#part = part;
    this.#times = new StartTimes(load.line, load.endMs);
    this.#picker = new KindPicker(load.kinds.map((kind) => ({ weight: kinds[kind]!.weight, fixedCount: undefined })));
    this.#index = this.#times.startsBefore(fromMs);
    this.#picker.skipAhead(this.#index);
  }

  /** The next start, or undefined when there will be none. */
  next(): PlannedStart | undefined {
    const { load, loadIndex, share } = this.#part;
    while (this.#index < this.#times.count) {
      const picked = this.#picker.next();
      if (picked === undefined) return undefined;
      const index = this.#index++;
      const kind = load.kinds[picked]!;
      if (ownerOf(this.#picker.picked[picked]! - 1, kind + loadIndex, share.count) === share.index)
        return { index, atMs: this.#times.at(index)!, kind };
    }
    return undefined;
  }
}

/** The starts a second that a load has at an instant of its own time: none before 0 or from its end on. */
export function rateAt(load: StartsLoad, atMs: number): number {
  const instantMs = toInstant(atMs);
  if (instantMs < 0 || (load.endMs !== undefined && instantMs >= toInstant(load.endMs))) return 0;
  return valueAt(load.line, instantMs);
}

/** How far an area may exceed a whole number and still be it: the rounding of its parts, and no more. */
function toleranceOf(area: number): number {
  return 1e-9 + area * 1e-15;
}

function spansBefore(line: readonly LinePiece[], endMs: number): Span[] {
  const spans = spansOf(line).filter(({ beginMs }) => beginMs < endMs);
  const last = spans.at(-1);
  if (last !== undefined && last.endMs > endMs)
    spans.splice(-1, 1, { ...last, toMs: endMs, endMs, to: valueIn(last, endMs) });
  return spans;
}

function areaOf({ from, to, fromMs, toMs }: LinePiece): number {
  return from + to === 0 ? 0 : (((from + to) / 2) * (toMs - fromMs)) / 1000;
}

/** How long, in ms, until an area lies under a rate that begins at `rate` and is not falling. */
function timeOfArea(span: Span, area: number, rate: number): number {
  if (area <= 0) return 0;
  if (span.from === span.to) return (area * 1000) / rate;
  const durationMs = span.toMs - span.fromMs;
  const perSecondSquared = (Math.abs(span.to - span.from) * 1000) / durationMs;
  const timeMs = (2000 * area) / (rate + Math.sqrt(rate * rate + 2 * perSecondSquared * area));
  return Math.min(durationMs, timeMs);
}
