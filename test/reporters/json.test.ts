import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { Histogram, percentilesOf } from '../../src/metrics/histogram.js';
import { mergeBuckets } from '../../src/metrics/merge-buckets.js';
import type { Tally } from '../../src/metrics/tally.js';
import { createJsonReporter } from '../../src/reporters/json.js';
import { readResultDocument } from '../../src/reporters/result/read-document.js';
import type { ResultDocument } from '../../src/reporters/result/result-schema.js';
import { plainLine } from '../../src/runtime/load/users.js';
import { createPart, PLAN, SyntheticRun, type ToldRequest, verdictOf } from '../support/run-events.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';
import { findSchemaErrors } from '../support/validate-result.js';

async function write(
  tell: (run: SyntheticRun) => void,
): Promise<{ document: ResultDocument; run: SyntheticRun; path: string }> {
  const path = join(createTemporaryFolder(), 'results', 'run.json');
  const reporter = createJsonReporter({ path });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  tell(run);
  await reporter.finish?.();
  return { document: JSON.parse(readFileSync(path, 'utf8')) as ResultDocument, run, path };
}

function bucketsOf(ms: number) {
  const histogram = new Histogram();
  histogram.record(ms);
  return histogram.readCounts();
}

const tallyAll = (tally: Tally) => {
  tally.addGroup('장바구니', 12);
  tally.addCheck({ name: 'has stock', passes: 2, failures: 1 });
  tally.addException({ message: 'no id', traceback: 'at x', nodes: ['0'], count: 2, firstSeenMs: 1, lastSeenMs: 2 });
  tally.addStartLag(3);
  tally.addIteration(30);
  tally.addDropped(2);
};

function tellRun(run: SyntheticRun): void {
  const late: ToldRequest = { name: 'b', ms: 10, lagMs: 90 };
  const measures = [
    { key: 'sold', metric: 'sold', type: 'counter' as const, count: 2, sum: 7 },
    { key: 'told', metric: 'told', type: 'rate' as const, count: 4, sum: 3 },
    {
      key: 'stock',
      metric: 'stock',
      type: 'gauge' as const,
      merge: 'sum' as const,
      count: 2,
      sum: 9,
      minimum: 4,
      maximum: 5,
      shares: { 0: { value: 4, atMs: 1 }, 1: { value: 5, atMs: 1 } },
    },
    {
      key: 'age{of:x}',
      metric: 'age',
      type: 'trend' as const,
      count: 1,
      sum: 5,
      minimum: 5,
      maximum: 5,
      durations: bucketsOf(5),
    },
  ];
  run
    .start()
    .close(0, {
      ...createPart(0, [{ name: 'a', times: 3, error: 'status 500', status: 500 }, late], tallyAll),
      measures,
    })
    .close(1, [{ name: 'a', times: 2 }], { users: { StockUser: 17 }, usersByLoad: { default: { StockUser: 17 } } })
    .amend(0, [{ name: 'c', ms: 3000 }]);
}

