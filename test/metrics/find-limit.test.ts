import { describe, expect, it } from 'vitest';
import { criteriaOf, LimitFinder } from '../../src/metrics/find-limit.js';
import { MeasureBook, type MeasureCounts } from '../../src/metrics/measures.js';
import { parseAbortRule, type Threshold } from '../../src/metrics/thresholds.js';
import { contextOf, requestOf, thresholdOf } from '../support/threshold-context.js';

const fast = thresholdOf('http_req_duration:avg<100');
const sound = thresholdOf('http_req_failed:rate<0.5');
const criteria = [fast, sound];

function secondOf(thresholds: readonly Threshold[], times: readonly number[]): MeasureCounts[] {
  const book = new MeasureBook(
    thresholds.map(({ selector }) => selector),
    0,
  );
  for (const ms of times) book.addRequest(requestOf({ responseMs: Math.abs(ms), error: ms < 0 ? 'no' : undefined }));
  return book.take();
}

interface Stretch {
  seconds: number;
  /** Of the one request of each second; none: nothing was answered. */
  ms?: number;
  inFlight?: number;
}

/** Users rise by ten a second. */
function finderOf(stretches: readonly Stretch[], thresholds: readonly Threshold[] = criteria): LimitFinder {
  const finder = new LimitFinder(thresholds);
  const seconds = stretches.flatMap((stretch) => Array<Stretch>(stretch.seconds).fill(stretch));
  seconds.forEach(({ ms, inFlight = 1 }, interval) => {
    const counts = secondOf(thresholds, ms === undefined ? [] : [ms]);
    finder.addInterval({ interval, counts, plannedUsers: (interval + 1) * 10, inFlight });
  });
  return finder;
}

describe('criteria', () => {
  it('are upper bounds on trends and rates', () => {
    const texts = [
      ...['http_req_duration:p(95)<2', 'http_req_failed:rate<=0.1', 'http_req_duration:count<5'],
      ...['http_req_duration:avg>1', 'checks:rate>0.9', 'http_reqs:rate>10', 'http_reqs:rate<10', 'users:value<5'],
    ];
    const rule = parseAbortRule('http_req_failed rate<0.5', contextOf());
    const picked = criteriaOf([...texts.map((text) => thresholdOf(text)), rule]);
    expect(picked.map(({ key, expression }) => `${key}:${expression}`)).toEqual(texts.slice(0, 2));
  });

  it('are needed', () => {
    const finder = new LimitFinder([thresholdOf('http_reqs:rate>10')]);
    expect(finder.read({ endMs: 60_000 })).toEqual({ state: 'no-criteria' });
  });

  it.each([{}, { ms: 10 }])('need not be there in a long run with requests always under way (%o)', (answers) => {
    const finder = finderOf([{ seconds: 200, ...answers }], []);
    finder.amendInterval(199, secondOf([], [10]));
    expect(finder.read({ endMs: 200_000 })).toEqual({ state: 'no-criteria' });
  });
});

