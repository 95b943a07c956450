/** An estimate of a variance, and how many squares it is worth. */
export interface VarianceEstimate {
  variance: number;
  degrees: number;
}

/** Numbers of docs/decisions/0018, chosen by simulation. What is believed counts like so many squares at most. */
const BELIEF_DEGREES = 50;
/** What the standard normal exceeds with probability 0.005: how clear it must be that requests are not on their own. */
const CLEAR = 2.576;
/** The same with probability 0.25: a hint is enough that seconds are not on their own either. */
const HINT = 0.674;
/** Cosines for a variance, and those slow ones that show best whether points hang together. */
const COSINES = 0.7;
const SLOW_COSINES = 0.35;

/**
 * The variance of the sum of a series whose points may hang together: the mean square of its weights on the slowest
 * cosines, which is t distributed with as many degrees of freedom as there are cosines.
 *
 * Source: equal-weighted cosine estimator; Lazarus, Lewis, Stock and Watson, "HAR Inference: Recommendations for
 * Practice", Journal of Business & Economic Statistics 36 (2018).
 *
 * @param errors what each point adds to the error of an estimate; they add up to 0
 * @param cosines how many to use, times the number of points to the power of ⅔
 */
export function cosineVariance(errors: readonly number[], cosines = COSINES): VarianceEstimate {
  const points = errors.length;
  const degrees = Math.max(1, Math.round(cosines * points ** (2 / 3)));
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
 * every request were on its own.
 */
export function hangsTogether(errors: readonly number[], independent: number): boolean {
  if (independent <= 0) return false;
  const { variance, degrees } = cosineVariance(errors, SLOW_COSINES);
  return (
    sumOfSquares(errors) / independent > chiSquaredCritical(errors.length - 1, CLEAR) ||
    (degrees * variance) / independent > chiSquaredCritical(degrees, CLEAR)
  );
}

/** Whether a series may move more slowly than it would if every point were on its own. */
export function movesSlowly(errors: readonly number[]): boolean {
  const { variance, degrees } = cosineVariance(errors, SLOW_COSINES);
  return degrees * variance > chiSquaredCritical(degrees, HINT) * plainVariance(errors).variance;
}

/**
 * The chi-squared value that is exceeded as seldom as the standard normal exceeds `normal`.
 *
 * Source: Wilson and Hilferty, "The Distribution of Chi-Square", PNAS 17 (1931).
 */
export function chiSquaredCritical(degrees: number, normal: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + normal * Math.sqrt(spread)) ** 3;
}

/**
 * The variance of an estimate's error. Few cosines alone tell it badly; what is believed of it counts with them, as so
 * many more squares.
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
