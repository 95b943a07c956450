import { describe, expect, it } from 'vitest';
import { formatInspection, type Inspection } from '../../src/cli/format-inspection.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { widthOf } from '../../src/reporters/format/pad-text.js';
import { ShareStarts } from '../../src/runtime/load/starts.js';
import type { PlannedLoad, StartsLoad } from '../../src/runtime/plan.js';
import type { KindDescription } from '../../src/runtime/protocol.js';
import { drain, sharesOf } from '../runtime/load/any-load.js';
import { type Given, planOf } from '../support/planned-loads.js';
import { thresholdOf } from '../support/threshold-context.js';

const NO_TREE: KindDescription['taskTree'] = { name: '', type: 'set', weight: 1, tags: [], children: [] };
const KINDS: KindDescription[] = [
  {
    name: '한국사용자',
    weight: 2,
    fixedCount: undefined,
    host: undefined,
    tags: ['kr'],
    tasks: [
      { name: '상품목록', weight: 3, tags: ['kr', 'read'], share: 0.75 },
      { name: 'flow > first', weight: 1, tags: ['kr'], share: 0.5 },
      { name: 'flow > second', weight: 1, tags: ['kr'], share: 0.5 },
    ],
    taskTree: NO_TREE,
  },
  {
    name: 'Fixed',
    weight: 1,
    fixedCount: 1,
    host: 'http://me:geheim@localhost:1',
    tags: [],
    tasks: [{ name: 'idle', weight: 1, tags: [], share: 1 }],
    taskTree: NO_TREE,
  },
];

const PLANNED = KINDS.map(({ name, weight, fixedCount, host }) => ({ name, weight, fixedCount, host }));
/** Of weight 2 and 1. */
const WEIGHTED = PLANNED.map((kind) => ({ ...kind, fixedCount: undefined }));

function inspect(loads: PlannedLoad[], changes: Partial<Inspection['planned']> = {}, more: Partial<Inspection> = {}) {
  const revisions = [{ revision: 0, effectiveAtMs: 0, loads }];
  const plan = { seed: 0, measures: [], kinds: PLANNED, revisions };
  const text = formatInspection({
    scenario: 'scenario.ts',
    description: { kinds: KINDS, profiles: {} },
    options: { values: resolveOptions([]).values },
    planned: { plan, shares: 2, thresholds: [], ...changes },
    ...more,
  });
  expect(text.endsWith('\n')).toBe(true);
  return text.slice(0, -1).split('\n');
}

function section(lines: readonly string[], title: string): string[] {
  const from = lines.indexOf(title) + 1;
  const titles = ['Users', 'Load', 'Loads', 'Over time', 'Thresholds', 'Profiles', 'Workers'];
  const end = lines.findIndex((line, index) => index > from && titles.includes(line));
  return lines.slice(from, end < 0 ? undefined : end - 1);
}

function describeLoad(given: Given): string[] {
  return section(inspect(planOf({ kinds: PLANNED, ...given })), 'Load');
}

it('shows kinds, tasks, the load over time and who is on which worker', () => {
  const loads = planOf({ load: { users: 5, spawnRate: 2, runTime: '1m' }, kinds: PLANNED });
  const bars = '█'.repeat(71);
  expect(inspect(loads)).toEqual([
    'Scenario  scenario.ts',
    '',
    'Users',
    '  한국사용자   weight 2   4 users   no host, tags kr',
    '    상품목록   weight 3    75.0 %   tags kr, read',
    '    flow',
    '      first    weight 1    50.0 %   tags kr',
    '      second   weight 1    50.0 %   tags kr',
    '  Fixed        fixed 1     1 user   http://me:***@localhost:1',
    '    idle       weight 1   100.0 %',
    '',
    'Load',
    '  plain',
    '    kinds           한국사용자, Fixed',
    '    begin           at 0s',
    '    users           5 users, 2 started a second',
    '    end             at 1m',
    '    graceful stop   0s',
    '',
    'Over time',
    '  Users',
    `  5 ┤  ${bars}`,
    `  4 ┤ ${bars}█`,
    `  3 ┤ ${bars}█`,
    `  2 ┤██${bars}`,
    `  1 ┤██${bars}`,
    '  0 └───────────┬───────────┬────────────┬───────────┬───────────┬───────────┘',
    '    0s         10s         20s          30s         40s         50s         1m',
    '',
    'Workers',
    '  1   2 users   한국사용자 2, Fixed 0',
    '  2   3 users   한국사용자 2, Fixed 1',
  ]);
});

