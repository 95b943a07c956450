import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../../src/runtime/protocol.js';
import { LogLimit } from '../../../src/runtime/worker/log-limit.js';

/** A limit whose time stands still unless it is moved. */
function createLimit() {
  const records: LogRecord[] = [];
  const clock = { atMs: 5000, now: () => clock.atMs };
  const limit = new LogLimit({ post: (record) => records.push(record), source: 'worker-1', clock });
  return { limit, records, clock, texts: () => records.map(({ message }) => message) };
}

describe('LogLimit', () => {
  it('passes on 200 lines a second, and says in the next how many more there were', () => {
    const { limit, records, clock } = createLimit();
    for (let line = 0; line < 250; line++) limit.log('info', `line ${line}`);
    expect(records.length).toBe(200);
    expect(records[0]).toEqual({ level: 'info', message: 'line 0', source: 'worker-1' });
    clock.atMs += 999;
    limit.log('info', 'still the same second');
    expect(records.length).toBe(200);
    clock.atMs += 1;
    limit.log('error', 'next');
    expect(records.slice(200)).toEqual([
      { level: 'warn', message: '51 more lines were not shown: too many a second.', source: 'worker-1' },
      { level: 'error', message: 'next', source: 'worker-1' },
    ]);
  });

  it('says nothing where nothing was left out', () => {
    const { limit, clock, texts } = createLimit();
    for (let second = 0; second < 3; second++, clock.atMs += 1000) {
      for (let line = 0; line < 200; line++) limit.log('info', 'x');
    }
    limit.flush();
    expect(texts().filter((text) => text !== 'x')).toEqual([]);
  });

  it.each(['\n', '\r\n', '\r'])('counts the lines inside a message: %j', (end) => {
    const { limit, texts } = createLimit();
    limit.log('info', Array.from({ length: 150 }, (_, line) => `a${line}`).join(end));
    limit.log('info', Array.from({ length: 150 }, (_, line) => `b${line}`).join(end));
    limit.log('info', 'c');
    expect(texts().map((text) => text.split('\n').length)).toEqual([150, 50]);
    limit.flush();
    limit.flush();
    expect(texts().slice(2)).toEqual(['101 more lines were not shown: too many a second.']);
  });

  it('shortens what nobody could read', () => {
    const { limit, texts } = createLimit();
    limit.log('info', 'x'.repeat(20_000_000));
    limit.log('info', 'y'.repeat(16_384));
    expect(texts()[0]).toBe(`${'x'.repeat(16_384)}… (19983616 more characters)`);
    expect(texts()[1]).toBe('y'.repeat(16_384));
  });

  it('says it by itself when the second is over', async () => {
    const said = await new Promise<string>((resolve) => {
      const post = ({ level, message }: LogRecord) => level === 'warn' && resolve(message);
      const limit = new LogLimit({ post, source: 'worker-1' });
      for (let line = 0; line < 201; line++) limit.log('info', 'x');
    });
    expect(said).toBe('1 more line was not shown: too many a second.');
  });
});
