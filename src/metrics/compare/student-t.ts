const FRACTION_STEPS = 500;
const PRECISION = 1e-14;

/**
 * The value that Student's t with so many degrees of freedom exceeds with probability `tail` (under ½).
 *
 * Source: the tail of t is half of Iₓ(ν/2, ½) at x = ν / (ν + t²), with the incomplete beta function of the NIST Digital
 * Library of Mathematical Functions (DLMF), 8.17.
 */
export function studentTCritical(tail: number, degrees: number): number {
  const tailOf = (t: number) => betaShare(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  let high = 1;
  while (tailOf(high) > tail) high *= 2;
  let low = 0;
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (tailOf(middle) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** Iₓ(a, b); where its fraction would be slow, by its mirror (DLMF 8.17.4). */
function betaShare(x: number, a: number, b: number): number {
  return x < (a + 1) / (a + b + 2) ? betaFraction(x, a, b) : 1 - betaFraction(1 - x, b, a);
}

/** DLMF 8.17.22; the continued fraction is worked out from its head, by Lentz's rule. */
function betaFraction(x: number, a: number, b: number): number {
  let [fraction, c, d] = [1, 1, 0];
  for (let step = 1; step <= FRACTION_STEPS; step++) {
    const m = Math.floor(step / 2);
    const at = a + 2 * m;
    const term = (step % 2 === 0 ? (m * (b - m)) / (at - 1) : (-(a + m) * (a + b + m)) / (at + 1)) * (x / at);
    d = 1 / (1 + term * d);
    c = 1 + term / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < PRECISION) break;
  }
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  return Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta) / (a * fraction);
}

/** Stirling's series (DLMF 5.11.1) from 10 on, where its rest is under 1e-12; below by the recurrence (5.5.1). */
function logGamma(z: number): number {
  if (z < 10) return logGamma(z + 1) - Math.log(z);
  const series = 1 / (12 * z) - 1 / (360 * z ** 3) + 1 / (1260 * z ** 5) - 1 / (1680 * z ** 7);
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series;
}
