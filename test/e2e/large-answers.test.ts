import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChild } from '../support/child-program.js';
import { closeServers, startHttp } from '../support/small-servers.js';
import { writeScenario } from '../support/temporary-folder.js';

const SCENARIO = `
import { defineTest, defineUser } from 'loadwright';
const Reader = defineUser({ tasks: { async read({ http }) { await http.get('/'); } } });
export default defineTest({ users: { Reader }, load: { users: 32, spawnRate: 1000, runTime: '4s' } });
`;
const BODY = Buffer.alloc(100_000, '가');

/** In a process of its own: what others have freed in this one decides, too, what is given back to the system. */
const programOf = (options: object) => `
import { run } from 'loadwright/node';
let from, to, completed = 0;
function onEvent({ type, part }) {
  if (!type.startsWith('interval-')) return;
  to = process.resourceUsage().minorPageFault;
  if (from === undefined) from = to;
  else for (const one of part.series) completed += one.completed;
}
console.log('started');
await run({ ...${JSON.stringify(options)}, workers: 1, onEvent });
console.log(JSON.stringify({ faults: to - from, completed }));
`;

const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header;

describe.runIf(process.platform === 'linux' && glibcVersionRuntime !== undefined)('the memory of answers', () => {
  test('is not given back to the system, to be taken again for the next ones', async () => {
    const server = await startHttp((_request, response) => response.end(BODY));
    onTestFinished(closeServers);
    const { child } = await startChild(programOf({ script: writeScenario(SCENARIO), host: server.url }));
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const { faults, completed } = JSON.parse(line.toString()) as { faults: number; completed: number };
    expect(completed).toBeGreaterThan(300);
    // A body is 25 pages. Given back each time, 15 to 40 a request were seen, and 0.1 otherwise.
    expect(faults / completed).toBeLessThan(5);
  });
});
