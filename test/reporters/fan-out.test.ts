import { expect, test } from 'vitest';
import { RunTotals } from '../../src/metrics/run-totals.js';
import { createFanOut } from '../../src/reporters/fan-out.js';
import type { Reporter } from '../../src/reporters/reporter.js';
import type { RunEvent } from '../../src/runtime/protocol.js';

const TOTALS = new RunTotals();
const LOG: RunEvent = { type: 'log', record: { level: 'info', message: 'hello', source: 'loadwright' } };

function createListener(name: string): Reporter & { heard: RunEvent[]; finished: number } {
  const listener = {
    name,
    heard: [] as RunEvent[],
    finished: 0,
    onEvent: (event: RunEvent) => {
      listener.heard.push(event);
    },
    finish: () => {
      listener.finished++;
    },
  };
  return listener;
}

const warningOf = (name: string, reason: string) => ({
  type: 'warning',
  code: 'ERR_REPORT_FAILED',
  message: `The ${name} report failed and was switched off: ${reason}`,
});

test('everybody hears every event, and nobody is named when all is well', async () => {
  const listeners = [createListener('a'), createListener('b')];
  const fanOut = createFanOut(listeners);
  fanOut.onEvent(LOG, TOTALS);
  fanOut.onEvent(LOG, TOTALS);
  expect(await fanOut.finish()).toEqual([]);
  for (const { heard, finished } of listeners) expect([heard, finished]).toEqual([[LOG, LOG], 1]);
});

test('one that throws is named and switched off; the others go on and are told', async () => {
  const [first, last] = [createListener('first'), createListener('last')];
  let calls = 0;
  const broken: Reporter = {
    name: 'broken',
    onEvent: () => {
      calls++;
      throw new Error('disk full');
    },
    finish: () => {
      calls++;
    },
  };
  const fanOut = createFanOut([first, broken, last]);
  fanOut.onEvent(LOG, TOTALS);
  fanOut.onEvent(LOG, TOTALS);
  for (const { heard } of [first, last]) expect(heard).toEqual([LOG, warningOf('broken', 'disk full'), LOG]);
  expect(await fanOut.finish()).toEqual(['broken']);
  expect(calls).toBe(1);
  expect(last.finished).toBe(1);
});

test('one that fails while finishing is named, and those that finish later have heard of it', async () => {
  const last = createListener('terminal');
  const broken = { ...createListener('CSV'), finish: () => Promise.reject(new Error('no space')) };
  const fanOut = createFanOut([broken, last]);
  expect(await fanOut.finish()).toEqual(['CSV']);
  expect(last.heard).toEqual([warningOf('CSV', 'no space')]);
  expect(last.finished).toBe(1);
  expect(await fanOut.finish()).toEqual(['CSV']);
  expect(last.finished).toBe(1);
});

test('an async reporter that rejects fails too, instead of ending the process', async () => {
  const last = createListener('last');
  const broken: Reporter = { name: 'async', onEvent: async () => Promise.reject(new Error('late')) };
  const fanOut = createFanOut([broken, last]);
  fanOut.onEvent(LOG, TOTALS);
  expect(await fanOut.finish()).toEqual(['async']);
  expect(last.heard).toEqual([LOG, warningOf('async', 'late')]);
});

test('one that throws at warnings too does not take the rest down', async () => {
  const throwing = (name: string): Reporter => ({
    name,
    onEvent: (event) => {
      if (event.type === 'warning' || name === 'a') throw new Error(name);
    },
  });
  const last = createListener('last');
  const fanOut = createFanOut([throwing('a'), throwing('b'), throwing('c'), last]);
  fanOut.onEvent(LOG, TOTALS);
  expect(last.heard).toEqual([LOG, ...['a', 'b', 'c'].map((name) => warningOf(name, name))]);
  expect(await fanOut.finish()).toEqual(['a', 'b', 'c']);
});
