import { describe, expect, it } from 'vitest';
import type { MachineHealth, ShareHealth, ShareSigns } from '../../src/metrics/generator-health.js';
import { isLongEnough, judgeInterval, signsOf } from '../../src/metrics/judge-generator.js';
import { lateProbes, shareHealth } from '../support/generator-health.js';
import { createPart } from '../support/run-events.js';

const IDLE: MachineHealth = { cores: 2, cpuCores: 0.4, busyCores: 0.6, stolenShare: 0 };

/** A share with starts that were so late, each a hundred times. */
function signs(changes: Partial<ShareHealth> = {}, ...lagsMs: number[]): ShareSigns {
  const part = createPart(0, [{ name: '/a', lagMs: lagsMs[0] ?? 0, times: 10 }], (tally) => {
    for (let time = 0; time < 100; time++) for (const lagMs of lagsMs) tally.addStartLag(lagMs);
  });
  return signsOf(shareHealth(changes), part);
}

function judge(shares: ShareSigns[], machine: Partial<MachineHealth> = {}, missingShares: number[] = []) {
  const { verdict, reasons, addedLatency } = judgeInterval({
    shares,
    missingShares,
    machine: { ...IDLE, ...machine },
  }).health;
  return { verdict, signs: reasons.map(({ sign }) => sign), reasons, addedLatency };
}

describe('a generator that keeps up', () => {
  it('is healthy, and nothing more is said', () => {
    expect(judge([signs()])).toMatchObject({ verdict: 'healthy', reasons: [] });
  });

  it('may be busy all the time, as with 64 users that never wait: that alone accuses nobody', () => {
    const busy = signs({ utilisation: 0.99, cpuShare: 0.97, ...lateProbes(0.2, 0.3, 1.8) });
    expect(judge([busy])).toMatchObject({ verdict: 'healthy', reasons: [] });
  });

  it('may start users late as long as its thread has time: their targets are slow', () => {
    expect(judge([signs({ utilisation: 0.5 }, 300)])).toMatchObject({ verdict: 'healthy', reasons: [] });
  });

  it('may have a hiccup: less than a tenth of the time says nothing', () => {
    const { lateness } = lateProbes(...Array.from({ length: 47 }, () => 0.5), 60, 40, 20);
    expect(judge([signs({ lateness, longestLatenessMs: 60 })])).toMatchObject({ verdict: 'healthy' });
  });

  it('may be kept from its core now and then', () => {
    expect(judge([signs({ runDelayShare: 0.2, ...lateProbes(1, 2, 3) })])).toMatchObject({ verdict: 'healthy' });
  });
});

describe('answers that are looked at late', () => {
  it.each([
    [3.9, 'healthy'],
    [4.1, 'strained'],
    [14.9, 'strained'],
    [15.1, 'saturated'],
    [2000, 'saturated'],
  ])('by %f ms for a tenth of the time: %s', (lateMs, verdict) => {
    const { lateness } = lateProbes(
      ...Array.from({ length: 44 }, () => 0.5),
      ...Array.from({ length: 6 }, () => lateMs),
    );
    expect(judge([signs({ utilisation: 0.97, cpuShare: 0.95, lateness, longestLatenessMs: lateMs })]).verdict).toBe(
      verdict,
    );
  });

  it('because the thread is busy', () => {
    const { reasons } = judge([signs({ share: 1, utilisation: 0.97, cpuShare: 0.9, ...lateProbes(52) })]);
    expect(reasons).toEqual([
      {
        sign: 'late-answers',
        message:
          'worker 1 saw what had arrived 52 ms late or more in a tenth of the time: ' +
          'its thread was busy for 97 % of the time, 90 % of it on a core',
        advice: 'more --workers if there are cores left, fewer users, or less work in tasks',
      },
    ]);
  });

  it('because of the garbage it makes', () => {
    const garbage = { pauses: 40, totalMs: 310, longestMs: 120 };
    const found = judge([signs({ utilisation: 0.97, cpuShare: 0.9, ...lateProbes(30), garbage })]);
    expect(found.signs).toEqual(['late-answers', 'garbage']);
    expect(found.reasons[1]!.message).toContain('40 pauses, 310 ms in all, 120 ms the longest');
  });

  it('where the system says nothing of CPU and run delay, is judged all the same', () => {
    const { cpuShare: _cpu, runDelayShare: _delay, ...health } = shareHealth({ utilisation: 0.9, ...lateProbes(52) });
    const found = judge([{ ...signs(), health }], { busyCores: undefined, stolenShare: undefined } as never);
    expect(found).toMatchObject({ verdict: 'saturated', signs: ['late-answers'] });
    expect(found.reasons[0]!.message).toMatch(/its thread was busy for 90 % of the time$/);
  });
});

