import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../support/page-harness.js';
import { type CliProcess, startCli } from '../support/spawn-cli.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ENGLISH = read('stock-guide.md');
const KOREAN = read('stock-guide.ko.md');

/** What makes a long run a short one: later flags win. Forty users ask for more than 1,000 requests a minute. */
const SHORT = ['--users', '40', '--spawn-rate', '40', '--run-time', '1s'];
/** Profiles of stages refuse those flags: they run as they are, and Ctrl-C ends them once they are under way. */
const STAGED = /--profile (?:steps|stress)/;

function read(page: string): string {
  return readFileSync(join(ROOT, 'docs', page), 'utf8');
}

/** Commands of `sh` blocks, continued lines joined. */
function findCommands(page: string): string[] {
  return [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, text]) =>
    text!
      .replaceAll(/\\\n\s*/g, ' ')
      .trimEnd()
      .split('\n'),
  );
}

function readWords(command: string, url: string): string[] {
  const words = [...command.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
  expect(words.slice(0, 2)).toEqual(['npx', 'loadwright']);
  return words
    .slice(2)
    .map((word) => word.replace('http://localhost:8000', url).replace(/^examples\//, join(ROOT, 'examples/')));
}

const headings = (page: string) => [...page.matchAll(/^(#+) /gm)].map(([, marks]) => marks);
const commands = findCommands(ENGLISH);
const [serve, ...rest] = commands;
const folder = mkdtempSync(join(tmpdir(), 'loadwright-guide-'));

let server: CliProcess;
let url: string;
beforeAll(async () => {
  expect(serve).toBe('npx loadwright demo --server-only --port 8000');
  server = startCli([...readWords(serve!, ''), '--port', '0'], { cwd: folder });
  [, url = ''] = await server.printed(/listens on (http:\S+)\. /);
});
afterAll(() => {
  server.child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('the stock guide', () => {
  test('is the same in English and Korean: sections, commands and code', () => {
    const code = (page: string) => [...page.matchAll(/^```(?:python|sql)\n.*?^```/gms)].map(([block]) => block);
    expect(findCommands(KOREAN)).toEqual(commands);
    expect(headings(KOREAN)).toEqual(headings(ENGLISH));
    expect(code(KOREAN)).toEqual(code(ENGLISH));
    expect(code(ENGLISH)).not.toEqual([]);
    expect(rest.length).toBeGreaterThan(10);
  });

  // In order: the last ones compare what the ones before have written.
  test.each(rest)('%s', async (command) => {
    const words = readWords(command, url);
    if (words[0] !== 'run' || words.includes('--debug')) await expectFine(words);
    else if (!words.includes('--headless')) await expectPage(words);
    else if (STAGED.test(command)) await expectStoppable(words);
    else await expectFine([...words, ...SHORT]);
    for (const [, flag, file] of command.matchAll(/--(csv|json|html)=(\S+)/g)) {
      expect(existsSync(join(folder, flag === 'csv' ? `${file}_stats.csv` : file!)), file).toBe(true);
    }
  });
});

async function expectFine(words: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await startCli(words, { cwd: folder }).result;
  // One task of one user is no thousand requests a minute; two loads of different size are no regression of each other.
  const fine = words.includes('--debug') || words[0] === 'compare' ? [0, 99] : [0];
  expect(fine, `${stdout}\n${stderr}`).toContain(code);
  expect(stderr).toBe('');
}

async function expectPage(words: readonly string[]): Promise<void> {
  const cli = startCli([...words, '--web-port', '0'], { cwd: folder });
  const [, page = ''] = await cli.printed(/The page is at (\S+)/);
  const start = JSON.stringify({ users: 40, spawnRate: 40, runTime: '1s' });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${page}/api/run`, { method: 'POST', body: start, headers })).status).toBe(202);
  await readEvents(`${page}/api/events`, ({ event, data }) => event === 'status' && data.phase === 'ended');
  cli.child.kill('SIGINT');
  expect((await cli.result).code).toBe(0);
}

async function expectStoppable(words: readonly string[]): Promise<void> {
  const cli = startCli(words, { cwd: folder });
  await cli.printed(/^ +Aggregated +[1-9]/m);
  cli.child.kill('SIGINT');
  const { code, stdout } = await cli.result;
  expect(code, stdout).toBe(130);
  expect(stdout).toContain('no request failed');
}
