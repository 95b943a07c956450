import type { BrokenCriterion, LimitFinding } from '../../metrics/find-limit.js';
import { redactSecrets } from '../../redact-secrets.js';
import { escapeText } from './escape-text.js';
import { formatDuration, formatElapsed } from './format-duration.js';
import { formatPlural } from './format-number.js';
import { formatMeasured, type ReadMeasureType } from './format-thresholds.js';

type Broke = Extract<LimitFinding, { state: 'broke' }>;

export interface FindingContext {
  /** The most users the plan ever wanted. */
  mostUsers: number;
  durationMs: number;
  typeOf: ReadMeasureType;
}

/** Criteria are judged over windows of this length; a run that is shorter has none. */
const WINDOW_MS = 10_000;

/** Up to how many users the target kept to its criteria, and how soon it did again, in sentences. */
export function formatFinding(finding: LimitFinding, { mostUsers, durationMs, typeOf }: FindingContext): string[] {
  switch (finding.state) {
    case 'no-criteria':
      return [
        'No threshold is an upper bound on a time or on a share of failures, so nothing says how many users are too many.',
      ];
    case 'never-broke':
      if (durationMs < WINDOW_MS) return ['The run was shorter than the ten seconds that criteria are judged over.'];
      return [`All criteria were kept to, up to ${formatPlural(mostUsers, 'user')}.`];
    case 'broke':
      return [describeBreak(finding, typeOf), describeRecovery(finding)];
  }
}

function describeBreak({ criterion, usersAtBreak, brokeAtMs, windowFromMs }: Broke, typeOf: ReadMeasureType): string {
  const stretch = `from ${formatElapsed(windowFromMs)} to ${formatElapsed(brokeAtMs)}`;
  return `First broken at ${formatPlural(usersAtBreak, 'user')}: ${describeCriterion(criterion, typeOf)} ${stretch}.`;
}

function describeCriterion(criterion: BrokenCriterion, typeOf: ReadMeasureType): string {
  if (criterion.value === undefined) return 'requests were under way, and none was answered';
  const { key, expression } = criterion;
  return `${escapeText(redactSecrets(key))} ${expression} was ${formatMeasured(criterion, typeOf)}`;
}

function describeRecovery({ recovery, fellAtMs = 0, heldAgainAfterMs = 0 }: Broke): string {
  switch (recovery) {
    case 'load-never-fell':
      return 'The load never fell, so how soon the target recovers was not seen.';
    case 'never-held-again':
      return `After the load had fallen at ${formatElapsed(fellAtMs)}, the criteria were not kept to again.`;
    case 'held-again':
      if (heldAgainAfterMs === 0)
        return `Kept to again at once when the load had fallen at ${formatElapsed(fellAtMs)}.`;
      return `Kept to again ${formatDuration(heldAgainAfterMs)} after the load had fallen at ${formatElapsed(fellAtMs)}.`;
  }
}
