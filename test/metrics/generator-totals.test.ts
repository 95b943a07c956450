import { describe, expect, it } from 'vitest';
import type { MachineHealth, ShareHealth } from '../../src/metrics/generator-health.js';
import { GeneratorTotals } from '../../src/metrics/generator-totals.js';
import { judgeInterval, signsOf } from '../../src/metrics/judge-generator.js';
import { lateProbes, shareHealth } from '../support/generator-health.js';
import { createPart } from '../support/run-events.js';

const MACHINE: MachineHealth = { cores: 2, cpuCores: 0.5, busyCores: 1, stolenShare: 0 };
const HEALTHY: Partial<ShareHealth> = {};
const STRAINED: Partial<ShareHealth> = { utilisation: 0.9, cpuShare: 0.9, ...lateProbes(8) };
const SATURATED: Partial<ShareHealth> = { utilisation: 1, cpuShare: 0.9, ...lateProbes(40) };

function run(...intervals: Partial<ShareHealth>[]): GeneratorTotals {
  const totals = new GeneratorTotals();
  for (const changes of intervals) {
    const shares = [signsOf(shareHealth(changes), createPart(0, [{ name: '/a', times: 4 }]))];
    const interval = { shares, missingShares: [], machine: MACHINE };
    totals.add(interval, judgeInterval(interval));
  }
  return totals;
}

function times<Value>(count: number, value: Value): Value[] {
  return Array.from({ length: count }, () => value);
}

describe('a run', () => {
  it.each([
    ['well all the time', times(10, HEALTHY), 'healthy'],
    ['saturated for two seconds of twenty', [...times(18, HEALTHY), ...times(2, SATURATED)], 'saturated'],
    ['saturated for two seconds of twenty-one', [...times(19, HEALTHY), ...times(2, SATURATED)], 'strained'],
    ['saturated while it began', [SATURATED, ...times(9, HEALTHY)], 'strained'],
    ['saturated for a second of a hundred', [SATURATED, ...times(99, HEALTHY)], 'strained'],
    ['saturated for a second of a hundred and one', [SATURATED, ...times(100, HEALTHY)], 'healthy'],
    ['strained while it began', [STRAINED, ...times(9, HEALTHY)], 'healthy'],
    ['strained for two seconds of ten', [...times(2, STRAINED), ...times(8, HEALTHY)], 'strained'],
    ['saturated for a second of two', [SATURATED, HEALTHY], 'saturated'],
    ['saturated for a second of three', [SATURATED, HEALTHY, HEALTHY], 'strained'],
    ['one second long, and that saturated', [SATURATED], 'saturated'],
    ['without a second that could be judged', [{ lengthMs: 80, ...SATURATED }], 'healthy'],
  ])('%s', (_, intervals, verdict) => {
    expect(run(...intervals).read().verdict).toBe(verdict);
  });

  it('says for how long, and what was worst', () => {
    const worst = { ...SATURATED, ...lateProbes(70) };
    const summary = run(HEALTHY, SATURATED, worst, SATURATED, STRAINED).read();
    expect(summary).toMatchObject({ judgedMs: 5000, strainedMs: 1000, saturatedMs: 3000 });
    expect(summary.reasons.map(({ message }) => message)).toEqual([
      'for 4 of 5 s, at the worst: worker 0 saw what had arrived 70 ms late or more in a tenth of the time: ' +
        'its thread was busy for 100 % of the time, 90 % of it on a core',
    ]);
  });

  it('gives no reasons while it is well', () => {
    expect(run(STRAINED, ...times(30, HEALTHY)).read().reasons).toEqual([]);
  });

  it('means figures over time, and merges what was late', () => {
    const summary = run({ utilisation: 0.2 }, { utilisation: 0.6, cpuShare: 0.55, ...lateProbes(2) }).read();
    expect(summary.utilisation).toBeCloseTo(0.4);
    expect(summary.machine).toEqual(MACHINE);
    expect(summary.garbage).toEqual({ pauses: 6, totalMs: 8, longestMs: 2 });
    const [worker] = summary.workers;
    expect(worker!.cpuShare).toBeCloseTo(0.35);
    expect(worker!.lateness.meanMs).toBeCloseTo(1.25, 2);
    expect(worker!.lateness.maxMs).toBe(2);
  });

  it('counts seconds in which a worker was silent as saturated', () => {
    const totals = new GeneratorTotals();
    const interval = { shares: [], missingShares: [0], machine: MACHINE };
    for (let second = 0; second < 3; second++) totals.add(interval, judgeInterval(interval));
    expect(totals.read()).toMatchObject({ verdict: 'saturated', saturatedMs: 3000, reasons: [{ sign: 'silent' }] });
  });
});
