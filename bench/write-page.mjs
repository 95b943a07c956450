// docs/benchmarks.md, from what was measured.
import { writeFileSync } from 'node:fs';
import { baseOf } from './generators.mjs';
import { WORK_US } from './timer-loop.mjs';
import { STARTS_BAR_MS } from './whole-runs.mjs';

const TITLES = {
  bare: 'Bare GET of 160 bytes',
  scripted: 'Scripted: three names, a bearer header, `expect`, `json()`',
  many: 'Scripted',
  workers: 'Two workers beside one: the same script',
  post: 'POST of 1 KB of JSON',
  large: 'GET of 100 KB',
};
const OURS = { loadwright: 'Loadwright', undici: 'Loadwright, `--transport undici`' };

const table = (head, rows) => [
  `| ${head.join(' | ')} |`,
  `|${head.map((_, at) => (at === 0 ? '---' : '---:')).join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

const listMs = (list) => list.map((ms) => ms.toFixed(2)).join(', ');

/** What a table's figures do not say by themselves. */
const REMARKS = {
  workers: [
    'What a second thread adds to a request: its own snapshots, timers and compiled code, and switching between the two. On',
    'one core the two take turns; on both cores one of them shares the target’s, which has a price of its own',
    '([benchmarks-elsewhere.md](benchmarks-elsewhere.md#two-workers-on-both-cores)). Two cores cannot show more than two workers.',
    '',
  ],
};

function describeRatio({ ratio, bar, isMet }) {
  if (ratio === undefined) return ['1', ''];
  const { median, least, most } = ratio;
  const goal = bar === undefined ? '' : `${bar}: ${isMet ? 'met' : 'not met'}`;
  return [`${median.toFixed(2)} (${least.toFixed(2)}–${most.toFixed(2)})`, goal];
}

function describeWork(work, { how, rows }) {
  const cells = rows.map((row) => [
    OURS[row.name] ?? row.name,
    row.microseconds.toFixed(1),
    Math.round(1e6 / row.microseconds).toLocaleString('en'),
    ...describeRatio(row),
  ]);
  return [
    `### ${TITLES[work]}, ${how.connections} connections`,
    '',
    `${how.rounds} rounds of ${how.seconds} s, after ${how.warmup} s of warm-up each.`,
    '',
    ...(REMARKS[work] ?? []),
    ...table(['', 'CPU a request, µs', 'requests a second of CPU', `by ${baseOf(work)}’s`, 'goal'], cells),
    '',
  ];
}

/** Writes the page. */
export function writePage({ works, stock, memory, starts, oneRequest, machine }) {
  const lines = [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, which measures all of this again. What counts is the CPU time of a request, of all threads,',
    'user and system: a generator that needs half of it drives twice the load with the same machine. Each table is one',
    'sitting: the target (nginx) on one core, the generator on another, rounds of all generators in turn. Figures are',
    'medians; ratios are of the same round, with the least and the most. A goal is met where the upper 90 % bound of the',
    'median ratio is below it.',
    '',
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.system}, Node.js ${machine.node}; a virtual machine with neighbours.`,
    'On another machine all microseconds are others, and ratios somewhat: [benchmarks-elsewhere.md](benchmarks-elsewhere.md).',
    '',
    'Loadwright does in these figures what it always does: every request is timed, counted by name and status and put into',
    'a histogram, a snapshot goes to the main thread each second, and the terminal shows it. autocannon, wrk and hey send one',
    'fixed request.',
    '',
    ...Object.entries(works).flatMap(([work, measured]) => describeWork(work, measured)),
    '### The reference scenario without waits',
    '',
    `One worker, 64 users, the stock system that comes with Loadwright as the target: ${stock.microseconds.toFixed(0)} µs of CPU a request, the`,
    `start of the process included, ${Math.round(stock.perSecond).toLocaleString('en')} requests a second (the target is the limit), ${stock.failures} failed.`,
    '',
    '### Memory of waiting users',
    '',
    'Most memory of the whole process, two workers, every user with a connection of its own and ten seconds between requests.',
    '',
    ...table(
      ['users', 'transport', 'memory, MB', 'KB a user', 'goal'],
      memory.map((row) => {
        const goal = row.bar === undefined ? '' : `${row.bar}: ${row.memory < row.bar ? 'met' : 'not met'}`;
        return [row.users.toLocaleString('en'), row.transport, row.memory.toFixed(0), row.perUser, goal];
      }),
    ),
    '',
    '### Ten thousand starts a second',
    '',
    `An open load on one core, which the main thread shares, in the middle one of ${starts.allP99.length} rounds: after three seconds, as above, and`,
    `for ten, late by ${starts.warm.p50.toFixed(2)} ms (median), ${starts.warm.p99.toFixed(2)} ms (99 %; all rounds ${listMs(starts.allP99)}); in the`,
    `first second ${starts.first.p99.toFixed(2)} ms, in all of it ${starts.whole.p99.toFixed(2)} ms (99 %); ${starts.dropped} dropped, ${starts.cores.toFixed(2)} of a core. A bare loop of timers with as`,
    `many starts, each with ${WORK_US} µs of arithmetic and no network, was late between these rounds by ${listMs(starts.loopP99)} ms (99 %).`,
    `Goal: 99 % under ${STARTS_BAR_MS} ms: ${starts.verdict}.`,
    '',
    '### From the command to its end, one request',
    '',
    ...table(
      ['', 'ms'],
      oneRequest.map(({ name, ms }) => [`\`${name}\``, ms.toFixed(0)]),
    ),
    '',
    '## What is not measured here',
    '',
    'How exact percentiles are: [accuracy.md](accuracy.md). More than two cores; other machines; HTTPS and HTTP/2, which go',
    'over undici.',
    '',
  ];
  writeFileSync(new URL('../docs/benchmarks.md', import.meta.url), lines.join('\n'));
}
