import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunTotals } from '../../../src/metrics/run-totals.js';
import { Tally } from '../../../src/metrics/tally.js';
import { Collector, type MergedInterval } from '../../../src/runtime/conductor/collector.js';
import type { IntervalAmended, ShareGauges, Snapshot } from '../../../src/runtime/protocol.js';
import { shareHealth } from '../../support/generator-health.js';
import { createPart } from '../../support/run-events.js';

type Event = MergedInterval | IntervalAmended;

const NO_GAUGES: ShareGauges = {
  users: {},
  usersByLoad: {},
  usersStarted: 0,
  inFlight: 0,
  oldestInFlightMs: 0,
  eventLoopUtilisation: 0,
};

function snapshotOf(
  share: number,
  interval: number,
  changes: { requests?: number; isFinal?: boolean; gauges?: Partial<ShareGauges> } = {},
): Snapshot {
  const { requests = 1, isFinal = false, gauges } = changes;
  const counted = requests === 0 ? [] : [{ name: '/a', times: requests }];
  return {
    share,
    interval,
    isFinal,
    part: createPart(interval, counted),
    gauges: { ...NO_GAUGES, ...gauges },
    health: shareHealth({ share }),
  };
}

function collect(shares: number, readPlan = (_atMs: number) => ({ plannedUsers: 0, isPaused: false })) {
  const events: Event[] = [];
  const collector = new Collector({ shares, readPlan, emit: (event) => events.push(event) });
  const told = () => events.splice(0).map((event) => `${event.type} ${event.interval}: ${countRequests(event)}`);
  return { collector, events, told };
}

function countRequests({ part }: Event): number {
  return part.series.reduce((sum, { completed }) => sum + completed, 0);
}

describe('an interval', () => {
  it('closes when every share has reported it, in order', () => {
    const { collector, told } = collect(2);
    collector.add(snapshotOf(0, 0, { requests: 3 }));
    collector.add(snapshotOf(0, 1, { requests: 5 }));
    expect(told()).toEqual([]);
    collector.add(snapshotOf(1, 0, { requests: 4 }));
    expect(told()).toEqual(['interval-closed 0: 7']);
    collector.add(snapshotOf(1, 1, { requests: 1 }));
    expect(told()).toEqual(['interval-closed 1: 6']);
  });

  it('closes two seconds after its end without shares that are missing, and says which', () => {
    const { collector, events } = collect(3);
    collector.add(snapshotOf(1, 0));
    collector.closeOverdue(2999);
    expect(events).toEqual([]);
    collector.closeOverdue(3000);
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ type: 'interval-closed', interval: 0, missingShares: [0, 2] });
  });

  it('closes without anybody’s report too: a run whose workers are all blocked still shows its seconds', () => {
    const { collector, told } = collect(1);
    collector.closeOverdue(5500);
    expect(told()).toEqual(['interval-closed 0: 0', 'interval-closed 1: 0', 'interval-closed 2: 0']);
  });

  it('that closed is amended by what comes later, unless there is nothing in it', () => {
    const { collector, told } = collect(2);
    collector.add(snapshotOf(0, 0, { requests: 2 }));
    collector.closeOverdue(3000);
    collector.add(snapshotOf(1, 0, { requests: 6 }));
    expect(told()).toEqual(['interval-closed 0: 2', 'interval-amended 0: 6']);
    collector.closeOverdue(4000);
    collector.add(snapshotOf(1, 1, { requests: 0 }));
    expect(told()).toEqual(['interval-closed 1: 0']);
  });

  it('is something if tasks began in it, and nothing if users only waited', () => {
    const { collector, events } = collect(1);
    const final = (tasks: { task: string; started: number }[]) => {
      const snapshot = snapshotOf(0, 1, { requests: 0, isFinal: true });
      return { ...snapshot, part: { ...snapshot.part, kinds: [{ kind: 'A', userMs: 300, rounds: 0, tasks }] } };
    };
    collector.closeOverdue(4_000);
    collector.add(final([]));
    expect(events.splice(0).map(({ type }) => type)).toEqual(['interval-closed', 'interval-closed']);
    collector.add(final([{ task: 'home', started: 1 }]));
    expect(events).toMatchObject([{ type: 'interval-amended', part: { kinds: [{ userMs: 300 }] } }]);
  });

  it('does not wait for shares that have ended', () => {
    const { collector, told } = collect(2);
    collector.add(snapshotOf(0, 0, { requests: 2, isFinal: true }));
    collector.add(snapshotOf(1, 0, { requests: 1 }));
    collector.add(snapshotOf(1, 1, { requests: 5 }));
    expect(told()).toEqual(['interval-closed 0: 3', 'interval-closed 1: 5']);
  });

  it('does not wait for shares that are lost', () => {
    const { collector, told } = collect(2);
    collector.add(snapshotOf(1, 0, { requests: 1 }));
    collector.add(snapshotOf(1, 1, { requests: 1 }));
    expect(told()).toEqual([]);
    collector.end(0);
    expect(told()).toEqual(['interval-closed 0: 1', 'interval-closed 1: 1']);
  });

  it('at the very end exists only if something was counted in it', () => {
    const { collector, told } = collect(2);
    for (const share of [0, 1]) collector.add(snapshotOf(share, 0));
    collector.add(snapshotOf(0, 1, { requests: 0, isFinal: true }));
    collector.add(snapshotOf(1, 1, { requests: 0, isFinal: true }));
    collector.finish();
    expect(told()).toEqual(['interval-closed 0: 2']);
  });

  it('tells how many users the plan wants at its end, and whether its clock stands still', () => {
    const asked: number[] = [];
    const { collector, events } = collect(1, (atMs) => {
      asked.push(atMs);
      return { plannedUsers: 17, isPaused: atMs > 1000 };
    });
    collector.add(snapshotOf(0, 0));
    collector.add(snapshotOf(0, 1));
    expect(asked).toEqual([1000, 2000]);
    expect(events).toMatchObject([
      { plannedUsers: 17, isPaused: false },
      { plannedUsers: 17, isPaused: true },
    ]);
  });
});

