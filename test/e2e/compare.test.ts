import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { widthOf } from '../../src/reporters/format/pad-text.js';
import { type ToldName, writeRun } from '../support/result-files.js';
import { runCli } from '../support/spawn-cli.js';
import { type ServerProcess, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const LIST: ToldName = {
  name: '01_상품 목록 조회 (재고가 있는 것만, 최신순으로 정렬하여 한 쪽에 스무 개)',
  perSecond: 150,
  ms: 20,
};
const DETAIL: ToldName = { name: '02_detail', perSecond: 100, ms: 40 };
const HOSTILE: ToldName = { name: '=cmd() <script>|`x`\u001b[31m', method: 'POST', perSecond: 30, ms: 10 };

async function writePair(candidate: readonly ToldName[], baseline: readonly ToldName[] = [LIST, DETAIL]) {
  const folder = createTemporaryFolder();
  return [
    await writeRun(join(folder, 'baseline.json'), { seconds: 20, names: baseline, seed: 1 }),
    await writeRun(join(folder, 'candidate.json'), { seconds: 20, names: candidate, seed: 2 }),
  ] as const;
}

describe('compare, of results that were written', () => {
  test('tells a regression first, all figures in 80 columns, and exits with 99', async () => {
    const [baseline, candidate] = await writePair([LIST, { ...DETAIL, ms: 52 }]);
    const { code, stdout, stderr } = await runCli(['compare', baseline, candidate]);
    expect(stderr).toBe('');
    expect(code).toBe(99);
    expect(stdout).toMatch(
      /^REGRESSION:\n( {2}.*\n)*? {2}GET 02_detail: p95 \+\d\d\.\d % \(.* to .*\), slower, over 10 %/m,
    );
    expect(stdout).toMatch(/^GET 01_상품 목록/m);
    expect(stdout).toMatch(/^ p50 ms +\d\d\.\d +5\d\.\d +\+\d\d\.\d % +\+\d.* to \+\d.* slower, over 10 %$/m);
    expect(stdout.indexOf('\nGET 02_detail')).toBeLessThan(stdout.indexOf('\nGET 01_'));
    for (const line of stdout.split('\n')) expect(widthOf(line), line).toBeLessThanOrEqual(80);
    expect((await runCli(['compare', baseline, candidate, '--tolerance', '90%'])).code).toBe(0);
    // Faster is no regression.
    const back = await runCli(['compare', candidate, baseline]);
    expect(back.code).toBe(0);
    expect(back.stdout).toMatch(/^Better, and nothing is worse:$/m);
  });

  test('says that nothing changed, or that the data cannot tell', async () => {
    const [baseline, candidate] = await writePair([LIST, DETAIL]);
    const same = await runCli(['compare', baseline, candidate, '--tolerance', '30']);
    expect(same).toMatchObject({ code: 0, stdout: expect.stringMatching(/^No change over 30 %\.$/m) });
    const few = await writePair([{ ...DETAIL, perSecond: 2 }], [{ ...DETAIL, perSecond: 2 }]);
    const unclear = await runCli(['compare', ...few]);
    expect(unclear.code).toBe(0);
    expect(unclear.stdout).toMatch(/^No change found, but not enough data for 10 %: p50, p95/m);
    expect(unclear.stdout).toMatch(/^ p95 ms .* not enough data for 10 %$/m);
    // One name is the same as all requests together.
    expect(unclear.stdout).not.toContain('GET 02_detail');
  });

  test('counts more failures as a regression, whatever is tolerated', async () => {
    const [baseline, candidate] = await writePair([LIST, { ...DETAIL, failedShare: 0.05 }]);
    const { code, stdout } = await runCli(['compare', baseline, candidate, '--tolerance', '100']);
    expect(code).toBe(99);
    expect(stdout).toMatch(/^ {2}GET 02_detail: failures \+\d\.\d\d pt \(\+.* to \+.*\), more failures$/m);
  });

  test('lists names that only one run has', async () => {
    const [baseline, candidate] = await writePair([LIST, HOSTILE]);
    const { stdout } = await runCli(['compare', baseline, candidate]);
    expect(stdout).toMatch(/^Only in the baseline:\n {2}GET 02_detail$/m);
    expect(stdout).toMatch(/^Only in the candidate:\n {2}POST =cmd\(\) <script>\|`x`\\x1b\[31m$/m);
  });

  test('writes Markdown and JSON with the same numbers, or prints one of them alone', async () => {
    const [baseline, candidate] = await writePair([HOSTILE, { ...DETAIL, ms: 52 }], [HOSTILE, DETAIL]);
    const folder = createTemporaryFolder();
    const files = { markdown: join(folder, 'new', 'a.md'), json: join(folder, 'a.json') };
    const words = ['compare', baseline, candidate];
    const both = await runCli([...words, '--markdown', files.markdown, '--json', files.json]);
    expect(both.stderr).toBe(`Wrote ${files.markdown}\nWrote ${files.json}\n`);
    expect(both.code).toBe(99);
    const [markdown, json] = [files.markdown, files.json].map((path) => readFileSync(path, 'utf8'));
    expect((await runCli([...words, '--markdown', '-'])).stdout).toBe(markdown);
    expect((await runCli([...words, '--json', '-'])).stdout).toBe(json);

    const document = JSON.parse(json!);
    expect(document).toMatchObject({ format: 'loadwright-comparison', formatVersion: 1, verdict: 'regression' });
    const detail = document.names.find(({ name }: { name: string }) => name === '02_detail');
    const { p95 } = detail.figures;
    expect(p95.verdict).toBe('regression');
    expect(p95.baseline).toBeCloseTo(JSON.parse(readFileSync(baseline, 'utf8')).requests[0].percentiles['95'], 6);
    const change = `+${(p95.change * 100).toFixed(1)} %`;
    expect(markdown).toMatch(/^\*\*REGRESSION:\*\*$/m);
    expect(markdown).toContain(`| p95 ms | ${p95.baseline.toFixed(1)} | ${p95.candidate.toFixed(1)} | ${change} |`);
    expect(both.stdout).toContain(change);
    expect(markdown).toContain('POST =cmd\\(\\) \\<script\\>\\|\\`x\\`\\\\x1b\\[31m');
    for (const line of markdown!.split('\n').filter((text) => text.startsWith('|'))) {
      expect(line.replaceAll(/\\./g, '').split('|'), line).toHaveLength(9);
    }
  });

  test('reads recordings, also of runs that were killed, and folders of runs', async () => {
    const [baseline, candidate] = await writePair([LIST, DETAIL]);
    const folder = createTemporaryFolder();
    const told = { seconds: 20, names: [LIST, DETAIL], seed: 2 };
    const recording = await writeRun(join(folder, 'recording.ndjson'), told);
    const words = ['--json', '-'];
    const read = async (second: string) => JSON.parse((await runCli(['compare', baseline, second, ...words])).stdout);
    const { total, names } = await read(candidate);
    for (const path of [recording, folder]) expect(await read(path)).toMatchObject({ total, names });

    const killed = join(folder, 'killed.ndjson');
    writeFileSync(killed, readFileSync(recording, 'utf8').split('\n').slice(0, 15).join('\n'));
    const { stdout } = await runCli(['compare', baseline, killed]);
    expect(stdout).toMatch(/^The candidate is incomplete\.$/m);
    mkdirSync(join(folder, 'run'));
    copyFileSync(candidate, join(folder, 'run', 'result.json'));
    expect(await read(join(folder, 'run'))).toMatchObject({ total, names });
  });
});

describe('compare refuses', () => {
  const refuse = async (words: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(['compare', ...words]);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/\n {2}Try {3}\S.*\n {2}More {2}docs\/errors\.md#/);
    return { code, stderr };
  };
  const folder = mkdtempSync(join(tmpdir(), 'loadwright-test-'));
  let good: string;
  beforeAll(async () => {
    good = await writeRun(join(folder, 'good.json'), { seconds: 10, names: [DETAIL] });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };

  test.each([
    [[], 'but none was given'],
    [['a.json'], 'but only a.json was given'],
    [['a.json', 'b.json', 'c.json'], 'but "c.json" follows them'],
    [['a.json', 'b.json', '--tolerance', '0'], 'from 1 to 100, but --tolerance gave "0"'],
    [['a.json', 'b.json', '--tolerance', '10ms'], 'but --tolerance gave "10ms"'],
    [['a.json', 'b.json', '--tolerence', '10'], '--tolerence'],
  ])('the words %j', async (words, message) => {
    const { code, stderr } = await refuse(words);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('what is no result', async () => {
    const nothing = await refuse([good, join(folder, 'missing.json')]);
    expect(nothing).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^ERR_RESULT_INVALID .*missing\.json.*ENOENT/),
    });
    for (const text of [
      'no json',
      '[]',
      'null',
      '{"format":"other"}',
      '{"format":"loadwright-result","formatVersion":1}',
    ]) {
      const { code, stderr } = await refuse([write('bad.json', text), good]);
      expect(stderr).toMatch(/^ERR_RESULT_INVALID .*bad\.json is no/);
      expect(code).toBe(3);
    }
    const recording = await refuse([good, write('bad.ndjson', '{}\n')]);
    expect(recording).toMatchObject({ code: 3, stderr: expect.stringContaining('ERR_RECORDING_INVALID') });
  });

  test('a result of a later version', async () => {
    const later = readFileSync(good, 'utf8').replace('"formatVersion": 1', '"formatVersion": 2');
    expect((await refuse([good, write('later.json', later)])).stderr).toContain('in format 2');
  });

  test('a run without a request', async () => {
    const empty = await writeRun(join(folder, 'empty.json'), { seconds: 10, names: [] });
    const { code, stderr } = await refuse([empty, good]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/empty\.json is of a run that completed no request: there is nothing to compare/);
  });
});

const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({
  tasks: {
    목록: { weight: 3, run: async ({ http }) => { await http.get('/list', { name: '01_목록' }); } },
    detail: async ({ http }) => { await http.get('/detail', { name: '02_detail' }); },
  },
});
export default defineTest({ users: { Visitor } });
`;

describe('compare, of real runs', () => {
  const servers: ServerProcess[] = [];
  afterAll(async () => {
    for (const server of servers) await server.stop();
  });

  test('of the same small scenario, and of a target that is much slower', async () => {
    servers.push(await startServer('logNormal'), await startServer('logNormal', ['3']));
    const scenario = writeScenario(SCENARIO);
    const folder = createTemporaryFolder();
    const runAgainst = async (server: ServerProcess, name: string) => {
      const path = join(folder, `${name}.json`);
      const load = ['-u', '20', '-r', '20', '-t', '9s', '--headless', '--workers', '1', '--json', path];
      const { code, stdout } = await runCli(['run', scenario, '--host', server.url, ...load]);
      expect(code, stdout).toBe(0);
      return path;
    };
    const compare = async (one: string, other: string) => {
      const { code, stdout } = await runCli(['compare', one, other, '--json', '-']);
      return { code, document: JSON.parse(stdout) };
    };
    const [fast, slow] = [servers[0]!, servers[1]!];
    const baseline = await runAgainst(fast, 'baseline');
    const again = await runAgainst(fast, 'again');
    const slower = await runAgainst(slow, 'slower');
    expect((await compare(baseline, again)).code).toBe(0);
    const { code, document } = await compare(baseline, slower);
    const { p95, throughput } = document.total.figures;
    expect(p95.change).toBeGreaterThan(0.5);
    expect(throughput.change).toBeLessThan(-0.3);
    // On a machine that has too much to do, Loadwright says so, and does not judge.
    const isSaturated = [baseline, slower].some((path) => {
      return JSON.parse(readFileSync(path, 'utf8')).generator.verdict === 'saturated';
    });
    expect(p95.verdict).toBe(isSaturated ? 'not-judged' : 'regression');
    expect(code).toBe(isSaturated ? 0 : 99);
  }, 120_000);
});
