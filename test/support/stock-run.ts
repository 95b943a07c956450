import { type RunEvent, type RunOptions, type RunResult, run } from 'loadwright/node';
import scenario from '../../examples/stock/scenario.js';

/** Runs the stock scenario in this thread: 200 users who hardly wait, started within two seconds. */
export function runHighVolume(url: string, options: Partial<RunOptions> = {}): Promise<RunResult> {
  return run({
    test: scenario,
    kinds: ['HighVolumeStockUser'],
    host: url,
    load: { users: 200, spawnRate: 100, runTime: '5s' },
    ...(options as Omit<RunOptions, 'script' | 'test'>),
  });
}

/** Units by what users were told of them. */
export function countUnits(result: RunResult): { told: number; refused: number; unknown: number } {
  const sums = { told: 0, refused: 0, unknown: 0 };
  for (const { key, sum } of result.part.measures) {
    const outcome = /^reserved_units\{outcome:(told|unknown|refused)/.exec(key)?.[1];
    if (outcome !== undefined) sums[outcome as keyof typeof sums] += sum;
  }
  return sums;
}

export interface WatchedSecond {
  completed: number;
  failures: number;
}

/** Remembers each second of a run and acts once after some of them. */
export function watchSeconds(acts: Readonly<Record<number, () => unknown>>) {
  const seconds: WatchedSecond[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type !== 'interval-closed') return;
    const second = { completed: 0, failures: 0 };
    for (const { completed, failures } of event.part.series) {
      second.completed += completed;
      second.failures += failures;
    }
    seconds[event.interval] = second;
    acts[event.interval + 1]?.();
  };
  return { seconds, onEvent };
}
