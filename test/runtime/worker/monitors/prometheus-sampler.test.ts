import { afterEach, describe, expect, it } from 'vitest';
import { type PrometheusMetric, prometheusMonitor } from '../../../../src/runtime/user/define-monitors.js';
import { PrometheusSampler } from '../../../../src/runtime/worker/monitors/prometheus-sampler.js';
import type { Values } from '../../../../src/runtime/worker/monitors/sampler.js';
import { metricOf, runMonitored } from '../../../support/monitored-run.js';
import { closeServers, startHttp } from '../../../support/small-servers.js';

afterEach(closeServers);

type Metrics = Readonly<Record<string, PrometheusMetric>>;
interface Answer {
  status?: number;
  text: string;
}

/** A server that answers everything with what `answer` says now. */
async function serve(answer: (url: URL) => Answer) {
  const seen: { url: URL; authorization: string | undefined }[] = [];
  const server = await startHttp((request, response) => {
    const url = new URL(request.url!, 'http://target');
    seen.push({ url, authorization: request.headers.authorization });
    const { status = 200, text } = answer(url);
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
  });
  return { ...server, seen };
}

const sample = (sampler: PrometheusSampler): Promise<Values> => sampler.sample(new AbortController().signal);

async function readPage(text: string, metrics: Metrics): Promise<Values> {
  const { url } = await serve(() => ({ text }));
  return await sample(new PrometheusSampler({ url: `${url}/metrics`, metrics }));
}

const PAGE = `
# HELP queue_size Jobs, and "quotes" {in=} braces # of all kinds.
# TYPE queue_size gauge
queue_size{queue="mail",state="waiting"} 3
queue_size{queue="mail",state="running"} 2 1712345678901
queue_size{ queue = "재고" , state = "waiting", } 40
queue_size {queue="} 1",state="waiting"}\t500
queue_size{queue="a\\"b\\\\c\\nd",state="odd"} 1e3
# a comment
#TYPE nothing
<html>Welcome to nginx</html>
Welcome to nginx
queue_size{queue="mail" 7000
queue_size{queue=mail} 7000
queue_size{queue="mail"} seven
queue_size
{queue="mail"} 7000
# TYPE heat gauge
heat{room="a"} NaN
heat{room="b"} 21.5
# TYPE broken gauge
broken NaN
# TYPE limit gauge
limit +Inf
negative -7
# TYPE size gauge
size{of="x"} 17 # {trace_id="} 4"} 0.67 1712345678.9
`;

describe('a page of metrics', () => {
  it.each([
    ['all series of a name are summed', 'queue_size', 3 + 2 + 40 + 500 + 1000],
    ['only those with a label', 'queue_size{queue="mail"}', 5],
    ['with all labels that are named, in any order', ' queue_size { state="waiting", queue="mail" } ', 3],
    ['with Korean labels and spaces', 'queue_size{queue="재고"}', 40],
    ['with braces in a label', 'queue_size{queue="} 1"}', 500],
    ['with what is escaped', 'queue_size{queue="a\\"b\\\\c\\nd"}', 1000],
    ['without those that are not a number', 'heat', 21.5],
    ['without labels', 'negative', -7],
    ['not what stands behind a number', 'size{of="x"}', 17],
  ])('%s', async (_, metric, expected) => {
    expect(await readPage(PAGE, { number: { metric } })).toEqual({ number: expected });
  });

  it('has no number for NaN and for what is infinite, and that is no failure', async () => {
    expect(await readPage(PAGE, { broken: 'broken', limit: 'limit', there: 'negative' })).toEqual({ there: -7 });
  });

  it.each([
    ['gone', 'there is no gone among 11 series'],
    ['queue_size{queue="post"}', 'there is no queue_size{queue="post"} among 11 series'],
    ['queue_size{queue=mail}', '"queue_size{queue=mail}" is not a metric like http_requests_total{code="200"}'],
  ])('says what is wrong with %s', async (metric, message) => {
    await expect(readPage(PAGE, { metric })).rejects.toThrow(message);
  });

  it('that cannot be read is told with its status', async () => {
    const { url } = await serve(() => ({ status: 404, text: 'queue_size 3' }));
    const sampler = new PrometheusSampler({ url: `${url}/metriks`, metrics: { size: 'queue_size' } });
    await expect(sample(sampler)).rejects.toThrow('/metriks answered with status 404');
  });
});

