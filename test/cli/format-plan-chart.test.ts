import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlanChart } from '../../src/cli/format-plan-chart.js';
import { widthOf } from '../../src/reporters/format/pad-text.js';
import type { PlannedLoad } from '../../src/runtime/plan.js';
import { anyEnd, anyLine, anyUsersLoad, kindOf, startsLoad, usersLoad } from '../runtime/load/any-load.js';
import { planOf } from '../support/planned-loads.js';

const FLAT = (users: number, toMs: number) => [{ fromMs: 0, toMs, from: users, to: users }];

describe('one load', () => {
  it('that ramps up, stays and ramps down', () => {
    const stages = [
      { duration: '1m', target: 100 },
      { duration: '2m', target: 100 },
      { duration: '1m', target: 0 },
    ];
    expect(formatPlanChart(planOf({ load: { executor: 'ramping-users', startUsers: 0, stages } }))).toEqual([
      'Users',
      '100 ┤               ▂▅█████████████████████████████████████▅▂',
      '    │             ▂▆█████████████████████████████████████████▆▃',
      ' 75 ┤           ▃▇█████████████████████████████████████████████▇▄',
      '    │         ▄▇██████████████████████████████████████████████████▄▁',
      ' 50 ┤      ▁▅███████████████████████████████████████████████████████▅▂',
      '    │    ▂▅███████████████████████████████████████████████████████████▆▃',
      ' 25 ┤  ▂▆███████████████████████████████████████████████████████████████▇▃',
      '    │▃▇████████████████████████████████████████████████████████████████████▄',
      '  0 └─────────────────┬─────────────────┬────────────────┬─────────────────┘',
      '    0s               1m                2m               3m                4m',
    ]);
  });

  it('of one user for a second is low and as wide as any', () => {
    expect(formatPlanChart(planOf({ load: { users: 1, runTime: '1s' } }), { width: 40 })).toEqual([
      'Users',
      `1 ┤${'█'.repeat(37)}`,
      `  │${'█'.repeat(37)}`,
      '0 └──────────────────┬─────────────────┘',
      '  0s               500ms              1s',
    ]);
  });

  it('of 5,000 users for an hour', () => {
    const lines = formatPlanChart(planOf({ load: { users: 5000, spawnRate: 10, runTime: '1h' } }));
    expect(lines[1]).toMatch(/^5,000 ┤ {8,9}[▁-█]?█{58,60}$/u);
    expect(lines.slice(1, -2).map((line) => line.slice(0, 5).trim())).toEqual([
      '5,000',
      '',
      '3,750',
      '',
      '2,500',
      '',
      '1,250',
      '',
    ]);
    expect(lines.at(-1)).toMatch(/^ {6}0s +15m +30m +45m +1h$/);
  });

  it('that goes on until it is stopped shows its ramp, and an arrow', () => {
    const lines = formatPlanChart(planOf({ load: { users: 20, spawnRate: 1 } }));
    expect(lines[0]).toBe('Users, until stopped');
    expect(lines.at(-2)).toMatch(/^ 0 └─[─┬]+→$/);
    expect(lines.at(-1)).toMatch(/ 20s .*25s$/);
    expect(lines[1]).toMatch(/^20 ┤ {48}▂▂▂▅▅▅█{18}$/);
  });

  it('of starts a second has values with decimals, and its drop at the end of a stage', () => {
    const line = [...FLAT(0.5, 30_000), { fromMs: 30_000, toMs: 60_000, from: 0.25, to: 0.25 }];
    expect(formatPlanChart([startsLoad({ line, endMs: 60_000 })], { width: 46, rows: 4 })).toEqual([
      'Starts a second',
      ` 0.5 ┤${'█'.repeat(20)}`,
      `     │${'█'.repeat(20)}`,
      `0.25 ┤${'█'.repeat(40)}`,
      `     │${'█'.repeat(40)}`,
      '   0 └───────────────────┬───────────────────┘',
      '     0s                 30s                 1m',
    ]);
  });

  it('that wants nothing is not drawn', () => {
    expect(formatPlanChart([usersLoad({ line: FLAT(0, 1000), endMs: 1000 })])).toEqual([]);
    expect(formatPlanChart([usersLoad({ line: FLAT(5, 1000), endMs: 0 })])).toEqual([]);
    expect(formatPlanChart([])).toEqual([]);
  });

  it('has no more users than fixed counts allow', () => {
    const load = usersLoad({ line: FLAT(10, 1000), endMs: 1000 });
    expect(formatPlanChart([load], { kinds: [kindOf(1, 4)] })[1]).toMatch(/^4 ┤/);
    expect(formatPlanChart([load])[1]).toMatch(/^10 ┤/);
  });

  it('shows a peak that is shorter than a column', () => {
    const line = [...FLAT(1, 1_800_000), { fromMs: 1_800_000, toMs: 1_800_100, from: 40, to: 40 }];
    const lines = formatPlanChart([
      usersLoad({ line: [...line, { fromMs: 1_800_100, toMs: 3_600_000, from: 1, to: 1 }], endMs: 3_600_000 }),
    ]);
    expect(lines[1]).toMatch(/^40 ┤ {36}█$/);
    expect(lines[8]).toMatch(/^ {3}│▂{36}█▂{35}$/);
  });

  it('shows the begin of a fall that is shorter than a column', () => {
    const line = [
      { fromMs: 0, toMs: 100, from: 40, to: 1 },
      { fromMs: 100, toMs: 3_600_000, from: 1, to: 1 },
    ];
    expect(formatPlanChart([startsLoad({ line, endMs: 3_600_000 })])[1]).toBe('40 ┤█');
    const later = line.map((piece) => ({ ...piece, fromMs: piece.fromMs + 1_801_000, toMs: piece.toMs + 1_801_000 }));
    expect(formatPlanChart([startsLoad({ line: [...FLAT(1, 1_801_000), ...later], endMs: 3_600_000 })])[1]).toMatch(
      /^40 ┤ {36}█$/,
    );
  });
});

