import { LoadwrightError } from '../errors.js';
import type { MeasureSelector } from './measure-selector.js';
import type { MetricDefinition } from './metric-table.js';
import { requireLabel, requireLabelValue, requireMetric } from './require-names.js';
import { selectorKey } from './selector-key.js';

/** What a selector is read against. */
export interface SelectorContext {
  /** `knownMetricsWith(metrics of the scenario)`. */
  knownMetrics: readonly MetricDefinition[];
  /** Label keys given anywhere in this run: by loads, `--label`, request options and `record`. */
  ownLabels: readonly string[];
  /** Labels whose values are all known before the run, with those: names of loads and of kinds, own labels of loads. */
  labelValues?: Readonly<Record<string, readonly string[]>>;
  /** Where the text came from, as error messages say it: `--threshold`, `stock.ts`. */
  origin: string;
  /** The name somebody probably meant. */
  nearestName: (given: string, names: readonly string[]) => string | undefined;
}

/**
 * Reads a metric narrowed by labels: `http_req_duration`, `http_req_duration{name:02_product_list, method:GET}`. A value
 * may be quoted, and has to be if it contains a comma, a quote or a brace without its partner. Everything after the
 * first colon belongs to the value. An empty quoted value means: without such a label.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID` for a metric, a label, a load or a kind that does not exist, or text that
 * is no selector
 */
export function parseSelector(text: string, context: SelectorContext): MeasureSelector {
  const trimmed = text.trim();
  const open = trimmed.indexOf('{');
  const name = (open < 0 ? trimmed : trimmed.slice(0, open)).trim();
  const metric = requireMetric(name, text, context);
  const labels = open < 0 ? {} : readLabels(trimmed, open, context);
  for (const [label, value] of Object.entries(labels)) {
    requireLabel({ label, text, metric }, context);
    requireLabelValue(value, { label, text, metric }, context);
  }
  return {
    key: selectorKey(metric.name, labels),
    metric: metric.name,
    type: metric.type,
    labels,
    ...(metric.merge === undefined ? {} : { merge: metric.merge }),
    ...unitOf(metric),
  };
}

/**
 * Divides `metric{label:value}:p(95)<200`, as flags have it, into the selector and what follows it; a blank may stand in
 * place of the colon between them. `undefined` if nothing follows.
 */
export function splitSelector(text: string): { selector: string; rest: string } | undefined {
  const trimmed = text.trim();
  const head = /^[^\s:{]*/.exec(trimmed)![0];
  const blanks = /^\s*/.exec(trimmed.slice(head.length))![0];
  const hasLabels = trimmed[head.length + blanks.length] === '{';
  const end = hasLabels ? findClose(trimmed, head.length + blanks.length) + 1 : head.length;
  if (end === 0) return undefined;
  const match = /^(?:\s*:\s*|\s+)(\S.*)$/s.exec(trimmed.slice(end));
  return match === null ? undefined : { selector: trimmed.slice(0, end), rest: match[1]! };
}

/** Measures that thresholds name, and all metrics of the scenario: what a plan's `measures` are. */
export function selectMeasures(
  selectors: readonly MeasureSelector[],
  knownMetrics: readonly MetricDefinition[],
): MeasureSelector[] {
  const byKey = new Map(selectors.map((selector) => [selector.key, selector]));
  for (const known of knownMetrics) {
    const { name, type, by, merge } = known;
    if (known.isCustom !== true) continue;
    const merging = merge === undefined ? {} : { merge };
    byKey.set(name, {
      key: name,
      metric: name,
      type,
      labels: {},
      ...(by === undefined ? {} : { by }),
      ...merging,
      ...unitOf(known),
    });
  }
  return [...byKey.values()];
}

/** That of a built-in metric is known everywhere. */
function unitOf({ unit, isCustom }: MetricDefinition): Pick<MeasureSelector, 'unit'> {
  return isCustom === true && unit !== '' ? { unit } : {};
}

function readLabels(text: string, open: number, context: SelectorContext): Record<string, string> {
  const close = findClose(text, open);
  if (close < 0) throw refuse(text, 'the brace is never closed', context);
  if (close !== text.length - 1) throw refuse(text, `"${text.slice(close + 1).trim()}" follows the labels`, context);
  const inside = text.slice(open + 1, close);
  const labels = new Map<string, string>();
  for (const part of inside.trim() === '' ? [] : splitAtCommas(inside)) {
    const colon = part.indexOf(':');
    const label = part.slice(0, colon).trim();
    if (colon < 0 || label === '') throw refuse(text, `"${part.trim()}" is not a label and a value`, context);
    if (labels.has(label)) throw refuse(text, `the label "${label}" is there twice`, context);
    const value = unquote(part.slice(colon + 1).trim());
    if (value === undefined) throw refuse(text, `the value of "${label}" cannot be read`, context);
    labels.set(label, value);
  }
  return Object.fromEntries(labels);
}

function refuse(text: string, why: string, { origin }: SelectorContext): LoadwrightError {
  return new LoadwrightError('ERR_OPTION_INVALID', {
    message: `A metric with labels reads metric{label:value}, but ${origin} gave "${text}": ${why}.`,
    hint: 'http_req_duration{name:02_product_list,method:GET}   or, for any text,   {name:"a, b"}',
  });
}

/** The text of a quoted value, the value itself if it is not quoted; `undefined` if it is neither. */
function unquote(value: string): string | undefined {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value === '' ? undefined : value;
  if (endOfQuotes(value, 0) !== value.length - 1) return undefined;
  return value.slice(1, -1).replace(/\\(["'\\])/g, '$1');
}

/** Position of the quote that ends the quoted text beginning at `from`; the text's length if there is none. */
function endOfQuotes(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== text[from]) at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

interface Place {
  character: string;
  at: number;
  /** How many braces are open around it. */
  depth: number;
}

/** Visits the characters outside of quotes, until told to stop. Quotes count only where a value begins: `{name:it's}`. */
function scan(text: string, from: number, visit: (place: Place) => boolean): void {
  let depth = 0;
  let position: 'label' | 'value-start' | 'value' = 'label';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (position === 'value-start' && (character === '"' || character === "'")) {
      at = endOfQuotes(text, at);
      position = 'value';
      continue;
    }
    if (character === '}') depth--;
    if (visit({ character, at, depth })) return;
    if (character === '{') depth++;
    if (character === ':' && position === 'label') position = 'value-start';
    else if (character === ',') position = 'label';
    else if (position === 'value-start' && !/\s/.test(character)) position = 'value';
  }
}

/** Position of the brace that closes the one at `open`, or -1. */
function findClose(text: string, open: number): number {
  let close = -1;
  scan(text, open, ({ character, at, depth }) => {
    if (character === '}' && depth === 0) close = at;
    return close >= 0;
  });
  return close;
}

function splitAtCommas(text: string): string[] {
  const commas: number[] = [];
  scan(text, 0, ({ character, at, depth }) => {
    if (character === ',' && depth === 0) commas.push(at);
    return false;
  });
  return [...commas, text.length].map((end, index) => text.slice(index === 0 ? 0 : commas[index - 1]! + 1, end));
}
