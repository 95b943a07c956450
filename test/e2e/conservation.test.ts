import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCsv } from '../support/parse-csv.js';
import { readFinalTable, readOutside, startCli } from '../support/spawn-cli.js';
import { type ServerProcess, type StockStats, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const SCENARIO = 'examples/stock/scenario.ts';
/** Before the run and after it: a login, two pages, and the stock of 200 products. */
const OUTSIDE = 2 * (1 + 2 + 200);

interface Expected {
  /** What the target counted. */
  served: number;
  stdout: string;
  prefix: string;
}

/** Console, CSV rows and CSV total must be one number, and that and what is counted apart the target's own. */
function expectOneNumber({ served, stdout, prefix }: Expected): void {
  const outside = readOutside(stdout);
  const target = served - outside;
  const table = readFinalTable(stdout);
  const rows = parseCsv(readFileSync(`${prefix}_stats.csv`, 'utf8')).slice(1);
  const total = Number(rows.find((row) => row[1] === 'Aggregated')![2]);
  const sum = rows.filter((row) => row[1] !== 'Aggregated').reduce((all, row) => all + Number(row[2]), 0);
  const history = parseCsv(readFileSync(`${prefix}_stats_history.csv`, 'utf8'));
  const totalColumn = history[0]!.indexOf('Total Request Count');
  const names = [...table.entries()].filter(([name]) => name !== 'Aggregated');
  expect(outside).toBe(OUTSIDE);
  expect(target).toBeGreaterThan(0);
  expect({
    console: table.get('Aggregated')?.requests,
    consoleRows: names.reduce((all, [, row]) => all + row.requests, 0),
    csv: total,
    csvRows: sum,
    history: Number(history.at(-1)![totalColumn]),
  }).toEqual({ console: target, consoleRows: target, csv: target, csvRows: target, history: target });
}

type During = (cli: ReturnType<typeof startCli>) => Promise<void>;

/** Runs the stock scenario and holds every report against what the server counted meanwhile. */
async function runStock(server: ServerProcess, args: string[], during: During): Promise<void> {
  const prefix = join(createTemporaryFolder(), 'run');
  const countNow = async () => (await server.readJson<StockStats>('/__stats')).total;
  const before = await countNow();
  const cli = startCli(['run', SCENARIO, '--headless', '--host', server.url, '--csv', prefix, ...args]);
  await during(cli);
  const { stdout } = await cli.result;
  expectOneNumber({ served: (await countNow()) - before, stdout, prefix });
}

const FORTY = ['HighVolumeStockUser', '-u', '40', '-r', '40'];

// The second server shares no file with the first; the scenario is the same.
describe.each([
  { name: 'stock', workers: ['1', '2', '4'] },
  { name: 'second', workers: ['2'] },
] as const)('every request the $name server counted is in every report, once', ({ name, workers }) => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer(name);
  });
  afterAll(() => server.stop());

  test.each(workers)('with %s workers, after a normal end', async (count) => {
    await runStock(server, [...FORTY, '-t', '3s', '--workers', count], async (cli) => {
      expect((await cli.result).code).toBe(0);
    });
  });

  test.each(workers)('with %s workers, after Ctrl-C', async (count) => {
    await runStock(server, [...FORTY, '-t', '60s', '--workers', count], async (cli) => {
      await cli.printed(/Aggregated +[1-9]/);
      cli.child.kill('SIGINT');
      expect((await cli.result).code).toBe(130);
    });
  });
});

describe('every request is counted once', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer('stock');
  });
  afterAll(() => server.stop());

  test('when the target is frozen for three seconds and more, which is too slow for its criteria', async () => {
    await runStock(server, [...FORTY, '-t', '9s', '--workers', '2'], async (cli) => {
      await cli.printed(/Aggregated +[1-9]/);
      server.child.kill('SIGSTOP');
      await cli.printed(/in flight, oldest [3-9]/);
      server.child.kill('SIGCONT');
      const { code, stdout } = await cli.result;
      expect(stdout).toMatch(/✗ http_req_duration p\(95\)<2000/);
      expect(stdout).toMatch(/1 of 3 thresholds failed[^.]*\. Exit code 99\./);
      expect(code).toBe(99);
    });
  });

  test("with more users than one worker takes, and the guide's way of writing flags", async () => {
    const { port } = new URL(server.url);
    const args = [`--host=http://localhost:${port}`, '--users', '300', '--spawn-rate', '300', '--run-time', '3s'];
    await runStock(server, args, async (cli) => {
      expect((await cli.result).stdout).toMatch(/2 workers/);
    });
  });
});
