const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS: readonly number[] = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];

/** The values written at an axis: `parts` steps up to the highest, one every `rows / parts` rows. */
export interface ValueScale {
  rows: number;
  parts: number;
}

/**
 * Chooses rows, `maxRows` or a few less, so that the highest value and those between it and 0 come out round.
 *
 * @param hasFractions for rates: values with two decimals are round too
 */
export function planValueScale(
  highest: number,
  { maxRows, hasFractions }: { maxRows: number; hasFractions: boolean },
): ValueScale {
  // One user as a block of eight rows would look like many.
  const mostRows = hasFractions ? maxRows : Math.min(maxRows, 2 * highest);
  const rounding = hasFractions ? 100 : 1;
  const isRound = (value: number) => Math.abs(value * rounding - Math.round(value * rounding)) < 1e-6;
  for (const parts of [4, 3, 5, 2, 7]) {
    const rows = Math.floor(mostRows / parts) * parts;
    if (rows > mostRows / 2 && isRound(highest / parts)) return { rows, parts };
  }
  return { rows: mostRows, parts: 1 };
}

/** A round distance between times, such that no more than `most` of them are in `lengthMs`. */
export function chooseTimeStep(lengthMs: number, most: number): number {
  const least = lengthMs / most;
  return TIME_STEPS.find((stepMs) => stepMs >= least) ?? Math.ceil(least / DAY) * DAY;
}

/** Users, or starts a second, with two decimals at most: `1,250`, `0.83`. */
export function formatAmount(value: number): string {
  return Number(value.toFixed(2)).toLocaleString('en-US');
}
