import { describe, expect, it } from 'vitest';
import { AnswerWatch } from '../../../src/runtime/conductor/answer-watch.js';
import type { IntervalClosed } from '../../../src/runtime/protocol.js';
import { createPart } from '../../support/run-events.js';

/** A second: an answer, a failure without one, or nothing; and how many requests were in flight at its end. */
type Second = ['answer' | 'timeout' | 'refusal' | 'nothing', number];

const SERIES = {
  answer: [{ name: '/' }],
  timeout: [{ name: '/', error: 'timeout', status: 0 }],
  refusal: [{ name: '/', error: 'status 503', status: 503 }],
  nothing: [],
};

function watch(seconds: readonly Second[], stoppedAtMs: number): AnswerWatch {
  const answers = new AnswerWatch();
  for (const [interval, [what, inFlight]] of seconds.entries()) {
    if (interval * 1000 >= stoppedAtMs) answers.stop(stoppedAtMs);
    const part = createPart(interval, SERIES[what]);
    answers.close({ interval, part, gauges: { inFlight } } as IntervalClosed);
  }
  answers.stop(stoppedAtMs);
  return answers;
}

describe('a target that fell silent', () => {
  const frozen: Second[] = [
    ['answer', 2],
    ['nothing', 5],
    ['timeout', 7],
    ['nothing', 9],
    ['nothing', 11],
  ];

  it('is found, with when, and what was in flight when the load ended', () => {
    expect(watch(frozen, 5000).findSilence()).toEqual({ fromMs: 1000, inFlight: 11 });
    expect(watch([...frozen, ['nothing', 0]], 4500).findSilence()).toEqual({ fromMs: 1000, inFlight: 11 });
    expect(watch(frozen.slice(1), 4000).findSilence()).toEqual({ fromMs: 0, inFlight: 11 });
  });

  it('is not one that answers again, also with errors, while the rest is waited for, or late', () => {
    expect(watch([...frozen, ['answer', 3]], 5000).findSilence()).toBeUndefined();
    expect(watch([...frozen, ['refusal', 3]], 6000).findSilence()).toBeUndefined();
    const late = watch(frozen, 5000);
    late.amend({ type: 'interval-amended', interval: 3, part: createPart(3, SERIES.answer) });
    expect(late.findSilence()).toBeUndefined();
  });

  it('is not one that nobody asked, or that is only slow', () => {
    expect(
      watch(
        [
          ['answer', 1],
          ['nothing', 0],
          ['nothing', 0],
          ['nothing', 0],
          ['nothing', 0],
        ],
        5000,
      ).findSilence(),
    ).toBeUndefined();
    expect(
      watch(
        [
          ['answer', 1],
          ['nothing', 1],
          ['nothing', 1],
        ],
        3000,
      ).findSilence(),
    ).toBeUndefined();
  });
});
