// Everything docs/benchmarks.md says, measured again: `npm run bench` (about three quarters of an hour: ten rounds where
// there is a goal), `-- --quick` (about ten minutes, more spread). Writes the page, and fails if a ratio is more than a
// tenth above what bench/budget.json has for this kind of processor (`--set-budget` sets it).
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { findRegressions, nameProcessor } from './budget.mjs';
import { leaveCore1 } from './cpu.mjs';
import { BARS, WORK_NAMES } from './generators.mjs';
import { isNginxInstalled } from './nginx-target.mjs';
import { formatRow, judgeWork, measureWork } from './speed.mjs';
import { measureMemory, measureOneRequest, measureStarts, measureStock } from './whole-runs.mjs';
import { writePage } from './write-page.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    'set-budget': { type: 'boolean', default: false },
  },
});
const QUICK = { rounds: 3, seconds: 5, warmup: 2, connections: 64 };
const THOROUGH = { rounds: 10, seconds: 10, warmup: 3, connections: 64 };
const BUDGET = new URL('./budget.json', import.meta.url);

if (!isNginxInstalled()) throw new Error('nginx is the target: apt-get install nginx-light');

/** Few rounds are enough where there is no goal; ratios of workers are close to one another. */
function howFor(work) {
  if (values.quick) return work === 'workers' ? { ...QUICK, rounds: 6 } : QUICK;
  return BARS[work] === undefined ? QUICK : THOROUGH;
}

leaveCore1();
const works = {};
async function measure(key, work, how) {
  console.log(`${work}, ${how.connections} connections`);
  const rows = judgeWork(work, await measureWork(work, how), how.connections);
  works[key] = { how, rows };
  for (const row of rows) console.log(formatRow(row));
}

for (const work of WORK_NAMES) await measure(work, work, howFor(work));
await measure('many', 'scripted', { ...howFor('scripted'), connections: 2000 });
const stock = await measureStock({ rounds: 3, seconds: 10 });
const memory = await measureMemory();
const starts = await measureStarts({ rounds: 7 });
const oneRequest = await measureOneRequest({ rounds: 7 });
console.log({ stock, memory, starts, oneRequest });

const machine = {
  cpu: nameProcessor(),
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  system: `Linux ${release()}`,
  node: process.version,
};
writePage({ works, stock, memory, starts, oneRequest, machine });

const ratios = Object.fromEntries(
  Object.entries(works).flatMap(([work, { rows }]) =>
    rows
      .filter(({ name, ratio }) => ratio !== undefined && ['loadwright', 'undici', 'two workers'].includes(name))
      .map(({ name, ratio }) => [`${work}/${name}`, Number(ratio.median.toFixed(3))]),
  ),
);
const budgets = JSON.parse(readFileSync(BUDGET, 'utf8'));
if (values['set-budget']) {
  budgets[machine.cpu] = ratios;
  writeFileSync(BUDGET, `${JSON.stringify(budgets, undefined, 2)}\n`);
} else {
  for (const { key, ratio, budget } of findRegressions(ratios, budgets, machine.cpu)) {
    console.log(`${key} is ${ratio} of its base's, and was ${budget}: more than a tenth worse`);
    process.exitCode = 1;
  }
}
