import { request } from 'node:http';
import { defineTest, defineUser } from 'loadwright';
import { describe, expect, it } from 'vitest';
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
