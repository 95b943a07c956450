import { LoadwrightError } from '../errors.js';
import type { MeasureSelector, MeasureType } from './measure-selector.js';
import { parseSelector, type SelectorContext, splitSelector } from './parse-selector.js';

/** Which number of a measure is judged. */
export type ThresholdMethod = 'count' | 'rate' | 'value' | 'avg' | 'min' | 'max' | 'med' | 'p';

export type ThresholdOperator = '<' | '<=' | '>' | '>=' | '==' | '!=';

/** A bound on a measure, as plain data. */
export interface Threshold {
  /** The selector's canonical text. */
  key: string;
  selector: MeasureSelector;
  /** Canonical text: `p(95)<2000`. */
  expression: string;
  method: ThresholdMethod;
  /** Of `p(95)`: 95. */
  percentile?: number;
  operator: ThresholdOperator;
  limit: number;
  /** The run ends when it fails. */
  abortOnFail: boolean;
  /** Not before this instant of the run. */
  delayAbortEvalMs: number;
  /** Judged over each full window of this length instead of over the whole run; whole seconds. */
  windowMs?: number;
  /** No data at the end is no failure. */
  allowNoData: boolean;
  /** The other way round: it says what must not be, and fails where it held over a full window. */
  isAbortRule: boolean;
}

/** One bound as a scenario or configuration file writes it. */
export type ThresholdInput =
  | string
  | {
      /** `p(95)<2000` */
      threshold: string;
      /** Ends the run as soon as it fails. */
      abortOnFail?: boolean;
      /** How long the run goes on in any case: text (`30s`) or seconds. */
      delayAbortEval?: string | number;
      /** Judge every stretch of this length by itself, and fail if one of them fails: text (`30s`) or seconds. */
      window?: string | number;
      /** A metric that was never recorded is no failure. */
      allowNoData?: boolean;
    };

/** Bounds by metric: `{ 'http_req_duration{name:02_product_list}': ['p(95)<2000'] }`. */
export type ThresholdsInput = Readonly<Record<string, ThresholdInput | readonly ThresholdInput[]>>;

export interface ThresholdContext extends SelectorContext {
  /** Text (`30s`) or seconds as milliseconds; `undefined` for what is no duration. */
  parseDuration: (value: unknown) => number | undefined;
}

const METHODS_BY_TYPE: Readonly<Record<MeasureType, readonly ThresholdMethod[]>> = {
  counter: ['count', 'rate'],
  gauge: ['value', 'min', 'max'],
  rate: ['rate'],
  trend: ['avg', 'min', 'max', 'med', 'p', 'count'],
};
const EXAMPLES: Readonly<Record<MeasureType, string>> = {
  counter: 'count>1000   or, per second,   rate>16.7',
  gauge: 'value<=5000   or   max<=5000',
  rate: 'rate<0.01',
  trend: 'p(95)<2000   or   avg<500',
};
const METHODS = ['count', 'rate', 'value', 'avg', 'min', 'max', 'med', 'p(95)'];
const EXPRESSION =
  /^(?<method>[A-Za-z_]\w*)\s*(?:\(\s*(?<argument>[^)]*?)\s*\))?\s*(?<operator><=|>=|===?|!==?|<|>)(?<limit>.*)$/s;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const INPUT_KEYS = ['threshold', 'abortOnFail', 'delayAbortEval', 'window', 'allowNoData'];
const DEFAULT_ABORT_WINDOW_MS = 10_000;

/**
 * Reads the `thresholds` of a scenario, profile or configuration file.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID` for a metric, label, method, operator, number or key that does not exist,
 * and for a method that the metric does not have
 */
export function parseThresholds(input: ThresholdsInput, context: ThresholdContext): Threshold[] {
  if (!isRecord(input)) {
    throw invalid(`"thresholds" must be an object of bounds by metric, but ${context.origin} gave ${show(input)}.`);
  }
  return Object.entries(input).flatMap(([text, bounds]) => {
    const selector = parseSelector(text, context);
    const all: readonly ThresholdInput[] = Array.isArray(bounds) ? bounds : [bounds];
    if (all.length > 0) return all.map((bound) => parseBound(selector, bound, context));
    throw invalid(
      `The threshold of "${text}" needs at least one bound, but ${context.origin} gave an empty list.`,
      `'${text}': ['${EXAMPLES[selector.type].split('   ')[0]}']`,
    );
  });
}

