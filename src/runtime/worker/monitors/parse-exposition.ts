/** A line of a page of metrics. */
export interface ExposedSeries {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

export interface Exposition {
  series: ExposedSeries[];
  /** By the name of the metric: counter, gauge, histogram, summary. */
  types: ReadonlyMap<string, string>;
}

/** Behind the number may stand a time, and an example of what was counted, with labels of its own. */
const LINE = /^\s*([a-zA-Z_:][\w:]*)(?:\s*\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}\s*|\s+)(\S+)/;
const LABEL = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?/gy;
const COUNTERS = /_(total|count|sum|bucket)$/;

/** Reads the text that exporters of Prometheus answer with. What it does not know is left out. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const series: ExposedSeries[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      const [, keyword, name, type] = line.split(/\s+/);
      if (keyword === 'TYPE' && name !== undefined && type !== undefined) types.set(name, type);
      continue;
    }
    const [, name, inside = '', number = ''] = LINE.exec(line) ?? [];
    const [labels, value] = [parseLabels(inside), parseNumber(number)];
    if (name !== undefined && labels !== undefined && value !== undefined) series.push({ name, labels, value });
  }
  return { series, types };
}

/**
 * `http_requests_total{code="200"}` as name and labels.
 *
 * @throws Error for what is no such thing
 */
export function parseMetric(text: string): { name: string; labels: ReadonlyMap<string, string> } {
  const [, name, inside = ''] = /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\})?\s*$/.exec(text) ?? [];
  const labels = parseLabels(inside);
  if (name !== undefined && labels !== undefined) return { name, labels };
  throw new Error(`"${text}" is not a metric like http_requests_total{code="200"}`);
}

/** What fits, summed without what is not a number; undefined if nothing fits. */
export function sumSeries(
  { series }: Exposition,
  { name, labels }: { name: string; labels: ReadonlyMap<string, string> },
): number | undefined {
  const fitting = series.filter(
    (one) => one.name === name && [...labels].every(([key, value]) => one.labels.get(key) === value),
  );
  if (fitting.length === 0) return undefined;
  const told = fitting.filter(({ value }) => !Number.isNaN(value));
  return told.length === 0 ? Number.NaN : told.reduce((sum, { value }) => sum + value, 0);
}

/** It only grows. */
export function isCounter({ types }: Exposition, name: string): boolean {
  const base = name.replace(COUNTERS, '');
  const type = types.get(name) ?? types.get(base);
  if (type === undefined || type === 'untyped' || type === 'unknown') return COUNTERS.test(name);
  if (type === 'counter') return true;
  return (type === 'histogram' || type === 'summary') && name !== base;
}

/** As Go writes it; undefined for what is none. */
export function parseNumber(text: string): number | undefined {
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(text);
  return text === '' || Number.isNaN(number) ? undefined : number;
}

/** Undefined for what is no list of labels. */
function parseLabels(text: string): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  let end = 0;
  for (const match of text.matchAll(LABEL)) {
    labels.set(
      match[1]!,
      match[2]!.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped)),
    );
    end = match.index + match[0].length;
  }
  return text.slice(end).trim() === '' ? labels : undefined;
}
