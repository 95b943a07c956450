// Everything docs/benchmarks.md says, measured again: `npm run bench` (about an hour), `-- --quick` (about ten minutes, more
// spread). Writes the page, and fails if a ratio is more than a tenth above bench/budget.json (`--set-budget` sets it).
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { WORK_NAMES } from './generators.mjs';
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
const how = values.quick
  ? { rounds: 3, seconds: 5, warmup: 2, connections: 64 }
  : { rounds: 10, seconds: 10, warmup: 3, connections: 64 };
const BUDGET = new URL('./budget.json', import.meta.url);
const REGRESSION = 1.1;
/** Where ratios are close to one another. */
const LEAST_ROUNDS = { workers: 6 };

if (!isNginxInstalled()) throw new Error('nginx is the target: apt-get install nginx-light');

const works = {};
for (const work of WORK_NAMES) {
  console.log(work);
  const rounds = Math.max(how.rounds, LEAST_ROUNDS[work] ?? 0);
  works[work] = judgeWork(work, await measureWork(work, { ...how, rounds }), how.connections);
  for (const row of works[work]) console.log(formatRow(row));
}
const manyConnections = 2000;
console.log(`scripted, ${manyConnections} connections`);
const many = await measureWork('scripted', { ...how, rounds: Math.min(5, how.rounds), connections: manyConnections });
works.many = judgeWork('scripted', many, manyConnections);
for (const row of works.many) console.log(formatRow(row));
const stock = await measureStock({ rounds: 3, seconds: 10 });
const memory = await measureMemory();
const starts = await measureStarts({ rounds: 3 });
const oneRequest = await measureOneRequest({ rounds: 7 });
console.log({ stock, memory, starts, oneRequest });

const machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  system: `Linux ${release()}`,
  node: process.version,
};
writePage({ how, works, manyConnections, stock, memory, starts, oneRequest, machine });

const ratios = Object.fromEntries(
  Object.entries(works).flatMap(([work, rows]) =>
    rows
      .filter(({ name, ratio }) => ratio !== undefined && ['loadwright', 'undici', 'two workers'].includes(name))
      .map(({ name, ratio }) => [`${work}/${name}`, Number(ratio.median.toFixed(3))]),
  ),
);
if (values['set-budget']) {
  writeFileSync(BUDGET, `${JSON.stringify(ratios, undefined, 2)}\n`);
} else {
  const budget = JSON.parse(readFileSync(BUDGET, 'utf8'));
  for (const [key, ratio] of Object.entries(ratios)) {
    if (!(ratio > (budget[key] ?? Number.POSITIVE_INFINITY) * REGRESSION)) continue;
    console.log(`${key} is ${ratio} of its base's, and was ${budget[key]}: more than a tenth worse`);
    process.exitCode = 1;
  }
}
