import { expect, test } from 'vitest';
import { isColorWanted, isDrawingWanted } from '../../src/reporters/color.js';
import { createTerminalReporter } from '../../src/reporters/terminal.js';
import { FakeScreen } from '../support/fake-screen.js';
import { SyntheticRun } from '../support/run-events.js';

const REQUESTS = [{ name: '02_product_list', ms: 30, times: 10 }];

function connect(stream: FakeScreen, changes: { color?: boolean; isDrawn?: boolean }) {
  const options = { isDrawn: true, onlySummary: false, logLevel: 'info', color: false } as const;
  const reporter = createTerminalReporter({ ...options, stream, clock: { now: () => 0 }, ...changes });
  return { run: new SyntheticRun((event, totals) => reporter.onEvent(event, totals)) };
}

test('colour: for terminals, unless the environment says otherwise', () => {
  expect(isColorWanted({ isTTY: true }, {})).toBe(true);
  expect(isColorWanted({}, {})).toBe(false);
  expect(isColorWanted({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
  expect(isColorWanted({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  expect(isColorWanted({}, { FORCE_COLOR: '1' })).toBe(true);
  const screen = new FakeScreen();
  const { run } = connect(screen, { color: true });
  run.start().close(0, REQUESTS);
  expect(screen.raw).toContain('\x1b[32m');
  expect(screen.read().join('\n')).toContain('02_product_list');
});

test('in place: for people at a terminal, not for the logs of CI', () => {
  expect(isDrawingWanted({ isTTY: true }, {})).toBe(true);
  expect(isDrawingWanted({ isTTY: true }, { CI: 'false' })).toBe(true);
  expect(isDrawingWanted({ isTTY: true }, { CI: 'true' })).toBe(false);
  expect(isDrawingWanted({ isTTY: true }, { CI: '1' })).toBe(false);
  expect(isDrawingWanted({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
  expect(isDrawingWanted({}, {})).toBe(false);
  const screen = new FakeScreen(80, 24);
  const { run } = connect(screen, { isDrawn: false });
  run.start().close(0, REQUESTS).close(1, REQUESTS).close(2, REQUESTS).close(3, REQUESTS);
  expect(screen.raw).not.toContain('\x1b');
  expect(screen.read().filter((line) => line.includes('Aggregated'))).toHaveLength(2);
});
