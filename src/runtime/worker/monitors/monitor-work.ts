import { now } from '../../../metrics/clock.js';
import type {
  MonitorFailure,
  MonitorReadings,
  MonitorSample,
  MonitorUnit,
} from '../../../metrics/monitors/monitor-sample.js';
import type { SampleRequest } from '../../script-protocol.js';
import type { Monitor } from '../../user/define-monitors.js';
import { createSampler } from './create-sampler.js';
import { describeFailure } from './describe-failure.js';
import type { Sampler } from './sampler.js';

/** Calls that nobody waits for any more: so many of a monitor may be left before it is not called for a while. */
const MAX_LEFT_BEHIND = 3;
const FORGET_AFTER_MS = 10_000;

interface Seat {
  monitor: Monitor;
  sampler: Promise<Sampler>;
  /** Metrics whose units were told. */
  told: Set<string>;
  /** When calls began that have not ended, though nobody waits for them. */
  leftBehind: Set<{ sinceMs: number }>;
}

/** The monitors of a test, as they are asked second by second. */
export class MonitorWork {
  readonly #seats: Seat[];

  private constructor(seats: Seat[]) {
    this.#seats = seats;
  }

  /** Loads what reads them, so that the first look has nothing to do but to look. */
  static async create(monitors: readonly Monitor[], scriptUrl: string | undefined): Promise<MonitorWork> {
    const seats = monitors.map((monitor) => ({
      monitor,
      sampler: createSampler(monitor, scriptUrl),
      told: new Set<string>(),
      leftBehind: new Set<{ sinceMs: number }>(),
    }));
    // One that cannot be made fails at each look.
    await Promise.allSettled(seats.map(({ sampler }) => sampler));
    return new MonitorWork(seats);
  }

  /** Asks all of them at once, and waits for each as long as the request says. Never rejects. */
  async sample(request: SampleRequest): Promise<MonitorReadings> {
    const samples: MonitorSample[] = [];
    const failures: MonitorFailure[] = [];
    await Promise.all(
      this.#seats.map(async (seat) => {
        const { name, source } = seat.monitor;
        try {
          const { values, units, statements } = await this.#ask(seat, request);
          const more = statements === undefined ? {} : { statements };
          samples.push({ monitor: name, kind: source.kind, values, units: takeUnits(seat, values, units), ...more });
        } catch (error) {
          failures.push({ monitor: name, kind: source.kind, message: describeFailure(error, source) });
        }
      }),
    );
    return { interval: request.interval, samples, failures };
  }

  end(): void {
    for (const { sampler } of this.#seats.splice(0)) {
      void sampler.then(
        (one) => one.close?.(),
        () => {},
      );
    }
  }

  async #ask(seat: Seat, request: SampleRequest) {
    const atMs = now();
    for (const call of seat.leftBehind) if (atMs - call.sinceMs > FORGET_AFTER_MS) seat.leftBehind.delete(call);
    if (seat.leftBehind.size >= MAX_LEFT_BEHIND) {
      throw new Error(`${seat.leftBehind.size} of its calls have not ended yet: it does not heed its signal`);
    }
    const abort = new AbortController();
    let giveUp: NodeJS.Timeout | undefined;
    const hasTimedOut = new Promise<never>((_, reject) => {
      giveUp = setTimeout(() => {
        reject(new Error(`it did not answer within ${request.limitMs} ms`));
        abort.abort();
      }, request.limitMs);
    });
    const call = { sinceMs: atMs };
    seat.leftBehind.add(call);
    const answer = this.#read(seat, request, abort.signal).finally(() => {
      clearTimeout(giveUp);
      seat.leftBehind.delete(call);
    });
    return await Promise.race([hasTimedOut, answer]);
  }

  async #read(seat: Seat, { isLast, isBrief }: SampleRequest, signal: AbortSignal) {
    const sampler = await seat.sampler;
    const values = isBrief ? {} : await sampler.sample(signal);
    const statements = isLast ? await sampler.readStatements?.(signal) : undefined;
    return { values, units: sampler.units, statements };
  }
}

/** Units are told once. */
function takeUnits(
  { told }: Seat,
  values: Readonly<Record<string, number>>,
  units: Readonly<Record<string, MonitorUnit>>,
): Record<string, MonitorUnit> {
  const anew = Object.keys(values).filter((name) => !told.has(name));
  for (const name of anew) told.add(name);
  return Object.fromEntries(anew.map((name) => [name, units[name] ?? 'count']));
}
