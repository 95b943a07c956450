import { closeSync, openSync, writeSync } from 'node:fs';
import { Histogram } from '../../src/metrics/histogram.js';
import { RECORDING_FORMAT, RECORDING_VERSION } from '../../src/reporters/recording-format.js';
import { generatorHealth } from './generator-health.js';
import { createPart, SyntheticRun } from './run-events.js';

export interface LongRecording {
  path: string;
  names: number;
  seconds: number;
  /** Requests of each name in each second; nearly as many buckets are theirs. */
  requestsPerSecond: number;
}

/** Different seconds of a name; more would look the same. */
const PATTERNS = 400;

/** A recording of a run that never was, in which every name answers every second; gives how many requests are in it. */
export function writeLongRecording({ path, names, seconds, requestsPerSecond }: LongRecording): number {
  const patterns = Array.from({ length: PATTERNS }, (_, seed) => createPattern(seed, requestsPerSecond));
  const run = new SyntheticRun().start().close(0, createPart(0, []), {}, { generator: generatorHealth() });
  const [started, closed] = run.events.map((event) => JSON.stringify(event)) as [string, string];
  const [before, after] = closed.split('"series":[]') as [string, string];
  const file = openSync(path, 'w');
  const header = { format: RECORDING_FORMAT, formatVersion: RECORDING_VERSION, version: '0.1.0' };
  writeSync(file, `${JSON.stringify(header)}\n${started}\n`);
  for (let second = 0; second < seconds; second++) {
    const series = Array.from({ length: names }, (_, name) => {
      const { head, tail } = patterns[(second * 31 + name * 17) % PATTERNS]!;
      return `${head}endpoint_${String(name).padStart(3, '0')}${tail}`;
    });
    const line = `${before.replace('"interval":0', `"interval":${second}`)}"series":[${series.join(',')}]${after}\n`;
    writeSync(file, line);
  }
  closeSync(file);
  return names * seconds * requestsPerSecond;
}

/** A second of some name, as text around the name. */
function createPattern(seed: number, requests: number): { head: string; tail: string } {
  const histogram = new Histogram();
  const random = createRandom(seed + 1);
  let totalMs = 0;
  for (let request = 0; request < requests; request++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const ms = 40 * Math.exp(0.5 * normal);
    histogram.record(ms);
    totalMs += ms;
  }
  const durations = histogram.readCounts();
  if (durations.length < 40) throw new Error('every name is to have 20 buckets or more');
  const [part] = createPart(0, [{ name: 'NAME', times: requests }]).series;
  const text = JSON.stringify({ ...part!, totalMs, minMs: 1, maxMs: 1000, durations });
  const [head, tail] = text.split('NAME') as [string, string];
  return { head, tail };
}

/** The same numbers each time. */
function createRandom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e37_79b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}
