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
 * Ratios that are more than a tenth above the budget of this processor. What it has none for yet is held to that of
 * `others`: the largest that any machine showed, but no more than the goal. Where system calls are cheap, ratios are larger.
 */
export function findRegressions(ratios, budgets, processor) {
  const budgetOf = (key) => budgets[processor]?.[key] ?? budgets.others?.[key] ?? Number.POSITIVE_INFINITY;
  return Object.entries(ratios)
    .map(([key, ratio]) => ({ key, ratio, budget: budgetOf(key) }))
    .filter(({ ratio, budget }) => ratio > budget * REGRESSION);
}