/**
 * Reads `--threshold 'http_req_duration{name:02_product_list}:p(95)<2000'`.
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID`
 */
export function parseThresholdFlag(text: string, context: ThresholdContext): Threshold {
  const parts = splitSelector(text);
  if (parts === undefined) {
    throw invalid(
      `A threshold is a metric, a colon and a bound, but ${context.origin} gave "${text}".`,
      "--threshold 'http_req_duration:p(95)<2000'",
    );
  }
  return parseBound(parseSelector(parts.selector, context), parts.rest, context);
}

/**
 * Reads `--abort-on 'http_req_failed rate>0.5 for 10s'`: the run ends once that held over a full window of that length
 * (10 s if not given).
 *
 * @throws LoadwrightError `ERR_OPTION_INVALID`
 */
export function parseAbortRule(text: string, context: ThresholdContext): Threshold {
  const parts = splitSelector(text);
  if (parts === undefined) {
    throw invalid(
      `An abort rule is a metric, a condition and a time, but ${context.origin} gave "${text}".`,
      "--abort-on 'http_req_failed rate>0.5 for 10s'",
    );
  }
  const selector = parseSelector(parts.selector, context);
  const [, condition, span] = /^(.*?)(?:\s+for\b\s*(.*))?$/s.exec(parts.rest)!;
  const windowMs = span === undefined ? DEFAULT_ABORT_WINDOW_MS : parseWindow(span, text, context);
  return {
    ...parseExpression(condition!, selector, context),
    abortOnFail: true,
    delayAbortEvalMs: 0,
    windowMs,
    allowNoData: true,
    isAbortRule: true,
  };
}

type Expression = Pick<Threshold, 'key' | 'selector' | 'expression' | 'method' | 'percentile' | 'operator' | 'limit'>;

function parseBound(selector: MeasureSelector, bound: ThresholdInput, context: ThresholdContext): Threshold {
  const { threshold, abortOnFail, delayAbortEval, window, allowNoData } = readInput(selector, bound, context);
  const where = `${selector.key} ${threshold}`;
  return {
    ...parseExpression(threshold, selector, context),
    abortOnFail: readBoolean('abortOnFail', abortOnFail, context),
    delayAbortEvalMs:
      delayAbortEval === undefined ? 0 : parseSpan('delayAbortEval', delayAbortEval, { where, context }),
    ...(window === undefined ? {} : { windowMs: parseWindow(window, where, context) }),
    allowNoData: readBoolean('allowNoData', allowNoData, context),
    isAbortRule: false,
  };
}

function readInput(selector: MeasureSelector, bound: ThresholdInput, context: ThresholdContext) {
  if (typeof bound === 'string') return { threshold: bound } as Exclude<ThresholdInput, string>;
  if (!isRecord(bound) || typeof bound.threshold !== 'string') {
    throw invalid(
      `A threshold of "${selector.key}" must be text or have a "threshold", but ${context.origin} gave ${show(bound)}.`,
      `{ threshold: '${EXAMPLES[selector.type].split('   ')[0]}', abortOnFail: true }`,
    );
  }
  const unknown = Object.keys(bound).find((key) => !INPUT_KEYS.includes(key));
  if (unknown === undefined) return bound;
  const nearest = context.nearestName(unknown, INPUT_KEYS);
  throw invalid(
    `A threshold has no "${unknown}", but ${context.origin} gave ${show(bound)}.`,
    nearest === undefined ? `It takes: ${INPUT_KEYS.join(', ')}.` : `"${nearest}"`,
  );
}

