import { systemClock } from '../../src/metrics/clock.js';
import type { Sample } from '../../src/metrics/sample.js';
import type { HttpSettings } from '../../src/runtime/http-settings.js';
import { CallScope } from '../../src/runtime/user/call-scope.js';
import type { Lookup } from '../../src/runtime/user/http/dns-cache.js';
import { HttpEngine, type Recorder } from '../../src/runtime/user/http/http-engine.js';
import { Session } from '../../src/runtime/user/http/session.js';
import { ScopedHttp } from '../../src/runtime/user/http-client.js';

export const HTTP_SETTINGS: HttpSettings = {
  transport: process.env.LOADWRIGHT_TEST_TRANSPORT === 'undici' ? 'undici' : 'auto',
  timeoutMs: 5_000,
  connectTimeoutMs: 2_000,
  headersTimeoutMs: 0,
  maxRedirects: 10,
  maxBodyBytes: 64 * 1024 * 1024,
  connectionsPerUser: 6,
  connectionReuse: 'user',
  insecure: false,
  ca: undefined,
  proxy: undefined,
  dns: { ttlMs: 60_000, select: 'first' },
};

export interface HarnessOptions {
  host?: string;
  settings?: Partial<HttpSettings>;
  lookup?: Lookup;
}

/** What one user's requests look like from outside, and everything that was counted. */
export interface Harness {
  http: ScopedHttp;
  engine: HttpEngine;
  session: Session;
  scope: CallScope;
  /** Every finished request, in order. */
  samples: Sample[];
  /** `METHOD name` of every begun request. */
  begun: string[];
  interrupted: string[];
  /** What the scope told its owner. */
  told: { resumed: number; leftBehind: number };
  /** Another user of the same worker. */
  createUser(host?: string): { http: ScopedHttp; session: Session; scope: CallScope };
  /** The only sample so far. */
  onlySample(): Sample;
}

const openSessions: Session[] = [];

/** Closes the connections of all harnesses, so that their servers can stop. */
export function closeHarnesses(): void {
  for (const session of openSessions.splice(0)) session.close({ all: true });
}

/** One user as a worker would run it, with a recorder that keeps everything. */
export function createHarness(options: HarnessOptions = {}): Harness {
  const samples: Sample[] = [];
  const begun: string[] = [];
  const interrupted: string[] = [];
  const told = { resumed: 0, leftBehind: 0 };
  const recorder: Recorder = {
    begun: (method, name) => begun.push(`${method} ${name}`),
    finished: (sample) => samples.push({ ...sample }),
    interrupted: (method, name) => interrupted.push(`${method} ${name}`),
  };
  const engine = new HttpEngine({
    settings: { ...HTTP_SETTINGS, ...options.settings },
    recorder,
    clock: systemClock,
    userAgent: 'loadwright/test',
    ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
  });
  const createUser = (host = options.host) => {
    const session = new Session(engine, host);
    openSessions.push(session);
    const scope = new CallScope({
      onResume: () => {
        told.resumed++;
      },
      onLeftBehind: () => {
        told.leftBehind++;
      },
    });
    return { http: new ScopedHttp(session, scope), session, scope };
  };
  return {
    ...createUser(),
    engine,
    samples,
    begun,
    interrupted,
    told,
    createUser,
    onlySample: () => {
      if (samples.length !== 1) throw new Error(`expected one sample, got ${samples.length}`);
      return samples[0]!;
    },
  };
}
