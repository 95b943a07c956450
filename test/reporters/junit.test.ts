import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Tally } from '../../src/metrics/tally.js';
import { escapeXml } from '../../src/reporters/escape-xml.js';
import { createJunitReporter } from '../../src/reporters/junit.js';
import { createRecordingReporter } from '../../src/reporters/recording.js';
import type { RunResult } from '../../src/runtime/protocol.js';
import { generatorSummary } from '../support/generator-health.js';
import { parseXml, type XmlElement } from '../support/parse-xml.js';
import { createPart, STARTED_AT, SyntheticRun, type ToldRequest, verdictOf } from '../support/run-events.js';
import { runCli } from '../support/spawn-cli.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

interface Told {
  requests?: ToldRequest[];
  more?: (tally: Tally) => void;
  start?: Parameters<SyntheticRun['start']>[0];
  finish?: Parameters<SyntheticRun['finish']>[0];
}

function write({ requests = [{ name: 'a', times: 10 }], more, start, finish }: Told): XmlElement {
  const path = join(createTemporaryFolder(), 'new', 'junit.xml');
  const reporter = createJunitReporter({ path });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  run
    .start(start)
    .close(0, createPart(0, requests, more))
    .close(1, [])
    .finish(finish);
  void reporter.finish?.();
  return parseXml(readFileSync(path, 'utf8'));
}

function casesOf(root: XmlElement, suite: string): XmlElement[] {
  return root.children.find(({ attributes }) => attributes.name === suite)?.children ?? [];
}

const FAILED = verdictOf('http_req_duration', 'p(95)<20', { state: 'failed', value: 30.4 });

