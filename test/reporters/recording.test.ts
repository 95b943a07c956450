import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LoadwrightError } from '../../src/errors.js';
import { RunTotals } from '../../src/metrics/run-totals.js';
import { createRecordingReporter } from '../../src/reporters/recording.js';
import { replayRecording } from '../../src/reporters/replay-recording.js';
import type { Reporter } from '../../src/reporters/reporter.js';
import type { RunEvent } from '../../src/runtime/protocol.js';
import { createPart, SyntheticRun, verdictOf } from '../support/run-events.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

/** What JSON makes of a value: what is undefined is not there. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

class Hearer implements Reporter {
  readonly name = 'hearer';
  readonly heard: RunEvent[] = [];
  totals = new RunTotals();
  finished = 0;

  onEvent(event: RunEvent, totals: RunTotals): void {
    this.heard.push(event);
    this.totals = totals;
  }

  finish(): void {
    this.finished++;
  }
}

function record(tell: (run: SyntheticRun) => void, logLimitBytes?: number) {
  const path = join(createTemporaryFolder(), 'results', 'run.ndjson');
  const reporter = createRecordingReporter({ path, ...(logLimitBytes === undefined ? {} : { logLimitBytes }) });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  tell(run);
  return { path, run, reporter, finish: () => reporter.finish?.() };
}

async function replay(path: string) {
  const hearer = new Hearer();
  return { hearer, ...(await replayRecording({ path, reporters: [hearer] })) };
}

const HOSTILE = '상품 "목록"\u2028\u0000\u202e<script>\n=cmd()\ud800';

/** A bit of everything that happens in a run. */
function tellAll(run: SyntheticRun): void {
  const part = createPart(
    0,
    [{ name: HOSTILE, error: HOSTILE, times: 3 }, { name: 'b', lagMs: 100 }, { name: 'b' }],
    (tally) => {
      tally.addGroup('g', 12);
      tally.addCheck({ name: HOSTILE, passes: 2, failures: 1 });
      tally.addException({ message: HOSTILE, traceback: '', nodes: ['0'], count: 1, firstSeenMs: 1, lastSeenMs: 2 });
      tally.addStartLag(3);
      tally.addIteration(30);
      tally.addDropped(2);
    },
  );
  run
    .start({ host: undefined })
    .close(0, part, {}, { thresholds: [verdictOf('http_req_failed', 'rate<0.1', { value: undefined })] })
    .tell({ type: 'log', record: { level: 'info', message: HOSTILE, source: 'worker 0' } })
    .close(1, [{ name: 'b', times: 5 }])
    .reset(2)
    .amend(1, [{ name: 'late' }])
    .close(2, [{ name: 'b', times: 7 }])
    .tell({ type: 'worker-silent', share: 0, seconds: 5 })
    .tell({ type: 'worker-lost', share: 0, reason: HOSTILE })
    .tell({ type: 'warning', code: 'X', message: 'y' })
    .amend(2, [{ name: 'c', ms: 3000 }])
    .tell({ type: 'run-stopping', atMs: 3000, cause: { by: 'plan' } })
    .finish({ lostWorkers: [{ type: 'worker-lost', share: 0, reason: HOSTILE }], state: 'incomplete' });
}

test('what is logged before the start stands behind it', async () => {
  const path = join(createTemporaryFolder(), 'run.ndjson');
  const reporter = createRecordingReporter({ path });
  const log = (message: string): RunEvent => ({ type: 'log', record: { level: 'info', message, source: 'scenario' } });
  reporter.onEvent(log('setup: one'), new RunTotals());
  reporter.onEvent(log('x'.repeat(70_000)), new RunTotals());
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  run.start().close(0, []).finish();
  await reporter.finish?.();
  const { hearer, isComplete } = await replay(path);
  expect(isComplete).toBe(true);
  expect(hearer.heard.slice(0, 3)).toMatchObject([
    { type: 'run-started' },
    { record: { message: 'setup: one' } },
    { record: { message: expect.stringMatching(/^x{70000}$/) } },
  ]);
});

