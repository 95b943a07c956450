/** What decides which kind the next user is of. */
export interface KindWeight {
  weight: number;
  fixedCount: number | undefined;
}

/**
 * Picks kinds one by one, as positions in `kinds`: first the fixed counts in the order declared, then always the kind
 * whose number is furthest behind its weight's share (ties: the earlier declared). Where every kind has a fixed count
 * or no weight, picking comes to an end.
 */
export class KindPicker {
  /** How many of each kind have been picked. */
  readonly picked: Float64Array;
  readonly #fixedCounts: Float64Array;
  readonly #weighted: Uint16Array;
  readonly #weights: Float64Array;
  readonly #totalWeight: number;
  #fixedKind = 0;
  #weightedPicks = 0;

  constructor(kinds: readonly KindWeight[]) {
    this.picked = new Float64Array(kinds.length);
    this.#fixedCounts = Float64Array.from(kinds, ({ fixedCount }) => fixedCount ?? 0);
    const weighted = [...kinds.entries()].filter(
      ([, { fixedCount, weight }]) => fixedCount === undefined && weight > 0,
    );
    this.#weighted = Uint16Array.from(weighted, ([kind]) => kind);
    this.#weights = toWhole(weighted.map(([, { weight }]) => weight));
    this.#totalWeight = this.#weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** The next one's kind; undefined when there can be no more. */
  next(): number | undefined {
    const kind = this.#nextFixed() ?? this.#nextWeighted();
    if (kind !== undefined) this.picked[kind]!++;
    return kind;
  }

  /** Picks `count` without telling which: the same state as after so many calls of `next`. */
  skipAhead(count: number): void {
    let left = count;
    while (left > 0 && this.#fixedKind < this.#fixedCounts.length) {
      if (this.next() === undefined) return;
      left--;
    }
    if (this.#totalWeight === 0) return;
    // Whole weights come out even after as many picks as they add up to, so rounds of that can be counted at once.
    const rounds = this.#weights.every(Number.isSafeInteger) ? Math.floor(left / this.#totalWeight) : 0;
    if (rounds > 0) {
      for (const [index, kind] of this.#weighted.entries()) this.picked[kind]! += rounds * this.#weights[index]!;
      this.#weightedPicks += rounds * this.#totalWeight;
      left -= rounds * this.#totalWeight;
    }
    while (left-- > 0 && this.next() !== undefined);
  }

  #nextFixed(): number | undefined {
    while (this.#fixedKind < this.#fixedCounts.length) {
      if (this.picked[this.#fixedKind]! < this.#fixedCounts[this.#fixedKind]!) return this.#fixedKind;
      this.#fixedKind++;
    }
    return undefined;
  }

  #nextWeighted(): number | undefined {
    const total = ++this.#weightedPicks;
    const weights = this.#weights;
    let best: number | undefined;
    let bestLag = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < weights.length; index++) {
      const kind = this.#weighted[index]!;
      // Whole numbers as long as weights are: no rounding decides a tie.
      const lag = weights[index]! * total - this.picked[kind]! * this.#totalWeight;
      if (lag > bestLag) {
        best = kind;
        bestLag = lag;
      }
    }
    return best;
  }
}

const MOST_DIGITS = 6;

/** The same weights as the smallest whole numbers, where they have few digits: then nothing is rounded in adding up. */
function toWhole(weights: readonly number[]): Float64Array {
  for (let digits = 0; digits <= MOST_DIGITS; digits++) {
    const scaled = weights.map((weight) => weight * 10 ** digits);
    const whole = scaled.map(Math.round);
    if (!whole.every((one, at) => one > 0 && Math.abs(one - scaled[at]!) <= one * 1e-12)) continue;
    const divisor = whole.reduce(greatestDivisor, 0);
    return Float64Array.from(whole, (one) => one / divisor);
  }
  return Float64Array.from(weights);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/**
 * The kind of each of the first `users` users, as positions in `kinds`, by the rule of {@link KindPicker}. A longer list
 * begins with every shorter one, so a ramp down and up again brings the same kinds back.
 */
export function pickKinds(kinds: readonly KindWeight[], users: number): Uint16Array {
  const picker = new KindPicker(kinds);
  const picked = new Uint16Array(users);
  for (let at = 0; at < users; at++) {
    const kind = picker.next();
    if (kind === undefined) return picked.slice(0, at);
    picked[at] = kind;
  }
  return picked;
}
