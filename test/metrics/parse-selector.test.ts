import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import { ThresholdJudge } from '../../src/metrics/judge-thresholds.js';
import { MeasureBook } from '../../src/metrics/measures.js';
import { parseSelector, selectMeasures, splitSelector } from '../../src/metrics/parse-selector.js';
import { selectorKey } from '../../src/metrics/selector-key.js';
import { contextOf, selectorOf, sourceOf, thresholdOf } from '../support/threshold-context.js';

function errorOf(text: string, context = contextOf()): LoadwrightError {
  try {
    parseSelector(text, context);
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
    throw error;
  }
  throw new Error(`${text} was read`);
}

describe('a selector', () => {
  it('is a metric', () => {
    expect(selectorOf(' http_reqs ')).toEqual({ key: 'http_reqs', metric: 'http_reqs', type: 'counter', labels: {} });
    expect(selectorOf('http_reqs{}').key).toBe('http_reqs');
    expect(selectorOf('users').merge).toBe('sum');
  });

  it('is narrowed by labels, in any order and spacing', () => {
    const selector = selectorOf('http_req_duration{ name:02_product_list ,method : GET}');
    expect(selector.labels).toEqual({ name: '02_product_list', method: 'GET' });
    expect(selector.key).toBe('http_req_duration{method:GET,name:02_product_list}');
    expect(selectorOf('http_req_duration{method:GET,name:02_product_list}').key).toBe(selector.key);
  });

  it.each([
    ['{name:상품 목록}', '상품 목록'],
    ['{name:http://host:80/a?b=c}', 'http://host:80/a?b=c'],
    ['{name:/api/{id}/items}', '/api/{id}/items'],
    ['{name:/api/{a,b}}', '/api/{a,b}'],
    ["{name:it's}", "it's"],
    ['{name:"a, b"}', 'a, b'],
    ["{name: 'a } b' }", 'a } b'],
    ['{name:"say \\"hi\\" \\\\"}', 'say "hi" \\'],
    ['{name:say "a,b"x:1}', undefined],
    ['{error:""}', ''],
  ])('reads the value of %s', (labels, value) => {
    if (value === undefined) expect(errorOf(`http_reqs${labels}`).code).toBe('ERR_OPTION_INVALID');
    else expect(Object.values(selectorOf(`http_reqs${labels}`).labels)).toEqual([value]);
  });

  it('is read back from its key, whatever the values are', () => {
    const labels = fc.dictionary(fc.constantFrom('name', 'method', 'status', 'error'), fc.string());
    fc.assert(
      fc.property(labels, (given) => {
        const key = selectorKey('http_reqs', given);
        const selector = selectorOf(key);
        expect(selector.labels).toEqual({ ...given });
        expect(selector.key).toBe(key);
        expect(splitSelector(`${key}:count>1`)).toEqual({ selector: key, rest: 'count>1' });
      }),
    );
  });

  it('may name labels of its own and of custom metrics', () => {
    const context = contextOf([{ name: 'reserved', type: 'counter', by: ['outcome'] }], ['region']);
    expect(selectorOf('http_reqs{region:eu}', context).labels).toEqual({ region: 'eu' });
    expect(selectorOf('reserved{outcome:told,region:eu}', context).type).toBe('counter');
  });
});

describe('what is no selector', () => {
  it('says what was meant', () => {
    const error = errorOf('http_req_duratoin{name:a}');
    expect(error.message).toBe(
      'There is no metric "http_req_duratoin", but stock.ts gave "http_req_duratoin{name:a}".',
    );
    expect(error.hint).toBe('http_req_duration{name:a}');
    expect(errorOf('zzz').hint).toContain('One of: http_req_duration, ');
    const label = errorOf('http_reqs{naem:a}');
    expect(label.message).toBe('"http_reqs" has no label "naem", but stock.ts gave "http_reqs{naem:a}".');
    expect(label.hint).toBe('http_reqs{name:…}');
  });

  it('has labels of another metric', () => {
    expect(errorOf('iterations{status:200}').hint).toContain('One of: load, user');
    expect(errorOf('users{region:eu}', contextOf([], ['region'])).hint).toBe('One of: load, user.');
    expect(errorOf('http_reqs{outcome:told}', contextOf([{ name: 'r', type: 'rate', by: ['outcome'] }])).code).toBe(
      'ERR_OPTION_INVALID',
    );
    expect(errorOf('http_reqs{constructor:x}').message).toContain('no label "constructor"');
  });

  it.each(['http_reqs{name:a', 'http_reqs{name:a}x', 'http_reqs{name}', 'http_reqs{:a}', 'http_reqs{name:}'])(
    'is malformed: %s',
    (text) => {
      expect(errorOf(text).message).toContain(`stock.ts gave "${text}"`);
    },
  );

  it('has a label twice', () => {
    expect(errorOf('http_reqs{name:a,name:b}').message).toContain('the label "name" is there twice');
  });
});