describe('time that others took', () => {
  it('other programs: CPU and utilisation look low', () => {
    const starved = signs({ utilisation: 0.1, cpuShare: 0.06, runDelayShare: 0.52, ...lateProbes(8, 13) });
    const found = judge([starved], { cores: 1, cpuCores: 0.1, busyCores: 1 });
    expect(found).toMatchObject({ verdict: 'saturated', signs: ['taken-by-others'] });
    expect(found.reasons[0]!.message).toBe(
      'worker 0 saw what had arrived 13 ms late or more in a tenth of the time: it could have run and had no core ' +
        'for 52 % of the time, because other programs had it (they use 0.9 cores, Loadwright 0.1)',
    );
  });

  it('is a strain where it is much and answers are hardly late', () => {
    const pushed = signs({ utilisation: 0.6, cpuShare: 0.3, runDelayShare: 0.45, ...lateProbes(1, 4.6) });
    expect(judge([pushed], { busyCores: 1.9 })).toMatchObject({ verdict: 'strained' });
    const hungry = signs({ utilisation: 0.8, cpuShare: 0.5, runDelayShare: 0.5, ...lateProbes(1, 4.6) });
    expect(judge([hungry], { busyCores: 1.9 })).toMatchObject({ verdict: 'saturated' });
    const little = signs({ utilisation: 0.2, cpuShare: 0.1, runDelayShare: 0.3, ...lateProbes(1, 2) });
    expect(judge([little], { busyCores: 1.9 })).toMatchObject({ verdict: 'strained', signs: ['taken-by-others'] });
  });

  it('its own threads, where there are more than cores', () => {
    const crowded = signs({ utilisation: 0.99, cpuShare: 0.4, runDelayShare: 0.58, ...lateProbes(18) });
    const found = judge([crowded], { cores: 2, cpuCores: 1.9, busyCores: 1.95 });
    expect(found).toMatchObject({ verdict: 'saturated', signs: ['too-few-cores'] });
    expect(found.reasons[0]!.message).toContain("Loadwright's own threads use 1.9 of 2 cores");
  });

  it('the host of a virtual machine', () => {
    const stopped = signs({ utilisation: 0.3, cpuShare: 0.3, runDelayShare: 0.02, ...lateProbes(25) });
    const found = judge([stopped], { stolenShare: 0.34 });
    expect(found).toMatchObject({ verdict: 'saturated', signs: ['taken-by-host'] });
    expect(found.reasons[0]!.message).toContain('the host took 34 % of the time of this virtual machine');
  });

  it('says so beside what the thread did itself, where that was much too', () => {
    const both = signs({ utilisation: 0.99, cpuShare: 0.55, runDelayShare: 0.44, ...lateProbes(60) });
    expect(judge([both], { busyCores: 2, cpuCores: 0.6 }).signs).toEqual(['late-answers', 'taken-by-others']);
  });
});

