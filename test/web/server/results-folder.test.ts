import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { defineTest, defineUser } from 'loadwright';
import { describe, expect, it } from 'vitest';
import { startPageHarness } from '../../support/page-harness.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';

const Idler = defineUser({ tasks: { idle: async ({ sleep }) => sleep(0.05) } });
const TEST = defineTest({ users: { Idler } });

describe('results', () => {
  it('lie in their folder, and no way leads out of it', async () => {
    const outside = createTemporaryFolder();
    writeFileSync(join(outside, 'recording.ndjson'), 'secret\n');
    const results = createTemporaryFolder();
    mkdirSync(join(results, 'real'));
    writeFileSync(join(results, 'real', 'recording.ndjson'), '{}\n');
    symlinkSync(outside, join(results, 'link'));
    mkdirSync(join(results, 'linked-file'));
    symlinkSync(join(outside, 'recording.ndjson'), join(results, 'linked-file', 'recording.ndjson'));
    mkdirSync(join(results, '.hidden'));
    writeFileSync(join(results, '.hidden', 'recording.ndjson'), 'secret\n');
    const { url, ask } = await startPageHarness({ test: TEST, results });
    expect((await ask('/api/results/real/recording')).text).toBe('{}\n');
    const name = outside.split('/').at(-1);
    const ways = [
      'link',
      'linked-file',
      '.hidden',
      '..',
      '.',
      `..%2f${name}`,
      `..%5c${name}`,
      `%2e%2e%2f${name}`,
      `%252e%252e`,
      'real%00',
      '%2fetc',
    ];
    for (const way of ways) {
      for (const path of [`/api/results/${way}/recording`, `/api/results/${way}`]) {
        // As bytes: a client would tidy the path up before it sends it.
        const { status, text } = await askRaw(url, path);
        expect([path, status >= 400 && status < 500]).toEqual([path, true]);
        expect(text).not.toContain('secret');
      }
    }
    for (const form of ['..%2frecording', 'recording.ndjson', '%2e%2e', 'stats']) {
      expect((await askRaw(url, `/api/results/real/${form}`)).status).toBe(404);
    }
    expect((await ask('/api/results')).json.runs.map((run: { name: string }) => run.name)).toEqual(['real']);
  });
});
/** A request line as it stands. */
function askRaw(url: string, path: string): Promise<{ status: number; text: string }> {
  const { hostname, port, host } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8').on('data', (more) => {
      text += more;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), text }));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}
