import type { ShareSigns } from '../../metrics/generator-health.js';
import { signsOf } from '../../metrics/judge-generator.js';
import { hasStarts } from '../../metrics/kind-totals.js';
import { type Part, Tally } from '../../metrics/tally.js';
import type { IntervalAmended, IntervalClosed, ShareGauges, Snapshot } from '../protocol.js';

/** An interval does not wait longer than this for shares that have not reported it. */
const PATIENCE_MS = 2000;
const INTERVAL_MS = 1000;

/** An interval as shares counted it; what is judged comes after. */
export interface MergedInterval extends Omit<IntervalClosed, 'thresholds' | 'generator'> {
  /** What shares noticed of themselves. */
  signs: ShareSigns[];
}

export interface CollectorOptions {
  shares: number;
  emit(event: MergedInterval | IntervalAmended): void;
  /** What the plan says of an instant, in ms since the run's start. */
  readPlan(atMs: number): Pick<IntervalClosed, 'plannedUsers' | 'isPaused'>;
}

interface ShareState {
  /** The latest interval it has reported. */
  reported: number;
  hasEnded: boolean;
  gauges: ShareGauges;
}

interface OpenInterval {
  tally: Tally;
  signs: ShareSigns[];
}

export const NO_GAUGES: ShareGauges = {
  users: {},
  usersByLoad: {},
  usersStarted: 0,
  inFlight: 0,
  oldestInFlightMs: 0,
  eventLoopUtilisation: 0,
};

/**
 * Merges what shares counted into intervals of the whole run. An interval closes when every share has reported it, or
 * two seconds after its end; what comes later amends it. The sum of all events is the sum of all snapshots, always.
 */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #shares: ShareState[];
  readonly #open = new Map<number, OpenInterval>();
  /** Of the last interval that closed: its arrays, 75 kB a name, serve the next one. */
  #spare: Tally | undefined;
  /** The first interval that is not closed. */
  #next = 0;
  #last = -1;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#shares = Array.from({ length: options.shares }, () => ({
      reported: -1,
      hasEnded: false,
      gauges: NO_GAUGES,
    }));
  }

  add(snapshot: Snapshot): void {
    const { interval, part, gauges, isFinal, health } = snapshot;
    const share = this.#shares[snapshot.share]!;
    share.reported = Math.max(share.reported, interval);
    share.gauges = gauges;
    // The last second of a share is often one that has just begun.
    if (!isFinal || !isEmpty(part)) this.#last = Math.max(this.#last, interval);
    if (interval < this.#next) {
      if (!isEmpty(part)) this.#options.emit({ type: 'interval-amended', interval, part });
    } else {
      const open = this.#openInterval(interval);
      open.tally.merge(part);
      open.signs.push(signsOf(health, part));
    }
    if (isFinal) this.end(snapshot.share);
    else this.#closeReported();
  }

  /** A share has ended, in order or lost: nobody waits for it any more. */
  end(share: number): void {
    const state = this.#shares[share]!;
    state.hasEnded = true;
    state.gauges = { ...NO_GAUGES, usersStarted: state.gauges.usersStarted };
    this.#closeReported();
  }

  /** Closes intervals that have waited long enough; `elapsedMs` since the run's start. */
  closeOverdue(elapsedMs: number): void {
    while ((this.#next + 1) * INTERVAL_MS + PATIENCE_MS <= elapsedMs) this.#close();
  }

  /** Closes everything anyone has reported. */
  finish(): void {
    while (this.#next <= this.#last) this.#close();
  }

  get gauges(): ShareGauges {
    return mergeGauges(this.#shares.map(({ gauges }) => gauges));
  }

  #closeReported(): void {
    while (this.#next <= this.#last && this.#missing().length === 0) this.#close();
  }

  #missing(): number[] {
    return [...this.#shares.entries()]
      .filter(([, share]) => !share.hasEnded && share.reported < this.#next)
      .map(([index]) => index);
  }

  #close(): void {
    const interval = this.#next;
    const missingShares = this.#missing();
    const { tally, signs } = this.#openInterval(interval);
    this.#open.delete(interval);
    this.#next++;
    const part = tally.take();
    // One that is full would fold names that a new one has room for.
    this.#spare = tally.requests.hasFoldedNames ? undefined : tally;
    this.#options.emit({
      type: 'interval-closed',
      interval,
      part,
      gauges: this.gauges,
      signs,
      ...this.#options.readPlan((interval + 1) * INTERVAL_MS),
      missingShares,
    });
  }

  #openInterval(interval: number): OpenInterval {
    let open = this.#open.get(interval);
    if (open === undefined) {
      open = { tally: this.#spare ?? new Tally(), signs: [] };
      this.#spare = undefined;
      this.#open.set(interval, open);
    }
    return open;
  }
}

function mergeGauges(all: readonly ShareGauges[]): ShareGauges {
  const users: Record<string, number> = {};
  const usersByLoad: ShareGauges['usersByLoad'] = {};
  const merged = { ...NO_GAUGES, users, usersByLoad };
  for (const gauges of all) {
    addCounts(users, gauges.users);
    for (const [load, counts] of Object.entries(gauges.usersByLoad)) {
      usersByLoad[load] ??= {};
      addCounts(usersByLoad[load], counts);
    }
    merged.usersStarted += gauges.usersStarted;
    merged.inFlight += gauges.inFlight;
    merged.oldestInFlightMs = Math.max(merged.oldestInFlightMs, gauges.oldestInFlightMs);
    merged.eventLoopUtilisation = Math.max(merged.eventLoopUtilisation, gauges.eventLoopUtilisation);
  }
  return merged;
}

function addCounts(sums: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}

function isEmpty(part: Part): boolean {
  const { series, exceptions, checks, groups, measures } = part;
  const lists = [series, exceptions, checks, groups, measures];
  const { droppedIterations, interruptedIterations, missedStarts } = part;
  const losses = [droppedIterations, interruptedIterations, missedStarts];
  const numbers = [part.iterations.count, part.startLag.count, ...losses];
  const isZero = numbers.every((number) => number === 0);
  return isZero && lists.every((list) => list.length === 0) && !hasStarts(part.kinds);
}
