import { Measure, type MeasureCounts } from './measure.js';
import type { MeasureSelector } from './measure-selector.js';
import {
  type LabelValue,
  type MeasureSource,
  REQUEST_VALUES,
  type ReadLabel,
  type RequestNumbers,
  readRecordLabel,
  readRequestLabel,
  readSourceLabel,
} from './measure-sources.js';
import { MAX_COMBINATIONS } from './measure-totals.js';
import { OTHER_LABELS, selectorKey } from './selector-key.js';

export type { MeasureCounts } from './measure.js';
export type { LabelValue, MeasureSource, RequestNumbers } from './measure-sources.js';
export { MeasureTotals } from './measure-totals.js';

/** What a scenario's `record` says besides metric and value. */
export interface RecordDetails {
  labels?: Readonly<Record<string, LabelValue>> | undefined;
  who: MeasureSource;
  /** Milliseconds since the run's start; decides which of a gauge's values is the latest. */
  atMs: number;
}

/** How many users are at work, of one kind in one load. */
export interface UserCount {
  load: string;
  user: string;
  count: number;
}

/** One selector and the measures it leads to. */
interface Rule {
  selector: MeasureSelector;
  wanted: readonly (readonly [label: string, value: string])[];
  total: Measure;
  combinations: Map<string, Measure>;
}

interface RequestRule {
  rule: Rule;
  readValue: (request: RequestNumbers) => number | undefined;
}

const NO_RULES: readonly Rule[] = [];

/**
 * Counts, in one share, what selectors ask for and nothing else. A worker adds what happens and takes what was counted
 * since the last time; `MeasureTotals` merges what shares took. Merging in any order gives the same as having counted
 * in one place. Without a selector for it, adding costs one look-up.
 */
export class MeasureBook {
  readonly #share: string;
  readonly #measures = new Map<string, Measure>();
  readonly #rules = new Map<string, Rule[]>();
  /** Under the name they ask for; those that ask for none under `undefined`. */
  readonly #requestRules = new Map<string | undefined, RequestRule[]>();
  readonly #combinations = new Map<string, number>();
  readonly #maxCombinations: number;
  #event = 0;

  /** True as soon as a combination of labels had to be counted under `OTHER_LABELS`. */
  hasFoldedLabels = false;

  constructor(selectors: readonly MeasureSelector[], share: number, options: { maxCombinations?: number } = {}) {
    this.#share = String(share);
    this.#maxCombinations = options.maxCombinations ?? MAX_COMBINATIONS;
    for (const selector of selectors) {
      const total = this.#measures.get(selector.key) ?? new Measure(selector);
      this.#measures.set(selector.key, total);
      const rule = { selector, wanted: Object.entries(selector.labels), total, combinations: new Map() };
      this.#rules.set(selector.metric, [...(this.#rules.get(selector.metric) ?? []), rule]);
      const readValue = REQUEST_VALUES.get(selector.metric);
      if (readValue === undefined) continue;
      const { name } = selector.labels;
      this.#requestRules.set(name, [...(this.#requestRules.get(name) ?? []), { rule, readValue }]);
    }
  }

