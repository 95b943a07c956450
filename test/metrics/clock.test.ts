import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { now } from '../../src/metrics/clock.js';

/** Two threads take turns over shared memory: each writes a reading later than the other's last. */
const TURNS = 400;
const READER = `
  const { workerData } = require('node:worker_threads');
  import(workerData.clock).then(({ now }) => {
    const turn = new Int32Array(workerData.turn);
    const readings = new Float64Array(workerData.readings);
    for (let at = workerData.first; at < readings.length; at += 2) {
      for (let found = Atomics.load(turn, 0); found !== at; found = Atomics.load(turn, 0)) Atomics.wait(turn, 0, found, 5);
      readings[at] = now();
      Atomics.store(turn, 0, at + 1);
      Atomics.notify(turn, 0);
    }
  });
`;

/** The module as a data URL, which any thread can import. */
async function buildClock(): Promise<string> {
  const source = fileURLToPath(new URL('../../src/metrics/clock.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return `data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`;
}

describe('now()', () => {
  it('never runs backwards', () => {
    let last = now();
    for (let round = 0; round < 100_000; round++) {
      const reading = now();
      if (reading < last) expect.fail(`${reading} came after ${last}`);
      last = reading;
    }
  });

  it('counts milliseconds', () => {
    const before = process.hrtime.bigint();
    const first = now();
    let last = first;
    while (last - first < 20) last = now();
    const elapsedMs = Number(process.hrtime.bigint() - before) / 1e6;
    expect(elapsedMs).toBeGreaterThanOrEqual(20);
    expect(elapsedMs - (last - first)).toBeLessThan(5);
  });

  it('is one clock for all threads: readings taken in turns rise, within a millisecond', async () => {
    const turn = new SharedArrayBuffer(4);
    const readings = new SharedArrayBuffer(TURNS * 8);
    const clock = await buildClock();
    const started = [0, 1].map((first) => {
      return new Worker(READER, { eval: true, workerData: { clock, turn, readings, first } });
    });
    const before = now();
    await Promise.all(started.map((worker) => once(worker, 'exit')));
    const after = now();
    const values = [before - 1, ...new Float64Array(readings), after];
    expect(values).toHaveLength(TURNS + 2);
    for (let at = 1; at < values.length; at++) {
      expect(values[at]! - values[at - 1]!, `reading ${at}`).toBeGreaterThan(-1);
    }
  });
});
