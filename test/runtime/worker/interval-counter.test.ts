import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { Tally } from '../../../src/metrics/tally.js';
import type { Snapshot } from '../../../src/runtime/protocol.js';
import { IntervalCounter } from '../../../src/runtime/worker/interval-counter.js';

function startCounter() {
  const tally = new Tally();
  const posted: Snapshot[] = [];
  const gauges = { users: { Visitor: 2 }, usersByLoad: { buy: { Visitor: 2 } }, inFlight: 3, oldestInFlightMs: 12 };
  const counter = new IntervalCounter({
    share: 1,
    take: () => tally.take(),
    post: (snapshot) => posted.push(snapshot),
    readGauges: () => gauges,
  });
  const startAtMs = now();
  counter.start(startAtMs);
  const told = () => posted.splice(0).map(({ interval, part, isFinal }) => [interval, part.iterations.count, isFinal]);
  return { counter, tally, posted, startAtMs, told };
}

beforeEach(() => {
  const eventLoopUtilization = performance.eventLoopUtilization.bind(performance);
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  performance.eventLoopUtilization = eventLoopUtilization;
});

afterEach(() => {
  vi.useRealTimers();
});

describe('snapshots', () => {
  it('are posted once a second, with what was counted since the last one', () => {
    const { tally, told } = startCounter();
    tally.addIteration(1);
    vi.advanceTimersByTime(1001);
    tally.addIteration(1);
    tally.addIteration(1);
    vi.advanceTimersByTime(2000);
    expect(told()).toEqual([
      [0, 1, false],
      [1, 2, false],
      [2, 0, false],
    ]);
  });

  it('are cut at the second, however late the timer is', () => {
    const { counter, tally, startAtMs, told } = startCounter();
    tally.addIteration(1);
    counter.rotate(startAtMs + 999.999);
    expect(told()).toEqual([]);
    counter.rotate(startAtMs + 1000);
    tally.addIteration(1);
    expect(told()).toEqual([[0, 1, false]]);
  });

  it('of seconds in which the thread was blocked follow one by one, empty', () => {
    const { counter, tally, startAtMs, told } = startCounter();
    tally.addIteration(1);
    counter.rotate(startAtMs + 3500);
    expect(told()).toEqual([
      [0, 1, false],
      [1, 0, false],
      [2, 0, false],
    ]);
  });

  it('end with one that is final, and nothing after it', () => {
    const { counter, tally, told } = startCounter();
    vi.advanceTimersByTime(1500);
    tally.addIteration(1);
    counter.finish();
    expect(told()).toEqual([
      [0, 0, false],
      [1, 1, true],
    ]);
    vi.advanceTimersByTime(10_000);
    expect(told()).toEqual([]);
  });

  it('carry the share and its gauges', () => {
    const { counter, posted } = startCounter();
    counter.usersStarted = 5;
    counter.finish();
    expect(posted[0]).toMatchObject({
      share: 1,
      gauges: {
        users: { Visitor: 2 },
        usersByLoad: { buy: { Visitor: 2 } },
        inFlight: 3,
        oldestInFlightMs: 12,
        usersStarted: 5,
      },
    });
    const { eventLoopUtilisation } = posted[0]!.gauges;
    expect(eventLoopUtilisation >= 0 && eventLoopUtilisation <= 1).toBe(true);
  });
});

describe('a long run', () => {
  it('does not drift: after an hour the 3,600th second is cut at 3,600 s', () => {
    const { posted } = startCounter();
    vi.advanceTimersByTime(3_600_500);
    expect(posted.map(({ interval }) => interval)).toEqual(Array.from({ length: 3600 }, (_, index) => index));
  });
});
