// What ratios may be: those of an earlier run on the same kind of processor, and a tenth.
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const REGRESSION = 1.1;

/** Hosts tell little in the model's name: the generation is in the numbers behind it. */
export function nameProcessor(cpuinfo = readFileSync('/proc/cpuinfo', 'utf8'), model = cpus()[0].model) {
  const read = (key) => new RegExp(`^${key}\\s*: (\\d+)$`, 'm').exec(cpuinfo)?.[1];
  const [family, number] = [read('cpu family'), read('model')];
  return family === undefined || number === undefined ? model : `${model} (family ${family}, model ${number})`;
}

/**
 * Ratios that are more than a tenth above the budget of this processor. One that has none yet is held to the largest of
 * the others: ratios depend on how dear a system call is, most of all where a script is slow.
 */
export function findRegressions(ratios, budgets, processor) {
  const largest = (key) => Math.max(0, ...Object.values(budgets).map((budget) => budget[key] ?? 0));
  return Object.entries(ratios)
    .map(([key, ratio]) => ({
      key,
      ratio,
      budget: budgets[processor]?.[key] ?? (largest(key) || Number.POSITIVE_INFINITY),
    }))
    .filter(({ ratio, budget }) => ratio > budget * REGRESSION);
}
