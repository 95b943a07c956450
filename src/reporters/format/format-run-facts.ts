import { percentilesOf } from '../../metrics/histogram.js';
import type { Part } from '../../metrics/tally.js';
import type { RunResult } from '../../runtime/protocol.js';
import { formatDuration } from './format-duration.js';
import type { Fact } from './format-facts.js';
import { sumOutside } from './format-load-figures.js';
import { formatBytes, formatCount, formatMs, formatPlural } from './format-number.js';

/** Below this, waiting for the last answers is not worth a word. */
const NOTABLE_DRAIN_MS = 100;

/** What the load was, besides its requests. */
export function listRunFacts(result: RunResult): Fact[] {
  const { part, total, usersStarted, drainMs } = result;
  const { iterations, interruptedIterations: cut, droppedIterations, missedStarts } = part;
  const mean = iterations.count === 0 ? '' : `, ${formatMs(iterations.totalMs / iterations.count)} ms on average`;
  const interrupted = cut > 0 ? `; ${formatCount(cut)} more interrupted` : '';
  const drain = drainMs < NOTABLE_DRAIN_MS ? '' : `; waited ${formatDuration(drainMs)} for the last answers`;
  return [
    { label: 'users', text: `${formatCount(usersStarted)} started` },
    { label: 'iterations', text: `${formatCount(iterations.count)}${mean}${interrupted}` },
    {
      label: 'starts',
      text: `${formatCount(droppedIterations)} dropped, ${formatCount(missedStarts)} missed${describeLag(part)}`,
    },
    {
      label: 'transferred',
      text: `${formatBytes(total.bytesReceived)} received, ${formatBytes(total.bytesSent)} sent${drain}`,
    },
    ...listOutside(result),
  ];
}

/** How much later than intended users and iterations began. */
function describeLag({ startLag }: Part): string {
  if (startLag.count === 0) return '';
  const [median, high] = percentilesOf(startLag.durations, [50, 99]);
  return `; late by ${formatMs(median)} ms (median), ${formatMs(high)} ms (99%), ${formatMs(startLag.maxMs)} ms (max)`;
}

function listOutside({ outside }: RunResult): Fact[] {
  const { begun, failures } = sumOutside(outside);
  if (begun === 0) return [];
  const text = `${formatPlural(begun, 'request')} of setup, verify and teardown, ${formatCount(failures)} failed`;
  return [{ label: 'apart', text }];
}
