import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callStock, logIn, readListeningUrl } from '../../support/stock-target.js';

const SOURCE = fileURLToPath(new URL('../../../examples/stock/server/main.ts', import.meta.url));

let folder: string;
let mainFile: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stock-server-'));
  mainFile = join(folder, 'main.mjs');
  await build({ entryPoints: [SOURCE], outfile: mainFile, bundle: true, platform: 'node', format: 'esm' });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rm(folder, { recursive: true }));

function startMain(words: readonly string[], options: { readonly withIpc?: boolean } = {}): ChildProcess {
  const channel = options.withIpc ? (['ipc'] as const) : [];
  const child = spawn(process.execPath, [mainFile, ...words], { stdio: ['ignore', 'pipe', 'pipe', ...channel] });
  children.push(child);
  return child;
}

async function readRefusal(words: readonly string[]): Promise<{ code: number; complaint: string }> {
  const child = startMain(words);
  if (child.stderr === null) throw new Error('the server has no stderr');
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code, complaint };
}

describe('the stock server as a process', () => {
  it('tells its address on stdout and to its parent, and serves there', async () => {
    const child = startMain([], { withIpc: true });
    const told = once(child, 'message');
    const url = await readListeningUrl(child);
    expect((await told)[0]).toEqual({ type: 'listening', url });
    expect((await fetch(`${url}/api/products/`)).status).toBe(401);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, idle connections or not', async (signal) => {
    const child = startMain([]);
    const url = new URL(await readListeningUrl(child));
    const idle = connect(Number(url.port), url.hostname);
    await once(idle, 'connect');
    idle.write('GET /api/products/ HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(idle, 'data');
    const exited = once(child, 'exit');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    idle.destroy();
  });

  it('finishes an answer under way before it ends', async () => {
    const child = startMain(['--password-cost', '400000']);
    const url = new URL(await readListeningUrl(child));
    const socket = connect(Number(url.port), url.hostname);
    const received = text(socket);
    const form = '{"username":"user1","password":"password"}';
    // The server asks for the body when it has taken the request up: from then on an answer is under way.
    socket.write(
      `POST /api/token/ HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: ${form.length}\r\n\r\n`,
    );
    await once(socket, 'readable');
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    socket.write(form);
    expect(await received).toMatch(/HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*"access":/);
    expect(await exited).toEqual([0, null]);
  });

  it('ends when its parent is gone', async () => {
    const child = startMain([], { withIpc: true });
    await readListeningUrl(child);
    const exited = once(child, 'exit');
    child.disconnect();
    expect(await exited).toEqual([0, null]);
  });

  it('hashes passwords when asked to, and still tells right from wrong', async () => {
    const url = await readListeningUrl(startMain(['--password-cost', '1000', '--token-lifetime', '60']));
    const target = { url, stop: async () => undefined };
    const { access } = await logIn(target, 'user7');
    expect((await callStock(target, '/api/products/', { token: access })).status).toBe(200);
    for (const json of [
      { username: 'user7', password: 'Password' },
      { username: 'nobody', password: 'password' },
    ]) {
      expect((await callStock(target, '/api/token/', { json })).status).toBe(401);
    }
  });

  it.each([
    ['an unknown flag', ['--speed', '9'], '--speed'],
    ['a word too many', ['8000'], '8000'],
    [
      'a port that is no number',
      ['--port', 'http'],
      '--port must be a whole number from 0 to 65535, but "http" was given',
    ],
    ['a port that is too large', ['--port', '70000'], '"70000"'],
    ['a flag without its value', ['--stock'], '--stock'],
  ])('refuses %s with 2', async (_, words, complaint) => {
    const refusal = await readRefusal(words);
    expect(refusal.code).toBe(2);
    expect(refusal.complaint).toContain(complaint);
    expect(refusal.complaint).toContain('--token-lifetime N');
  });

  it('says so when its port is taken', async () => {
    const { port } = new URL(await readListeningUrl(startMain([])));
    const refusal = await readRefusal(['--port', port]);
    expect(refusal.code).toBe(1);
    expect(refusal.complaint).toContain(`127.0.0.1:${port}`);
  });
});
