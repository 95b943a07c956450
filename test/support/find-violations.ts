import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What keeps people from using a page, by axe's rules: the rule and where it is broken. */
export async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return await page.evaluate(`axe.run().then(({ violations }) => violations
    .map(({ id, nodes }) => id + ' ' + nodes.map(({ html }) => html).join(' ')))`);
}
