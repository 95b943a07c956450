import type { Evidence, NameSum } from './evidence.js';
import type { Onset } from './over-load.js';
import { BOTTLENECK_RULES, type Bottleneck, type BottleneckRule, LIMITS } from './rule-table.js';

interface CandidateParts {
  title: string;
  evidence: readonly (string | undefined)[];
  weight: number;
  about?: NameSum;
  onset?: Onset | undefined;
}

/** A rule looks at the evidence and says what it found, if anything. */
export type Rule = (evidence: Evidence) => Bottleneck | undefined;

export function createBottleneck(rule: BottleneckRule, parts: CandidateParts): Bottleneck {
  const { title, evidence, weight, about, onset } = parts;
  return {
    rule,
    title,
    evidence: evidence.filter((sentence) => sentence !== undefined),
    advice: BOTTLENECK_RULES[rule].advice,
    ...(about === undefined ? {} : { method: about.method, requestName: about.name }),
    ...(onset === undefined || onset.isFromStart ? {} : { fromMs: onset.fromMs }),
    ...(onset?.isFromStart !== false || onset.fromUsers === undefined ? {} : { fromUsers: onset.fromUsers }),
    weight: Math.min(1, Math.max(0, weight)),
  };
}

/** Names with enough requests to say something. */
export function busyNames({ names }: Evidence): NameSum[] {
  return names.filter(({ completed }) => completed >= LIMITS.requests);
}

/** What a rule found, name by name, as one: told of the name for which it explains most, with the weight of all. */
export function pickHeaviest(found: readonly (Bottleneck | undefined)[]): Bottleneck | undefined {
  const sorted = found.filter((one) => one !== undefined).sort((a, b) => b.weight - a.weight);
  const [first, ...others] = sorted;
  if (first === undefined || others.length === 0) return first;
  const names = others.map(({ requestName, weight }) => `${requestName} (${Math.round(weight * 100)} % of all time)`);
  const weight = Math.min(
    1,
    sorted.reduce((sum, one) => sum + one.weight, 0),
  );
  return { ...first, weight, evidence: [...first.evidence, `The same holds for ${names.slice(0, 3).join(', ')}.`] };
}
