import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsvTable } from '../support/parse-csv.js';
import { readOutside, runCli } from '../support/spawn-cli.js';
import { type ServerProcess, type StockStats, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');

interface ScenarioExample {
  file: string;
  /** Names that must be in the report, each with at least one request. */
  names: string[];
  /** What the final report must say besides. */
  says?: RegExp;
  /** Where the top of the file names no command. */
  command?: string;
}

const AGAINST_STOCK: ScenarioExample[] = [
  { file: 'hello.ts', names: ['POST /api/token/'] },
  {
    file: 'login-with-state.ts',
    names: ['POST log in', 'GET list', 'GET /api/products/:id/'],
    says: /user0 looked at \d+ products/,
  },
  {
    file: 'checkout-sequence.ts',
    names: ['POST log in', 'GET list', 'GET stock', 'POST reserve'],
    says: /has a price +\d+ +0 +100\.00%[\s\S]*checkout +\d+ /,
  },
  {
    file: 'stock/scenario.ts',
    names: ['POST 01_jwt_auth', 'GET 02_product_list'],
    says: /3 thresholds passed[\s\S]*✓ http_reqs rate>16\.67 /,
    command: 'examples/stock/scenario.ts --host=http://localhost:8000 --users 40 --spawn-rate 40 --headless',
  },
];
const AGAINST_OWN_SERVER = ['custom-client.ts', 'custom-client'];
/** Imported by `in-test-runner.test.ts` in this folder, so it runs as a test. */
const RUN_AS_TEST = ['in-test-runner.test.ts'];

interface Outcome {
  code: number | null;
  printed: string;
  /** Rows of the statistics file, by type and name. */
  rows: Map<string, Record<string, string>>;
  total: Record<string, string>;
}

/** The words behind `npx loadwright run` at the top of an example. */
function readCommand(file: string): string {
  const source = readFileSync(join(EXAMPLES, file), 'utf8');
  const command = /^\/\/ +npx loadwright run (.*)$/m.exec(source)?.[1];
  if (command === undefined) throw new Error(`examples/${file} does not say how to run it.`);
  return command;
}

async function runExample(command: string, replacing: Record<string, string>, more: string[] = []): Promise<Outcome> {
  let line = command;
  for (const [written, actual] of Object.entries(replacing)) {
    expect(line).toContain(written);
    line = line.replace(written, actual);
  }
  const prefix = join(createTemporaryFolder(), 'example');
  const words = [...line.split(/\s+/), ...more, '--run-time', '2s', '--csv', prefix];
  const { code, stdout, stderr } = await runCli(['run', ...words], { cwd: ROOT });
  const table = parseCsvTable(readFileSync(`${prefix}_stats.csv`, 'utf8'));
  const rows = new Map(table.map((row) => [`${row.Type} ${row.Name}`.trim(), row]));
  return { code, printed: stdout + stderr, rows, total: rows.get('Aggregated') ?? {} };
}

function expectRequests({ rows, total, printed }: Outcome, names: readonly string[]): void {
  for (const name of names) expect(Number(rows.get(name)?.['Request Count']), name).toBeGreaterThan(0);
  const known = [...rows.keys()].filter((name) => name !== 'Aggregated');
  const sum = known.reduce((count, name) => count + Number(rows.get(name)?.['Request Count']), 0);
  expect(Number(total['Request Count'])).toBe(sum);
  expect(total['Failure Count']).toBe('0');
  expect(printed).toMatch(
    /completed after 2\.0 s: no request failed(?:, \d thresholds passed)?(?:, the generator was saturated)?\. Exit code 0\./,
  );
}

describe('examples against the stock system', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await startServer('stock');
  });
  afterAll(() => server.stop());

  // Also where setup and verify send requests of their own.
  it.each(AGAINST_STOCK)('$file', async ({ file, names, says, command }) => {
    const before = await server.readJson<StockStats>('/__stats');
    const outcome = await runExample(command ?? readCommand(file), { 'http://localhost:8000': server.url });
    const after = await server.readJson<StockStats>('/__stats');
    expect(outcome.code, outcome.printed).toBe(0);
    expectRequests(outcome, names);
    if (says !== undefined) expect(outcome.printed).toMatch(says);
    expect(Number(outcome.total['Request Count']) + readOutside(outcome.printed)).toBe(after.total - before.total);
  });
});

describe('the example with a client of its own', () => {
  let server: ChildProcess;
  let address = '';

  beforeAll(async () => {
    server = spawn(process.execPath, [join(EXAMPLES, 'custom-client/server.mjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(server.stdout!), 'line')) as [string];
    address = line.replace('listening on ', '');
  });
  afterAll(async () => {
    const exited = once(server, 'exit');
    server.kill('SIGTERM');
    await exited;
  });

  it('counts what its server counted', async () => {
    const command = readCommand('custom-client.ts');
    const outcome = await runExample(command, {}, ['--env', `KEY_VALUE_ADDRESS=${address}`]);
    expect(outcome.code, outcome.printed).toBe(0);
    expectRequests(outcome, ['KV connect', 'KV get', 'KV set']);
    expect(outcome.printed).toMatch(/a value, or none yet +\d+ +0 +100\.00%/);
    const connects = Number(outcome.rows.get('KV connect')?.['Request Count']);
    expect(connects).toBe(20);
    expect(Number(outcome.total['Request Count'])).toBe(connects + (await askCount(address)));
  });
});

async function askCount(address: string): Promise<number> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port) });
  const answer = text(socket);
  socket.end('COUNT\n');
  return Number(await answer);
}

describe('the folder of examples', () => {
  it('holds nothing that no test runs', () => {
    const covered = [...AGAINST_STOCK.map(({ file }) => file.split('/')[0]), ...AGAINST_OWN_SERVER, ...RUN_AS_TEST];
    expect(
      readdirSync(EXAMPLES)
        .filter((name) => name !== 'README.md')
        .sort(),
    ).toEqual([...new Set(covered)].sort());
  });

  it('has a page that lists them all', () => {
    const page = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
    for (const name of readdirSync(EXAMPLES).filter((entry) => entry !== 'README.md')) expect(page).toContain(name);
  });
});
