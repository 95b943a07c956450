import { describe, expect, it } from 'vitest';
import { type ExceptionCounts, Tally } from '../../src/metrics/tally.js';

function exceptionOf(changes: Partial<ExceptionCounts> = {}): ExceptionCounts {
  return {
    message: 'Visitor.home: Error: no',
    traceback: 'Error: no\n    at home (scenario.ts:3:5)',
    nodes: ['worker-0'],
    count: 1,
    firstSeenMs: 100,
    lastSeenMs: 100,
    ...changes,
  };
}

describe('exceptions', () => {
  it('count by message, keep the first trace, and join nodes and times', () => {
    const tally = new Tally();
    tally.addException(exceptionOf({ nodes: ['worker-1'], firstSeenMs: 300, lastSeenMs: 300 }));
    tally.addException(exceptionOf({ traceback: '', firstSeenMs: 50, lastSeenMs: 50 }));
    tally.addException(exceptionOf({ traceback: 'another', firstSeenMs: 900, lastSeenMs: 900 }));
    expect(tally.read().exceptions).toEqual([
      {
        message: 'Visitor.home: Error: no',
        traceback: 'Error: no\n    at home (scenario.ts:3:5)',
        nodes: ['worker-0', 'worker-1'],
        count: 3,
        firstSeenMs: 50,
        lastSeenMs: 900,
      },
    ]);
  });

  it('take the trace of whoever has one', () => {
    const tally = new Tally();
    tally.addException(exceptionOf({ traceback: '' }));
    tally.addException(exceptionOf({ traceback: 'here' }));
    expect(tally.read().exceptions[0]!.traceback).toBe('here');
  });

  it('are known once counted, so that no stack is read twice', () => {
    const tally = new Tally();
    expect(tally.knowsException('Visitor.home: Error: no')).toBe(false);
    tally.addException(exceptionOf());
    expect(tally.knowsException('Visitor.home: Error: no')).toBe(true);
  });

  it('beyond a hundred kinds are one row, and every one is counted', () => {
    const tally = new Tally();
    for (let index = 0; index < 250; index++) tally.addException(exceptionOf({ message: `error ${index}` }));
    const { exceptions } = tally.read();
    expect(exceptions).toHaveLength(101);
    expect(exceptions.at(-1)).toMatchObject({ message: '(others)', count: 150 });
    expect(exceptions.reduce((sum, { count }) => sum + count, 0)).toBe(250);
  });

  it('given to a tally are not changed by it', () => {
    const given = exceptionOf();
    const tally = new Tally();
    tally.addException(given);
    tally.addException(given);
    expect(given).toEqual(exceptionOf());
  });
});

describe('checks', () => {
  it('count passes and failures by name', () => {
    const tally = new Tally();
    tally.addCheck({ name: 'has token', passes: 1, failures: 0 });
    tally.addCheck({ name: 'has token', passes: 0, failures: 1 });
    tally.addCheck({ name: 'is fast', passes: 1, failures: 0 });
    expect(tally.read().checks).toEqual([
      { name: 'has token', passes: 1, failures: 1 },
      { name: 'is fast', passes: 1, failures: 0 },
    ]);
  });

  it('beyond a thousand names are one row', () => {
    const tally = new Tally();
    for (let index = 0; index < 1200; index++) tally.addCheck({ name: `check ${index}`, passes: 1, failures: 0 });
    const { checks } = tally.read();
    expect(checks).toHaveLength(1001);
    expect(checks.at(-1)).toEqual({ name: '(others)', passes: 200, failures: 0 });
  });
});

describe('groups, iterations and start lag', () => {
  it('keep count, sum, least and greatest', () => {
    const tally = new Tally();
    for (const durationMs of [5, 1, 3]) {
      tally.addGroup('checkout', durationMs);
      tally.addIteration(durationMs * 2);
      tally.addStartLag(durationMs / 2);
    }
    const part = tally.read();
    expect(part.groups).toMatchObject([{ name: 'checkout', count: 3, totalMs: 9, minMs: 1, maxMs: 5 }]);
    expect(part.iterations).toMatchObject({ count: 3, totalMs: 18, minMs: 2, maxMs: 10 });
    expect(part.startLag).toMatchObject({ count: 3, totalMs: 4.5, minMs: 0.5, maxMs: 2.5 });
  });

  it('have no least and greatest without a duration', () => {
    const { iterations, groups } = new Tally().read();
    expect(iterations).toEqual({ name: 'iterations', count: 0, totalMs: 0, durations: [] });
    expect(groups).toEqual([]);
  });

  it('beyond a thousand groups are one', () => {
    const tally = new Tally();
    for (let index = 0; index < 1005; index++) tally.addGroup(`group ${index}`, 1);
    const { groups } = tally.read();
    expect(groups).toHaveLength(1001);
    expect(groups.at(-1)).toMatchObject({ name: '(others)', count: 5 });
  });
});

describe('taking and merging', () => {
  it('gives the same as having counted in one place', () => {
    const whole = new Tally();
    const merged = new Tally();
    for (let second = 0; second < 3; second++) {
      const worker = new Tally();
      for (const tally of [whole, worker]) countSomething(tally, second);
      merged.merge(structuredClone(worker.take()));
      expect(worker.read().series).toEqual([]);
      expect(worker.read().exceptions).toEqual([]);
      expect(worker.read().checks).toEqual([]);
      expect(worker.read().groups).toEqual([]);
      expect(worker.read().iterations.count).toBe(0);
    }
    expect(merged.read()).toEqual(whole.read());
  });
});

function countSomething(tally: Tally, second: number): void {
  const finishedAtMs = second * 1000 + 500;
  const sizes = { bytesReceived: 1, bytesSent: 1, reconnects: 0, hops: 0 };
  tally.requests.addBegun('GET', '/');
  const source = { load: 'default', user: 'Visitor', group: undefined, labels: {} };
  const times = { responseMs: second + 2, serviceMs: second + 1, waitingMs: second, connectingMs: 1, tlsMs: 0 };
  tally.requests.add(
    { method: 'GET', name: '/', finishedAtMs, status: 200, error: undefined, source, ...times, ...sizes },
    0,
  );
  tally.requests.correct({ method: 'GET', name: '/' }, [second + 5]);
  tally.addMissed([second + 7, second + 8]);
  tally.addDropped(second + 1);
  tally.addException(exceptionOf({ firstSeenMs: finishedAtMs, lastSeenMs: finishedAtMs }));
  tally.addCheck({ name: 'check', passes: second, failures: 1 });
  tally.addGroup('group', second + 2);
  tally.addIteration(second + 3);
  tally.addStartLag(second);
}
