import { type IncomingMessage, request } from 'node:http';
import { defineTest, defineUser } from 'loadwright';
import { describe, expect, it } from 'vitest';
import { LiveFeed } from '../../../src/web/server/live-feed.js';
import { startWebServer, type WebServerOptions } from '../../../src/web/server/web-server.js';
import { startPageHarness } from '../../support/page-harness.js';

const Idler = defineUser({ tasks: { idle: async ({ sleep }) => sleep(0.05) } });
const TEST = defineTest({ users: { Idler } });
const start = () => startPageHarness({ test: TEST });

describe('readers of events', () => {
  it('are bounded in number, and leave room when they go', async () => {
    const { url, ask } = await start();
    const open = await Promise.all(Array.from({ length: 32 }, () => openStream(url)));
    const { status, headers } = await ask('/api/events');
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    expect((await ask('/api/run')).status).toBe(200);
    open[0]!.destroy();
    await expect.poll(() => tryStream(url)).toBe(200);
    for (const stream of open) stream.destroy();
  });
});
describe('a reader that takes nothing', () => {
  it('is cut off at a bound, and the others hear everything', async () => {
    const feed = new LiveFeed({ nonce: 'n', greet: () => [], limits: { pendingBytes: 2_000_000, keptBytes: 0 } });
    const parts = { host: '127.0.0.1', port: 0, token: undefined, tls: undefined, feeds: { '/api/events': feed } };
    const reports = { close: async () => {} };
    const server = await startWebServer({ ...parts, reports } as unknown as WebServerOptions);
    try {
      const stuck = await openResponse(server.url);
      stuck.pause();
      const isCut = new Promise((resolve) => stuck.once('close', resolve));
      const quick = await openResponse(server.url);
      let heard = 0;
      quick.on('data', (bytes: Buffer) => {
        heard += bytes.length;
      });
      const bytes = 100_000;
      let sent = 0;
      while (feed.readers === 2 && sent < 500) {
        feed.send('tick', () => 'x'.repeat(bytes));
        sent++;
        // Whoever reads has to get the chance to.
        await expect.poll(() => heard, { interval: 2 }).toBeGreaterThanOrEqual(sent * bytes);
      }
      expect(feed.readers).toBe(1);
      expect(sent).toBeLessThan(500);
      stuck.resume();
      await isCut;
      feed.send('tick', () => 'x'.repeat(bytes));
      await expect.poll(() => heard).toBeGreaterThanOrEqual((sent + 1) * bytes);
    } finally {
      await server.close();
    }
  });
});

function openResponse(url: string): Promise<IncomingMessage> {
  return new Promise((resolve) => {
    const sent = request(`${url}/api/events`, { agent: false }, (response) => {
      response.on('error', () => {});
      resolve(response);
    });
    sent.on('error', () => {});
    sent.end();
  });
}

function openStream(url: string): Promise<{ destroy(): void }> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/events`, { agent: false }, (response) => {
      response.on('error', () => {});
      if (response.statusCode === 200) resolve(sent);
      else reject(new Error(String(response.statusCode)));
      response.resume();
    });
    sent.on('error', () => {});
    sent.end();
  });
}

async function tryStream(url: string): Promise<number> {
  try {
    (await openStream(url)).destroy();
    return 200;
  } catch (error) {
    return Number((error as Error).message);
  }
}
