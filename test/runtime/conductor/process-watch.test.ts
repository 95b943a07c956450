import { describe, expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import { ProcessWatch, parseMachineTime } from '../../../src/runtime/conductor/process-watch.js';

const STAT = `cpu  10670 20 7058 490798 684 0 1618 44 0 0
cpu0 4183 0 2997 247426 51 0 706 20 0 0
cpu1 6486 0 4060 243372 633 0 911 24 0 0
intr 1 2 3
ctxt 99
`;

describe('the machine', () => {
  it('has so much time, and of that was idle or had it stolen', () => {
    expect(parseMachineTime(STAT)).toEqual({ totalTicks: 510_892, idleTicks: 491_482, stolenTicks: 44, cores: 2 });
  });

  it('says nothing where the file is another one', () => {
    for (const text of ['', 'cpu  1 2 3', 'cpu  a b c d e f g h', 'processor : 0']) {
      expect(parseMachineTime(text)).toBeUndefined();
    }
  });
});

describe('the process', () => {
  it('says how many cores it used since the last time', () => {
    const watch = new ProcessWatch();
    for (const endMs = now() + 400; now() < endMs; );
    const { cores, cpuCores } = watch.take();
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(cpuCores).toBeGreaterThan(0.2);
    expect(cpuCores).toBeLessThan(cores + 0.5);
  });

  it('says the same again where no time has passed', () => {
    const watch = new ProcessWatch();
    for (const endMs = now() + 250; now() < endMs; );
    expect(watch.take()).toBe(watch.take());
  });
});
