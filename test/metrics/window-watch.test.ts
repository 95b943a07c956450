import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAbort, ThresholdJudge } from '../../src/metrics/judge-thresholds.js';
import { type MeasureBook, MeasureTotals, type RequestNumbers } from '../../src/metrics/measures.js';
import { parseAbortRule } from '../../src/metrics/thresholds.js';
import { countsOf, feed, requests } from '../support/judge-requests.js';
import { contextOf, thresholdOf as of, requestOf } from '../support/threshold-context.js';

const context = contextOf();

describe('windows', () => {
  const slow = of('http_req_duration:avg<100', { windowMs: 3000, abortOnFail: true });

  it('fail the threshold if one of them failed, and the worst is kept', () => {
    const judge = new ThresholdJudge([slow]);
    const states: string[] = [];
    const seconds = [[10], [10], [10], [400], [10], [10], [10], [10], [10]];
    seconds.forEach((times, interval) => {
      judge.addInterval(interval, requests([slow], times));
      states.push(judge.judge({ elapsedMs: (interval + 1) * 1000, isEnd: false })[0]!.state);
    });
    expect(states).toEqual(['pending', 'pending', 'passed', ...Array(6).fill('failed')]);
    const end = judge.judge({ elapsedMs: 9000, isEnd: true });
    expect(end[0]).toMatchObject({
      state: 'failed',
      value: 140,
      worst: { value: 140, fromMs: 1000, toMs: 4000 },
      windowMs: 3000,
    });
    expect(findAbort(end, 9000)).toBe(end[0]);
  });

  it.each([
    ['rate>2', { value: 0, fromMs: 3000, toMs: 5000 }],
    ['rate<2', { value: 3, fromMs: 0, toMs: 2000 }],
    ['count==2', { value: 6, fromMs: 0, toMs: 2000 }],
  ])('are worst by their direction: %s', (text, worst) => {
    const thresholds = [of(`http_reqs:${text}`, { windowMs: 2000 })];
    const judge = new ThresholdJudge(thresholds);
    feed(judge, thresholds, [[1, 1, 1], [1, 1, 1], [1, 1], [], [], [1, 1]]);
    expect(judge.judge({ elapsedMs: 6000, isEnd: true })[0]).toMatchObject({ state: 'failed', worst });
  });

  it('see a counter stop, and ignore what was before it began', () => {
    const thresholds = [of('http_reqs:rate>=1', { windowMs: 2000 })];
    const judge = new ThresholdJudge(thresholds);
    feed(judge, thresholds, [[], [], [], [], [1, 1], [1, 1]]);
    expect(judge.judge({ elapsedMs: 6000, isEnd: false })[0]).toMatchObject({ state: 'passed', value: 1 });
    for (const second of [6, 7]) judge.addInterval(second, []);
    expect(judge.judge({ elapsedMs: 8000, isEnd: false })[0]).toMatchObject({ state: 'failed', value: 0 });
  });

  it('that are not full do not count: without a full one the whole run is judged', () => {
    const judge = new ThresholdJudge([slow]);
    feed(judge, [slow], [[400], [10]]);
    expect(judge.judge({ elapsedMs: 2000, isEnd: false })[0]).toMatchObject({ state: 'pending', value: undefined });
    expect(judge.judge({ elapsedMs: 2000, isEnd: true })[0]).toMatchObject({ state: 'failed', value: 205 });
  });

  it('that reach beyond the run’s end do not count', () => {
    const floor = of('http_reqs:rate>=1', { windowMs: 2000 });
    const judge = new ThresholdJudge([floor]);
    feed(judge, [floor], [[1, 1], [1], [1], [1], [], [], []]);
    expect(judge.judge({ elapsedMs: 7000, isEnd: false })[0]!.state).toBe('failed');
    expect(judge.judge({ elapsedMs: 4000, isEnd: true })[0]).toMatchObject({ state: 'passed', worst: { toMs: 3000 } });
  });

  it('take in what comes late, and take back what it refutes', () => {
    const floor = of('http_reqs:rate>=2', { windowMs: 2000 });
    const judge = new ThresholdJudge([floor]);
    feed(judge, [floor], [[1, 1], [1, 1], [1], [1, 1]]);
    expect(judge.judge({ elapsedMs: 4000, isEnd: false })[0]!.state).toBe('failed');
    judge.amendInterval(2, requests([floor], [1]));
    expect(judge.judge({ elapsedMs: 4000, isEnd: true })[0]).toMatchObject({ state: 'passed', value: 2 });
  });

  it('long past stay judged', () => {
    const judge = new ThresholdJudge([slow]);
    for (let second = 0; second < 300; second++)
      judge.addInterval(second, requests([slow], [second === 20 ? 400 : 10]));
    expect(judge.judge({ elapsedMs: 300_000, isEnd: true })[0]!.worst).toEqual({
      value: 140,
      fromMs: 18_000,
      toMs: 21_000,
    });
  });
});