describe('a load', () => {
  it('of stages: every piece of its line', () => {
    const stages = [
      { duration: '30s', target: 40 },
      { duration: '1m', target: 40 },
      { duration: '0s', target: 5 },
      { duration: '10s', target: 5 },
      { duration: '30s', target: 0 },
    ];
    const load = {
      executor: 'ramping-users',
      startUsers: 1,
      stages,
      gracefulRampDown: '10s',
      startTime: '5s',
    } as const;
    expect(describeLoad({ load })).toEqual([
      '  ramping-users',
      '    kinds           한국사용자, Fixed',
      '    begin           at 5s',
      '    users           from 1 to 40 in 30s, stays for 1m, jumps to 5 for 10s, to 0',
      '                    in 30s',
      '    ramp down       graceful for 10s',
      '    end             2m10s after its begin, at 2m15s',
      '    graceful stop   30s',
    ]);
  });

  it('of iterations: how many, and that they may be done before its end', () => {
    const load = { executor: 'per-user-iterations', users: 5, iterations: 20, maxDuration: '1m' } as const;
    expect(describeLoad({ load })).toEqual(
      expect.arrayContaining([
        '    users           5',
        '    iterations      20 for each user',
        '    end             when its iterations are done, at 1m at the latest',
      ]),
    );
  });

  it('of starts: its rate, how many there are, its users', () => {
    const loads = planOf({
      kinds: WEIGHTED,
      load: {
        executor: 'ramping-arrival-rate',
        startRate: 60,
        timeUnit: '1m',
        stages: [{ duration: '10s', target: 120 }],
        preAllocatedUsers: 5,
        maxUsers: 9,
        env: { REGION: 'eu', API_TOKEN: 'abc' },
        labels: { team: 'a' },
      },
    });
    const lines = inspect(loads, { plan: planWith(loads), shares: 4 });
    expect(section(lines, 'Load')).toEqual([
      '  ramping-arrival-rate',
      '    kinds           한국사용자, Fixed',
      '    begin           at 0s',
      '    starts/s        from 1 to 2 in 10s',
      '    starts          15 in all',
      '    users           5 from the beginning, 9 at most',
      '    end             at 10s',
      '    graceful stop   30s',
      '    env             REGION=eu API_TOKEN=***',
      '    labels          team=a',
    ]);
    expect(section(lines, 'Workers')).toEqual([
      '  1   4 starts   한국사용자 3, Fixed 1',
      '  2   5 starts   한국사용자 3, Fixed 2',
      '  3   3 starts   한국사용자 2, Fixed 1',
      '  4   3 starts   한국사용자 2, Fixed 1',
    ]);
    const starts = sharesOf(4).map((share) => {
      const kinds = drain(new ShareStarts({ load: loads[0] as StartsLoad, loadIndex: 0, kinds: WEIGHTED, share }));
      return [0, 1].map((kind) => kinds.filter((start) => start.kind === kind).length);
    });
    expect(starts).toEqual([
      [3, 1],
      [3, 2],
      [2, 1],
      [2, 1],
    ]);
  });

  it('that does not end before it is stopped', () => {
    expect(describeLoad({ load: { users: 3 } })).toContain('    end             until stopped');
  });

  it('whose users are not all there before its end counts those that are', () => {
    const lines = inspect(planOf({ load: { users: 100, spawnRate: 1, runTime: '10s' }, kinds: WEIGHTED }), {
      shares: 1,
    });
    expect(section(lines, 'Workers')).toEqual(['  1   10 users   한국사용자 9, Fixed 1']);
  });
});

