import { LoadwrightError } from '../errors.js';
import { findK6Label, findK6Metric, type K6Name } from './k6-names.js';
import type { MetricDefinition } from './metric-table.js';
import type { SelectorContext } from './parse-selector.js';

/** A metric's label in a selector. */
interface NamedLabel {
  label: string;
  /** The whole selector, as given. */
  text: string;
  metric: MetricDefinition;
}

const LONGEST_LIST = 30;
const EXPECTED_VALUES = ['true', 'false'];
const OWN_LABELS =
  " A label of your own has to be given by a load, by --label, or, for requests, be named in defineTest's labelKeys.";

/** The metric of this name. @throws LoadwrightError `ERR_OPTION_INVALID`, naming the nearest, or what k6's is here */
export function requireMetric(name: string, text: string, context: SelectorContext): MetricDefinition {
  const { knownMetrics, nearestName, origin } = context;
  const metric = knownMetrics.find((known) => known.name === name);
  if (metric !== undefined) return metric;
  const k6Name = findK6Metric(name);
  if (k6Name !== undefined) throw refuseK6Name({ what: 'metric', name, text, k6Name }, context);
  const names = knownMetrics.map((known) => known.name);
  const nearest = nearestName(name, names);
  throw refuse(
    `There is no metric "${name}", but ${origin} gave "${text}".`,
    nearest === undefined ? `One of: ${list(names)}.` : text.replace(name, nearest),
  );
}

/** @throws LoadwrightError `ERR_OPTION_INVALID` for a label that the metric cannot have */
export function requireLabel(given: NamedLabel, context: SelectorContext): void {
  const { label, text, metric } = given;
  const known = metric.hasOwnLabels ? [...new Set([...metric.labels, ...context.ownLabels])] : [...metric.labels];
  if (known.includes(label)) return;
  if (known.length === 0)
    throw refuse(`"${metric.name}" has no labels, but ${context.origin} gave "${text}".`, metric.name);
  const k6Name = findK6Label(label);
  if (k6Name !== undefined && (k6Name.name === undefined || known.includes(k6Name.name))) {
    throw refuseK6Name({ what: 'label', name: label, text, k6Name }, context);
  }
  const nearest = context.nearestName(label, known);
  throw refuse(
    `"${metric.name}" has no label "${label}", but ${context.origin} gave "${text}".`,
    nearest === undefined
      ? `One of: ${list(known)}.${metric.hasOwnLabels ? OWN_LABELS : ''}`
      : `${metric.name}{${nearest}:…}`,
  );
}

/**
 * @throws LoadwrightError `ERR_OPTION_INVALID` for a value that the label cannot have: of labels whose values are all
 * known before the run, such as the names of loads
 */
export function requireLabelValue(value: string, given: NamedLabel, context: SelectorContext): void {
  const { label, text, metric } = given;
  const known = knownValues(given, context);
  if (known === undefined || known.includes(value)) return;
  const nearest = context.nearestName(value, known);
  const isOwn = !metric.labels.includes(label);
  throw refuse(
    `There is no ${sayLabel(label)} "${value}", but ${context.origin} gave "${text}".`,
    (nearest === undefined ? `One of: ${list(known)}.` : `${metric.name}{${label}:${nearest}}`) +
      (isOwn ? `   or, where requests give it,   labelKeys: ['${label}']` : ''),
  );
}

function knownValues(
  { label, metric }: NamedLabel,
  { labelValues = {} }: SelectorContext,
): readonly string[] | undefined {
  // What `record` was given comes first: it can be anything.
  if (metric.by?.includes(label) === true) return undefined;
  if (label === 'expected') return EXPECTED_VALUES;
  const isBuiltIn = metric.labels.includes(label);
  if (metric.isCustom === true && !isBuiltIn) return undefined;
  return Object.hasOwn(labelValues, label) ? labelValues[label] : undefined;
}

function sayLabel(label: string): string {
  if (label === 'load') return 'load';
  return label === 'user' ? 'kind of user' : `value of the label "${label}"`;
}

function refuseK6Name(
  { what, name, text, k6Name }: { what: string; name: string; text: string; k6Name: K6Name },
  { origin }: SelectorContext,
): LoadwrightError {
  const { name: here, note } = k6Name;
  const message =
    here === undefined
      ? `"${name}" is a ${what} of k6's that there is not here, but ${origin} gave "${text}".`
      : `k6's ${what} "${name}" is called "${here}" here, but ${origin} gave "${text}".`;
  const translated = here === undefined ? [] : [text.replace(name, here)];
  const hint = [...translated, ...(note === undefined ? [] : [note])].join('   ');
  return refuse(message, hint === '' ? `Leave "${name}" out.` : hint);
}

function list(names: readonly string[]): string {
  return names.length > LONGEST_LIST ? `${names.slice(0, LONGEST_LIST).join(', ')}, …` : names.join(', ');
}

function refuse(message: string, hint: string): LoadwrightError {
  return new LoadwrightError('ERR_OPTION_INVALID', { message, hint });
}
