import { beforeEach, describe, expect, it, vi } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { Tally } from '../../../src/metrics/tally.js';
import type { Snapshot } from '../../../src/runtime/protocol.js';
import { IntervalCounter } from '../../../src/runtime/worker/interval-counter.js';
import { fakeClock } from '../../support/fake-clock.js';
import { shareHealth } from '../../support/generator-health.js';

function startCounter() {
  const tally = new Tally();
  const posted: Snapshot[] = [];
  const cuts: [number, number][] = [];
  const startAtMs = now();
  const gauges = { users: { Visitor: 2 }, usersByLoad: { buy: { Visitor: 2 } }, inFlight: 3, oldestInFlightMs: 12 };
  const counter = new IntervalCounter({
    share: 1,
    take: () => tally.take(),
    post: (snapshot) => posted.push(snapshot),
    readGauges: () => gauges,
    takeHealth: (interval) => {
      cuts.push([interval.startMs - startAtMs, interval.endMs - startAtMs]);
      return shareHealth({ share: 1, utilisation: 0.4 });
    },
  });
  counter.start(startAtMs);
  const told = () => posted.splice(0).map(({ interval, part, isFinal }) => [interval, part.iterations.count, isFinal]);
  return { counter, tally, posted, cuts, startAtMs, told };
}

beforeEach(() => fakeClock('setTimeout', 'clearTimeout'));

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

  it('say of which part of the run the health of the thread is', () => {
    const { counter, cuts, startAtMs } = startCounter();
    counter.rotate(startAtMs + 2300);
    vi.advanceTimersByTime(2500);
    counter.finish();
    expect(cuts.map((cut) => cut.map(Math.round))).toEqual([
      [0, 1000],
      [1000, 2000],
      [2000, 2500],
    ]);
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
    expect(posted[0]!.gauges.eventLoopUtilisation).toBe(0.4);
  });
});

describe('a long run', () => {
  it('does not drift: after an hour the 3,600th second is cut at 3,600 s', () => {
    const { posted } = startCounter();
    vi.advanceTimersByTime(3_600_500);
    expect(posted.map(({ interval }) => interval)).toEqual(Array.from({ length: 3600 }, (_, index) => index));
  });
});