it('shows several loads one by one, those that wait for another too', () => {
  const loads = planOf({
    kinds: WEIGHTED,
    loads: {
      browse: { executor: 'constant-users', users: 3, duration: '1m', user: '한국사용자' },
      report: { executor: 'constant-arrival-rate', rate: 5, duration: '2s', preAllocatedUsers: 5, after: 'browse' },
    },
  });
  const lines = inspect(loads, { plan: planWith(loads) });
  expect(section(lines, 'Loads')).toEqual([
    '  browse   constant-users',
    '    kinds           한국사용자',
    '    begin           at 0s',
    '    users           3',
    '    end             at 1m',
    '    graceful stop   30s',
    '',
    '  report   constant-arrival-rate',
    '    kinds           한국사용자, Fixed',
    '    begin           when browse has ended',
    '    starts/s        5',
    '    starts          10 in all',
    '    users           5',
    '    end             2s after its begin',
    '    graceful stop   30s',
  ]);
  expect(lines).toEqual(
    expect.arrayContaining(['  browse: users', '  report: starts a second, since its begin (after browse)']),
  );
  expect(section(lines, 'Users')[0]).toBe('  한국사용자   weight 2             no host, tags kr');
  expect(section(lines, 'Workers')).toEqual([
    '  1   browse    2 users   한국사용자 2',
    '      report   5 starts   한국사용자 3, Fixed 2',
    '  2   browse     1 user   한국사용자 1',
    '      report   5 starts   한국사용자 4, Fixed 1',
  ]);
});

it('lists thresholds with what they are judged over', () => {
  const thresholds = [
    thresholdOf('http_req_duration{name:02_product_list}:p(95)<2000', { windowMs: 30_000 }),
    thresholdOf('http_req_failed:rate<0.01', { abortOnFail: true, delayAbortEvalMs: 10_000, allowNoData: true }),
    thresholdOf('http_req_failed:rate>0.5', { isAbortRule: true, windowMs: 10_000 }),
  ];
  expect(section(inspect(planOf({ kinds: PLANNED }), { thresholds }), 'Thresholds')).toEqual([
    '  http_req_duration{name:02_product_list}   p(95)<2000, over every 30s',
    '  http_req_failed                           rate<0.01, ends the run after 10s if',
    '                                            it fails, no data allowed',
    '  http_req_failed                           ends the run: rate>0.5 for 10s',
  ]);
});

it('lists profiles and marks the chosen one', () => {
  const { values } = resolveOptions([]);
  const lines = inspect(
    planOf({ kinds: PLANNED }),
    {},
    {
      description: { kinds: KINDS, profiles: { smoke: [], 부하: [] } },
      options: { values: { ...values, profile: '부하' } },
    },
  );
  expect(section(lines, 'Profiles')).toEqual(['  smoke', '  부하    chosen']);
});

it('draws nothing for --debug, whose one iteration takes as long as it takes', () => {
  const { values } = resolveOptions([]);
  const lines = inspect(planOf({ kinds: PLANNED }), {}, { options: { values: { ...values, debug: true } } });
  expect(lines).not.toContain('Over time');
});

it('stays within 80 columns, whatever names there are, and without control characters', () => {
  const long = '아주 긴 이름의 사용자 '.repeat(6);
  const kinds = Array.from({ length: 9 }, (_, index) => ({ ...PLANNED[0]!, name: `${long}${index}\u001b[31m` }));
  const loads = planOf({
    kinds,
    loads: { [long]: { executor: 'constant-users', users: 30, duration: '1m', env: { A: long, B: 'x'.repeat(200) } } },
  });
  const described = kinds.map((kind) => ({ ...KINDS[0]!, name: kind.name, host: `http://${'x'.repeat(100)}` }));
  const lines = inspect(
    loads,
    { plan: { ...planWith(loads), kinds } },
    { description: { kinds: described, profiles: {} } },
  );
  expect(lines.filter((line) => widthOf(line) > 80)).toEqual([]);
  expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  expect(lines.join('\n')).not.toContain('\u001b');
});

function planWith(loads: PlannedLoad[]): Inspection['planned']['plan'] {
  return { seed: 0, measures: [], kinds: WEIGHTED, revisions: [{ revision: 0, effectiveAtMs: 0, loads }] };
}
