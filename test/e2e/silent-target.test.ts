import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineTest, defineUser } from 'loadwright';
import { run } from 'loadwright/node';
import { expect, test } from 'vitest';

test('a target that is frozen to the end is told, with since when and how many requests waited', async () => {
  let answered = 0;
  const server = createServer((_, response) => {
    if (answered < 5) response.end();
    answered++;
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const Visitor = defineUser({ tasks: { home: async ({ http }) => void (await http.get('/')) } });
  const told: string[] = [];
  const result = await run({
    test: defineTest({ users: { Visitor } }),
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    load: { users: 3, spawnRate: 1000, runTime: '4s' },
    drainTimeout: '100ms',
    onEvent: (event) => {
      if (event.type === 'warning') told.push(event.code);
    },
  });
  server.closeAllConnections();
  server.close();
  const silent = result.warnings.filter(({ code }) => code === 'TARGET_SILENT');
  expect(silent.map(({ message }) => message)).toEqual([
    'Nothing was answered from second 1 to the end of the load; 3 requests were in flight.',
  ]);
  expect(told.filter((code) => code === 'TARGET_SILENT')).toHaveLength(1);
  expect(result).toMatchObject({ exitCode: 0, total: { completed: 5, interrupted: 3 } });
});
