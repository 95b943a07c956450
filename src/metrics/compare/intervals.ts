/** An estimate and the ends of its confidence interval; infinite where there is no end. */
export interface Interval {
  value: number;
  low: number;
  high: number;
}

/**
 * The interval of `candidate` − `baseline`, from the interval of each.
 *
 * Source: method of variance estimates recovery; Zou and Donner, "Construction of Confidence Limits about Effect
 * Measures", Statistics in Medicine 27 (2008).
 */
export function subtractIntervals(baseline: Interval, candidate: Interval): Interval {
  const value = candidate.value - baseline.value;
  return {
    value,
    low: value - Math.hypot(candidate.value - candidate.low, baseline.high - baseline.value),
    high: value + Math.hypot(candidate.high - candidate.value, baseline.value - baseline.low),
  };
}

/**
 * The interval of a share that was `share` of `count`; never empty, also at 0 and 1.
 *
 * Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927). The difference
 * of two by `subtractIntervals` is method 10 of Newcombe, Statistics in Medicine 17 (1998), 873-890.
 */
export function wilsonInterval(share: number, count: number, critical: number): Interval {
  const square = critical * critical;
  const middle = (share + square / (2 * count)) / (1 + square / count);
  const half =
    (critical * Math.sqrt((share * (1 - share)) / count + square / (4 * count * count))) / (1 + square / count);
  return { value: share, low: share === 0 ? 0 : middle - half, high: share === 1 ? 1 : middle + half };
}
