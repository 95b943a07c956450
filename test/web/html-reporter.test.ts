import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHtmlReporter } from '../../src/web/html-reporter.js';
import { SHOP_NAMES, tellEventfulRun } from '../support/eventful-run.js';
import { SyntheticRun } from '../support/run-events.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

test('the file holds everything, with the licences of what it contains', async () => {
  const path = join(createTemporaryFolder(), 'new', 'run.html');
  const reporter = createHtmlReporter({ path });
  tellEventfulRun((event, totals) => reporter.onEvent(event, totals), { seconds: 5, names: SHOP_NAMES });
  await reporter.finish?.();
  const text = readFileSync(path, 'utf8');
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).not.toMatch(/<link|<img|<iframe|\bsrc=/);
  for (const holder of ['Jason Miller', 'Leon Sorokin']) expect(text).toContain(holder);
  expect(existsSync(`${path}.tmp`)).toBe(false);
});

test('a run that did not end leaves no file', async () => {
  const path = join(createTemporaryFolder(), 'run.html');
  const reporter = createHtmlReporter({ path });
  new SyntheticRun((event, totals) => reporter.onEvent(event, totals)).start().close(0, [{ name: 'a' }]);
  await reporter.finish?.();
  expect(existsSync(path)).toBe(false);
});
