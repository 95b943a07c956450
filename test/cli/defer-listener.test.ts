import { expect, it } from 'vitest';
import { deferListener } from '../../src/cli/defer-listener.js';
import { RunTotals } from '../../src/metrics/run-totals.js';
import type { RunListener } from '../../src/runtime/conductor/run-request.js';
import type { RunEvent } from '../../src/runtime/protocol.js';

function createRecorder(heard: RunEvent[]): RunListener {
  return { onEvent: (event) => void heard.push(event), finish: async () => ['broken one'] };
}

const EVENTS: RunEvent[] = [1, 2, 3].map((firstInterval) => ({ type: 'statistics-reset', firstInterval }));

it('tells what was missed, in order, and then every event at once', async () => {
  const heard: RunEvent[] = [];
  const { promise, resolve } = createGate<RunListener>();
  const listener = deferListener(promise, (it) => it);
  const totals = new RunTotals();
  listener.onEvent(EVENTS[0]!, totals);
  listener.onEvent(EVENTS[1]!, totals);
  expect(heard).toEqual([]);
  resolve(createRecorder(heard));
  await listener.settle();
  listener.onEvent(EVENTS[2]!, totals);
  expect(heard).toEqual(EVENTS);
  expect(await listener.finish()).toEqual(['broken one']);
});

it('finishes only when the listener is there', async () => {
  const heard: RunEvent[] = [];
  const { promise, resolve } = createGate<RunListener>();
  const listener = deferListener(promise, (it) => it);
  listener.onEvent(EVENTS[0]!, new RunTotals());
  const finished = listener.finish();
  resolve(createRecorder(heard));
  await finished;
  expect(heard).toEqual(EVENTS.slice(0, 1));
});

it('settles when what it was told has been heard, at once if that was nothing, and without a complaint', async () => {
  const heard: RunEvent[] = [];
  const { promise, resolve } = createGate<RunListener>();
  const listener = deferListener(promise, (it) => it);
  await listener.settle();
  listener.onEvent(EVENTS[0]!, new RunTotals());
  const settled = listener.settle();
  resolve(createRecorder(heard));
  await settled;
  expect(heard).toEqual(EVENTS.slice(0, 1));
  const broken = deferListener(reject('no such module'), () => createRecorder([]));
  broken.onEvent(EVENTS[0]!, new RunTotals());
  await broken.settle();
});

it('is created by the first event, once, and ready as soon as its code is there', async () => {
  let created = 0;
  const code = createGate<string>();
  const listener = deferListener(code.promise, () => {
    created += 1;
    return createRecorder([]);
  });
  let isReady = false;
  const ready = listener.ready!().then(() => {
    isReady = true;
  });
  await Promise.resolve();
  expect(isReady).toBe(false);
  code.resolve('code');
  await ready;
  expect(created).toBe(0);
  listener.onEvent(EVENTS[0]!, new RunTotals());
  listener.onEvent(EVENTS[1]!, new RunTotals());
  await listener.finish();
  expect(created).toBe(1);
});

it('fails at the end if the listener never came', async () => {
  const listener = deferListener(reject('no such file'), () => createRecorder([]));
  listener.onEvent(EVENTS[0]!, new RunTotals());
  await expect(listener.finish()).rejects.toThrow('no such file');
});

function reject(message: string): Promise<never> {
  const rejected = Promise.reject(new Error(message));
  rejected.catch(() => undefined);
  return rejected;
}

function createGate<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
