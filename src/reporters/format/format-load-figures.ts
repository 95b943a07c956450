import { percentilesOf } from '../../metrics/histogram.js';
import type { SeriesStatistics } from '../../metrics/statistics.js';
import type { Part } from '../../metrics/tally.js';
import { redactSecrets } from '../../redact-secrets.js';
import { escapeLines } from './escape-text.js';
import { formatCount, formatMs, formatPlural } from './format-number.js';
import { wrapText } from './pad-text.js';

const MAX_VERIFY_FAILURES = 20;

/**
 * Where the load was not what it was meant to be: starts that were dropped, missed, or late. That none was dropped is only
 * said where some could have been.
 */
export function formatLoadFigures(
  { droppedIterations, missedStarts, startLag }: Part,
  hasOpenLoads: boolean,
): string[] {
  const isTold = hasOpenLoads || droppedIterations > 0 || missedStarts > 0;
  const counts = `${formatPlural(droppedIterations, 'iteration')} dropped, ${formatPlural(missedStarts, 'start')} missed.`;
  const told = isTold ? [counts] : [];
  if (startLag.count === 0) return told;
  const [median, high] = percentilesOf(startLag.durations, [50, 99]);
  const lag = `median ${formatMs(median)} ms, 99% ${formatMs(high)} ms, max ${formatMs(startLag.maxMs)} ms`;
  return [...told, `Start lag, actual after intended start: ${lag}.`];
}

/** Requests that were made for the run and are in none of its numbers. */
export function sumOutside(outside: readonly SeriesStatistics[]): { begun: number; failures: number } {
  return {
    begun: outside.reduce((sum, row) => sum + row.begun, 0),
    failures: outside.reduce((sum, row) => sum + row.failures, 0),
  };
}

/** The same in words; empty without any. */
export function formatOutside(outside: readonly SeriesStatistics[]): string[] {
  const { begun, failures } = sumOutside(outside);
  if (begun === 0) return [];
  const sent = `Setup, verify and teardown sent ${formatPlural(begun, 'request')}`;
  return [`${sent}, counted apart: ${formatCount(failures)} failed.`];
}

/** What `verify` found wrong; empty if there is none, or nothing. */
export function formatVerifyFailures(failures: readonly string[] | undefined, maxWidth: number): string[] {
  if (failures === undefined || failures.length === 0) return [];
  const listed = failures.slice(0, MAX_VERIFY_FAILURES).flatMap((failure) => {
    const text = escapeLines(redactSecrets(failure)).join(' ');
    return wrapText(`✗ ${text}`, maxWidth - 2, 4).map((line, index) => (index === 0 ? line : `  ${line}`));
  });
  const left = failures.length - MAX_VERIFY_FAILURES;
  return left > 0 ? [...listed, `… and ${formatPlural(left, 'more failure')}`] : listed;
}
