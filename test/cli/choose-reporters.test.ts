import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { chooseReporters } from '../../src/cli/choose-reporters.js';
import { resolveOptions } from '../../src/options/resolve-options.js';
import { SyntheticRun } from '../support/run-events.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

test('the log file grows to --logfile-limit and no further', async () => {
  const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const path = join(createTemporaryFolder(), 'run.log');
    const values = {
      results: { value: false, origin: 'test' },
      logFile: { value: path, origin: 'test' },
      logFileLimit: { value: '5kB', origin: 'test' },
    };
    const { listener } = chooseReporters(resolveOptions([{ layer: 'flag', values }]), { scenario: 'scenario.ts' });
    const run = new SyntheticRun((event, totals) => listener.onEvent(event, totals)).start();
    const record = { level: 'info', message: 'a line of a scenario', source: 'worker 0' } as const;
    for (let line = 0; line < 500; line++) run.tell({ type: 'log', record });
    run.close(0, []).finish();
    expect(await listener.finish()).toEqual([]);
    expect(statSync(path).size).toBeGreaterThan(2_500);
    expect(statSync(path).size).toBeLessThanOrEqual(5_000);
  } finally {
    stdout.mockRestore();
  }
});
