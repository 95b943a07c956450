/** An estimate of a variance, and how many squares it is worth. */
export interface VarianceEstimate {
  variance: number;
  degrees: number;
}

/** How many degrees of freedom the belief that requests do not hang together is worth while nothing speaks against it. */
const BELIEF_DEGREES = 50;
/** The standard normal exceeds it with probability 0.005: how clear it must be that requests hang together. */
const CLEAR = 2.576;

/** Cosines to use for a series of so many points: the rule of the same article as `cosineVariance`. */
function cosineCount(points: number): number {
  return Math.max(1, Math.round(0.7 * points ** (2 / 3)));
}

/**
 * The variance of the sum of a series whose points may hang together: the mean square of its weights on the slowest
 * cosines, which is t distributed with as many degrees of freedom as there are cosines.
 *
 * Source: equal-weighted cosine estimator; Lazarus, Lewis, Stock and Watson, "HAR Inference: Recommendations for
 * Practice", Journal of Business & Economic Statistics 36 (2018).
 *
 * @param errors what each point adds to the error of an estimate; they add up to 0
 */
export function cosineVariance(errors: readonly number[]): VarianceEstimate {
  const points = errors.length;
  const degrees = cosineCount(points);
  let squares = 0;
  for (let cosine = 1; cosine <= degrees; cosine++) {
    let weight = 0;
    for (let at = 0; at < points; at++) weight += errors[at]! * Math.cos((Math.PI * cosine * (at + 0.5)) / points);
    squares += (2 * weight * weight) / points;
  }
  return { variance: (points * squares) / degrees, degrees };
}

/** The variance of the sum of a series whose points do not hang together. */
export function plainVariance(errors: readonly number[]): VarianceEstimate {
  const points = errors.length;
  return { variance: (sumOfSquares(errors) * points) / (points - 1), degrees: points - 1 };
}

/**
 * Whether a series moves more, from point to point or slowly, than it would by `independent`, the variance of its sum if
 * every request were on its own. Both are chi-squared then, whose critical values come from Wilson and Hilferty, "The
 * Distribution of Chi-Square", PNAS 17 (1931).
 */
export function hangsTogether(errors: readonly number[], independent: number): boolean {
  if (independent <= 0) return false;
  const { variance, degrees } = cosineVariance(errors);
  return (
    sumOfSquares(errors) / independent > chiSquaredCritical(errors.length - 1) ||
    (degrees * variance) / independent > chiSquaredCritical(degrees)
  );
}

export function chiSquaredCritical(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + CLEAR * Math.sqrt(spread)) ** 3;
}

/**
 * The variance of an estimate's error. Few cosines alone tell it badly, so, as long as nothing shows that requests hang
 * together, what it would be if they did not counts with them, as so many more squares.
 *
 * Source of the weighing: Smyth, "Linear Models and Empirical Bayes Methods", Statistical Applications in Genetics and
 * Molecular Biology 3 (2004): the posterior variance and its degrees of freedom.
 */
export function moderateVariance(errors: readonly number[], belief: VarianceEstimate): VarianceEstimate {
  const { variance, degrees } = cosineVariance(errors);
  const weight = Math.min(BELIEF_DEGREES, belief.degrees);
  const sum = weight * belief.variance + degrees * variance;
  return { variance: sum / (weight + degrees), degrees: weight + degrees };
}

function sumOfSquares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
