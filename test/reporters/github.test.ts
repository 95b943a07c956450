import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createGithubReporter } from '../../src/reporters/github.js';
import { FakePipe } from '../support/fake-screen.js';
import { generatorSummary } from '../support/generator-health.js';
import { SyntheticRun, type ToldRequest, verdictOf } from '../support/run-events.js';
import { closeServers, startHttp } from '../support/small-servers.js';
import { runCli } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const REQUESTS: ToldRequest[] = [
  { name: '상품 목록', ms: 30, times: 99 },
  { name: '상품 목록', ms: 30, error: 'status 500' },
];
const FAILED = verdictOf('http_req_duration', 'p(95)<20', { state: 'failed', value: 30.4 });
const KEPT = verdictOf('http_req_failed', 'rate<0.05', { value: 0.01 });

function report(finish: Parameters<SyntheticRun['finish']>[0], requests = REQUESTS) {
  const summaryPath = join(createTemporaryFolder(), 'summary.md');
  writeFileSync(summaryPath, 'of another step\n');
  const pipe = new FakePipe();
  const reporter = createGithubReporter({ stream: pipe, summaryPath });
  const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
  run.start().close(0, requests).finish(finish);
  void reporter.finish?.();
  return { annotations: pipe.lines.slice(0, -1), summary: readFileSync(summaryPath, 'utf8') };
}

describe('the step summary', () => {
  test('is appended: verdict, thresholds, requests, errors, generator', () => {
    const { summary } = report({ thresholds: [FAILED, KEPT], exitCode: 99 });
    expect(summary).toBe(
      [
        'of another step',
        '## ❌ Load test scenario.ts',
        '',
        'FAILED&#58; completed after 1.0 s&#58; 1 of 2 thresholds failed, 1 of 100 requests failed (1.00 %). Exit code 99.',
        '',
        '100 requests · 100.0/s · p50 30 · p95 30 · p99 30 ms',
        '',
        '### Thresholds',
        '',
        '| Threshold | Measured |',
        '| :-- | --: |',
        '| ❌ http&#95;req&#95;duration p(95)&#60;20 | 30 ms |',
        '| ✅ http&#95;req&#95;failed rate&#60;0.05 | 1.00 % |',
        '',
        '### Requests',
        '',
        '| Request | # reqs | # fails | Avg | p50 | p95 | p99 | Max | req/s |',
        '| :-- | --: | --: | --: | --: | --: | --: | --: | --: |',
        '| GET 상품 목록 | 100 | 1 (1.00 %) | 30 | 30 | 30 | 30 | 30 | 100.00 |',
        '| Aggregated | 100 | 1 (1.00 %) | 30 | 30 | 30 | 30 | 30 | 100.00 |',
        '',
        'Times are in milliseconds.',
        '',
        '### Errors',
        '',
        '| Error | # occurrences |',
        '| :-- | --: |',
        '| GET 상품 목록: status 500 | 1 |',
        '',
        '### Generator: healthy',
        '',
        'Loadwright itself kept up with the load.',
        '',
        '',
      ].join('\n'),
    );
  });

  test('shows hostile names as text, and stays small', () => {
    const name = `<script>a</script> | b \n## c **d** [e](http://f) \`g\` @h ${'x'.repeat(10_000)}`;
    const many = Array.from({ length: 300 }, (_, index) => ({ name: `${index} ${name}`, error: name }));
    const { summary } = report({ verifyFailures: [name] }, many);
    expect(summary.length).toBeLessThan(100_000);
    expect(summary).toContain('… and 250 more names.');
    expect(summary).toContain('… and 290 more reasons.');
    expect(summary).not.toMatch(/<script|\*\*|http:|`|@h/);
    for (const line of summary.split('\n').filter((text) => /^\| \d/.test(text))) {
      expect(line.match(/\|/g)).toHaveLength(10);
    }
  });
});

describe('annotations', () => {
  test('are errors for failed thresholds, ten of them at most', () => {
    const { annotations } = report({ thresholds: [FAILED, KEPT], exitCode: 99 });
    expect(annotations).toEqual(['::error title=Threshold failed::http_req_duration p(95)<20: 30 ms']);
    const many = report({ thresholds: Array.from({ length: 12 }, () => FAILED), exitCode: 99 }).annotations;
    expect(many).toHaveLength(10);
    expect(many.at(-1)).toBe('::error title=Threshold failed::3 more thresholds failed');
  });

  test('are one error where something else failed, and none where nothing did', () => {
    expect(report({}).annotations).toEqual([
      '::error title=Load test failed::FAILED: completed after 1.0 s: 1 of 100 requests failed (1.00 %25). Exit code 1.',
    ]);
    expect(report({ thresholds: [KEPT], exitCode: 0 }).annotations).toEqual([]);
  });

  test.each(['strained', 'saturated'] as const)('warn of a generator that was %s', (verdict) => {
    const reasons = ['100 % busy', 'second'].map((message) => ({
      sign: 'late-answers' as const,
      message,
      advice: 'more --workers',
    }));
    const { annotations } = report({ generator: generatorSummary({ verdict, reasons }), exitCode: 0 });
    expect(annotations).toEqual([
      `::warning title=Loadwright itself was ${verdict}::100 %25 busy → more --workers%0Asecond → more --workers`,
    ]);
  });

  test('cannot be ended, or begun, by a name', () => {
    const hostile = verdictOf('http_reqs{name:a\n::error::b\r%0A::c}', 'count>1', { state: 'failed', value: 0 });
    const { annotations } = report({ thresholds: [hostile], exitCode: 99 });
    expect(annotations).toHaveLength(1);
    expect(annotations[0]).toContain('http_reqs{name:a%0A::error::b\\r%250A::c} count>1');
  });

  test('a summary that cannot be written is warned of', () => {
    const pipe = new FakePipe();
    const reporter = createGithubReporter({ stream: pipe, summaryPath: createTemporaryFolder() });
    const run = new SyntheticRun((event, totals) => reporter.onEvent(event, totals));
    run
      .start()
      .close(0, [{ name: 'a' }])
      .finish();
    void reporter.finish?.();
    expect(pipe.text).toMatch(/^::warning title=No step summary::EISDIR/);
  });
});

describe('a run on GitHub Actions', () => {
  afterAll(closeServers);

  test('writes both without being asked, and elsewhere neither', async () => {
    const server = await startHttp((_request, response) => response.end('{}'));
    const scenario = writeScenario(`
      import { defineTest, defineUser } from 'loadwright';
      const User = defineUser({ tasks: { home: async ({ http, sleep }) => { await http.get('/'); await sleep(0.2); } } });
      export default defineTest({ users: { User }, thresholds: { http_reqs: ['count>100000'] } });
    `);
    const summaryPath = join(createTemporaryFolder(), 'summary.md');
    const words = ['run', scenario, '--host', server.url, '-t', '1s', '--headless'];
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summaryPath };
    const { code, stdout } = await runCli(words, { env });
    expect(code).toBe(99);
    expect(stdout).toMatch(/^::error title=Threshold failed::http_reqs count>100000: \d+$/m);
    expect(readFileSync(summaryPath, 'utf8')).toMatch(
      /^## ❌ Load test[\s\S]*\| ❌ http&#95;reqs count&#62;100000 \| \d+ \|/,
    );
    const elsewhere = await runCli(words, { env: { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: summaryPath } });
    expect(elsewhere.stdout).not.toContain('::error');
    expect(readFileSync(summaryPath, 'utf8').match(/## ❌/g)).toHaveLength(1);
  });
});
