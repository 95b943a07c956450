import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import { checkLimits, checkLocalAddresses, limitSockets } from '../../../src/runtime/conductor/check-limits.js';
import type { PlannedRun } from '../../../src/runtime/conductor/plan-run.js';
import type { SystemLimits } from '../../../src/runtime/conductor/system-limits.js';
import type { Load } from '../../../src/runtime/user/load-types.js';
import { kindOf, planOf } from '../../support/planned-loads.js';

const HOST = 'http://127.0.0.1:8000';
const PORTS: SystemLimits = { ports: 100, portRange: '40000-40099' };
const ARRIVALS: Load = {
  executor: 'constant-arrival-rate',
  rate: 10,
  duration: '1m',
  preAllocatedUsers: 1,
  maxUsers: 150,
};

function optionsOf(values: Record<string, unknown>) {
  const given = Object.entries(values).map(([name, value]) => [name, { value, origin: `--${name}` }]);
  return resolveOptions([{ layer: 'flag', values: Object.fromEntries(given) }]);
}

/** 150 users, unless a test says otherwise. */
function check(
  limits: SystemLimits,
  { options = {}, load, hosts = [HOST] }: { options?: Record<string, unknown>; load?: Load; hosts?: string[] } = {},
) {
  const users = { users: 150, spawnRate: 10 };
  const loads = planOf({ load: load ?? users });
  const kinds = hosts.map((host, index) => kindOf(`Kind${index}`, { host }));
  const plan = { kinds, seed: 1, measures: [], revisions: [{ revision: 0, effectiveAtMs: 0, loads }] };
  return checkLimits({ plan, mostUsers: 150, shares: 1 } as unknown as PlannedRun, optionsOf(options), limits);
}

function refusalOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
  }
  expect.fail('it was not refused');
}

describe('open files', () => {
  it('that are enough, or unknown, are not spoken of', () => {
    expect(check({ openFiles: 1024, filesInUse: 25 })).toEqual([]);
    expect(check({})).toEqual([]);
  });

  it('that are fewer than users refuse the run, with what to type', () => {
    const error = refusalOf(() => check({ openFiles: 160, filesInUse: 25 }));
    expect(error).toMatchObject({ code: 'ERR_LIMIT_FILES', exitCode: 2 });
    expect(error.message).toContain('150 users need a connection each');
    expect(error.message).toContain('may have 160 files open');
    expect(error.hint).toMatch(/^ulimit -n 1024 .*--no-preflight$/);
  });

  it('that may just do are warned of', () => {
    const [warning, ...more] = check({ openFiles: 180, filesInUse: 25 });
    expect(more).toEqual([]);
    expect(warning).toMatchObject({ code: 'LIMIT_FILES' });
    expect(warning!.message).toContain('Try ulimit -n 1024');
  });

  it('are warned of where nobody knows how many connections there will be', () => {
    const few = { openFiles: 128, filesInUse: 25 };
    expect(check(few, { load: ARRIVALS })).toMatchObject([{ code: 'LIMIT_FILES' }]);
    expect(check(few, { options: { connectionReuse: 'none' } })).toMatchObject([{ code: 'LIMIT_FILES' }]);
  });
});

describe('sockets of a worker', () => {
  const limit = (limits: SystemLimits, options: Record<string, unknown> = {}, shares = 1) =>
    limitSockets({ mostUsers: 150, shares } as PlannedRun, optionsOf(options), limits);

  it('are not limited where files are enough for whatever users open', () => {
    expect(limit({})).toBeUndefined();
    expect(limit({ openFiles: 1024, filesInUse: 25 })).toBeUndefined();
  });

  it('leave files for the run itself', () => {
    expect(limit({ openFiles: 128, filesInUse: 25 })).toBe(79);
    expect(limit({ openFiles: 128, filesInUse: 25 }, {}, 2)).toBe(35);
    expect(limit({ openFiles: 40, filesInUse: 25 })).toBe(1);
    expect(limit({ openFiles: 1024, filesInUse: 25 }, { connectionsPerUser: 10 })).toBe(975);
  });
});

describe('local ports', () => {
  it('that are enough, or unknown, are not spoken of', () => {
    expect(check({ ports: 150, portRange: '1-150' })).toEqual([]);
    expect(check({ ports: 28_232, portRange: '32768-60999' })).toEqual([]);
  });

  it('that are fewer than users refuse the run, with addresses to use', () => {
    const error = refusalOf(() => check(PORTS));
    expect(error).toMatchObject({ code: 'ERR_LIMIT_PORTS', exitCode: 2 });
    expect(error.message).toContain('from one address to one target there are 100 (ports 40000-40099)');
    expect(error.hint).toContain('--local-address 127.0.0.2,127.0.0.3 ');
  });

  it.each([
    ['http://localhost:8000', '--local-address 127.0.0.2,127.0.0.3 '],
    ['https://127.0.0.1', '--local-address 127.0.0.2,127.0.0.3 '],
    ['http://192.0.2.1', '--local-address with 2 addresses of this machine '],
    ['http://localhost.example', '--local-address with 2 addresses of this machine '],
  ])('to %s take addresses from where that can be reached', (host, hint) => {
    expect(refusalOf(() => check(PORTS, { hosts: [host] })).hint).toContain(hint);
  });

  it('are those of all source addresses together', () => {
    expect(check(PORTS, { options: { localAddress: '127.0.0.2,127.0.0.3' } })).toEqual([]);
    const few = { ports: 50, portRange: '40000-40049' };
    const error = refusalOf(() => check(few, { options: { localAddress: '127.0.0.2,127.0.0.3' } }));
    expect(error.message).toContain('from 2 addresses to one target there are 100');
    expect(error.hint).toContain('--local-address 127.0.0.2,127.0.0.3,127.0.0.4 ');
  });

  it.each([
    ['an open load', { load: ARRIVALS }],
    ['several targets', { hosts: [HOST, 'http://127.0.0.1:8001'] }],
    ['several addresses of a target', { options: { dnsSelect: 'roundRobin' } }],
    ['connections that are not kept', { options: { connectionReuse: 'iteration', localAddress: '127.0.0.2' } }],
  ])('are warned of for %s, where they may do', (_, given) => {
    expect(check(PORTS, given)).toMatchObject([{ code: 'LIMIT_PORTS' }]);
  });

  it('of chosen addresses are used up by all targets together', () => {
    const given = { hosts: [HOST, 'http://127.0.0.1:8001'], options: { localAddress: '127.0.0.2' } };
    expect(refusalOf(() => check(PORTS, given)).code).toBe('ERR_LIMIT_PORTS');
  });

  it('are those to a proxy, where there is one', () => {
    const given = { hosts: [HOST, 'http://127.0.0.1:8001'], options: { proxy: 'http://127.0.0.1:3128' } };
    expect(refusalOf(() => check(PORTS, given)).code).toBe('ERR_LIMIT_PORTS');
  });
});

describe('source addresses', () => {
  it('are this machine’s', async () => {
    await checkLocalAddresses(optionsOf({ localAddress: '127.0.0.1' }));
    await checkLocalAddresses(optionsOf({}));
  });

  it('are refused if they are not', async () => {
    // Of a network that is for documentation alone.
    const error = await checkLocalAddresses(optionsOf({ localAddress: '127.0.0.1,192.0.2.7' })).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'ERR_OPTION_INVALID' });
    expect((error as LoadwrightError).message).toMatch(/--localAddress gave "192\.0\.2\.7" \(EADDRNOTAVAIL\)\.$/);
  });
});
