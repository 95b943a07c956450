import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { threadId } from 'node:worker_threads';
import { build, transform } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { now } from '../../../src/metrics/clock.js';
import type { Launcher } from '../../../src/runtime/conductor/launch-entry.js';
import type { PortFleet } from '../../../src/runtime/conductor/port-fleet.js';
import { HTTP_SETTINGS } from '../../support/http-harness.js';
import { createResult, createScriptWorker, refusalOf, type ScriptHarness } from '../../support/script-harness.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Inside the repository, so that packages resolve, and ignored by git. */
const BUILT = join(ROOT, '.loadwright', `script-thread-${process.pid}`);
const ENTRIES = [
  'runtime/worker/script-entry',
  'runtime/conductor/worker-pool',
  'runtime/conductor/this-thread',
  'runtime/user/define-setup',
  'index',
];

let launcher: Launcher;

beforeAll(async () => {
  mkdirSync(BUILT, { recursive: true });
  copyFileSync(join(ROOT, 'package.json'), join(BUILT, 'package.json'));
  await build({
    entryPoints: Object.fromEntries(ENTRIES.map((name) => [name, join(ROOT, `src/${name}.ts`)])),
    outdir: BUILT,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    keepNames: true,
  });
  launcher = (await importBuilt<{ createThreadLauncher(): Launcher }>('worker-pool')).createThreadLauncher();
});

afterAll(async () => {
  await launcher.close();
  rmSync(BUILT, { recursive: true, force: true });
});

function importBuilt<Module>(name: string): Promise<Module> {
  return import(pathToFileURL(join(BUILT, `runtime/conductor/${name}.js`)).href) as Promise<Module>;
}

/** Four lines that are types alone, so that places in the source and in what runs differ. */
const HEAD = `interface Product {
  id: string;
}
type Products = readonly Product[];
`;

/** A script worker in a thread that has loaded a scenario of these lines. */
async function loadInThread(lines: string, harness = createScriptWorker(launcher)): Promise<ScriptHarness> {
  const address = (name: string) => JSON.stringify(pathToFileURL(join(BUILT, `${name}.js`)).href);
  const source = `${HEAD}import { defineTest, defineUser } from ${address('index')};
import { defineSetup } from ${address('runtime/user/define-setup')};
const test = defineTest({ users: { Visitor: defineUser({ tasks: { home: () => {} } }) } });
${lines}`;
  const folder = createTemporaryFolder();
  const options = { loader: 'ts', sourcemap: 'inline', sourcefile: join(folder, 'scenario.ts') } as const;
  const path = join(folder, 'scenario.mjs');
  writeFileSync(path, (await transform(source, options)).code);
  await harness.worker.load({
    script: { type: 'file', url: pathToFileURL(path).href },
    host: undefined,
    settings: { http: HTTP_SETTINGS, env: {} },
    seed: 1,
  });
  return harness;
}

it('runs everything in a thread of its own, and passes on what it prints', async () => {
  const { worker, logs } = await loadInThread(`
import { isMainThread } from 'node:worker_threads';
const catalogue = defineSetup((): { isMainThread: boolean; products: Products } => {
  console.warn('in setup');
  return { isMainThread, products: [{ id: 'a' }] };
}, { teardown: ({ products }) => console.log('torn down', products.length) });
export default {
  ...test,
  setup: { catalogue },
  load: { shape: (second: number) => (second < 1 ? { rate: 5 } : null) },
  verify: (result, data) => [result.state, data.catalogue.products[0].id, Object.isFrozen(data.catalogue.products)],
};`);
  expect(await worker.setup()).toEqual({ catalogue: { isMainThread: false, products: [{ id: 'a' }] } });
  expect(await worker.askShape('default', 0, 1)).toEqual([{ rate: 5 }, null]);
  expect(await worker.verify(createResult())).toEqual(['completed', 'a']);
  await worker.teardown();
  expect(logs).toEqual([
    { level: 'warn', message: 'in setup', source: 'scenario' },
    { level: 'info', message: 'torn down 1', source: 'scenario' },
  ]);
});