describe('finish', () => {
  it('closes all that anybody reported', () => {
    const { collector, told } = collect(2);
    collector.add(snapshotOf(0, 0));
    collector.add(snapshotOf(0, 1));
    collector.add(snapshotOf(0, 2, { isFinal: true }));
    collector.finish();
    collector.finish();
    expect(told()).toEqual(['interval-closed 0: 1', 'interval-closed 1: 1', 'interval-closed 2: 1']);
  });

  it('has nothing to close where nothing was reported', () => {
    const { collector, told } = collect(1);
    collector.finish();
    expect(told()).toEqual([]);
  });
});

describe('gauges', () => {
  it('are the latest of each share: sums, and the worst of what cannot be added', () => {
    const { collector, events } = collect(2);
    const one = {
      users: { A: 3, B: 1 },
      usersByLoad: { browse: { A: 2, B: 1 }, buy: { A: 1 } },
      usersStarted: 5,
      inFlight: 2,
      oldestInFlightMs: 30,
      eventLoopUtilisation: 0.9,
    };
    const other = {
      users: { A: 2 },
      usersByLoad: { buy: { A: 1 }, probe: { A: 1 } },
      usersStarted: 2,
      inFlight: 1,
      oldestInFlightMs: 700,
      eventLoopUtilisation: 0.1,
    };
    collector.add(snapshotOf(0, 0, { gauges: one }));
    collector.add(snapshotOf(1, 0, { gauges: other }));
    expect((events[0] as MergedInterval).gauges).toEqual({
      users: { A: 5, B: 1 },
      usersByLoad: { browse: { A: 2, B: 1 }, buy: { A: 2 }, probe: { A: 1 } },
      usersStarted: 7,
      inFlight: 3,
      oldestInFlightMs: 700,
      eventLoopUtilisation: 0.9,
    });
  });

  it('of a share that has ended are nothing but the users it had started', () => {
    const { collector } = collect(2);
    collector.add(
      snapshotOf(0, 0, { gauges: { users: { A: 3 }, usersByLoad: { buy: { A: 3 } }, usersStarted: 5, inFlight: 2 } }),
    );
    collector.add(
      snapshotOf(1, 0, { gauges: { users: { A: 1 }, usersByLoad: { buy: { A: 1 } }, usersStarted: 2, inFlight: 1 } }),
    );
    collector.end(0);
    expect(collector.gauges).toEqual({
      ...NO_GAUGES,
      users: { A: 1 },
      usersByLoad: { buy: { A: 1 } },
      usersStarted: 7,
      inFlight: 1,
    });
  });
});

describe('the law', () => {
  it('the sum of all events is the sum of all snapshots, in whatever order they come', () => {
    const arrival = fc.record({
      share: fc.nat(3),
      interval: fc.nat(5),
      requests: fc.nat(4),
      isOverdue: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 40 }), fc.option(fc.nat(3)), (arrivals, lost) => {
        const { collector, events } = collect(4);
        const expected = new Tally();
        for (const [index, { share, interval, requests, isOverdue }] of arrivals.entries()) {
          const snapshot = snapshotOf(share, interval, { requests });
          expected.merge(structuredClone(snapshot.part));
          collector.add(snapshot);
          if (isOverdue) collector.closeOverdue(interval * 1000 + 3000);
          if (index === 10 && lost !== null) collector.end(lost);
        }
        collector.finish();
        const totals = new RunTotals();
        for (const event of events) totals.add(event.interval, event.part);
        expect(totals.read()).toEqual(expected.read());
        const closed = events.filter(({ type }) => type === 'interval-closed').map(({ interval }) => interval);
        expect(closed).toEqual(closed.map((_, index) => index));
        for (const [index, event] of events.entries()) {
          if (event.type === 'interval-closed') continue;
          expect(events.findIndex(({ interval }) => interval === event.interval)).toBeLessThan(index);
        }
      }),
    );
  });
});
