import { run } from 'loadwright/node';
import { expect, test } from 'vitest';
import { startServer } from '../support/spawn-server.js';
import { writeScenario } from '../support/temporary-folder.js';

const HANGS = `async onStart({ http, sleep }) { for (;;) { try { await http.get('/start'); await sleep(1); } catch {} } },`;

function scenarioOf(onStart: string): string {
  return writeScenario(`
import { defineTest, defineUser } from 'loadwright';
const Visitor = defineUser({ ${onStart} tasks: { async go({ http }) { await http.get('/task'); } } });
export default defineTest({
  users: { Visitor },
  load: { executor: 'constant-arrival-rate', rate: 10, duration: '5s', preAllocatedUsers: 4, maxUsers: 8 },
});`);
}

for (const workers of [1, 2]) {
  test(`a run stopped while its first users start ends at once, with what they requested: ${workers} workers`, async () => {
    const server = await startServer('arrivals');
    const controller = new AbortController();
    const running = run({ script: scenarioOf(HANGS), host: server.url, workers, signal: controller.signal });
    await expect
      .poll(async () => (await server.readJson<{ count: number }>('/__count')).count, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(4);
    const abortedAtMs = performance.now();
    controller.abort();
    const result = await running;
    expect(performance.now() - abortedAtMs).toBeLessThan(3000);
    const { count } = await server.readJson<{ count: number }>('/__count');
    await server.stop();
    expect(result.state).toBe('stopped');
    expect(result.part.iterations.count).toBe(0);
    expect(result.total.completed).toBe(count);
    expect(result.total.begun).toBe(result.total.completed + result.total.interrupted);
  });
}
