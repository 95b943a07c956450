import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createHtmlReporter, createJsonReporter, createRecordingReporter, replayRecording } from '../../../src/node.js';
import { monitor } from '../../../src/runtime/user/define-monitors.js';
import { runMonitored } from '../../support/monitored-run.js';
import { createTemporaryFolder } from '../../support/temporary-folder.js';
import { findSchemaErrors } from '../../support/validate-result.js';

it('what monitors told is in the JSON result, as its schema says, and a recording tells the same again', async () => {
  const folder = createTemporaryFolder();
  const file = (name: string) => join(folder, name);
  let calls = 0;
  const monitors = [
    monitor('대기열', () => ({ waiting: ++calls, oldest: 2.5 }), { units: { oldest: 'ms' } }),
    monitor('broken', () => {
      throw new Error('gone');
    }),
  ];
  const { result } = await runMonitored(monitors, {
    seconds: 2,
    reporters: [
      createJsonReporter({ path: file('run.json') }),
      createHtmlReporter({ path: file('run.html') }),
      createRecordingReporter({ path: file('run.ndjson') }),
    ],
  });
  const replayed = await replayRecording({
    path: file('run.ndjson'),
    reporters: [createJsonReporter({ path: file('again.json') }), createHtmlReporter({ path: file('again.html') })],
  });
  expect(replayed.result.monitors).toEqual(result.monitors);
  const text = readFileSync(file('run.json'), 'utf8');
  expect(readFileSync(file('again.json'), 'utf8')).toBe(text);
  expect(readFileSync(file('again.html'), 'utf8')).toBe(readFileSync(file('run.html'), 'utf8'));
  const document = JSON.parse(text);
  expect(findSchemaErrors(document)).toEqual([]);
  expect(document.monitors).toMatchObject({ secondsPerPoint: 1, second: [0, 1], seconds: [1, 1] });
  const [queue] = document.monitors.all.filter(({ name }: { name: string }) => name === '대기열');
  expect(queue).toMatchObject({ kind: 'function', samples: 2, failures: 0 });
  expect(queue.metrics[0]).toMatchObject({ name: 'waiting', unit: 'count', baseline: 1, last: 3, values: [2, 3] });
  expect(queue.metrics[1]).toMatchObject({ name: 'oldest', unit: 'ms', values: [2.5, 2.5] });
});
