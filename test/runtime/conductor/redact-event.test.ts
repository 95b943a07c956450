import { expect, test } from 'vitest';
import { EventRedactor } from '../../../src/runtime/conductor/redact-event.js';
import type { RunEvent } from '../../../src/runtime/protocol.js';
import { createPart, PLAN, SyntheticRun, verdictOf } from '../../support/run-events.js';

const SECRET = 'hunter2';
const URL_WITH_SECRET = `http://user:${SECRET}@host/x`;

/** Every event of a run, with a secret wherever text can come from a scenario, a server or a user. */
function tellSecrets(): RunEvent[] {
  const run = new SyntheticRun();
  const tellTallied = createPart(0, [{ name: URL_WITH_SECRET, error: `refused by ${URL_WITH_SECRET}` }], (tally) => {
    tally.addGroup(URL_WITH_SECRET, 1);
    tally.addCheck({ name: URL_WITH_SECRET, passes: 1, failures: 0 });
    const times = { count: 1, firstSeenMs: 0, lastSeenMs: 0 };
    tally.addException({ message: URL_WITH_SECRET, traceback: `at ${URL_WITH_SECRET}`, nodes: ['0'], ...times });
  });
  const key = `http_req_failed{name:${URL_WITH_SECRET}}`;
  const load = { ...PLAN.revisions[0]!.loads[0]!, env: { PASSWORD: SECRET, DATABASE: URL_WITH_SECRET } };
  const measures = [{ key, metric: 'http_req_failed', type: 'rate' as const, labels: { name: URL_WITH_SECRET } }];
  const plan = { ...PLAN, revisions: [{ ...PLAN.revisions[0]!, loads: [load] }], measures };
  const thresholds = [verdictOf(key, 'rate<0.1')];
  const lost = { type: 'worker-lost' as const, share: 0, reason: URL_WITH_SECRET };
  run
    .start({ host: URL_WITH_SECRET, plan })
    .close(0, { ...tellTallied, measures: [{ ...measures[0]!, count: 1, sum: 1 }] }, {}, { thresholds })
    .amend(0, tellTallied)
    .tell({ type: 'log', record: { level: 'info', message: URL_WITH_SECRET, source: 'worker 0' } })
    .tell({ type: 'warning', code: 'X', message: URL_WITH_SECRET })
    .tell(lost)
    .tell({ type: 'run-stopping', atMs: 1, cause: { by: 'script', reason: URL_WITH_SECRET, hasFailed: true } });
  const warnings = [{ code: 'X', message: URL_WITH_SECRET }];
  run.finish({ host: URL_WITH_SECRET, verifyFailures: [URL_WITH_SECRET], thresholds, lostWorkers: [lost], warnings });
  return run.events;
}

test('no event has a secret left in it, and nothing else changes', () => {
  const redactor = new EventRedactor();
  for (const event of tellSecrets()) {
    const before = JSON.stringify(event);
    expect(before, event.type).toContain(SECRET);
    const expected = before
      .replaceAll(`user:${SECRET}@`, '***@')
      .replaceAll(`"PASSWORD":"${SECRET}"`, '"PASSWORD":"***"');
    expect(JSON.stringify(redactor.redact(event)), event.type).toBe(expected);
    expect(JSON.stringify(event), 'the event itself').toBe(before);
  }
});

test('what has none stays the same object', () => {
  const run = new SyntheticRun()
    .start()
    .close(0, [{ name: '상품 목록', error: 'status 500' }])
    .finish();
  const redactor = new EventRedactor();
  for (const event of run.events) expect(redactor.redact(event)).toBe(event);
});