describe('a label whose values are known before the run', () => {
  const context = {
    ...contextOf(
      [
        { name: 'told', type: 'counter', by: ['load'] },
        { name: 'plain', type: 'counter' },
      ],
      ['phase', 'page'],
    ),
    labelValues: { load: ['browse', 'sale'], user: ['Reader', 'Buyer'], phase: ['peak', 'low'] },
  };

  it('has no other value', () => {
    const load = errorOf('http_req_duration{name:a,load:sael}', context);
    expect(load.code).toBe('ERR_OPTION_INVALID');
    expect(load.message).toBe('There is no load "sael", but stock.ts gave "http_req_duration{name:a,load:sael}".');
    expect(load.hint).toBe('http_req_duration{load:sale}');
    expect(errorOf('users{load:xyz}', context).hint).toBe('One of: browse, sale.');
    expect(errorOf('plain{user:buyr}', context).message).toContain('no kind of user "buyr"');
    expect(errorOf('plain{user:buyr}', context).hint).toBe('plain{user:Buyer}');
    expect(errorOf('http_reqs{phase:peek}', context).message).toContain('no value of the label "phase" "peek"');
    expect(errorOf('http_reqs{phase:peek}', context).hint).toContain(
      'http_reqs{phase:peak}   or, where requests give it,',
    );
    expect(errorOf('http_reqs{expected:yes}').hint).toBe('One of: true, false.');
  });

  it('has each of them, and any value where record or a request may give it', () => {
    expect(selectorOf('http_reqs{load:sale,user:Buyer,phase:low,expected:false}', context).labels.load).toBe('sale');
    for (const text of ['told{load:else}', 'plain{phase:else}', 'http_reqs{page:else}', 'http_reqs{group:else}']) {
      expect(selectorOf(text, context).key).toBe(text);
    }
  });
});

describe('a name of k6', () => {
  it.each([
    ['vus', 'called "users" here', 'users'],
    ['http_req_tls_handshaking{name:a}', 'called "http_req_tls" here', 'http_req_tls{name:a}'],
    ['http_req_blocked', 'that there is not here', 'timings.blockedMs'],
    ['http_req_sending', 'that there is not here', 'http_req_service'],
    ['grpc_req_duration', 'that there is not here', 'measure()'],
    ['browser_web_vital_lcp', 'that there is not here', 'measure()'],
    ['http_reqs{scenario:sale}', 'called "load" here', 'http_reqs{load:sale}'],
    ['http_reqs{expected_response:true}', 'called "expected" here', 'http_reqs{expected:true}'],
    ['http_reqs{proto:HTTP/2}', 'that there is not here', 'Leave "proto" out.'],
    ['iterations{url:/a}', 'no label "url"', 'One of: load, user'],
  ])('is translated: %s', (text, message, hint) => {
    const error = errorOf(text);
    expect(error.message).toContain(message);
    expect(error.message).toContain(`stock.ts gave "${text}"`);
    expect(error.hint).toContain(hint);
  });

  it.each([
    'http_req_duration',
    'http_req_waiting',
    'http_req_connecting',
    'http_req_failed',
    'http_reqs',
    'data_sent',
    'data_received',
    'iterations',
    'iteration_duration',
    'dropped_iterations',
    'checks',
    'group_duration',
  ])('is the same here: %s', (name) => {
    expect(selectorOf(name).metric).toBe(name);
  });
});

describe('the unit of a metric of the scenario', () => {
  it('goes with everything that is counted of it, up to the verdicts', () => {
    const context = contextOf([{ name: 'reserved', type: 'counter', by: ['outcome'], unit: 'items' }]);
    const selector = selectorOf('reserved{outcome:told}', context);
    expect(selector.unit).toBe('items');
    expect(selectMeasures([selector], context.knownMetrics).map(({ unit }) => unit)).toEqual(['items', 'items']);
    const book = new MeasureBook(selectMeasures([selector], context.knownMetrics), 0);
    book.record('reserved', 5, { who: sourceOf(), labels: { outcome: 'told' }, atMs: 0 });
    const counts = book.take();
    expect(counts.map(({ key, unit }) => [key, unit])).toEqual([
      ['reserved{outcome:told}', 'items'],
      ['reserved', 'items'],
    ]);
    const judge = new ThresholdJudge([thresholdOf('reserved{outcome:told}:count>1', {}, context)]);
    judge.addInterval(0, counts);
    expect(judge.judge({ elapsedMs: 1000, isEnd: true })[0]).toMatchObject({ value: 5, unit: 'items' });
    expect(selectorOf('http_req_duration').unit).toBeUndefined();
  });
});

describe('measures of a plan', () => {
  it('are what thresholds name, each once, and every metric of the scenario with its labels', () => {
    const context = contextOf([
      { name: 'reserved', type: 'counter', by: ['outcome'] },
      { name: 'stock_left', type: 'gauge', merge: 'min' },
    ]);
    const named = ['http_reqs{name:a}', 'http_reqs{name:"a"}', 'reserved', 'reserved{outcome:told}'];
    const measures = selectMeasures(
      named.map((text) => selectorOf(text, context)),
      context.knownMetrics,
    );
    expect(measures.map(({ key, by, merge }) => [key, by, merge])).toEqual([
      ['http_reqs{name:a}', undefined, undefined],
      ['reserved', ['outcome'], undefined],
      ['reserved{outcome:told}', undefined, undefined],
      ['stock_left', undefined, 'min'],
    ]);
  });
});
