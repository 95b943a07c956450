import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineTest, defineUser } from '../../src/index.js';
import { createRecordingReporter, type Reporter, replayRecording, run } from '../../src/node.js';
import { closeServers, startHttp } from '../support/small-servers.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDER = join(ROOT, '.loadwright', `reporter-example-${process.pid}`);

type Create = (options: { path: string }) => Reporter;
let createLineProtocolReporter: Create;

/** The example as it stands on the page, as a module. */
async function loadExample(): Promise<Create> {
  const page = readFileSync(join(ROOT, 'docs/writing-a-reporter.md'), 'utf8');
  const source = /^```ts\n([\s\S]*?)^```$/m.exec(page)![1]!;
  const { code } = await transform(source, { loader: 'ts', format: 'esm' });
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${createHash('sha256').update(code).digest('hex').slice(0, 8)}.mjs`);
  writeFileSync(path, code);
  const loaded = (await import(pathToFileURL(path).href)) as { createLineProtocolReporter: Create };
  return loaded.createLineProtocolReporter;
}

beforeAll(async () => {
  createLineProtocolReporter = await loadExample();
});
afterAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true });
  await closeServers();
});

test('the example on the page hears a run, and the same from its recording', async () => {
  const server = await startHttp((_request, response) => response.end('{}'));
  const folder = createTemporaryFolder();
  const live = join(folder, 'live.lp');
  const recording = join(folder, 'run.ndjson');
  const User = defineUser({
    tasks: {
      home: async ({ http, sleep }) => {
        await http.get('/');
        await sleep(0.05);
      },
    },
  });
  const result = await run({
    test: defineTest({ users: { User } }),
    host: server.url,
    load: { users: 3, spawnRate: 100, runTime: '2s' },
    reporters: [createLineProtocolReporter({ path: live }), createRecordingReporter({ path: recording })],
  });
  const lines = readFileSync(live, 'utf8').trimEnd().split('\n');
  const seconds = lines.filter((line) => line.startsWith('load '));
  expect(seconds.length).toBeGreaterThanOrEqual(2);
  for (const line of seconds) {
    expect(line).toMatch(/^load requests=\d+i,failures=0i,users=\d+i(?:,p95_ms=[\d.]+)? \d{13}000000$/);
  }
  expect(result.total.completed).toBeGreaterThan(20);
  expect(lines.at(-1)).toMatch(
    new RegExp(`^run requests=${result.total.completed}i,failures=0i,exit_code=0i \\d{19}$`),
  );

  const again = join(folder, 'again.lp');
  const replayed = await replayRecording({ path: recording, reporters: [createLineProtocolReporter({ path: again })] });
  expect(replayed.failedReporters).toEqual([]);
  expect(readFileSync(again, 'utf8')).toBe(readFileSync(live, 'utf8'));
});

test('one that cannot write is named, and the run goes on', async () => {
  const server = await startHttp((_request, response) => response.end('{}'));
  const result = await run({
    test: defineTest({
      users: { User: defineUser({ tasks: { home: async ({ http }) => void (await http.get('/')) } }) },
    }),
    host: server.url,
    load: { users: 1, spawnRate: 1, runTime: '1s' },
    reporters: [createLineProtocolReporter({ path: join(createTemporaryFolder(), 'no', 'such', 'folder') })],
  });
  expect(result.exitCode).toBe(5);
  expect(result.total.completed).toBeGreaterThan(0);
});
