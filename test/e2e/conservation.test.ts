import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCsv } from '../support/parse-csv.js';
import { readFinalTable, startCli } from '../support/spawn-cli.js';
import { type ServerProcess, type StockStats, startServer } from '../support/spawn-server.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const SCENARIO = 'examples/stock/scenario.ts';

interface Expected {
  target: number;
  stdout: string;
  prefix: string;
}

/** Console, CSV rows, CSV total and the target's own count must be one number. */
function expectOneNumber({ target, stdout, prefix }: Expected): void {
  const table = readFinalTable(stdout);
  const rows = parseCsv(readFileSync(`${prefix}_stats.csv`, 'utf8')).slice(1);
  const total = Number(rows.find((row) => row[1] === 'Aggregated')![2]);
  const sum = rows.filter((row) => row[1] !== 'Aggregated').reduce((all, row) => all + Number(row[2]), 0);
  const history = parseCsv(readFileSync(`${prefix}_stats_history.csv`, 'utf8'));
  const totalColumn = history[0]!.indexOf('Total Request Count');
  const names = [...table.entries()].filter(([name]) => name !== 'Aggregated');
  expect(target).toBeGreaterThan(0);
  expect({
    console: table.get('Aggregated')?.requests,
    consoleRows: names.reduce((all, [, row]) => all + row.requests, 0),
    csv: total,
    csvRows: sum,
    history: Number(history.at(-1)![totalColumn]),
  }).toEqual({ console: target, consoleRows: target, csv: target, csvRows: target, history: target });
}

describe('every request the target counted is in every report, once', () => {
  let server: ServerProcess;
  beforeAll(async () => {
    server = await startServer('stock');
  });
  afterAll(() => server.stop());

  const countNow = async () => (await server.readJson<StockStats>('/__stats')).total;

  async function runStock(args: string[], during: (cli: ReturnType<typeof startCli>) => Promise<void>): Promise<void> {
    const prefix = join(createTemporaryFolder(), 'run');
    const before = await countNow();
    const cli = startCli([
      'run',
      SCENARIO,
      'HighVolumeStockUser',
      '--headless',
      '--host',
      server.url,
      '--csv',
      prefix,
      ...args,
    ]);
    await during(cli);
    const { stdout } = await cli.result;
    expectOneNumber({ target: (await countNow()) - before, stdout, prefix });
  }

  for (const workers of ['1', '2', '4']) {
    test(`with ${workers} workers, after a normal end`, async () => {
      await runStock(['-u', '40', '-r', '40', '-t', '3s', '--workers', workers], async (cli) => {
        expect((await cli.result).code).toBe(0);
      });
    });

    test(`with ${workers} workers, after Ctrl-C`, async () => {
      await runStock(['-u', '40', '-r', '40', '-t', '60s', '--workers', workers], async (cli) => {
        await cli.printed(/Aggregated +[1-9]/);
        cli.child.kill('SIGINT');
        expect((await cli.result).code).toBe(130);
      });
    });
  }

  test('when the target is frozen for two seconds and more', async () => {
    await runStock(['-u', '40', '-r', '40', '-t', '9s', '--workers', '2'], async (cli) => {
      await cli.printed(/Aggregated +[1-9]/);
      server.child.kill('SIGSTOP');
      await cli.printed(/in flight, oldest [2-9]/);
      server.child.kill('SIGCONT');
      expect((await cli.result).code).toBe(0);
    });
  });

  test('also with more users than one worker takes, and tags and kinds picked', async () => {
    await runStock(['StockUser', '-u', '300', '-r', '300', '-t', '3s'], async (cli) => {
      expect((await cli.result).stdout).toMatch(/2 workers/);
    });
  });
});