describe('a recording', () => {
  test('gives every event back, with the same totals', async () => {
    const { path, run, finish } = record(tellAll);
    await finish();
    const { hearer, result, isComplete, cutLine, failedReporters } = await replay(path);
    expect(hearer.heard).toEqual(asJson(run.events));
    expect(new Set(run.events.map(({ type }) => type)).size).toBe(10);
    expect(hearer.totals.table(3000)).toEqual(run.totals.table(3000));
    expect(hearer.totals.read()).toEqual(run.totals.read());
    expect(hearer.totals.window()).toEqual(run.totals.window());
    expect(result).toEqual(asJson(run.result({ lostWorkers: result.lostWorkers, state: 'incomplete' })));
    expect({ isComplete, cutLine, failedReporters, finished: hearer.finished }).toEqual({
      isComplete: true,
      cutLine: undefined,
      failedReporters: [],
      finished: 1,
    });
  });

  test('has a line for each event, whole as soon as it was heard, and says first what it is', () => {
    const { path, run } = record((told) => told.start().close(0, [{ name: 'a' }]));
    const read = () => readFileSync(path, 'utf8').split('\n');
    expect(JSON.parse(read()[0]!)).toMatchObject({ format: 'loadwright-recording', formatVersion: 1 });
    for (let interval = 1; interval < 5; interval++) {
      run.close(interval, [{ name: 'a' }]);
      expect(read()).toHaveLength(interval + 4);
      expect(JSON.parse(read().at(-2)!)).toMatchObject({ type: 'interval-closed', interval });
      expect(read().at(-1)).toBe('');
    }
  });

  test('keeps what is logged until the next second, up to a limit, and says what it left out', async () => {
    const message = 'x'.repeat(80);
    const { path, run, finish } = record((told) => told.start(), 1000);
    for (let line = 0; line < 20; line++) run.tell({ type: 'log', record: { level: 'info', message, source: 'w' } });
    run.close(0, []).finish();
    await finish();
    const { hearer } = await replay(path);
    const logged = hearer.heard.filter((event) => event.type === 'log').map(({ record: { message: text } }) => text);
    expect(logged.slice(0, -1)).toEqual(Array.from({ length: 6 }, () => message));
    expect(logged.at(-1)).toMatch(/left out of this recording: 14 further messages/);
    expect(hearer.heard.at(-1)!.type).toBe('run-finished');
  });

  test('that cannot be written is an error at the start', () => {
    const reporter = createRecordingReporter({ path: '/dev/null/results/run.ndjson' });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
    expect(() => run.start()).toThrow(/ENOTDIR/);
  });
});

describe('a recording that was cut off', () => {
  const told = (run: SyntheticRun) =>
    run
      .start()
      .close(0, [{ name: '상품', times: 3 }])
      .close(1, [{ name: '상품', times: 4, error: 'x' }]);

  test('anywhere in its last line gives everything before it', async () => {
    const { path } = record(told);
    const bytes = readFileSync(path);
    const lastLine = bytes.lastIndexOf(0x0a, bytes.length - 2) + 1;
    for (let length = lastLine; length < bytes.length - 1; length += 7) {
      writeFileSync(path, bytes.subarray(0, length));
      const { result, cutLine, isComplete } = await replay(path);
      expect([result.durationMs, result.total.completed, result.state]).toEqual([1000, 3, 'incomplete']);
      expect([isComplete, cutLine]).toEqual([false, length === lastLine ? undefined : 4]);
    }
  });

  test('just before its last line feed, too, as a whole', async () => {
    const { path } = record(told);
    writeFileSync(path, readFileSync(path).subarray(0, -1));
    expect(await replay(path)).toMatchObject({ cutLine: undefined, result: { total: { completed: 7 } } });
  });

  test('says where it ends, warns, and passes for nothing', async () => {
    const { path, run } = record((one) => told(one).tell({ type: 'warning', code: 'TOO_MANY_NAMES', message: 'many' }));
    const { result, hearer } = await replay(path);
    expect(result).toMatchObject({ state: 'incomplete', exitCode: 5, durationMs: 2000, usersStarted: 10, seed: 7 });
    expect(result.total).toEqual(run.totals.table(2000).aggregated);
    expect(result.warnings.map(({ code }) => code)).toEqual(['TOO_MANY_NAMES', 'RECORDING_INCOMPLETE']);
    expect(result.warnings[1]!.message).toMatch(/ends after second 2,/);
    expect(hearer.heard.slice(-2).map(({ type }) => type)).toEqual(['warning', 'run-finished']);
  });

  test('before its first second is a run without numbers', async () => {
    const { path } = record((run) => run.start());
    expect((await replay(path)).result).toMatchObject({ durationMs: 0, total: { completed: 0 }, state: 'incomplete' });
  });
});

