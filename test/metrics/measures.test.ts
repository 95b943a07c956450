import { describe, expect, it } from 'vitest';
import { percentilesOf } from '../../src/metrics/histogram.js';
import { MeasureBook, type MeasureCounts } from '../../src/metrics/measures.js';
import { METRIC_TABLE } from '../../src/metrics/metric-table.js';
import { contextOf, requestOf, selectorOf, sourceOf } from '../support/threshold-context.js';

const who = sourceOf();
const context = contextOf([], ['region']);

function bookOf(...texts: string[]): MeasureBook {
  return new MeasureBook(
    texts.map((text) => selectorOf(text, context)),
    0,
  );
}

function byKey(counts: readonly MeasureCounts[]): Record<string, MeasureCounts> {
  return Object.fromEntries(counts.map((one) => [one.key, one]));
}

function sumsOf(counts: readonly MeasureCounts[]): Record<string, number> {
  return Object.fromEntries(counts.map(({ key, sum }) => [key, sum]));
}

describe('requests', () => {
  it('are counted under every metric that was asked for', () => {
    const metrics = METRIC_TABLE.filter(({ labels }) => labels.includes('status')).map(({ name }) => name);
    const book = bookOf(...metrics);
    book.addRequest(requestOf());
    book.addRequest(requestOf({ error: 'status 500', status: 500, waitingMs: undefined }));
    expect(sumsOf(book.take())).toEqual({
      http_req_duration: 24,
      http_req_service: 20,
      http_req_failed: 1,
      http_reqs: 2,
      http_req_waiting: 8,
      http_req_connecting: 2,
      http_req_tls: 1,
      data_sent: 40,
      data_received: 200,
    });
  });

  it.each([
    ['name:/a', 3],
    ['name:/b', 1],
    ['method:POST', 1],
    ['status:0', 1],
    ['status:200,name:/a', 2],
    ['expected:false', 2],
    ['expected:true', 2],
    ['error:timeout', 1],
    ['error:""', 2],
    ['load:peak', 1],
    ['user:Visitor', 1],
    ['group:pay', 1],
    ['region:eu', 2],
    ['region:us', 1],
    ['region:""', 1],
  ])('narrowed by {%s} are %i', (labels, count) => {
    const book = bookOf(`http_reqs{${labels}}`);
    book.addRequest(requestOf({ source: sourceOf({ labels: { region: 'eu' } }) }));
    book.addRequest(requestOf({ method: 'POST', status: 0, error: 'timeout', labels: { region: 'us' } }));
    book.addRequest(requestOf({ status: 200, source: sourceOf({ load: 'peak', group: 'pay' }) }));
    book.addRequest(
      requestOf({
        name: '/b',
        status: 404,
        error: 'no',
        source: sourceOf({ user: 'Visitor' }),
        labels: { region: 'eu' },
      }),
    );
    expect(book.take()[0]?.sum ?? 0).toBe(count);
  });

  it('leave built-in labels alone, whatever own labels are called', () => {
    const book = bookOf('http_reqs{name:/a}');
    book.addRequest(requestOf({ labels: { name: '/other' } }));
    expect(book.take()).toHaveLength(1);
  });

  it('that were corrected change the distribution alone', () => {
    const book = bookOf('http_req_duration', 'http_req_duration{name:/b}', 'http_req_service');
    book.addRequest(requestOf({ responseMs: 3000 }));
    book.correctRequest(2000, requestOf());
    book.correctRequest(1000, requestOf());
    const { http_req_duration: duration, http_req_service: service, ...others } = byKey(book.take());
    expect(duration).toMatchObject({ count: 1, sum: 3000, minimum: 3000, maximum: 3000 });
    expect(percentilesOf(duration!.durations!, [30, 60, 100]).map((value) => Math.round(value! / 10) * 10)).toEqual([
      1000, 2000, 3000,
    ]);
    expect(service!.durations![1]).toBe(1);
    expect(others).toEqual({});
  });

  it('that nobody asked for cost nothing and leave nothing', () => {
    const book = bookOf('checks');
    const untouchable = new Proxy(requestOf(), {
      get: () => {
        throw new Error('was looked at');
      },
    });
    book.addRequest(untouchable);
    book.correctRequest(5, untouchable);
    expect(book.take()).toEqual([]);
  });
});

describe('everything else', () => {
  it('is counted by its metric', () => {
    const book = bookOf(
      'iterations',
      'iteration_duration',
      'dropped_iterations{load:default}',
      'missed_starts',
      'start_lag{user:Visitor}',
      'checks{check:has token}',
      'checks{name:is fast}',
      'group_duration{group:pay}',
    );
    book.addIteration(30, who);
    book.addIteration(50, who);
    book.correctIteration(20, who);
    book.addDropped(3, who);
    book.addDropped(3, sourceOf({ load: 'peak' }));
    book.addMissed(2, who);
    book.addStartLag(4, who);
    book.addStartLag(5, sourceOf({ user: 'Visitor' }));
    book.addCheck('has token', true, who);
    book.addCheck('has token', false, who);
    book.addCheck('is fast', true, who);
    book.addGroup('pay', 70, sourceOf({ group: 'outer' }));
    book.addGroup('look', 70, who);
    const taken = byKey(book.take());
    expect(Object.fromEntries(Object.entries(taken).map(([key, { count, sum }]) => [key, [count, sum]]))).toEqual({
      iterations: [2, 2],
      iteration_duration: [2, 80],
      'dropped_iterations{load:default}': [1, 3],
      missed_starts: [1, 2],
      'start_lag{user:Visitor}': [1, 5],
      'checks{check:has token}': [2, 1],
      'checks{name:is fast}': [1, 1],
      'group_duration{group:pay}': [1, 70],
    });
    expect(taken.iteration_duration!.durations!.filter((_, index) => index % 2 === 1)).toEqual([1, 1, 1]);
  });

  it('is forgotten once taken', () => {
    const book = bookOf('iterations', 'iteration_duration');
    book.addIteration(30, who);
    expect(book.take()).toHaveLength(2);
    expect(book.take()).toEqual([]);
    book.addIteration(10, who);
    expect(byKey(book.take()).iteration_duration).toMatchObject({ count: 1, sum: 10, minimum: 10, maximum: 10 });
  });

  it('counts users of all kinds and loads, also when there are none any more', () => {
    const book = bookOf('users', 'users{load:peak}', 'users{user:Buyer}');
    book.setUsers(
      [
        { load: 'default', user: 'Buyer', count: 3 },
        { load: 'peak', user: 'Buyer', count: 4 },
        { load: 'peak', user: 'Visitor', count: 5 },
      ],
      1000,
    );
    book.setUsers([{ load: 'default', user: 'Buyer', count: 2 }], 2000);
    const taken = byKey(book.take());
    expect(taken.users).toMatchObject({
      merge: 'sum',
      minimum: 2,
      maximum: 12,
      shares: { 0: { value: 2, atMs: 2000 } },
    });
    expect(taken['users{load:peak}']).toMatchObject({ minimum: 0, maximum: 9 });
    expect(taken['users{user:Buyer}']).toMatchObject({ minimum: 2, maximum: 7 });
  });
});
