import type { SeriesCounts } from '../aggregate.js';
import type { GeneratorSummary } from '../generator-health.js';
import { findPasswordHashing, findTokenChecking } from './auth-rules.js';
import type { Rule } from './candidate.js';
import { findCacheMisses, findLockWait, findManyQueries, findPoolFull, findSlowDatabase } from './database-rules.js';
import type { Evidence, EvidenceWindow, WatchedSeries } from './evidence.js';
import { sumWindows } from './evidence-log.js';
import { findMemoryGrowth, findTargetCpu } from './monitor-rules.js';
import { findFailures, findJobQueue, findSaturatedGenerator } from './outcome-rules.js';
import { BOTTLENECK_RULES, type Bottleneck } from './rule-table.js';

/** A report with more of them is read by nobody. */
export const MAX_BOTTLENECKS = 5;

export interface BottleneckSources {
  windows: readonly EvidenceWindow[];
  watched: readonly WatchedSeries[];
  /** The whole run, with reasons of failures. */
  series: readonly SeriesCounts[];
  generator: GeneratorSummary;
}

const RULES: readonly Rule[] = [
  findLockWait,
  findPoolFull,
  findManyQueries,
  findSlowDatabase,
  findCacheMisses,
  findTokenChecking,
  findPasswordHashing,
  findTargetCpu,
  findJobQueue,
  findMemoryGrowth,
];

/** What held the target up in a run, the gravest first; a cause comes before what it brings about. */
export function findBottlenecks({ windows, watched, series, generator }: BottleneckSources): Bottleneck[] {
  const evidence = createEvidence(windows, watched);
  const found = [
    findSaturatedGenerator(generator, evidence),
    ...RULES.map((rule) => rule(evidence)),
    findFailures(series, evidence),
  ].filter((one) => one !== undefined);
  return orderByWeight(found).slice(0, MAX_BOTTLENECKS);
}

function createEvidence(windows: readonly EvidenceWindow[], watched: readonly WatchedSeries[]): Evidence {
  const names = sumWindows(windows);
  const sum = (read: (name: (typeof names)[number]) => number) => names.reduce((total, name) => total + read(name), 0);
  return {
    windows,
    watched,
    names,
    serviceMs: sum(({ serviceMs }) => serviceMs),
    completed: sum(({ completed }) => completed),
  };
}

/** By weight; what something else brings about is moved behind that. */
function orderByWeight(found: readonly Bottleneck[]): Bottleneck[] {
  const rankOf = (one: Bottleneck): number => {
    const effects: readonly string[] = BOTTLENECK_RULES[one.rule].bringsAbout;
    return Math.max(one.weight, ...found.filter(({ rule }) => effects.includes(rule)).map(({ weight }) => weight));
  };
  const isCauseOf = (a: Bottleneck, b: Bottleneck) =>
    (BOTTLENECK_RULES[a.rule].bringsAbout as readonly string[]).includes(b.rule);
  return [...found].sort(
    (a, b) => rankOf(b) - rankOf(a) || Number(isCauseOf(b, a)) - Number(isCauseOf(a, b)) || b.weight - a.weight,
  );
}
