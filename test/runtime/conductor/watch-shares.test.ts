import { beforeEach, describe, expect, it, vi } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { BEACON_ON_START, BEACON_ON_STOP } from '../../../src/runtime/beacon.js';
import { ShareWatch } from '../../../src/runtime/conductor/watch-shares.js';
import type { Fleet, LastSeen } from '../../../src/runtime/fleet.js';
import type { KindDescription, WorkerSilent } from '../../../src/runtime/protocol.js';
import { fakeClock } from '../../support/fake-clock.js';

const taskOf = (name: string) => ({ name, weight: 1, tags: [], share: 0.5 });
const KINDS: KindDescription[] = ['Visitor', 'Buyer'].map((name) => ({
  name,
  weight: 1,
  fixedCount: undefined,
  host: undefined,
  tags: [],
  tasks: [taskOf('home'), taskOf('cart > pay')],
  taskTree: { name: '', type: 'set', weight: 1, tags: [], children: [] },
}));

/** A fleet of which only `kill` and `lastSeen` are asked. */
function watchOver(shares: number, seen?: LastSeen) {
  const killed: number[] = [];
  const silent: WorkerSilent[] = [];
  const fleet = { kill: (share: number) => killed.push(share), lastSeen: () => seen } as unknown as Fleet;
  const watch = new ShareWatch({
    fleet,
    shares,
    startAtMs: now(),
    kinds: KINDS,
    onSilent: (event) => silent.push(event),
  });
  return { watch, killed, silent };
}

beforeEach(() => fakeClock());

describe('a share that posts nothing', () => {
  it('is reported once, with what it was seen doing', () => {
    const { watch, silent, killed } = watchOver(2, { kind: 1, task: 1 });
    vi.advanceTimersByTime(2000);
    watch.heard(1);
    watch.check(() => false);
    expect(silent).toEqual([]);
    vi.advanceTimersByTime(600);
    watch.check(() => false);
    watch.check(() => false);
    expect(silent).toHaveLength(1);
    expect(silent[0]).toMatchObject({ type: 'worker-silent', share: 0, kind: 'Buyer', task: 'cart > pay' });
    expect(silent[0]!.seconds).toBeCloseTo(2.6, 1);
    expect(killed).toEqual([]);
  });

  it('is reported again when it was heard in between', () => {
    const { watch, silent } = watchOver(1);
    vi.advanceTimersByTime(3000);
    watch.check(() => false);
    watch.heard(0);
    watch.check(() => false);
    vi.advanceTimersByTime(3000);
    watch.check(() => false);
    expect(silent).toHaveLength(2);
    expect(silent[0]).not.toHaveProperty('kind');
  });

  it.each([
    [{ kind: 0, task: BEACON_ON_START }, 'onStart'],
    [{ kind: 0, task: BEACON_ON_STOP }, 'onStop'],
    [{ kind: 0, task: 0 }, 'home'],
    [{ kind: 0, task: 99 }, '?'],
  ])('was last in %o', (seen, task) => {
    const { watch, silent } = watchOver(1, seen);
    vi.advanceTimersByTime(3000);
    watch.check(() => false);
    expect(silent[0]).toMatchObject({ kind: 'Visitor', task });
  });

  it('is of no interest once it has ended', () => {
    const { watch, silent, killed } = watchOver(1);
    watch.ended(0);
    watch.expectEnd(now(), { graceful: 0, drain: 0 });
    vi.advanceTimersByTime(60_000);
    watch.check(() => false);
    expect([silent, killed]).toEqual([[], []]);
    expect(watch.haveAllEnded).toBe(true);
  });
});

describe('the end of a run', () => {
  it('is waited for as long as stopping and draining may take, and a while longer', () => {
    const { watch, killed } = watchOver(1);
    watch.expectEnd(now(), { graceful: 1000, drain: 5000 });
    for (let elapsedMs = 0; elapsedMs < 8400; elapsedMs += 100) {
      vi.advanceTimersByTime(100);
      watch.heard(0);
      watch.check(() => false);
    }
    expect(killed).toEqual([]);
    vi.advanceTimersByTime(200);
    watch.check(() => false);
    expect(killed).toEqual([0]);
  });

  it('does not wait for the drain of a share that is blocked', () => {
    const { watch, killed } = watchOver(2);
    vi.advanceTimersByTime(2000);
    watch.expectEnd(now(), { graceful: 0, drain: 60_000 });
    vi.advanceTimersByTime(900);
    watch.heard(1);
    watch.check(() => false);
    expect(killed).toEqual([]);
    vi.advanceTimersByTime(200);
    watch.check(() => false);
    expect(killed).toEqual([0]);
    watch.ended(0);
    expect(watch.haveAllEnded).toBe(false);
  });
});

describe('the description of a loss', () => {
  it('tells where it was only if it was blocked: an orderly one is not to blame', () => {
    const { watch } = watchOver(1, { kind: 0, task: 0 });
    expect(watch.describeLoss(0, 'gone')).toEqual({ type: 'worker-lost', share: 0, reason: 'gone' });
    vi.advanceTimersByTime(3000);
    expect(watch.describeLoss(0, 'gone')).toEqual({
      type: 'worker-lost',
      share: 0,
      reason: 'gone',
      kind: 'Visitor',
      task: 'home',
    });
  });
});
