import { performance as real } from 'node:perf_hooks';
import { onTestFinished, vi } from 'vitest';

type Faked = NonNullable<NonNullable<Parameters<typeof vi.useFakeTimers>[0]>['toFake']>;

/** Until the test ends, time goes by when the test says: for our clock as well, which keeps the real `performance`. */
export function fakeClock(...more: Faked): void {
  vi.useFakeTimers({ toFake: ['performance', ...more] });
  const clock = vi.spyOn(real, 'now').mockImplementation(() => performance.now());
  onTestFinished(() => {
    clock.mockRestore();
    vi.useRealTimers();
  });
}
