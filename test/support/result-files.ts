import { createJsonReporter } from '../../src/reporters/json.js';
import { createRecordingReporter } from '../../src/reporters/recording.js';
import { RandomStream } from '../../src/runtime/user/random.js';
import { SyntheticRun, type ToldRequest } from './run-events.js';
import { normal } from './simulated-runs.js';

/** What a name does each second: so many requests in log-normal times around `ms`. */
export interface ToldName {
  name: string;
  method?: string;
  perSecond: number;
  ms: number;
  failedShare?: number;
}

export interface ToldRun {
  seconds: number;
  names: readonly ToldName[];
  seed?: number;
}

/** Writes the result of a run that never happened, as JSON or, by its ending, as a recording. */
export async function writeRun(path: string, { seconds, names, seed = 1 }: ToldRun): Promise<string> {
  const reporter = path.endsWith('.ndjson') ? createRecordingReporter({ path }) : createJsonReporter({ path });
  const random = new RandomStream([seed]);
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start();
  for (let second = 0; second < seconds; second++) {
    run.close(
      second,
      names.flatMap((told) => createRequests(told, random)),
    );
  }
  run.finish();
  await reporter.finish?.();
  return path;
}

function createRequests({ perSecond, ms, failedShare = 0, ...series }: ToldName, random: RandomStream): ToldRequest[] {
  return Array.from({ length: perSecond }, () => ({
    ...series,
    ms: ms * Math.exp(0.3 * normal(random)),
    ...(random.next() < failedShare ? { error: 'status 500', status: 500 } : {}),
  }));
}