describe('what is no recording is refused, and the line named', () => {
  const refusal = async (text: string) => {
    const path = join(createTemporaryFolder(), 'run.ndjson');
    writeFileSync(path, text);
    const error = await replay(path).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LoadwrightError);
    expect((error as LoadwrightError).code).toBe('ERR_RECORDING_INVALID');
    return (error as LoadwrightError).message;
  };
  const lines = () => {
    const { path } = record(tellAll);
    return readFileSync(path, 'utf8').trimEnd().split('\n');
  };

  test('a file that is not there, a folder, an empty file', async () => {
    for (const path of ['/nowhere/run.ndjson', createTemporaryFolder()]) {
      await expect(replay(path)).rejects.toThrow(/cannot be read: (?:ENOENT|EISDIR)/);
    }
    expect(await refusal('')).toMatch(/holds no run/);
    expect(await refusal(`${lines()[0]}\n`)).toMatch(/holds no run/);
  });

  test('something else altogether', async () => {
    for (const text of ['hello', 'null\n', '{"format":"other"}\n', '\n\n', '{"format":"loadwright-recording"}\n']) {
      expect(await refusal(text)).toMatch(/is no recording: line 1 is/);
    }
  });

  test('a later format', async () => {
    const header = '{"format":"loadwright-recording","formatVersion":2,"version":"9.0.0"}\n';
    expect(await refusal(header)).toMatch(/Loadwright 9\.0\.0 in format 2, but this version reads formats up to 1/);
  });

  test('garbage in the middle', async () => {
    const changes: Record<string, (line: string) => string> = {
      'not JSON': () => 'garbage',
      empty: () => '',
      'no event': () => '{"type":"other"}',
      'no type': () => '[1,2]',
      "an object's own word": () => '{"type":"constructor"}',
      'half of it': (line) => line.slice(0, line.length / 2),
      'a bucket that no histogram has': (line) => line.replace(/"durations":\[\d+/, '"durations":[1e9'),
      'a bucket without a count': (line) => line.replace(/"durations":\[\d+,/, '"durations":['),
      'text for a number': (line) => line.replace(/"begun":\d+/, '"begun":"9"'),
      'no interval': (line) => line.replace('"interval":0,', ''),
      'no gauges': (line) => line.replace('"gauges"', '"other"'),
    };
    for (const [name, change] of Object.entries(changes)) {
      const [header, started, first, ...rest] = lines();
      const changed = change(first!);
      expect(changed, name).not.toBe(first);
      const text = [header, started, changed, ...rest].join('\n');
      expect(await refusal(text), name).toMatch(/^Line 3 of .* is no event of a run/);
    }
  });

  test('two runs in one, and seconds before the start', async () => {
    const [header, started, ...rest] = lines();
    expect(await refusal([header, started, started, ...rest].join('\n'))).toMatch(/Line 3 .* begins a second run/);
    expect(await refusal([header, ...rest].join('\n'))).toMatch(/Line 2 .* comes before the run has started/);
  });
});

test('a reporter that fails in a replay is named, and the others go on', async () => {
  const { path } = record(tellAll);
  const hearer = new Hearer();
  const broken: Reporter = {
    name: 'broken',
    onEvent: () => {
      throw new Error('disk full');
    },
  };
  const { failedReporters, result } = await replayRecording({ path, reporters: [broken, hearer] });
  expect(failedReporters).toEqual(['broken']);
  expect(result.total.completed).toBe(8);
  expect(hearer.heard[1]).toMatchObject({ type: 'warning', code: 'ERR_REPORT_FAILED' });
});
