import { describe, expect, it } from 'vitest';
import { findAbort, judgeWindow, ThresholdJudge } from '../../src/metrics/judge-thresholds.js';
import type { Threshold } from '../../src/metrics/thresholds.js';
import { countsOf, feed, requests } from '../support/judge-requests.js';
import { contextOf, requestOf, sourceOf, thresholdOf } from '../support/threshold-context.js';

const who = sourceOf();
const context = contextOf([
  { name: 'lost', type: 'counter' },
  { name: 'left', type: 'gauge', merge: 'sum' },
  { name: 'level', type: 'gauge', merge: 'average' },
]);

function of(text: string, changes: Partial<Threshold> = {}): Threshold {
  return thresholdOf(text, changes, context);
}

function judgeAll(texts: readonly string[], seconds: readonly (readonly number[])[], isEnd = true) {
  const thresholds = texts.map((text) => of(text));
  const judge = new ThresholdJudge(thresholds);
  feed(judge, thresholds, seconds);
  return judge.judge({ elapsedMs: seconds.length * 1000, isEnd });
}

describe('the whole run', () => {
  it('is judged by every number of a trend', () => {
    const texts = [
      'avg<25',
      'avg<=25',
      'min>=10',
      'max<40',
      'max<=40',
      'med<=20.1',
      'p(75)<29.9',
      'p(100)==40',
      'count!=4',
    ];
    const verdicts = judgeAll(
      texts.map((text) => `http_req_duration:${text}`),
      [[10, 40], [], [20, 30]],
    );
    expect(verdicts.map(({ state }) => state[0]).join('')).toBe('fppfppfpf');
    expect(verdicts.map(({ value }) => Math.round(value!))).toEqual([25, 25, 10, 40, 40, 20, 30, 40, 4]);
  });

  it('is judged by totals, and by rates per second of its time', () => {
    const verdicts = judgeAll(['http_reqs:count==3', 'http_reqs:rate==1.5', 'data_sent:rate==30'], [[1], [1, 1]]);
    expect(verdicts.map(({ state, value }) => [state, value])).toEqual([
      ['passed', 3],
      ['passed', 1.5],
      ['passed', 30],
    ]);
  });

  it('spreads a rate over closed seconds while it goes, and over its whole time at the end', () => {
    const thresholds = [of('http_reqs:rate>9')];
    const judge = new ThresholdJudge(thresholds);
    feed(judge, thresholds, [Array(10).fill(1), Array(10).fill(1)]);
    expect(judge.judge({ elapsedMs: 3900, isEnd: false })[0]).toMatchObject({ state: 'passed', value: 10 });
    expect(judge.judge({ elapsedMs: 4000, isEnd: true })[0]).toMatchObject({ state: 'failed', value: 5 });
  });

  it('has a share of failures only if there were requests', () => {
    expect(judgeAll(['http_req_failed:rate<0.5'], [[-1], [1]])[0]).toMatchObject({ state: 'failed', value: 0.5 });
    const none = judgeAll(['http_req_failed:rate<0.5'], [[], []])[0];
    expect(none).toMatchObject({ state: 'failed', value: undefined, hasData: false });
  });

  it('keeps percentiles within least and greatest, also next to what was corrected', () => {
    const threshold = of('http_req_duration:p(50)<1');
    const one = (times: number[], corrected: number[]) =>
      countsOf([threshold], (book) => {
        for (const responseMs of times) book.addRequest(requestOf({ responseMs }));
        for (const responseMs of corrected) book.correctRequest(responseMs, requestOf());
      });
    expect(judgeWindow(threshold, one([3000.2], []), 1000).value).toBe(3000.2);
    const { value } = judgeWindow(threshold, one([3000.2], [2000, 1000]), 1000);
    expect(value).toBeGreaterThan(1990);
    expect(value).toBeLessThan(2010);
    expect(judgeWindow(of('http_req_duration:count==1'), one([3000.2], [2000, 1000]), 1000).state).toBe('passed');
    expect(judgeWindow(of('http_req_duration:avg==3000.2'), one([3000.2], [2000, 1000]), 1000).state).toBe('passed');
  });

  it('merges gauges over shares', () => {
    const thresholds = ['left:value==12', 'left:min==1', 'left:max==9', 'level:value==6'].map((text) => of(text));
    const judge = new ThresholdJudge(thresholds);
    const set = (share: number, value: number, atMs: number) =>
      countsOf(
        thresholds,
        (book) => {
          for (const metric of ['left', 'level']) book.record(metric, value, { who, atMs });
        },
        share,
      );
    judge.addInterval(0, [...set(0, 1, 10), ...set(1, 9, 20)]);
    judge.addInterval(1, set(0, 3, 1500));
    expect(judge.judge({ elapsedMs: 2000, isEnd: true }).map(({ state }) => state)).toEqual(Array(4).fill('passed'));
  });
});

