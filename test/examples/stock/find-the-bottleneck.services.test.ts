import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { ResultDocument } from '../../../src/reporters/result/result-schema.js';
import { runCli } from '../../support/spawn-cli.js';
import { useStockServers } from '../../support/stock-servers.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/find-the-bottleneck.md'), 'utf8');
/** Later flags win. */
const SHORT = ['--spawn-rate', '50', '--run-time', '10s'];

interface Step {
  /** How the system is started for it. */
  flags: string[];
  /** What the page shows of the report. */
  shown: string;
}

/** Commands of a text, continued lines joined, without `npx loadwright`. */
function findCommands(text: string): string[][] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block]) => block!.replaceAll(/\\\n\s*/g, ' '));
  return blocks
    .flatMap((block) => block.trimEnd().split('\n'))
    .filter((line) => line.startsWith('npx loadwright '))
    .map((line) => line.split(/\s+/).slice(2));
}

/** Sections that start the system and show what a run said. */
const steps = PAGE.split(/^## /m).flatMap((section): Step[] => {
  const serve = findCommands(section).find(([command]) => command === 'demo');
  const shown = /^```text\n(.*?)^```/ms.exec(section)?.[1];
  return serve === undefined || shown === undefined ? [] : [{ flags: serve.slice(4), shown }];
});
const commands = findCommands(PAGE);
const load = commands.find(([command]) => command === 'run')!;
const compare = commands.find(([command]) => command === 'compare')!;

/** The first bottleneck that a report tells, on one line. */
function readFirst(report: string): string | undefined {
  const [, title] = /^Bottlenecks\n1\. (.*(?:\n {3}[^\n]*)*)/m.exec(report) ?? [];
  return title?.replaceAll(/\n {3}/g, ' ');
}

/** What is the same in each run: no figure, and not from when on or whether it grew. */
function loosen(text: string | undefined): string | undefined {
  return text?.replaceAll(/\d[\d,.]*/g, 'N').replace(/ from \w+ N( users)? on/, '');
}

const servers = useStockServers();
const folder = mkdtempSync(join(tmpdir(), 'loadwright-find-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the page has a run that is well, and three that are not', () => {
  expect(steps.map(({ flags }) => flags.length > 0)).toEqual([false, true, true, true]);
  expect(steps.map(({ shown }) => readFirst(shown) !== undefined)).toEqual([false, true, true, true]);
});

test.each(steps)('$flags: the report says what the page shows', async ({ flags, shown }) => {
  const { url } = await servers.start(...flags);
  const words = load.map((word) =>
    word.replace('http://localhost:8000', url).replace(/^examples\//, `${ROOT}examples/`),
  );
  const file = join(folder, compare[flags.length === 0 ? 1 : 2]!);
  mkdirSync(join(file, '..'), { recursive: true });
  const { code, stdout, stderr } = await runCli([...words, ...SHORT, '--json', file], { cwd: folder });
  expect([0, 99], `${stdout}\n${stderr}`).toContain(code);
  const lines = (text: string) => text.split('\n').map((line) => loosen(line)!);
  // The first line is the verdict, which depends on how quick the machine is; the second has the figures.
  expect(lines(stdout)).toContain(lines(shown)[1]);
  const [told] = (JSON.parse(readFileSync(file, 'utf8')) as ResultDocument).bottlenecks ?? [];
  const expected = loosen(readFirst(shown));
  if (expected === undefined) expect(stdout).not.toMatch(/^Bottlenecks$/m);
  else expect(expected.startsWith(loosen(told!.title)!.split(';')[0]!), `${told!.title}\n${expected}`).toBe(true);
});

test('what was before and after is compared', async () => {
  const { code, stdout, stderr } = await runCli(compare, { cwd: folder });
  expect([0, 99], stderr).toContain(code);
  expect(stdout).toContain('04_stock_reserve');
});