describe('the document', () => {
  test('is as the schema says, down to the last field', async () => {
    const { document } = await write((run) => {
      tellRun(run);
      run.finish({
        state: 'stopped',
        stop: { by: 'signal', signal: 'SIGINT', reason: 'Ctrl-C' },
        thresholds: [
          verdictOf('http_req_failed', 'rate<0.1', {
            state: 'failed',
            worst: { value: 1, fromMs: 0, toMs: 10 },
            windowMs: 10,
          }),
          verdictOf('http_reqs', 'rate>1', { value: undefined }),
        ],
        finding: {
          state: 'broke',
          brokeAtMs: 1,
          usersAtBreak: 2,
          windowFromMs: 0,
          criterion: { key: 'a', expression: 'b', value: undefined },
          recovery: 'load-never-fell',
        },
        verifyFailures: ['the stock does not add up'],
        warnings: [{ code: 'X', message: 'y' }],
        lostWorkers: [{ type: 'worker-lost', share: 0, reason: 'r', kind: 'k', task: 't' }],
        outside: [run.totals.table(1000).aggregated],
      });
    });
    expect(findSchemaErrors(document)).toEqual([]);
    expect(findSchemaErrors({ ...document, more: 1 })).toHaveLength(1);
    expect(findSchemaErrors({ ...document, total: { ...document.total, completed: '9' } })).toHaveLength(1);
  });

  test('has the numbers of the result, each with its distribution', async () => {
    const { document, run } = await write((told) => {
      tellRun(told);
      told.finish();
    });
    const result = JSON.parse(JSON.stringify(run.result())) as ReturnType<typeof run.result>;
    const { total, requests } = document;
    const withoutDurations = ({ durations, service, ...row }: ResultDocument['total']) => row;
    const withoutService = ({ service, ...row }: (typeof result)['total']) => row;
    expect(withoutDurations(total)).toEqual(withoutService(result.total));
    expect(requests.map(withoutDurations)).toEqual(result.requests.map(withoutService));
    expect(requests.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    for (const row of [total, ...requests]) {
      const inBuckets = row.durations.filter((_, at) => at % 2 === 1).reduce((sum, count) => sum + count, 0);
      expect(inBuckets).toBe(row.completed);
      expect(percentilesOf(row.durations, [95])[0]).toBeCloseTo(row.percentiles['95']!, -1);
    }
    expect(mergeBuckets(requests.map(({ durations }) => durations))).toEqual(total.durations);
    expect(requests[1]!.service).toMatchObject({ meanMs: 10, percentiles: { '100': 10 } });
    expect(requests[0]!.errors).toEqual([{ error: 'status 500', count: 3, firstSeenMs: 500, lastSeenMs: 500 }]);
    expect(requests[0]!.statuses).toEqual({ 200: 2, 500: 3 });
    expect(requests[0]).not.toHaveProperty('service');
    expect(document).not.toHaveProperty('stop');
    expect(document.checks).toEqual([{ name: 'has stock', passes: 2, failures: 1, passedShare: 2 / 3 }]);
    expect(document.groups[0]).toMatchObject({ name: '장바구니', count: 1, meanMs: 12, percentiles: { '50': 12 } });
    expect(document.iterations).toMatchObject({ count: 1, maxMs: 30 });
    expect(document.exceptions[0]).toMatchObject({ count: 2, firstSeenMs: 1, lastSeenMs: 2 });
    expect(document.metrics).toMatchObject([
      { key: 'age{of:x}', percentiles: { '50': 5 } },
      { key: 'sold', perSecond: 3.5, sum: 7 },
      { key: 'stock', value: 9 },
      { key: 'told', value: 0.75 },
    ]);
    expect(document.options.users).toEqual({ value: 1, text: '1', layer: 'default', origin: 'default' });
    expect(document.machine.cpuModel).toBe('A Processor');
  });

  test('of the only kind in the only load has what all together have', async () => {
    const { document } = await write((run) => {
      tellRun(run);
      run.finish();
    });
    expect(document.loads).toHaveLength(1);
    expect(document.loads[0]).toMatchObject({ name: 'default', executor: 'plain', endMs: 20_000 });
    const [kind] = document.loads[0]!.kinds;
    expect(kind).toMatchObject({ kind: 'StockUser', mostUsers: 17, requests: { count: 7, failures: 3 } });
    expect(kind!.requests!.durations).toEqual(document.total.durations);
    expect(kind!.iterations!.count).toBe(1);
  });

  test('of several loads and kinds has what was counted of each', async () => {
    const load = {
      ...PLAN.revisions[0]!.loads[0]!,
      name: '읽기',
      kinds: [0, 1],
      line: plainLine({ users: 2, spawnRate: 1 }),
    };
    const kinds = [PLAN.kinds[0]!, { ...PLAN.kinds[0]!, name: 'Buyer' }];
    const keys = (kind: string) =>
      ['http_req_duration', 'http_req_failed', 'iteration_duration'].map(
        (metric) => `${metric}{load:읽기,user:${kind}}`,
      );
    const selectors = [...keys('StockUser'), ...keys('Buyer')].map((key) => {
      const metric = key.split('{')[0]!;
      return { key, metric, type: metric === 'http_req_failed' ? ('rate' as const) : ('trend' as const), labels: {} };
    });
    const plan = { ...PLAN, kinds, revisions: [{ revision: 0, effectiveAtMs: 0, loads: [load] }], measures: selectors };
    const trend = { count: 4, sum: 40, minimum: 10, maximum: 10, durations: [7000, 4] };
    const measures = [
      { ...selectors[0]!, ...trend },
      { ...selectors[1]!, count: 4, sum: 1 },
      { ...selectors[2]!, ...trend, count: 2, sum: 30 },
    ];
    const { document } = await write((run) =>
      run
        .start({ plan })
        .close(0, { ...createPart(0, [{ name: 'a' }]), measures })
        .finish(),
    );
    expect(findSchemaErrors(document)).toEqual([]);
    expect(document.loads[0]!.kinds).toMatchObject([
      {
        kind: 'StockUser',
        requests: { count: 4, failures: 1, failedShare: 0.25, meanMs: 10 },
        iterations: { count: 2, meanMs: 15 },
      },
      { kind: 'Buyer', mostUsers: 0, requests: { count: 0, failures: 0, durations: [] }, iterations: { count: 0 } },
    ]);
  });

  test('is there whole or not at all, and not without an end', async () => {
    const { path } = await write((run) => {
      tellRun(run);
      run.finish();
    });
    expect(readdirSync(dirname(path))).toEqual(['run.json']);
    await expect(write(tellRun)).rejects.toThrow(/ENOENT/);
    const reporter = createJsonReporter({ path: '/dev/null/x/run.json' });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
    expect(() => run.start()).toThrow(/ENOTDIR/);
  });

  test('has a line for each row and point, of the run and of its names, so that it can be looked at', async () => {
    const { path } = await write((run) => {
      tellRun(run);
      run.finish();
    });
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines[1]).toBe('"format": "loadwright-result",');
    expect(lines.filter((line) => line.startsWith('{"second":'))).toHaveLength(2 * 2);
    expect(lines.filter((line) => line.startsWith('{"method":"GET"'))).toHaveLength(3);
  });
});