describe('several loads', () => {
  const browse = usersLoad({ name: 'browse', line: FLAT(3, 10_000), endMs: 10_000 });
  const buy = usersLoad({ name: '결제', line: FLAT(1, 5000), startAtMs: 5000, endMs: 5000 });

  it('are one upon another, with a line for each', () => {
    expect(formatPlanChart([browse, buy], { width: 40 })).toEqual([
      'Users',
      `     4 ┤${' '.repeat(15)}${'█'.repeat(15)}`,
      `       │${' '.repeat(15)}${'█'.repeat(15)}`,
      `     3 ┤${'█'.repeat(30)}`,
      `       │${'█'.repeat(30)}`,
      `     2 ┤${'█'.repeat(30)}`,
      `       │${'█'.repeat(30)}`,
      `     1 ┤${'█'.repeat(30)}`,
      `       │${'█'.repeat(30)}`,
      `     0 └${'─'.repeat(14)}┬${'─'.repeat(14)}┘`,
      '       0s            5s            10s',
      `browse │${'█'.repeat(30)} 3`,
      `결제   │${' '.repeat(15)}${'█'.repeat(15)} 1`,
    ]);
  });

  it('of users and of starts are charts of their own over the same time', () => {
    const rate = startsLoad({ name: 'rate', line: FLAT(50, 20_000), endMs: 20_000 });
    const lines = formatPlanChart([browse, rate]);
    const titles = lines.filter((line) => /^[^ ].*:/.test(line));
    expect(titles).toEqual(['browse: users', 'rate: starts a second']);
    expect(lines.filter((line) => / 0s /.test(line)).map((line) => line.trimStart())).toHaveLength(2);
    expect(new Set(lines.filter((line) => / 0s /.test(line))).size).toBe(1);
    expect(lines.filter((line) => line === '')).toHaveLength(1);
  });

  it('that wait for another have a time of their own, and one behind each other', () => {
    const { startAtMs: _, ...rest } = usersLoad({ name: 'report', line: FLAT(2, 1000), endMs: 1000 });
    const lines = formatPlanChart([browse, { ...rest, after: 'browse' }]);
    const at = lines.indexOf('report: users, since its begin (after browse)');
    expect(at).toBeGreaterThan(0);
    expect(lines.at(-1)).toMatch(/^ {2}0s .* 1s$/);
    expect(lines.slice(at + 1, -2)).toHaveLength(4);
  });

  it('with iterations say that they may be done before', () => {
    const load = usersLoad({ ...browse, iterations: { of: 'load', count: 100 } });
    expect(formatPlanChart([load])[0]).toBe('Users, while iterations last');
  });
});

it('is never wider than asked for, ends no line with a blank, and shows whatever is there', () => {
  const anyStarts = fc
    .record({ line: anyLine(40), endMs: anyEnd })
    .map(({ line, endMs }) => startsLoad({ line, ...(endMs === undefined ? {} : { endMs }) }));
  const anyLoad: fc.Arbitrary<PlannedLoad> = fc
    .record({
      load: fc.oneof(anyUsersLoad, anyStarts),
      name: fc.constantFrom('a', '한국어로 된 아주 긴 이름의 부하', 'x\ny', 'browse'),
      startAtMs: fc.option(fc.nat(20_000), { nil: undefined }),
    })
    .map(({ load, name, startAtMs }) => {
      const { startAtMs: _, ...rest } = load;
      return { ...rest, name, ...(startAtMs === undefined ? { after: 'other' } : { startAtMs }) };
    });
  const anyWidth = fc.integer({ min: 50, max: 120 });
  fc.assert(
    fc.property(fc.array(anyLoad, { maxLength: 4 }), anyWidth, (loads, width) => {
      const lines = formatPlanChart(loads, { width });
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width);
      expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
      expect(lines.join('')).not.toMatch(/NaN|undefined|Infinity|e[+-]\d/);
      for (const line of lines) if (/^.*┤/.test(line) && !line.includes('.')) expect(line).toMatch(/\d ┤/);
    }),
    { numRuns: 300 },
  );
});