describe('JUnit XML', () => {
  test('has a case for every load, threshold, check and verify, with times in seconds', () => {
    const root = write({
      more: (tally) => {
        tally.addCheck({ name: 'has stock', passes: 9, failures: 1 });
        tally.addCheck({ name: 'has a name', passes: 10, failures: 0 });
      },
      finish: {
        thresholds: [FAILED, verdictOf('http_req_failed', 'rate<0.01', { value: 0 })],
        verifyFailures: ['stock is -2', 'twice'],
        exitCode: 99,
      },
    });
    expect(root.name).toBe('testsuites');
    expect(root.attributes).toEqual({
      name: 'scenario.ts',
      tests: '6',
      failures: '3',
      errors: '0',
      skipped: '0',
      time: '2.000',
    });
    expect(root.children.map(({ name, attributes }) => [name, attributes.name, attributes.tests])).toEqual([
      ['testsuite', 'loads', '1'],
      ['testsuite', 'thresholds', '2'],
      ['testsuite', 'checks', '2'],
      ['testsuite', 'verify', '1'],
    ]);
    expect(root.children[0]!.attributes.timestamp).toBe(STARTED_AT.replace('Z', ''));
    const [load] = casesOf(root, 'loads');
    expect(load!.attributes).toEqual({
      name: 'default: 100 users at 20/s',
      classname: 'scenario.ts.loads',
      time: '2.000',
    });
    expect(load!.children).toEqual([]);
    const [broken, kept] = casesOf(root, 'thresholds');
    expect(broken!.attributes.name).toBe('http_req_duration p(95)<20');
    expect(broken!.children.map(({ name, attributes, text }) => ({ name, ...attributes, text }))).toEqual([
      {
        name: 'failure',
        type: 'threshold',
        message: 'http_req_duration p(95)<20: 30 ms',
        text: 'http_req_duration p(95)<20: 30 ms',
      },
    ]);
    expect(kept!.children).toEqual([]);
    expect(casesOf(root, 'checks').map(({ attributes, children }) => [attributes.name, children[0]?.text])).toEqual([
      ['has a name', undefined],
      ['has stock', 'has stock: 1 of 10 failed (10.00 %)'],
    ]);
    expect(casesOf(root, 'verify')[0]!.children[0]!.attributes.message).toBe('stock is -2\ntwice');
  });

  const loadOf = (told: Told) => casesOf(write(told), 'loads')[0]!.children.map(({ name, text }) => `${name}: ${text}`);

  test('a load fails with what failed in the run, unless a threshold or the user decides about that', () => {
    const requests = [
      { name: 'a', times: 9 },
      { name: 'b', error: 'no' },
    ];
    expect(loadOf({})).toEqual([]);
    expect(loadOf({ requests })).toEqual(['failure: 1 of 10 requests failed (10.00 %)']);
    expect(loadOf({ requests, finish: { exitCode: 0 } })).toEqual([]);
    const thresholds = [verdictOf('http_req_failed', 'rate<0.5', { value: 0.1 })];
    expect(loadOf({ requests, finish: { exitCode: 0, thresholds } })).toEqual([]);
    const stop = { by: 'signal', signal: 'SIGINT', reason: '' };
    expect(loadOf({ finish: { state: 'stopped', stop, exitCode: 130 } })).toEqual([
      'failure: stopped after 2.0 s by Ctrl-C',
    ]);
  });

  test('no run that failed looks well', () => {
    const lostWorkers: RunResult['lostWorkers'] = [{ type: 'worker-lost', share: 1, reason: 'out of memory' }];
    expect(loadOf({ finish: { state: 'incomplete', lostWorkers, exitCode: 5 } })).toEqual([
      'error: worker 1 was lost: out of memory',
    ]);
    expect(loadOf({ finish: { state: 'incomplete', exitCode: 5 } })).toEqual(['error: numbers are missing']);
    const warnings = [{ code: 'ERR_TEARDOWN_FAILED', message: 'no' }];
    expect(loadOf({ finish: { exitCode: 4, warnings } })).toEqual([
      'error: the run ended with exit code 4; ERR_TEARDOWN_FAILED no',
    ]);
    const options = { failOnSaturated: { value: true, origin: '--fail-on-saturated' } };
    const generator = generatorSummary({ verdict: 'saturated' });
    expect(loadOf({ start: { options: options as never }, finish: { generator, exitCode: 99 } })).toEqual([
      'failure: Loadwright itself was saturated',
    ]);
  });

  test('is well-formed, whatever things are called', () => {
    const hostile = `<a href="x">'&amp;' ]]> 상품\u0000\u001b[2J\u202e\ud800 \n\t\ufffe ${'x'.repeat(10_000)}`;
    const root = write({
      start: { scenario: hostile },
      more: (tally) => tally.addCheck({ name: hostile, passes: 0, failures: 2 }),
      finish: {
        scenario: hostile,
        thresholds: [verdictOf(`http_reqs{name:${hostile}}`, 'count>10', { state: 'failed', value: undefined })],
        verifyFailures: [hostile, 'see http://kim:secret@shop'],
        exitCode: 99,
      },
    });
    const shown = hostile.replace('\0', '\\x00').replace('\x1b', '\\x1b').replace('\ud800', '\\u{d800}');
    const readable = shown.replace('\ufffe', '\\u{fffe}');
    expect(casesOf(root, 'checks')[0]!.attributes.name).toBe(readable);
    expect(casesOf(root, 'thresholds')[0]!.children[0]!.text).toBe(`http_reqs{name:${readable}} count>10: no data`);
    expect(casesOf(root, 'verify')[0]!.children[0]!.text).toBe(`${readable}\nsee http://***@shop`);
    for (let code = 0; code < 0x20; code++) {
      const text = `a${String.fromCharCode(code)}b`;
      expect(parseXml(`<x y="${escapeXml(text)}">${escapeXml(text)}</x>`).attributes.y).toHaveLength(
        '\t\n\r'.includes(text[1]!) ? 3 : 6,
      );
    }
  });

  test('is written by "report" from a recording', async () => {
    const folder = createTemporaryFolder();
    const path = join(folder, 'recording.ndjson');
    const reporter = createRecordingReporter({ path });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
    run
      .start()
      .close(0, [{ name: 'a' }])
      .finish({ thresholds: [FAILED], exitCode: 99 });
    await reporter.finish?.();
    const { code, stdout } = await runCli(['report', path, '--junit', 'out/junit.xml'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Wrote out/junit.xml\n' });
    const root = parseXml(readFileSync(join(folder, 'out/junit.xml'), 'utf8'));
    expect(root.attributes).toMatchObject({ tests: '2', failures: '1' });
  });
});
