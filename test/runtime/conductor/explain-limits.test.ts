import { describe, expect, it } from 'vitest';
import type { SeriesStatistics } from '../../../src/metrics/statistics.js';
import { explainHandshakes, explainLimits } from '../../../src/runtime/conductor/explain-limits.js';
import { createPart, type ToldRequest } from '../../support/run-events.js';

const LIMITS = { openFiles: 1024, ports: 28_232, portRange: '32768-60999' };

function explain(...errors: string[]) {
  const requests = errors.map((error, index): ToldRequest => ({ name: `/${index}`, error, status: 0 }));
  return explainLimits(createPart(0, requests).series, LIMITS);
}

describe('failures that are not the target’s', () => {
  it('are none where the target failed', () => {
    expect(explain('status 500 Internal Server Error', 'connection refused by 127.0.0.1:1')).toEqual([]);
    expect(explainLimits(createPart(0, [{ name: '/' }]).series, LIMITS)).toEqual([]);
  });

  it.each([
    ['no free local port left for another connection', 'LIMIT_PORTS', '28,232 (32768-60999)'],
    ['192.0.2.7 is no address of this machine (--local-address)', 'LOCAL_ADDRESS_LOST', 'ip addr'],
    ['too many open files in this process (see ulimit -n)', 'LIMIT_FILES', 'may have 1,024 open'],
    ['too many open files on this machine', 'LIMIT_MACHINE', 'fs.file-max'],
    ['no memory left in the system for another connection', 'LIMIT_MACHINE', 'no memory'],
    ['the name "shop.test" could not be resolved: DNS knows no such name', 'NAME_UNKNOWN', '--host'],
    ['the name "shop.test" could not be resolved: DNS did not answer', 'NAME_UNANSWERED', 'not the target'],
    ['proxy: no free local port left for another connection', 'LIMIT_PORTS', '--local-address'],
  ])('%s: %s', (reason, code, text) => {
    const found = explain('status 500', reason, reason);
    expect(found).toMatchObject([{ code }]);
    expect(found[0]!.message).toContain(text);
  });

  it('are told without figures that nobody knows', () => {
    const [warning] = explainLimits(
      createPart(0, [{ name: '/', error: 'no free local port left for another connection' }]).series,
      {},
    );
    expect(warning!.message).toContain('some 28,000');
  });
});

describe('TLS handshakes', () => {
  const all = { completed: 1000, meanMs: 30, service: { meanMs: 20 } } as SeriesStatistics;
  const explainTls = (tlsHandshakes: number, tlsMs: number, requests = all) =>
    explainHandshakes({ opened: tlsHandshakes, tlsHandshakes, tlsFailures: 0, tlsMs }, requests);

  it('that take a good part of the time are told, with what to do', () => {
    const [warning, ...more] = explainTls(1000, 9000);
    expect(more).toEqual([]);
    expect(warning!.code).toBe('TLS_HANDSHAKES');
    expect(warning!.message).toContain('45 % of all request time: 1,000 for 1,000 requests');
    expect(warning!.message).toContain('--connection-reuse user');
  });

  it('that are quick, or few, or one for many requests, are not', () => {
    expect(explainTls(0, 0)).toEqual([]);
    expect(explainTls(1000, 3900)).toEqual([]);
    expect(explainTls(99, 9000)).toEqual([]);
    expect(explainTls(100, 90_000, { ...all, completed: 2000 })).toEqual([]);
  });
});
