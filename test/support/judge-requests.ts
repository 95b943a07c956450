import type { ThresholdJudge } from '../../src/metrics/judge-thresholds.js';
import { MeasureBook, type MeasureCounts } from '../../src/metrics/measures.js';
import type { Threshold } from '../../src/metrics/thresholds.js';
import { requestOf } from './threshold-context.js';

export function countsOf(
  thresholds: readonly Threshold[],
  fill: (book: MeasureBook) => void,
  share = 0,
): MeasureCounts[] {
  const book = new MeasureBook(
    thresholds.map(({ selector }) => selector),
    share,
  );
  fill(book);
  return book.take();
}

/** Feeds a judge one second after another with requests of these response times; negative ones failed. */
export function feed(
  judge: ThresholdJudge,
  thresholds: readonly Threshold[],
  seconds: readonly (readonly number[])[],
): void {
  seconds.forEach((times, interval) => {
    judge.addInterval(interval, requests(thresholds, times));
  });
}

export function requests(thresholds: readonly Threshold[], times: readonly number[]): MeasureCounts[] {
  return countsOf(thresholds, (book) => {
    for (const ms of times) book.addRequest(requestOf({ responseMs: Math.abs(ms), error: ms < 0 ? 'no' : undefined }));
  });
}