describe('starts that are late because the thread is busy', () => {
  it.each<[number, number[], string]>([
    [1, [0.5, 0.5, 300], 'saturated'],
    [0.86, [12], 'saturated'],
    [0.84, [12], 'healthy'],
    [1, [9], 'healthy'],
    [1, [...Array.from({ length: 19 }, () => 0.5), 12], 'strained'],
  ])('utilisation %f and lags %j: %s', (utilisation, lagsMs, verdict) => {
    expect(judge([signs({ utilisation, cpuShare: utilisation }, ...lagsMs)]).verdict).toBe(verdict);
  });

  it('are told with their lag, which is then part of what was added', () => {
    const found = judge([signs({ utilisation: 1, cpuShare: 0.98 }, 300)]);
    expect(found.signs).toEqual(['late-starts']);
    expect(found.reasons[0]!.message).toBe(
      'worker 0 was busy for 100 % of the time, and one start in ten was 300 ms late or more',
    );
    expect(found.addedLatency.meanMs).toBeCloseTo(300, 0);
    expect(found.addedLatency.p99Ms).toBeCloseTo(300, 0);
    expect(judge([signs({ utilisation: 0.5 }, 300)]).addedLatency.meanMs).toBe(0);
  });

  it('are too few to say anything after a start of nineteen users', () => {
    const few = signs({ utilisation: 1, cpuShare: 0.98 });
    const part = createPart(0, [], (tally) => {
      for (let user = 0; user < 19; user++) tally.addStartLag(300);
    });
    expect(judge([{ ...few, startLag: part.startLag }]).verdict).toBe('healthy');
  });
});

describe('several workers', () => {
  it('are as well as the worst of them, which is named', () => {
    const found = judge([
      signs({ share: 0 }),
      signs({ share: 1, utilisation: 0.99, cpuShare: 0.9, ...lateProbes(20) }),
      signs({ share: 2, utilisation: 0.99, cpuShare: 0.9, ...lateProbes(40) }),
    ]);
    expect(found).toMatchObject({ verdict: 'saturated', signs: ['late-answers'] });
    expect(found.reasons[0]!.message).toContain('worker 2 saw what had arrived 40 ms late');
  });

  it('that do not report are blocked', () => {
    const found = judge([signs()], {}, [1]);
    expect(found).toMatchObject({ verdict: 'saturated', signs: ['silent'] });
    expect(found.reasons[0]!.message).toBe('worker 1 did not report for over 2 s: its thread is blocked');
  });

  it('add up what they did, and show each', () => {
    const connections = { opened: 3, tlsHandshakes: 2, tlsFailures: 0, tlsMs: 5 };
    const { health } = judgeInterval({
      shares: [signs({ share: 0, connections }), signs({ share: 1, utilisation: 0.7, connections })],
      missingShares: [],
      machine: IDLE,
    });
    expect(health).toMatchObject({
      utilisation: 0.7,
      garbage: { pauses: 6, totalMs: 8, longestMs: 2 },
      connections: { opened: 6, tlsHandshakes: 4, tlsFailures: 0, tlsMs: 10 },
      workers: [{ share: 0, cpuShare: 0.15, runDelayShare: 0.02, lateness: { maxMs: 0.5 } }, { share: 1 }],
    });
  });
});

describe('what was added', () => {
  it('is what probes waited, without what a timer cannot tell', () => {
    expect(judge([signs(lateProbes(0.6))]).addedLatency).toEqual({ meanMs: 0, p99Ms: 0 });
    const { meanMs, p99Ms } = judge([signs(lateProbes(11, 31))]).addedLatency;
    expect(meanMs).toBeCloseTo(20, 1);
    expect(p99Ms).toBeCloseTo(30, 1);
  });
});

describe('the rest of a second at the end', () => {
  it('is too short to be judged', () => {
    const rest = signs({ lengthMs: 30, utilisation: 1, ...lateProbes(50) });
    const interval = { shares: [rest], missingShares: [], machine: IDLE };
    expect(isLongEnough(interval)).toBe(false);
    expect(judgeInterval(interval).health.verdict).toBe('healthy');
    expect(isLongEnough({ ...interval, missingShares: [1] })).toBe(true);
  });
});
