import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { ThreadClock } from '../../../src/runtime/worker/thread-time.js';
import { ThreadWatch } from '../../../src/runtime/worker/thread-watch.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const onLinux = process.platform === 'linux';

function startWatch() {
  const connections = { opened: 2, tlsHandshakes: 1, tlsFailures: 0, tlsMs: 3 };
  const watch = new ThreadWatch({ share: 3, takeConnections: () => connections });
  onTestFinished(() => watch.stop());
  const startMs = now();
  watch.start();
  return { take: () => watch.take({ startMs, endMs: now() }) };
}

/** The loop has gone round once. */
const loopTurn = () => new Promise((resolve) => setImmediate(resolve));

function spin(ms: number): void {
  for (const endMs = now() + ms; now() < endMs; );
}

describe('a thread that is watched', () => {
  it('and waits, is idle and in time', async () => {
    const { take } = startWatch();
    await sleep(300);
    const health = take();
    expect(health).toMatchObject({ share: 3, connections: { opened: 2, tlsHandshakes: 1, tlsFailures: 0, tlsMs: 3 } });
    expect(health.lengthMs).toBeGreaterThan(290);
    expect(health.utilisation).toBeLessThan(0.5);
    if (onLinux) expect(health.cpuShare).toBeLessThan(0.5);
  });

  it('and is blocked, has been busy and late for all of that time', async () => {
    const { take } = startWatch();
    await loopTurn();
    spin(400);
    await loopTurn();
    const { utilisation, cpuShare, runDelayShare, longestLatenessMs } = take();
    expect(utilisation).toBeGreaterThan(0.9);
    // What others took of the core is not the thread's own.
    if (onLinux) expect(cpuShare! + runDelayShare!).toBeGreaterThan(0.8);
    expect(longestLatenessMs).toBeGreaterThan(350);
  });

  it('and makes garbage, says how long clearing up took', async () => {
    const { take } = startWatch();
    const kept: unknown[] = [];
    const endMs = now() + 200;
    while (now() < endMs) {
      for (let at = 0; at < 10_000; at++) kept[at] = { at, text: `${at}` };
      await loopTurn();
    }
    const { garbage } = take();
    expect(garbage.pauses).toBeGreaterThan(0);
    expect(garbage.totalMs).toBeGreaterThan(0);
    expect(garbage.longestMs).toBeLessThanOrEqual(garbage.totalMs);
    expect(take().garbage.pauses).toBeLessThan(garbage.pauses);
  });
});

describe('what the system says of a thread', () => {
  it('is nothing where there is no such file, and where it holds something else', () => {
    const folder = createTemporaryFolder();
    const strange = join(folder, 'schedstat');
    writeFileSync(strange, 'nothing to see\n');
    expect(new ThreadClock(join(folder, 'missing')).read()).toBeUndefined();
    const clock = new ThreadClock(strange);
    onTestFinished(() => clock.close());
    expect(clock.read()).toBeUndefined();
    writeFileSync(strange, '1500000 250000 31\n');
    expect(clock.read()).toEqual({ cpuMs: 1.5, runDelayMs: 0.25 });
  });
});