describe('the published schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../schema/result.json', import.meta.url), 'utf8')) as object;

  test('takes the document, and fields of later versions too', async () => {
    const { document } = await write((run) => {
      tellRun(run);
      run.finish();
    });
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...document, later: 1, total: { ...document.total, later: 1 } })).toBe(true);
    const { total, ...without } = document;
    expect(validate(without)).toBe(false);
  });
});

describe('a document read back', () => {
  test('is what was written', async () => {
    const { document, path } = await write((run) => {
      tellRun(run);
      run.finish();
    });
    expect(await readResultDocument(path)).toEqual(document);
  });

  test('of something else is refused, and what is wrong said', async () => {
    const { document } = await write((run) => {
      tellRun(run);
      run.finish();
    });
    const refusal = (text: string) => {
      const path = join(createTemporaryFolder(), 'x.json');
      writeFileSync(path, text);
      return expect(readResultDocument(path)).rejects;
    };
    await expect(readResultDocument('/nowhere.json')).rejects.toThrow(/cannot be read: ENOENT/);
    await refusal('{').toThrow(/is no JSON/);
    await refusal('null').toThrow(/is no result of a run/);
    await refusal('{"format":"other","formatVersion":1}').toThrow(/is no result of a run/);
    await refusal(JSON.stringify({ ...document, formatVersion: 2, version: '9.0.0' })).toThrow(
      /Loadwright 9\.0\.0 in format 2/,
    );
    const wrong = { ...document, total: { ...document.total, completed: '9' } };
    await refusal(JSON.stringify(wrong)).toThrow(/at total\.completed: /);
    const buckets = { ...document, total: { ...document.total, durations: [-1, 1] } };
    await refusal(JSON.stringify(buckets)).toThrow(/at total\.durations\.0: /);
  });
});