  addRequest(request: RequestNumbers): void {
    if (this.#requestRules.size === 0) return;
    this.#event++;
    this.#addRequestTo(this.#requestRules.get(undefined), request);
    this.#addRequestTo(this.#requestRules.get(request.name), request);
  }

  /**
   * Adds a response time that was never measured because its request began too late (HdrHistogram's expected-interval
   * correction): it enters the distribution of `http_req_duration` and no count, sum, least or greatest value.
   */
  correctRequest(responseMs: number, request: RequestNumbers): void {
    const rules = this.#rulesOf('http_req_duration');
    if (rules.length > 0) this.#correct(rules, responseMs, (label) => readRequestLabel(request, label));
  }

  /** The same for `iteration_duration`. */
  correctIteration(durationMs: number, who: MeasureSource): void {
    const rules = this.#rulesOf('iteration_duration');
    if (rules.length > 0) this.#correct(rules, durationMs, (label) => readSourceLabel(who, label));
  }

  addIteration(durationMs: number, who: MeasureSource): void {
    this.#addFrom('iterations', 1, who);
    this.#addFrom('iteration_duration', durationMs, who);
  }

  addDropped(iterations: number, who: MeasureSource): void {
    this.#addFrom('dropped_iterations', iterations, who);
  }

  addMissed(starts: number, who: MeasureSource): void {
    this.#addFrom('missed_starts', starts, who);
  }

  addStartLag(lagMs: number, who: MeasureSource): void {
    this.#addFrom('start_lag', lagMs, who);
  }

  addCheck(name: string, hasPassed: boolean, who: MeasureSource): void {
    const rules = this.#rulesOf('checks');
    if (rules.length === 0) return;
    const readLabel: ReadLabel = (label) =>
      label === 'check' || label === 'name' ? name : readSourceLabel(who, label);
    this.#addTo(rules, hasPassed ? 1 : 0, readLabel);
  }

  addGroup(name: string, durationMs: number, who: MeasureSource): void {
    const rules = this.#rulesOf('group_duration');
    if (rules.length === 0) return;
    this.#addTo(rules, durationMs, (label) => (label === 'group' ? name : readSourceLabel(who, label)));
  }

  /**
   * Records a value of the scenario's own metric: a number, or for a rate `true`/`1` or `false`/`0`. Negative values of
   * a trend count as 0.
   *
   * @throws RangeError for a value that is no finite number, or neither true nor false for a rate
   */
  record(metric: string, value: number | boolean, details: RecordDetails): void {
    const rules = this.#rulesOf(metric);
    if (rules.length === 0) return;
    const counted = toNumber(metric, value, rules[0]!.selector.type);
    const readLabel: ReadLabel = (label) => readRecordLabel(details.who, label, details.labels);
    if (rules[0]!.selector.type !== 'gauge') {
      this.#addTo(rules, counted, readLabel);
      return;
    }
    const found = new Set<Measure>();
    for (const rule of rules) for (const measure of this.#find(rule, readLabel)) found.add(measure);
    for (const measure of found) measure.set(counted, details.atMs, this.#share);
  }

  /**
   * Sets `users` to what is at work now. Least and greatest are of what one book saw: in a book of each share they
   * would be of one share's users, so users are counted where shares meet, in one book for the whole run.
   */
  setUsers(users: readonly UserCount[], atMs: number): void {
    const sums = new Map<Measure, number>();
    for (const rule of this.#rulesOf('users')) {
      for (const [measure, sum] of this.#sumUsers(rule, users)) sums.set(measure, sum);
    }
    for (const [measure, sum] of sums) measure.set(sum, atMs, this.#share);
  }

  /** Everything counted since the last time, which is then forgotten; measures without anything are left out. */
  take(): MeasureCounts[] {
    const taken: MeasureCounts[] = [];
    for (const measure of this.#measures.values()) {
      if (measure.isEmpty) continue;
      taken.push(measure.read());
      measure.reset();
    }
    return taken;
  }

  #rulesOf(metric: string): readonly Rule[] {
    return this.#rules.get(metric) ?? NO_RULES;
  }

  #addRequestTo(rules: readonly RequestRule[] | undefined, request: RequestNumbers): void {
    if (rules === undefined) return;
    const readLabel: ReadLabel = (label) => readRequestLabel(request, label);
    for (const { rule, readValue } of rules) {
      const value = readValue(request);
      if (value === undefined || !isWanted(rule, readLabel)) continue;
      rule.total.add(value, this.#event);
      this.#combinationOf(rule, readLabel)?.add(value, this.#event);
    }
  }

  #addFrom(metric: string, value: number, who: MeasureSource): void {
    const rules = this.#rulesOf(metric);
    if (rules.length > 0) this.#addTo(rules, value, (label) => readSourceLabel(who, label));
  }

  #addTo(rules: readonly Rule[], value: number, readLabel: ReadLabel): void {
    this.#event++;
    for (const rule of rules) for (const measure of this.#find(rule, readLabel)) measure.add(value, this.#event);
  }

  #correct(rules: readonly Rule[], value: number, readLabel: ReadLabel): void {
    this.#event++;
    for (const rule of rules) for (const measure of this.#find(rule, readLabel)) measure.correct(value, this.#event);
  }

  #sumUsers(rule: Rule, users: readonly UserCount[]): Map<Measure, number> {
    const sums = new Map<Measure, number>([rule.total, ...rule.combinations.values()].map((known) => [known, 0]));
    for (const { load, user, count } of users) {
      const who = { load, user, group: undefined, labels: {} };
      const found = this.#find(rule, (label) => readSourceLabel(who, label));
      for (const measure of found) sums.set(measure, (sums.get(measure) ?? 0) + count);
    }
    return sums;
  }

  #find(rule: Rule, readLabel: ReadLabel): Measure[] {
    if (!isWanted(rule, readLabel)) return [];
    const combination = this.#combinationOf(rule, readLabel);
    return combination === undefined ? [rule.total] : [rule.total, combination];
  }

  #combinationOf(rule: Rule, readLabel: ReadLabel): Measure | undefined {
    const { by } = rule.selector;
    if (by === undefined || by.length === 0) return undefined;
    const values = by.map(readLabel);
    const id = values.length === 1 ? values[0]! : JSON.stringify(values);
    const known = rule.combinations.get(id);
    if (known !== undefined) return known;
    return this.#createCombination(rule, { id, values });
  }

  #createCombination(rule: Rule, { id, values }: { id: string; values: readonly string[] }): Measure {
    const { metric, labels, by = [] } = rule.selector;
    const othersLabels = Object.fromEntries(by.map((label) => [label, OTHER_LABELS]));
    const others = selectorKey(metric, { ...labels, ...othersLabels });
    const combined = Object.fromEntries(by.map((label, index) => [label, values[index]!]));
    const key = selectorKey(metric, { ...labels, ...combined });
    let measure = this.#measures.get(key);
    if (measure === undefined) {
      const count = this.#combinations.get(metric) ?? 0;
      const isRoom = count < this.#maxCombinations;
      if (!isRoom) this.hasFoldedLabels = true;
      const identity = isRoom ? { ...rule.selector, key, others } : { ...rule.selector, key: others };
      measure = this.#measures.get(identity.key) ?? new Measure(identity);
      this.#measures.set(identity.key, measure);
      if (!isRoom) return measure;
      this.#combinations.set(metric, count + 1);
    }
    rule.combinations.set(id, measure);
    return measure;
  }
}

function isWanted({ wanted }: Rule, readLabel: ReadLabel): boolean {
  for (const [label, value] of wanted) if (readLabel(label) !== value) return false;
  return true;
}

function toNumber(metric: string, value: number | boolean, type: MeasureSelector['type']): number {
  if (type === 'rate') {
    if (value === true || value === 1) return 1;
    if (value === false || value === 0) return 0;
    throw new RangeError(`The rate "${metric}" takes true or false (1 or 0), not ${String(value)}.`);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RangeError(`The ${type} "${metric}" takes a finite number, not ${String(value)}.`);
}
