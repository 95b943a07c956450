import { OTHER_NAMES, type SeriesCounts } from '../aggregate.js';
import type { ServerTimingCounts } from '../server-timing.js';
import type { EvidenceWindow, NameSum, TimingSum } from './evidence.js';
import { keyOf } from './over-load.js';

/** Windows get twice as long when there would be more of them. */
const MAX_WINDOWS = 60;
/** Names beyond this many are one. */
const MAX_NAMES = 100;
/** Descriptions of an entry beyond this many are left out. */
const MAX_DESCRIPTIONS = 100;
const INTERVAL_MS = 1000;

/**
 * Keeps what a run says about its target over time, in memory that does not grow with it: windows of a second at first,
 * and of two, four and so on when there are sixty of them.
 */
export class EvidenceLog {
  #windows: EvidenceWindow[] = [];
  /** Where the requests of a method and name are counted: found again each second without making a key of the two. */
  #places = new Map<string, Map<string, Place>>();
  #names = 0;
  #secondsPerWindow = 1;
  #firstInterval = 0;

  add({ interval, series, users }: { interval: number; series: readonly SeriesCounts[]; users: number }): void {
    if (interval < this.#firstInterval) return;
    const window = this.#windowAt(interval);
    window.users = Math.max(window.users, users);
    this.#addSeries(window, series);
  }

  /** Adds what came too late for its second. */
  amend({ interval, series }: { interval: number; series: readonly SeriesCounts[] }): void {
    if (interval >= this.#firstInterval) this.#addSeries(this.#windowAt(interval), series);
  }

  /** What came before second `firstInterval` does not count. */
  reset(firstInterval: number): void {
    this.#firstInterval = firstInterval;
    this.#windows = [];
    this.#places = new Map();
    this.#names = 0;
    this.#secondsPerWindow = 1;
  }

  get windows(): readonly EvidenceWindow[] {
    return this.#windows;
  }

  #windowAt(interval: number): EvidenceWindow {
    const since = interval - this.#firstInterval;
    while (Math.floor(since / this.#secondsPerWindow) >= MAX_WINDOWS) this.#halve();
    const index = Math.floor(since / this.#secondsPerWindow);
    const lengthMs = this.#secondsPerWindow * INTERVAL_MS;
    for (let next = this.#windows.length; next <= index; next++) {
      const fromMs = this.#firstInterval * INTERVAL_MS + next * lengthMs;
      this.#windows.push({ fromMs, toMs: fromMs + lengthMs, users: 0, names: new Map() });
    }
    return this.#windows[index]!;
  }

  #halve(): void {
    const windows: EvidenceWindow[] = [];
    for (let at = 0; at < this.#windows.length; at += 2) {
      const window = this.#windows[at]!;
      const next = this.#windows[at + 1];
      window.toMs = window.fromMs + 2 * (window.toMs - window.fromMs);
      if (next !== undefined) {
        window.users = Math.max(window.users, next.users);
        for (const [key, sum] of next.names) mergeName(window.names, key, sum);
      }
      windows.push(window);
    }
    this.#windows = windows;
    this.#secondsPerWindow *= 2;
  }

  #addSeries(window: EvidenceWindow, series: readonly SeriesCounts[]): void {
    for (const row of series) {
      const place = this.#placeOf(row);
      let sum = window.names.get(place.key);
      if (sum === undefined) {
        sum = { method: row.method, name: place.name, completed: 0, failures: 0, serviceMs: 0, timings: new Map() };
        window.names.set(place.key, sum);
      }
      sum.completed += row.completed;
      sum.failures += row.failures;
      sum.serviceMs += (row.service ?? row).totalMs;
      if (row.serverTiming === undefined) continue;
      for (const counts of row.serverTiming) mergeTiming(sum.timings, counts.entry, readTiming(counts));
    }
  }

  #placeOf({ method, name }: SeriesCounts): Place {
    let places = this.#places.get(method);
    if (places === undefined) {
      places = new Map();
      this.#places.set(method, places);
    }
    let place = places.get(name);
    if (place === undefined) {
      const shown = this.#names < MAX_NAMES ? name : OTHER_NAMES;
      if (shown === name) this.#names++;
      place = { name: shown, key: keyOf(method, shown) };
      places.set(name, place);
    }
    return place;
  }
}

interface Place {
  name: string;
  key: string;
}

/** The windows of a log as one. */
export function sumWindows(windows: readonly EvidenceWindow[]): NameSum[] {
  const names = new Map<string, NameSum>();
  for (const window of windows) for (const [key, sum] of window.names) mergeName(names, key, sum);
  return [...names.values()];
}

function readTiming({ count, totalMs, numbered, numberSum, full, descriptions }: ServerTimingCounts): TimingSum {
  const described = descriptions.map((one) => [one.description, one.count] as const);
  return { count, totalMs, numbered, numberSum, full, descriptions: new Map(described) };
}

function mergeName(names: Map<string, NameSum>, key: string, sum: NameSum): void {
  const known = names.get(key);
  if (known === undefined) {
    names.set(key, copyName(sum));
    return;
  }
  known.completed += sum.completed;
  known.failures += sum.failures;
  known.serviceMs += sum.serviceMs;
  for (const [entry, timing] of sum.timings) mergeTiming(known.timings, entry, timing);
}

function copyName(sum: NameSum): NameSum {
  const timings = new Map<string, TimingSum>();
  for (const [entry, timing] of sum.timings) mergeTiming(timings, entry, timing);
  return { ...sum, timings };
}

function mergeTiming(timings: Map<string, TimingSum>, entry: string, timing: TimingSum): void {
  const known = timings.get(entry);
  if (known === undefined) {
    timings.set(entry, { ...timing, descriptions: new Map(timing.descriptions) });
    return;
  }
  known.count += timing.count;
  known.totalMs += timing.totalMs;
  known.numbered += timing.numbered;
  known.numberSum += timing.numberSum;
  known.full += timing.full;
  for (const [description, times] of timing.descriptions) {
    const before = known.descriptions.get(description);
    if (before === undefined && known.descriptions.size >= MAX_DESCRIPTIONS) continue;
    known.descriptions.set(description, (before ?? 0) + times);
  }
}