describe('while the run goes', () => {
  it('count>1000 with abortOnFail does not abort at second 1, and fails at the end', () => {
    const thresholds = [of('http_reqs:count>1000', { abortOnFail: true })];
    const judge = new ThresholdJudge(thresholds);
    feed(judge, thresholds, [[1, 1]]);
    const early = judge.judge({ elapsedMs: 1000, isEnd: false });
    expect(early[0]).toMatchObject({ state: 'pending', value: 2 });
    expect(findAbort(early, 1000)).toBeUndefined();
    expect(judge.judge({ elapsedMs: 1000, isEnd: true })[0]!.state).toBe('failed');
  });

  it('a threshold on a metric without data aborts nothing, and fails at the end', () => {
    const texts = ['http_req_duration{name:typo}:p(95)<1', 'http_reqs{name:typo}:count<5', 'lost:count>0'];
    const windowed = of('http_reqs{name:typo}:rate>1', { windowMs: 1000 });
    const thresholds = [...texts.map((text) => of(text)), windowed].map((one) => ({ ...one, abortOnFail: true }));
    const judge = new ThresholdJudge(thresholds);
    for (let second = 0; second < 30; second++) {
      judge.addInterval(second, requests(thresholds, [5, 5]));
      const verdicts = judge.judge({ elapsedMs: (second + 1) * 1000, isEnd: false });
      expect(verdicts.map(({ state, hasData }) => [state, hasData])).toEqual(Array(4).fill(['pending', false]));
      expect(findAbort(verdicts, second * 1000)).toBeUndefined();
    }
    const end = judge.judge({ elapsedMs: 30_000, isEnd: true });
    expect(end.map(({ state }) => state)).toEqual(Array(4).fill('failed'));
  });

  it('what was not reached may still be, what was passed cannot be taken back', () => {
    const texts = ['count>=3', 'count==3', 'count==1', 'count!=2', 'count<2', 'max>50', 'max<20', 'min<5', 'min>15'];
    const verdicts = judgeAll(
      texts.map((text) => `http_req_duration:${text}`),
      [[10, 40]],
      false,
    );
    expect(verdicts.map(({ state }) => state)).toEqual([
      ...['pending', 'pending', 'failed', 'pending', 'failed'],
      ...['pending', 'failed', 'pending', 'failed'],
    ]);
  });

  it('aborts on what failed, and not before it was told to', () => {
    const thresholds = [
      of('http_req_failed:rate<0.9'),
      of('http_req_duration:max<30', { abortOnFail: true, delayAbortEvalMs: 5000 }),
    ];
    const judge = new ThresholdJudge(thresholds);
    feed(judge, thresholds, [[-40], [-1]]);
    const verdicts = judge.judge({ elapsedMs: 2000, isEnd: false });
    expect(verdicts.map(({ state }) => state)).toEqual(['failed', 'failed']);
    expect(findAbort(verdicts, 2000)).toBeUndefined();
    expect(findAbort(verdicts, 5000)).toMatchObject({ key: 'http_req_duration', expression: 'max<30' });
  });

  it('losses that did not happen are none, and not missing', () => {
    const texts = ['dropped_iterations:count<1', 'missed_starts:rate<0.1', 'dropped_iterations{load:x}:count==0'];
    for (const isEnd of [false, true]) {
      const verdicts = judgeAll(texts, [[1]], isEnd);
      expect(verdicts.map(({ state, value }) => [state, value])).toEqual(Array(3).fill(['passed', 0]));
    }
  });

  it('a counter that never came is 0, and what is measured is nothing', () => {
    const counted = [
      'lost:count==0',
      'lost:rate<1',
      'http_reqs{status:500}:count<1',
      'http_req_duration{status:500}:count<1',
    ];
    for (const isEnd of [false, true]) {
      const verdicts = judgeAll(counted, [[1]], isEnd);
      expect(verdicts.map(({ state, value, hasData }) => [state, value, hasData])).toEqual(
        Array(4).fill(['passed', 0, false]),
      );
    }
    const measured = ['http_req_duration{status:500}:avg<1', 'http_req_failed{status:500}:rate<1', 'left:value<1'];
    expect(judgeAll(measured, [[1]]).map(({ state, value }) => [state, value])).toEqual(
      Array(3).fill(['failed', undefined]),
    );
    const missing = judgeAll(
      ['lost:rate>1', 'checks{check:a}:rate==1', 'http_reqs{name:typo,status:500}:count==0'],
      [[1]],
    );
    expect(missing.map(({ state, value }) => [state, value])).toEqual([
      ['failed', 0],
      ['failed', undefined],
      ['failed', undefined],
    ]);
    const windowed = new ThresholdJudge([of('lost:count<1', { windowMs: 1000 })]);
    windowed.addInterval(0, []);
    expect(windowed.judge({ elapsedMs: 1000, isEnd: true })[0]).toMatchObject({ state: 'passed', value: 0 });
  });

  it('a threshold may allow that there is no data', () => {
    const judge = new ThresholdJudge([of('lost:count>1', { allowNoData: true })]);
    judge.addInterval(0, []);
    expect(judge.judge({ elapsedMs: 1000, isEnd: false })[0]!.state).toBe('pending');
    expect(judge.judge({ elapsedMs: 1000, isEnd: true })[0]).toMatchObject({ state: 'passed', hasData: false });
  });
});
