export type Ratios = Readonly<Record<string, number>>;
/** Model, family and number of this machine's processor; of what is given instead. */
export function nameProcessor(cpuinfo?: string, model?: string): string;
/** Ratios that are more than a tenth above the budget of a processor, or above that of `others` if it has none. */
export function findRegressions(
  ratios: Ratios,
  budgets: Readonly<Record<string, Ratios>>,
  processor: string,
): { key: string; ratio: number; budget: number }[];