describe('an abort rule', () => {
  const rule = parseAbortRule('http_req_failed rate>0.5 for 3s', context);

  function statesOf(seconds: readonly (readonly number[])[]): string[] {
    const judge = new ThresholdJudge([rule]);
    return seconds.map((times, interval) => {
      judge.addInterval(interval, requests([rule], times));
      const verdicts = judge.judge({ elapsedMs: (interval + 1) * 1000, isEnd: false });
      const isAborted = findAbort(verdicts, (interval + 1) * 1000) !== undefined;
      expect(isAborted).toBe(verdicts[0]!.state === 'failed');
      return verdicts[0]!.state;
    });
  }

  it('aborts once what it says held over a full window, and not before', () => {
    expect(statesOf([[-1], [-1], [-1]])).toEqual(['pending', 'pending', 'failed']);
    expect(statesOf([[-1, 1], [-1, 1], [-1, 1], [-1, 1], [-1]])).toEqual([
      ...['pending', 'pending', 'passed', 'passed', 'failed'],
    ]);
  });

  it('does not hold without data, nor at the end of a run that was too short', () => {
    expect(statesOf([[], [], [], []])).toEqual(Array(4).fill('pending'));
    const judge = new ThresholdJudge([rule]);
    feed(judge, [rule], [[-1]]);
    expect(judge.judge({ elapsedMs: 1000, isEnd: true })[0]!.state).toBe('passed');
  });

  it('keeps the window in which it held most', () => {
    const judge = new ThresholdJudge([rule]);
    feed(judge, [rule], [[1], [-1], [-1], [-1], [1]]);
    expect(judge.judge({ elapsedMs: 5000, isEnd: true })[0]!.worst).toEqual({ value: 1, fromMs: 1000, toMs: 4000 });
  });
});

describe('splitting over shares, seconds and lateness', () => {
  const thresholds = [
    of('http_req_duration:p(95)<300'),
    of('http_req_duration{name:/a}:avg<200', { windowMs: 3000 }),
    of('http_reqs:rate>=1', { windowMs: 2000 }),
    of('http_req_failed:rate<0.3', { windowMs: 4000 }),
    of('http_reqs{status:500}:count<4'),
    of('http_req_duration:max<=390'),
    parseAbortRule('http_req_failed rate>=0.6 for 2s', context),
  ];
  const sample = fc.record({
    interval: fc.nat(9),
    share: fc.nat(3),
    isLate: fc.boolean(),
    name: fc.constantFrom('/a', '/b'),
    status: fc.constantFrom(200, 200, 500),
    responseMs: fc.integer({ min: 0, max: 1600 }).map((quarters) => quarters / 4),
  });

  function addSamples(book: MeasureBook, samples: readonly Pick<RequestNumbers, 'name' | 'status' | 'responseMs'>[]) {
    for (const { name, status, responseMs } of samples) {
      const error = status === 500 ? 'status 500' : undefined;
      book.addRequest(requestOf({ name, status, responseMs, error }));
    }
  }

  it('gives the same verdicts', () => {
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 80 }), (samples) => {
        const whole = new ThresholdJudge(thresholds);
        const split = new ThresholdJudge(thresholds);
        for (let interval = 0; interval < 10; interval++) {
          const here = samples.filter((one) => one.interval === interval);
          whole.addInterval(
            interval,
            countsOf(thresholds, (book) => addSamples(book, here)),
          );
          const early = new MeasureTotals();
          for (const share of [0, 1, 2, 3]) {
            const mine = here.filter((one) => !one.isLate && one.share === share);
            early.merge(countsOf(thresholds, (book) => addSamples(book, mine), share));
          }
          split.addInterval(interval, early.read());
          split.judge({ elapsedMs: (interval + 1) * 1000, isEnd: false });
        }
        for (const one of samples.filter(({ isLate }) => isLate)) {
          split.amendInterval(
            one.interval,
            countsOf(thresholds, (book) => addSamples(book, [one]), one.share),
          );
        }
        for (const isEnd of [false, true]) {
          const moment = { elapsedMs: 10_000, isEnd };
          expect(split.judge(moment)).toEqual(whole.judge(moment));
        }
      }),
      { numRuns: 200 },
    );
  });
});