it('runs in this thread where users do, and leaves its console alone', async () => {
  const { createThisThreadFleet } = await importBuilt<{ createThisThreadFleet(): PortFleet }>('this-thread');
  const worker = createThisThreadFleet().createScriptWorker();
  const printer = console.log;
  await loadInThread(
    `import { threadId } from 'node:worker_threads';
const place = defineSetup(() => threadId);
export default { ...test, setup: { place } };`,
    { worker, logs: [], counted: {} },
  );
  expect(await worker.setup()).toEqual({ place: threadId });
  expect(console.log).toBe(printer);
  await worker.close();
});

it('shows the stack of what was thrown in the file and line that was written', async () => {
  const { worker } = await loadInThread(`const broken = defineSetup(async () => {
  throw new Error('no products');
});
export default {
  ...test,
  setup: { broken },
  verify: () => {
    throw new Error('oversold');
  },
};`);
  const { code, message } = await refusalOf(worker.setup());
  expect(code).toBe('ERR_SETUP_FAILED');
  expect(message).toMatch(/^The setup "broken" failed\.\n\nError: no products\n {4}at .*scenario\.ts:9:9\)?$/);
  expect(await worker.verify(createResult())).toEqual([expect.stringMatching(/^oversold \(.*scenario\.ts:15:11\)$/)]);
});

it('takes what is thrown outside every call as a failure of what is running', async () => {
  const { worker, logs } = await loadInThread(`
const hang = () => new Promise<void>(() => {});
const stray = defineSetup(() => {
  setTimeout(() => { throw new Error('from a timer'); }, 1);
  return hang();
});
const later = (): void => { Promise.reject(new Error('nobody waits')); };
export default { ...test, setup: { stray }, verify: () => { later(); return hang(); } };`);
  expect((await refusalOf(worker.setup())).message).toMatch(/^The setup "stray" failed\.\n\nError: from a timer\n/);
  expect(await worker.verify(createResult())).toEqual([
    expect.stringMatching(/^nobody waits \(.*scenario\.ts:\d+:\d+\)$/),
  ]);
  await worker.teardown();
  expect(logs).toEqual([]);
});

it('that exits is lost, and says what it was doing', async () => {
  const { worker } = await loadInThread(`
const leaving = defineSetup(() => process.exit(0));
export default { ...test, setup: { leaving } };`);
  const error = await refusalOf(worker.setup());
  expect([error.code, error.message]).toEqual([
    'ERR_WORKER_LOST',
    'The script worker was lost during setup "leaving": its thread ended, perhaps by process.exit().',
  ]);
  expect(await refusalOf(worker.teardown())).toBe(error);
});

it('that is blocked ends with its thread, some seconds after an abort or after its time', async () => {
  const blocked = (timeout: string) => `
const quick = defineSetup(() => {}, { timeout: '1h' });
const deaf = defineSetup(() => { for (;;); }, { timeout: '${timeout}' });
export default { ...test, setup: { quick, deaf } };`;
  const [aborted, late] = await Promise.all([loadInThread(blocked('1h')), loadInThread(blocked('100ms'))]);
  const atMs = now();
  const refused = [refusalOf(aborted.worker.setup()), refusalOf(late.worker.setup())];
  aborted.worker.abort();
  expect((await Promise.all(refused)).map(({ code, message }) => [code, message])).toEqual([
    ['ERR_WORKER_LOST', 'The script worker was lost during setup "deaf": it did not answer and was ended.'],
    [
      'ERR_SETUP_FAILED',
      'The setup "deaf" was not done within 100ms and blocked its thread, which was ended. No teardown runs after that.',
    ],
  ]);
  expect(now() - atMs).toBeLessThan(4000);
});

it('that a monitor blocks ends with its thread, some seconds after it was asked for something else', async () => {
  const { worker } = await loadInThread(`
const quick = defineSetup(() => ({}), { teardown: () => {} });
function endless() { for (;;); }
export default { ...test, setup: { quick }, monitors: [endless] };`);
  await worker.setup();
  worker.sampleMonitors({ interval: 0, limitMs: 900, isLast: false, isBrief: false });
  const atMs = now();
  const error = await refusalOf(worker.teardown());
  expect([error.code, error.message]).toEqual([
    'ERR_WORKER_LOST',
    'The script worker was lost during teardown: something blocks it, such as a monitor, so it was ended.',
  ]);
  expect(now() - atMs).toBeLessThan(15_000);
});