function parseExpression(text: string, selector: MeasureSelector, context: ThresholdContext): Expression {
  const groups = EXPRESSION.exec(text.trim())?.groups;
  if (groups === undefined) throw refuseExpression(text, selector, context);
  const method = readMethod(text, { name: groups.method!, argument: groups.argument }, { selector, context });
  const limitText = groups.limit!.trim();
  const limit = NUMBER.test(limitText) ? Number(limitText) : Number.NaN;
  if (!Number.isFinite(limit)) {
    throw invalid(
      `The limit of a threshold must be a plain number${selector.type === 'trend' ? ', for times in milliseconds' : ''}, ` +
        `but ${context.origin} gave "${text}" for "${selector.key}".`,
      EXAMPLES[selector.type],
    );
  }
  const operator = groups.operator!.slice(0, 2) as ThresholdOperator;
  const name = method.percentile === undefined ? method.method : `p(${method.percentile})`;
  return { key: selector.key, selector, expression: `${name}${operator}${limit}`, ...method, operator, limit };
}

function readMethod(
  text: string,
  { name, argument }: { name: string; argument: string | undefined },
  { selector, context }: { selector: MeasureSelector; context: ThresholdContext },
): Pick<Threshold, 'method' | 'percentile'> {
  const suitable = METHODS_BY_TYPE[selector.type];
  const isKnown = METHODS.includes(name) || name === 'p';
  if (!isKnown || (argument !== undefined && name !== 'p')) throw refuseExpression(text, selector, context);
  if (!suitable.includes(name as ThresholdMethod)) {
    throw invalid(
      `"${selector.metric}" is a ${selector.type} and has no "${name}", but ${context.origin} gave "${text}".`,
      `It has ${suitable.map((method) => (method === 'p' ? 'p(x)' : method)).join(', ')}: ${EXAMPLES[selector.type]}`,
    );
  }
  if (name !== 'p') return { method: name as ThresholdMethod };
  const percentile = argument !== undefined && NUMBER.test(argument) ? Number(argument) : Number.NaN;
  if (percentile >= 0 && percentile <= 100) return { method: 'p', percentile };
  throw invalid(
    `A percentile is a number from 0 to 100, but ${context.origin} gave "${text}" for "${selector.key}".`,
    'p(95)<2000',
  );
}

function refuseExpression(text: string, selector: MeasureSelector, context: ThresholdContext): LoadwrightError {
  return invalid(
    `A threshold reads like ${EXAMPLES[selector.type].split('   ')[0]}: method, operator and number, but ` +
      `${context.origin} gave "${text}" for "${selector.key}".`,
    guessExpression(text, context) ?? EXAMPLES[selector.type],
  );
}

function guessExpression(text: string, { nearestName }: ThresholdContext): string | undefined {
  const percentile = /^\s*p(\d+(?:\.\d+)?)(?=\s*[<>=!])/.exec(text);
  if (percentile !== null) return `p(${percentile[1]})${text.slice(percentile[0].length).trim()}`;
  const given = /^\s*([A-Za-z_]\w*)/.exec(text);
  if (given === null || METHODS.includes(given[1]!)) return undefined;
  const nearest = nearestName(given[1]!, METHODS);
  return nearest === undefined ? undefined : `${nearest}${text.slice(given[0].length).trim()}`;
}

function parseSpan(
  name: string,
  value: unknown,
  { where, context }: { where: string; context: ThresholdContext },
): number {
  const durationMs = context.parseDuration(value);
  if (durationMs !== undefined) return durationMs;
  throw invalid(
    `"${name}" of the threshold "${where}" must be a duration, but ${context.origin} gave ${show(value)}.`,
    `${name}: '30s'`,
  );
}

/** Seconds are the finest that is kept of a run. */
function parseWindow(value: unknown, where: string, context: ThresholdContext): number {
  const durationMs = parseSpan('window', value, { where, context });
  if (durationMs >= 1000 && durationMs % 1000 === 0) return durationMs;
  throw invalid(
    `A window is 1s or more, in whole seconds, but ${context.origin} gave ${show(value)} for "${where}".`,
    "window: '30s'   or, on the command line,   --abort-on 'http_req_failed rate>0.5 for 30s'",
  );
}

function readBoolean(name: string, value: unknown, { origin }: ThresholdContext): boolean {
  if (value === undefined || typeof value === 'boolean') return value ?? false;
  throw invalid(`"${name}" of a threshold must be true or false, but ${origin} gave ${show(value)}.`, `${name}: true`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}

function invalid(message: string, hint = "thresholds: { http_req_duration: ['p(95)<2000'] }"): LoadwrightError {
  return new LoadwrightError('ERR_OPTION_INVALID', { message, hint });
}
