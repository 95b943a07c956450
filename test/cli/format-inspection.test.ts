import { expect, it } from 'vitest';
import { formatInspection } from '../../src/cli/format-inspection.js';
import type { KindDescription } from '../../src/runtime/protocol.js';

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
  },
  {
    name: 'Fixed',
    weight: 1,
    fixedCount: 1,
    host: 'http://me:geheim@localhost:1',
    tags: [],
    tasks: [{ name: 'idle', weight: 1, tags: [], share: 1 }],
  },
];

it('shows kinds, tasks, the load over time and who is on which worker', () => {
  const text = formatInspection({
    scenario: 'scenario.ts',
    shares: 2,
    descriptions: KINDS,
    plan: {
      seed: 0,
      kinds: KINDS.map(({ name, weight, fixedCount, host }) => ({ name, weight, fixedCount, host })),
      revisions: [
        {
          revision: 0,
          effectiveAtMs: 0,
          loads: [{ name: 'default', executor: 'plain', users: 5, spawnRate: 2, runTimeMs: 60_000, gracefulStopMs: 0 }],
        },
      ],
    },
  });
  expect(text.split('\n')).toEqual([
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
    '  5 users, 2 started a second, for 1m',
    '',
    '  At        Users',
    '  0s            1',
    '  500ms         2',
    '  1s            3',
    '  1s500ms       4',
    '  2s            5',
    '  1m            0',
    '',
    'Workers',
    '  1   2 users   한국사용자 2, Fixed 0',
    '  2   3 users   한국사용자 2, Fixed 1',
    '',
  ]);
});
