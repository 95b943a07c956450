import { setImmediate as nextTurn } from 'node:timers/promises';
import { noCounts, type SeriesCounts } from '../../metrics/aggregate.js';
import type { BucketCounts } from '../../metrics/histogram.js';
import { Tally } from '../../metrics/tally.js';
import type { TimeCounts } from '../../metrics/times.js';
import { HURRIED_RATE, mostStartsPerSecond } from '../load/describe-load.js';
import type { Plan } from '../plan.js';
import type { Snapshot } from '../protocol.js';
import { Collector, NO_GAUGES } from './collector.js';
import { LiveVerdicts } from './live-verdicts.js';
import { RunJournal } from './run-journal.js';

/** Those that the figures of now look back on, and as many more as are kept until they are added up. */
const SECONDS = 20;
/** Buckets that the times of a busy second are in, and the first of them: 0.2 ms. */
const BUCKETS = 1000;
const FIRST_BUCKET = 2000;

const HEALTH: Snapshot['health'] = {
  share: 0,
  lengthMs: 1000,
  utilisation: 0,
  lateness: [],
  longestLatenessMs: 0,
  garbage: { pauses: 0, totalMs: 0, longestMs: 0 },
  connections: { opened: 0, tlsHandshakes: 0, tlsFailures: 0, tlsMs: 0 },
};

/**
 * While workers rehearse open loads in a hurry: merges, judges and adds up seconds that never were, and tells nobody of them. The first
 * seconds of a run cost this thread 20 to 40 ms each, nearly all of it for code that has never run; where it shares a core
 * with users, their starts waited for that. Other work of this thread may come between.
 */
export async function rehearseSeconds({ revisions }: Plan, shares: number): Promise<void> {
  if (mostStartsPerSecond(revisions[0]!.loads) / shares < HURRIED_RATE) return;
  const journal = new RunJournal({
    listener: { onEvent() {}, finish: async () => [] },
    limits: {},
    onFailed() {},
  });
  const verdicts = new LiveVerdicts([], []);
  const collector = new Collector({
    shares: 1,
    emit: (event) => journal.emit(event.type === 'interval-closed' ? verdicts.close(event) : event),
    readPlan: () => ({ plannedUsers: 0, isPaused: false }),
  });
  const empty = new Tally().take();
  for (let interval = 0; interval < SECONDS; interval++) {
    const times = makeUpTimes(interval);
    const part = {
      ...empty,
      series: [makeUpSeries(times)],
      iterations: { ...empty.iterations, ...times, count: BUCKETS },
      startLag: { ...empty.startLag, ...times, count: BUCKETS },
    };
    // Copied, as what comes from another thread.
    const snapshot = structuredClone({ share: 0, interval, isFinal: false, part, gauges: NO_GAUGES, health: HEALTH });
    collector.add(snapshot);
    journal.totals.table((interval + 1) * 1000);
    journal.totals.window();
    await nextTurn();
  }
}

function makeUpSeries(times: TimeCounts): SeriesCounts {
  const counts = noCounts('GET', 'rehearsal');
  return { ...counts, ...times, begun: BUCKETS, completed: BUCKETS, service: times, statuses: { 200: BUCKETS } };
}

/** No second has the same buckets as the one before. */
function makeUpTimes(interval: number): TimeCounts {
  const durations: BucketCounts = [];
  for (let at = 0; at < BUCKETS; at++) durations.push(FIRST_BUCKET + at * 3 + (interval % 3), 1);
  return { totalMs: BUCKETS, minMs: 0.2, maxMs: 2, durations };
}