describe('the break', () => {
  it('is the end of the first full window that failed', () => {
    // Over [14, 24) four of ten requests take 250 ms: (6 × 10 + 4 × 250) / 10 = 106.
    const finder = finderOf([
      { seconds: 20, ms: 10 },
      { seconds: 10, ms: 250 },
    ]);
    expect(finder.read({ endMs: 30_000 })).toEqual({
      state: 'broke',
      brokeAtMs: 24_000,
      usersAtBreak: 240,
      windowFromMs: 14_000,
      criterion: { key: 'http_req_duration', expression: 'avg<100', value: 106 },
      recovery: 'load-never-fell',
    });
  });

  it('needs a full window', () => {
    const finder = finderOf([{ seconds: 9, ms: 500 }]);
    expect(finder.read({ endMs: 9000 })).toEqual({ state: 'never-broke' });
    const next = finderOf([{ seconds: 10, ms: 500 }]);
    expect(next.read({ endMs: 10_000 })).toMatchObject({ brokeAtMs: 10_000, windowFromMs: 0, usersAtBreak: 100 });
  });

  it('never was, where all criteria are kept to', () => {
    expect(finderOf([{ seconds: 40, ms: 10 }]).read({ endMs: 40_000 })).toEqual({ state: 'never-broke' });
  });

  it('names what was broken', () => {
    const finder = finderOf([
      { seconds: 10, ms: 10 },
      { seconds: 10, ms: -10 },
    ]);
    expect(finder.read({ endMs: 20_000 })).toMatchObject({
      brokeAtMs: 15_000,
      criterion: { key: 'http_req_failed', expression: 'rate<0.5', value: 0.5 },
    });
  });

  it('is a window without any answer while requests were under way', () => {
    const frozen = finderOf([{ seconds: 20, ms: 10 }, { seconds: 15 }]);
    expect(frozen.read({ endMs: 35_000 })).toMatchObject({
      brokeAtMs: 30_000,
      criterion: { key: 'http_req_duration', value: undefined },
    });
    const idle = finderOf([
      { seconds: 20, ms: 10 },
      { seconds: 15, inFlight: 0 },
    ]);
    expect(idle.read({ endMs: 35_000 })).toEqual({ state: 'never-broke' });
  });

  it('after the run’s end is none', () => {
    const finder = finderOf([{ seconds: 20, ms: 10 }, { seconds: 15 }]);
    expect(finder.read({ endMs: 29_000 })).toEqual({ state: 'never-broke' });
  });

  it('takes in what comes late', () => {
    const finder = finderOf([{ seconds: 20, ms: 10 }]);
    expect(finder.read({ endMs: 20_000 })).toEqual({ state: 'never-broke' });
    finder.amendInterval(3, secondOf(criteria, [2000]));
    expect(finder.read({ endMs: 20_000 })).toMatchObject({ brokeAtMs: 10_000 });
  });

  it('long past is still known', () => {
    const finder = finderOf([
      { seconds: 20, ms: 10 },
      { seconds: 10, ms: 250 },
      { seconds: 200, ms: 10 },
    ]);
    expect(finder.read({ endMs: 230_000 })).toMatchObject({ brokeAtMs: 24_000, usersAtBreak: 240 });
  });
});

describe('recovery', () => {
  const broken = [
    { seconds: 20, ms: 10 },
    { seconds: 20, ms: 250 },
  ];

  it('is the time from the fall to the first window that holds, and all after it do', () => {
    // The load falls at 40 s; [40, 50) has five slow seconds, as [41, 51) has four: 106. [42, 52) holds with three.
    const finder = finderOf([...broken, { seconds: 5, ms: 250 }, { seconds: 20, ms: 10 }]);
    expect(finder.read({ endMs: 65_000, fellAtMs: 40_000 })).toMatchObject({
      recovery: 'held-again',
      fellAtMs: 40_000,
      heldAgainAfterMs: 2000,
    });
  });

  it('is at once, where nothing was broken after the fall', () => {
    const finder = finderOf([...broken, { seconds: 20, ms: 10 }]);
    expect(finder.read({ endMs: 60_000, fellAtMs: 40_000 })).toMatchObject({
      recovery: 'held-again',
      heldAgainAfterMs: 0,
    });
    expect(finder.read({ endMs: 60_000, fellAtMs: 40_300 })).toMatchObject({
      recovery: 'held-again',
      heldAgainAfterMs: 0,
    });
  });

  it('is not there if it breaks once more', () => {
    const finder = finderOf([...broken, { seconds: 20, ms: 10 }, { seconds: 10, ms: 250 }]);
    const finding = finder.read({ endMs: 70_000, fellAtMs: 40_000 });
    expect(finding).toMatchObject({ recovery: 'never-held-again', fellAtMs: 40_000 });
    expect(finding).not.toHaveProperty('heldAgainAfterMs');
  });

  it('counts from after the last break', () => {
    const finder = finderOf([...broken, { seconds: 12, ms: 10 }, { seconds: 5, ms: 250 }, { seconds: 20, ms: 10 }]);
    // [40, 50) holds, windows with four of the slow seconds 52 to 56 do not; [54, 64) has three.
    expect(finder.read({ endMs: 77_000, fellAtMs: 40_000 })).toMatchObject({ heldAgainAfterMs: 14_000 });
  });

  it('is not to be told where the run ended before a full window, or nothing was asked any more', () => {
    const short = finderOf([...broken, { seconds: 9, ms: 10 }]);
    expect(short.read({ endMs: 49_000, fellAtMs: 40_000 })).toMatchObject({ recovery: 'never-held-again' });
    const silent = finderOf([...broken, { seconds: 30, inFlight: 0 }]);
    expect(silent.read({ endMs: 70_000, fellAtMs: 40_000 })).toMatchObject({ recovery: 'never-held-again' });
  });

  it('has no time where the load never fell', () => {
    const finding = finderOf(broken).read({ endMs: 40_000 });
    expect(finding).toMatchObject({ recovery: 'load-never-fell' });
    expect(finding).not.toHaveProperty('fellAtMs');
  });
});
