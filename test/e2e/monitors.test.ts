import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { MonitorSummary } from '../../src/metrics/monitors/monitor-totals.js';
import { runCli, runProgram } from '../support/spawn-cli.js';
import { createTemporaryFolder, writeScenario } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const scenarioOf = (monitors: string) => `
import { constant, defineTest, defineUser, monitor, postgresMonitor, redisMonitor } from 'loadwright';
const Visitor = defineUser({ waitTime: constant(0.05), tasks: { idle() {} } });
const block = (ms) => { const endMs = Date.now() + ms; while (Date.now() < endMs); };
export default defineTest({ users: { Visitor }, monitors: [${monitors}] });
`;

const readMonitors = (path: string) =>
  JSON.parse(readFileSync(path, 'utf8')) as { monitors: { all: MonitorSummary[] }; durationMs: number };

const argsOf = (scenario: string, json: string, seconds: number) => [
  ...['run', scenario, '--users', '1', '--run-time', `${seconds}s`, '--workers', '1'],
  ...['--json', json, '--only-summary'],
];

/** A project with the package as npm would install it, and what it needs, without what it only needs at times. */
function createProject(): { folder: string; main: string } {
  const folder = createTemporaryFolder();
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'loadwright'), { recursive: true });
  for (const part of ['dist', 'package.json'])
    cpSync(join(ROOT, part), join(modules, 'loadwright', part), { recursive: true });
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (['pg', 'ioredis', 'loadwright'].includes(name) || name.startsWith('.')) continue;
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  return { folder, main: join(modules, 'loadwright', 'dist', 'cli', 'main.js') };
}

test('without their packages, monitors of databases say what to install, and the scenario brings its own', async () => {
  const { folder, main } = createProject();
  const path = join(folder, 'scenario.ts');
  writeFileSync(
    path,
    scenarioOf(`postgresMonitor('postgres://127.0.0.1:1/stock'), redisMonitor('redis://127.0.0.1:1')`),
  );
  const runIt = () =>
    runProgram([process.execPath, main, ...argsOf(path, join(folder, 'run.json'), 1)], { cwd: folder });
  const without = await runIt();
  expect(without.code, without.stderr).toBe(0);
  for (const name of ['pg', 'ioredis']) {
    const told = `it needs the package "${name}", which is not installed: npm install ${name}`;
    expect(without.stdout + without.stderr).toContain(told);
    expect(readMonitors(join(folder, 'run.json')).monitors.all.map(({ failure }) => failure)).toContain(told);
  }
  for (const name of ['pg', 'ioredis'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
  await runIt();
  for (const { failure } of readMonitors(join(folder, 'run.json')).monitors.all)
    expect(failure).toContain('ECONNREFUSED');
});

test('a function that blocks its thread holds up the monitors, and neither the start nor the load nor the end', async () => {
  const json = join(createTemporaryFolder(), 'run.json');
  const scenario = writeScenario(
    scenarioOf(`
      monitor('blocks', (() => {
        let call = 0;
        // The first look, and from the fourth on.
        return () => { if (++call === 1) block(2500); if (call > 3) block(20_000); return { call, oldest: 2.5 }; };
      })(), { units: { oldest: 'ms' } }),
      monitor('beside', () => ({ waiting: 3 })),
    `),
  );
  const { code, stdout, stderr, durationMs } = await runCli(argsOf(scenario, json, 10));
  expect(code, stderr).toBe(0);
  expect(durationMs).toBeLessThan(25_000);
  const result = readMonitors(json);
  expect(result.durationMs).toBe(10_000);
  const [blocks, beside] = ['blocks', 'beside'].map((name) => result.monitors.all.find((one) => one.name === name)!);
  const failure = 'something blocks the thread of setup, verify and monitors';
  for (const one of [blocks!, beside!]) {
    expect(one).toMatchObject({ failure });
    // The look before the load, and most of the last six seconds.
    expect(one.failures, one.name).toBeGreaterThanOrEqual(5);
    expect(one.samples, one.name).toBeGreaterThanOrEqual(1);
  }
  expect(stdout + stderr).toContain(`"blocks" failed before the load: ${failure}`);
  // Its unit was told by an answer that came too late.
  expect(blocks!.metrics.map(({ name, unit }) => [name, unit])).toEqual([
    ['call', 'count'],
    ['oldest', 'ms'],
  ]);
  expect(beside!.metrics[0]).not.toHaveProperty('baseline');
});
