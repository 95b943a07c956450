// CPU of all threads a completed request, target on one core, generator on the other, rounds in turn: Loadwright over both
// transports beside autocannon and, where they are installed, wrk, hey and Locust; and two workers beside one.
// Usage: node bench/speed.mjs [--works bare,scripted,workers,post,large] [--rounds 10] [--seconds 10] [--connections 64]
//        [--only loadwright,autocannon]
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureWindow } from './cpu.mjs';
import { BARS, baseOf, generatorsOf, WORK_NAMES } from './generators.mjs';
import { isNginxInstalled, startNginx } from './nginx-target.mjs';
import { compareRounds, median } from './ratios.mjs';

/** Rounds of all generators of a work, in turn: `{ [generator]: { microseconds: [], perSecond: [] } }`. */
export async function measureWork(work, { rounds, seconds, warmup, connections, only }) {
  const { url, served, stop } = await startNginx({ core: 0 });
  const how = { url, connections: String(connections), seconds: String(warmup + seconds + 2) };
  const generators = Object.entries(generatorsOf(work, how)).filter(([name]) => only?.includes(name) ?? true);
  const figures = Object.fromEntries(generators.map(([name]) => [name, { microseconds: [], perSecond: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, words] of generators) {
      const one = await measureWindow(words, { served, warmupMs: warmup * 1000, measureMs: seconds * 1000 });
      figures[name].microseconds.push(one.microseconds);
      figures[name].perSecond.push(one.perSecond);
    }
  }
  await stop();
  return figures;
}

/** One row a generator: its medians, and its ratio to the base with the bar it has. */
export function judgeWork(work, figures, connections) {
  const base = baseOf(work);
  return Object.entries(figures).map(([name, { microseconds, perSecond }]) => {
    const bar = BARS[work]?.[name]?.[connections > 1000 ? 1 : 0];
    const row = { name, microseconds: median(microseconds), perSecond: median(perSecond), bar };
    if (figures[base] === undefined || name === base) return row;
    const ratio = compareRounds(microseconds, figures[base].microseconds);
    return { ...row, ratio, isMet: bar === undefined ? undefined : ratio.bound < bar };
  });
}

export function formatRow({ name, microseconds, perSecond, ratio, bar, isMet }) {
  const own = `  ${name.padEnd(24)} ${microseconds.toFixed(2).padStart(7)} µs ${perSecond.toFixed(0).padStart(7)}/s`;
  if (ratio === undefined) return own;
  const { median: middle, bound, least, most } = ratio;
  const spread = `${middle.toFixed(2)} (90 % bound ${bound.toFixed(2)}; ${least.toFixed(2)} to ${most.toFixed(2)})`;
  return `${own}  ${spread}${bar === undefined ? '' : `, bar ${bar}: ${isMet ? 'met' : 'NOT met'}`}`;
}

async function main() {
  const { values } = parseArgs({
    options: {
      works: { type: 'string', default: 'bare,scripted' },
      rounds: { type: 'string', default: '10' },
      seconds: { type: 'string', default: '10' },
      warmup: { type: 'string', default: '3' },
      connections: { type: 'string', default: '64' },
      only: { type: 'string' },
    },
  });
  if (!isNginxInstalled()) throw new Error('nginx is the target: apt-get install nginx-light');
  const works = values.works.split(',');
  const unknown = works.find((work) => !WORK_NAMES.includes(work));
  if (unknown !== undefined) throw new Error(`no work is called ${unknown}: there are ${WORK_NAMES.join(', ')}`);
  const [rounds, seconds, warmup, connections] = ['rounds', 'seconds', 'warmup', 'connections'].map((name) =>
    Number(values[name]),
  );
  for (const work of works) {
    console.log(
      `${work}, ${connections} connections, ${rounds} rounds; CPU a request, and its ratio to ${baseOf(work)}'s`,
    );
    const figures = await measureWork(work, { rounds, seconds, warmup, connections, only: values.only?.split(',') });
    for (const row of judgeWork(work, figures, connections)) console.log(formatRow(row));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
