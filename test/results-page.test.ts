import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { percentilesOf } from '../src/metrics/histogram.js';
import { createJsonReporter } from '../src/reporters/json.js';
import { SyntheticRun } from './support/run-events.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

test('the examples of docs/results.md do what the page says', async () => {
  // Inside the repository, so that loadwright resolves, and ignored by git.
  const folder = join(ROOT, '.loadwright', `results-page-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [day, ms] of [['monday', 10] as const, ['tuesday', 30] as const]) {
    const reporter = createJsonReporter({ path: join(folder, `${day}.json`) });
    new SyntheticRun((event, totals) => reporter.onEvent(event, totals))
      .start()
      .close(0, [{ name: '목록', ms, times: 10 }])
      .finish();
    await reporter.finish?.();
  }
  const page = readFileSync(join(ROOT, 'docs/results.md'), 'utf8');
  let files = 0;
  const runCode = (code: string) => {
    const file = join(folder, `example-${files++}.mjs`);
    writeFileSync(file, transformSync(code, { loader: 'ts', format: 'esm' }).code);
    return execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
  };
  const printed = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => runCode(code!));
  expect(printed).toHaveLength(4);
  expect(printed[0]).toMatch(/^10 requests, 0 failed\n목록 \{ '200': 10 \} \[\]\n/);
  const [, median, high] = /^GET 목록: median (\S+) ms, 95 % within (\S+) ms\n$/.exec(printed[1]!)!;
  expect(Number(median)).toBeCloseTo(10, 1);
  expect(Number(high)).toBeCloseTo(30, 1);
  expect(Number(printed[2])).toBe(percentilesOf([6146, 1], [50])[0]);
  const [, , , , durations] = JSON.parse(readFileSync(join(folder, 'monday.json'), 'utf8')).timeline.byName.points[0]
    .names[0];
  const [middleOf] = /^function middleOf.*?^}/ms.exec(page)!;
  const middle = runCode(`${middleOf}\nconsole.log(middleOf(${durations[0]}));`);
  expect(Number(middle)).toBeCloseTo(10, 1);
  expect(printed[3]).toMatch(
    /^from second 0: 10 requests a second\nfrom second 0\n {2}목록: 0 failed, 99 % within \S+ ms\n$/,
  );
});
