import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { percentilesOf } from '../../../src/metrics/histogram.js';
import { ProbeTimer } from '../../../src/runtime/worker/probe-timer.js';

const now = () => performance.now();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

function startProbe() {
  const probe = new ProbeTimer(now);
  const startMs = now();
  probe.start();
  return { probe, startMs };
}

/** The thread is busy: time goes by, and no timer fires. */
function block(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
  const until = now() + ms;
  vi.spyOn(performance, 'now').mockImplementation(() => until);
}

function count(lateness: readonly number[]): number {
  return lateness.reduce((sum, value, at) => (at % 2 === 1 ? sum + value : sum), 0);
}

describe('probes', () => {
  it('are due fifty times a second, and in time on an idle thread', () => {
    const { probe, startMs } = startProbe();
    vi.advanceTimersByTime(1001);
    const { lateness, longestLatenessMs } = probe.take(startMs + 1000.5, now());
    expect(count(lateness)).toBe(50);
    expect(longestLatenessMs).toBeLessThan(1);
  });

  it('go on falling due while the thread is blocked: their lateness is of time', () => {
    const { probe, startMs } = startProbe();
    vi.advanceTimersByTime(100);
    expect(count(probe.take(startMs + 100.5, now()).lateness)).toBe(5);
    block(200);
    const { lateness, longestLatenessMs } = probe.take(startMs + 301, startMs + 300);
    expect(count(lateness)).toBe(10);
    expect(longestLatenessMs).toBeCloseTo(180);
    expect(percentilesOf(lateness, [50])[0]).toBeCloseTo(80, 0);
    vi.restoreAllMocks();
  });

  it('belong to the interval in which they were due, also if the thread was blocked beyond it', () => {
    const { probe, startMs } = startProbe();
    const noticedMs = startMs + 2500;
    const first = probe.take(startMs + 1000, noticedMs);
    const second = probe.take(startMs + 2000, noticedMs);
    expect([count(first.lateness), count(second.lateness)]).toEqual([49, 50]);
    expect(first.longestLatenessMs).toBeCloseTo(2480);
    expect(second.longestLatenessMs).toBeCloseTo(1500);
  });

  it('are no more once they were stopped', () => {
    const { probe, startMs } = startProbe();
    probe.stop();
    vi.advanceTimersByTime(500);
    expect(probe.take(startMs + 500, now()).lateness).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
