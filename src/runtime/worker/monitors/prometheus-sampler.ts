import type { MonitorUnit } from '../../../metrics/monitors/monitor-sample.js';
import type { PrometheusMetric } from '../../user/define-monitors.js';
import {
  type Exposition,
  isCounter,
  parseExposition,
  parseMetric,
  parseNumber,
  sumSeries,
} from './parse-exposition.js';
import { RateMeter } from './rate-meter.js';
import type { Sampler, Values } from './sampler.js';

interface QueryAnswer {
  status?: string;
  error?: string;
  data?: { resultType?: string; result?: unknown };
}

/** Metrics of an exporter's page, or queries of a Prometheus server. */
export class PrometheusSampler implements Sampler {
  readonly units: Record<string, MonitorUnit> = {};
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #metrics: [name: string, metric: PrometheusMetric][];
  readonly #rates = new RateMeter();

  constructor({ url, metrics }: { url: string; metrics: Readonly<Record<string, PrometheusMetric>> }) {
    this.#url = new URL(url);
    const { username, password } = this.#url;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    this.#headers =
      credentials === ':' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
    // An address with a password in it cannot be fetched.
    this.#url.username = '';
    this.#url.password = '';
    this.#metrics = Object.entries(metrics);
    for (const [name, metric] of this.#metrics) {
      if (typeof metric !== 'string' && metric.unit !== undefined) this.units[name] = metric.unit;
    }
  }

  async sample(signal: AbortSignal): Promise<Values> {
    const isQueried = this.#metrics.some(([, metric]) => typeof metric !== 'string' && 'query' in metric);
    return isQueried
      ? await this.#query(signal)
      : this.#readPage(parseExposition(await this.#fetch(this.#url, signal)));
  }

  #readPage(page: Exposition): Values {
    const values: Values = {};
    for (const [name, metric] of this.#metrics) {
      const text = typeof metric === 'string' ? metric : (metric as { metric: string }).metric;
      const selected = parseMetric(text);
      const sum = sumSeries(page, selected);
      if (sum === undefined) throw new Error(`there is no ${text} among ${page.series.length} series`);
      const isRate = isCounter(page, selected.name);
      if (isRate) this.units[name] ??= 'per second';
      // Nothing observed yet, or more than any number.
      if (!Number.isFinite(sum)) continue;
      const value = isRate ? this.#rates.perSecond(name, sum) : sum;
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  async #query(signal: AbortSignal): Promise<Values> {
    const values = await Promise.all(
      this.#metrics.map(async ([name, metric]): Promise<[string, number | undefined]> => {
        const { query } = metric as { query: string };
        const url = new URL(`${this.#url.pathname.replace(/\/$/, '')}/api/v1/query`, this.#url);
        url.searchParams.set('query', query);
        return [name, readAnswer(name, await this.#fetch(url, signal), url)];
      }),
    );
    return Object.fromEntries(values.filter((entry): entry is [string, number] => Number.isFinite(entry[1])));
  }

  async #fetch(url: URL, signal: AbortSignal): Promise<string> {
    const response = await fetch(url, { signal, headers: this.#headers });
    const text = await response.text();
    // A query that is wrong is answered with 400 or 422 and a reason, one that takes too long with 503.
    if (response.ok || /^\{\s*"status"\s*:\s*"error"/.test(text)) return text;
    throw new Error(`${url.pathname} answered with status ${response.status}`);
  }
}

/** All series of the answer, summed; undefined without any. */
function readAnswer(name: string, text: string, { pathname }: URL): number | undefined {
  const { status, error, data } = parseAnswer(text, pathname);
  if (status !== 'success') throw new Error(`the query of "${name}" failed: ${error ?? 'no reason was given'}`);
  const { resultType, result } = data ?? {};
  if (resultType === 'scalar') return parseNumber((result as [number, string])[1]);
  if (resultType !== 'vector') {
    throw new Error(`the query of "${name}" is answered with a ${resultType}, not with numbers: try sum(rate(…[1m]))`);
  }
  const values = (result as { value?: [number, string] }[]).map(({ value }) => parseNumber(value?.[1] ?? ''));
  const told = values.filter((value) => value !== undefined && !Number.isNaN(value)) as number[];
  return told.length === 0 ? undefined : told.reduce((sum, value) => sum + value, 0);
}

function parseAnswer(text: string, path: string): QueryAnswer {
  try {
    return JSON.parse(text) as QueryAnswer;
  } catch {
    throw new Error(`${path} did not answer with JSON: is this the address of a Prometheus server?`);
  }
}