describe('counters', () => {
  const pageOf = (requests: number) => `# TYPE http_requests_total counter
http_requests_total{code="200",method="get"} ${requests}
http_requests_total{code="200",method="post"} 50
http_requests_total{code="500"} 7
# TYPE odd counter
odd ${requests}
# TYPE like_total gauge
like_total ${requests}
took_seconds_sum ${requests}
# TYPE took histogram
took_bucket{le="+Inf"} ${requests}
`;

  it('are how much they grew a second, gauges are as they are', async () => {
    let requests = 1000;
    const { url } = await serve(() => ({ text: pageOf(requests) }));
    const sampler = new PrometheusSampler({
      url,
      metrics: {
        answers: 'http_requests_total{code="200"}',
        failed: 'http_requests_total{code="500"}',
        odd: 'odd',
        gauge: 'like_total',
        untyped: 'took_seconds_sum',
        bucket: { metric: 'took_bucket{le="+Inf"}', unit: 'count' },
      },
    });
    const outerMs = performance.now();
    expect(await sample(sampler)).toEqual({ gauge: 1000 });
    const innerMs = performance.now();
    requests = 1600;
    await expect.poll(() => performance.now() - innerMs).toBeGreaterThan(100);
    const insideMs = performance.now() - innerMs;
    const values = await sample(sampler);
    const outsideMs = performance.now() - outerMs;
    for (const name of ['answers', 'odd', 'untyped', 'bucket']) {
      expect(values[name], name).toBeGreaterThanOrEqual(600_000 / outsideMs);
      expect(values[name], name).toBeLessThanOrEqual(600_000 / insideMs);
    }
    expect(values).toMatchObject({ failed: 0, gauge: 1600 });
    expect(sampler.units).toMatchObject({ answers: 'per second', untyped: 'per second', bucket: 'count' });
    expect(sampler.units).not.toHaveProperty('gauge');
    requests = 3;
    expect(Object.keys(await sample(sampler))).toEqual(['failed', 'gauge']);
    requests = 4;
    expect((await sample(sampler)).answers).toBeGreaterThan(0);
  });

  it('are drawn from the first second on, with their unit', async () => {
    let requests = 0;
    const { url, seen } = await serve(() => {
      requests += 100;
      return { text: pageOf(requests) };
    });
    const withPassword = url.replace('http://', 'http://me:hunter%262@');
    const monitors = [prometheusMonitor(withPassword, { answers: 'http_requests_total{method="get"}' })];
    const { result, events } = await runMonitored(monitors, { seconds: 2 });
    const answers = metricOf(result, 'prometheus', 'answers');
    expect(answers).toMatchObject({ unit: 'per second', count: result.monitors![0]!.samples });
    expect(answers).not.toHaveProperty('baseline');
    expect(answers.min).toBeGreaterThan(0);
    expect(new Set(seen.map(({ authorization }) => authorization))).toEqual(
      new Set([`Basic ${Buffer.from('me:hunter&2').toString('base64')}`]),
    );
    expect(JSON.stringify(events)).not.toMatch(/hunter/);
  });
});

describe('queries of a Prometheus server', () => {
  const QUERY = 'sum(rate(cpu_seconds_total{pod=~"api.*"}[1m])) * 100 + 0';
  const answerOf = (data: unknown) => ({ text: JSON.stringify({ status: 'success', data }) });

  async function query(answer: Answer): Promise<Values> {
    const { url } = await serve(() => answer);
    return await sample(new PrometheusSampler({ url, metrics: { cpu: { query: QUERY } } }));
  }

  it('are asked as they are, below the path of the address', async () => {
    const { url, seen } = await serve((asked) => {
      const value = asked.searchParams.get('query') === QUERY ? '12.5' : '7';
      return answerOf({ resultType: 'vector', result: [{ metric: {}, value: [1712345678.9, value] }] });
    });
    const metrics = { cpu: { query: QUERY, unit: 'percent' }, pods: { query: 'count(up)' } } as const;
    const sampler = new PrometheusSampler({ url: `${url}/prom/`, metrics });
    expect(await sample(sampler)).toEqual({ cpu: 12.5, pods: 7 });
    expect(sampler.units).toEqual({ cpu: 'percent' });
    expect(seen.map((one) => one.url.pathname)).toEqual(['/prom/api/v1/query', '/prom/api/v1/query']);
  });

  it.each([
    ['all series are summed', 'vector', [{ value: [1, '2'] }, { value: [1, 'NaN'] }, { value: [1, '40.5'] }], 42.5],
    ['one number', 'scalar', [1, '3'], 3],
    ['nothing', 'vector', [], undefined],
    ['not a number', 'vector', [{ value: [1, 'NaN'] }], undefined],
    ['infinite', 'scalar', [1, '+Inf'], undefined],
  ])('answered with %s', async (_, resultType, result, expected) => {
    expect(await query(answerOf({ resultType, result }))).toEqual(expected === undefined ? {} : { cpu: expected });
  });

  it.each([
    [
      400,
      '{"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected"}',
      '"cpu" failed: 1:5: parse',
    ],
    [422, '{ "status": "error", "error": "many-to-many matching not allowed" }', '"cpu" failed: many-to-many'],
    [503, 'busy', '/api/v1/query answered with status 503'],
    [404, '{"message":"no route"}', '/api/v1/query answered with status 404'],
    [200, '<html>', '/api/v1/query did not answer with JSON: is this the address of a Prometheus server?'],
    [200, answerOf({ resultType: 'matrix', result: [] }).text, '"cpu" is answered with a matrix, not with numbers'],
  ])('answered with %i %s says why there is no number', async (status, text, message) => {
    await expect(query({ status, text })).rejects.toThrow(message);
  });
});
