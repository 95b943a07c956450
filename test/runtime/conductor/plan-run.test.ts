import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { LoadwrightError } from '../../../src/errors.js';
import { resolveOptions } from '../../../src/options/resolve-options.js';
import type { LayerName, OptionLayer } from '../../../src/options/resolved-options.js';
import { planRun } from '../../../src/runtime/conductor/plan-run.js';
import type { DescribedTask, KindDescription, ScenarioDescription } from '../../../src/runtime/protocol.js';

function kindOf(name: string, changes: Partial<KindDescription> = {}): KindDescription {
  const home = { name: 'home', weight: 1, tags: changes.tags ?? [] };
  const taskTree: DescribedTask = {
    name: '',
    type: 'set',
    weight: 1,
    tags: [],
    children: [{ ...home, type: 'task' }],
  };
  const tasks = [{ ...home, share: 1 }];
  return { name, weight: 1, fixedCount: undefined, host: undefined, tags: [], tasks, taskTree, ...changes };
}

function describing(...kinds: KindDescription[]): ScenarioDescription {
  return {
    kinds,
    options: {},
    loads: [],
    profiles: {},
    thresholds: {},
    metrics: [],
    files: [],
    hasHooks: false,
    labelKeys: [],
  };
}

function layerOf(values: Record<string, unknown>, layer: LayerName = 'flag'): OptionLayer {
  const given = Object.entries(values).map(([name, value]) => [name, { value, origin: `test ${layer}` }]);
  return { layer, values: Object.fromEntries(given) as OptionLayer['values'] };
}

function planOf(description: ScenarioDescription, layers: OptionLayer[] = [], names: string[] = []) {
  return planRun(resolveOptions(layers), description, names);
}

function errorOf(attempt: () => unknown): LoadwrightError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof LoadwrightError) return error;
  }
  expect.fail('it was not refused');
}

const VISITOR = kindOf('Visitor');
const BUYER = kindOf('Buyer', { weight: 2, host: 'http://shop:8001' });

describe('the load', () => {
  it('is made of the options', () => {
    const { plan } = planOf(describing(VISITOR), [
      layerOf({ users: '40', spawnRate: '2.5', runTime: '1m', stopTimeout: '2s', seed: '7' }),
    ]);
    expect(plan).toEqual({
      seed: 7,
      measures: [],
      kinds: [
        {
          name: 'Visitor',
          weight: 1,
          fixedCount: undefined,
          host: undefined,
          taskTree: { name: '', type: 'set', share: 1, tasks: [{ name: 'home', type: 'task', share: 1 }] },
        },
      ],
      revisions: [
        {
          revision: 0,
          effectiveAtMs: 0,
          loads: [
            {
              name: 'default',
              executor: 'plain',
              model: 'users',
              startAtMs: 0,
              kinds: [0],
              line: [{ fromMs: 0, toMs: 15_600, from: 1, to: 40 }],
              falling: 'floor',
              endMs: 60_000,
              gracefulStopMs: 2000,
              gracefulRampDownMs: 2000,
              env: {},
              labels: {},
            },
          ],
        },
      ],
    });
  });

  it('has a seed of its own if none is given, another one each time', () => {
    const seeds = new Set(Array.from({ length: 20 }, () => planOf(describing(VISITOR)).plan.seed));
    expect(seeds.size).toBeGreaterThan(15);
  });

  it('of --debug is one user and one iteration in one share', () => {
    const { plan, shares, settings } = planOf(describing(VISITOR), [layerOf({ debug: true, users: 500 })]);
    expect(plan.revisions[0]!.loads[0]).toMatchObject({
      line: [{ from: 1, to: 1 }],
      iterations: { of: 'user', count: 1 },
    });
    expect(shares).toBe(1);
    expect(settings.debug).toBe(true);
  });
});

describe('shares', () => {
  const sharesOf = (values: Record<string, unknown>) => planOf(describing(VISITOR), [layerOf(values)]).shares;

  it('are one per 250 users, but no more than cores', () => {
    const cores = availableParallelism();
    expect(sharesOf({ users: 1 })).toBe(1);
    expect(sharesOf({ users: 250 })).toBe(1);
    expect(sharesOf({ users: 251 })).toBe(Math.min(2, cores));
    expect(sharesOf({ users: 100_000 })).toBe(cores);
  });

  it('are as many as asked for', () => {
    expect(sharesOf({ users: 1, workers: 3 })).toBe(3);
  });

  it('are one in this thread with workers: 0', () => {
    const here = planOf(describing(VISITOR), [layerOf({ workers: 0 })]);
    expect([here.shares, here.sharesThread, here.settings.sharesThread]).toEqual([1, true, true]);
    expect(planOf(describing(VISITOR)).sharesThread).toBe(false);
  });
});

describe('hosts', () => {
  const hostsOf = (...layers: OptionLayer[]) =>
    planOf(describing(VISITOR, BUYER), layers).plan.kinds.map(({ host }) => host);

  it('of a kind come before the scenario’s, and those before a config file’s', () => {
    expect(hostsOf()).toEqual([undefined, 'http://shop:8001']);
    expect(hostsOf(layerOf({ host: 'http://all' }, 'script'))).toEqual(['http://all', 'http://shop:8001']);
    expect(hostsOf(layerOf({ host: 'http://all' }, 'config'))).toEqual(['http://all', 'http://shop:8001']);
  });

  it.each(['profile', 'environment', 'flag'] as const)('of the %s layer are for all kinds', (layer) => {
    const given = layerOf({ host: 'http://given' }, layer);
    expect(hostsOf(layerOf({ host: 'http://all' }, 'script'), given)).toEqual(['http://given', 'http://given']);
  });

  it('of a kind may have a path', () => {
    const { plan } = planOf(describing(kindOf('Visitor', { host: 'http://shop/api' })));
    expect(plan.kinds[0]!.host).toBe('http://shop/api');
  });

  it('of a kind that are none are refused before the run', () => {
    const wrong = errorOf(() => planOf(describing(kindOf('Visitor', { host: 'localhost:8000' }))));
    expect(wrong.code).toBe('ERR_OPTION_INVALID');
    expect(wrong.message).toContain('"host" of Visitor');
    expect(wrong.message).toContain('localhost:8000');
    expect(wrong.hint).toContain('http://localhost:8000');
  });
});

describe('kinds', () => {
  const namesOf = (names: string[], ...layers: OptionLayer[]) =>
    planOf(describing(VISITOR, BUYER, kindOf('Idle', { weight: 0 })), layers, names).plan.kinds.map(({ name }) => name);

  it('are all, or those picked, in the order of the scenario', () => {
    expect(namesOf([])).toEqual(['Visitor', 'Buyer', 'Idle']);
    expect(namesOf(['Buyer', 'Visitor'])).toEqual(['Visitor', 'Buyer']);
  });

  it('that do not exist are refused with the nearest name', () => {
    const wrong = errorOf(() => namesOf(['Vistor']));
    expect(wrong.code).toBe('ERR_OPTION_INVALID');
    expect(wrong.message).toContain('"Vistor"');
    expect(wrong.message).toContain('Visitor, Buyer, Idle');
    expect(wrong.hint).toContain('Visitor');
  });

  it('of weight 0 run when picked by name', () => {
    const { plan } = planOf(describing(VISITOR, kindOf('Idle', { weight: 0 })), [], ['Idle']);
    expect(plan.kinds).toMatchObject([{ name: 'Idle', weight: 1 }]);
  });

  it('must not all have weight 0', () => {
    const wrong = errorOf(() => planOf(describing(kindOf('Idle', { weight: 0 }), kindOf('None', { fixedCount: 0 }))));
    expect(wrong.code).toBe('ERR_SCENARIO_INVALID');
    expect(wrong.message).toContain('Idle, None');
  });
});

describe('loads, kinds and labels in thresholds', () => {
  const described: ScenarioDescription = {
    ...describing(VISITOR, BUYER),
    loads: [
      {
        name: 'sale',
        executor: 'constant-users',
        source: 'loads',
        users: 2,
        durationMs: 1000,
        env: {},
        labels: { phase: 'peak' },
      },
    ],
    profiles: { smoke: [{ name: 'default', executor: 'plain', source: 'load', users: 1, env: {}, labels: {} }] },
    labelKeys: ['page'],
  };
  const planFor = (threshold: string, names: string[] = []) =>
    planOf(described, [layerOf({ thresholds: [`${threshold}:count>0`], labels: ['region=eu'] })], names);

  it.each([
    ['http_reqs{load:sael}', 'http_reqs{load:sale}'],
    ['http_reqs{user:visitor}', 'http_reqs{user:Visitor}'],
    ['http_reqs{phase:peek}', 'http_reqs{phase:peak}'],
    ['http_reqs{region:us}', 'One of: eu.'],
    ['http_reqs{pahse:peak}', 'http_reqs{phase:…}'],
  ])('are refused if there are none such: %s', (threshold, hint) => {
    const wrong = errorOf(() => planFor(threshold));
    expect(wrong.code).toBe('ERR_OPTION_INVALID');
    expect(wrong.message).toContain(`test flag gave "${threshold}"`);
    expect(wrong.hint).toContain(hint);
  });

  it.each(['{load:sale}', '{load:default}', '{user:Buyer}', '{phase:peak,region:eu}', '{page:any}'])(
    'are those of every profile and every kind: %s',
    (labels) => {
      expect(planFor(`http_reqs${labels}`, ['Visitor']).thresholds).toHaveLength(1);
    },
  );
});

describe('tags', () => {
  const tagged = describing(kindOf('Reader', { tags: ['read'] }), kindOf('Writer', { tags: ['write', 'slow'] }));
  const namesOf = (values: Record<string, unknown>) =>
    planOf(tagged, [layerOf(values)]).plan.kinds.map(({ name }) => name);

  it('leave out kinds without a task to run', () => {
    expect(namesOf({ tags: 'read' })).toEqual(['Reader']);
    expect(namesOf({ excludeTags: 'slow' })).toEqual(['Reader']);
    expect(namesOf({ tags: 'read write', excludeTags: 'slow' })).toEqual(['Reader']);
  });

  it('that leave nothing are refused, and those there are named', () => {
    const wrong = errorOf(() => namesOf({ tags: 'rad' }));
    expect(wrong.code).toBe('ERR_OPTION_INVALID');
    expect(wrong.hint).toContain('read, write, slow');
  });

  it('travel to the workers, with the rest of their settings', () => {
    const { settings } = planOf(tagged, [layerOf({ tags: 'read', env: 'A=1', timeout: '3s', drainTimeout: '1s' })]);
    expect(settings).toMatchObject({
      tags: ['read'],
      excludeTags: [],
      env: { A: '1' },
      drainTimeoutMs: 1000,
      http: { timeoutMs: 3000, connectionsPerUser: 6, connectionReuse: 'user', ca: undefined, proxy: undefined },
    });
  });
});

describe('authorities', () => {
  it('are read here, and a file that cannot be read is named', () => {
    const wrong = errorOf(() => planOf(describing(VISITOR), [layerOf({ ca: ['./missing.pem'] })]));
    expect(wrong.code).toBe('ERR_OPTION_INVALID');
    expect(wrong.message).toContain('./missing.pem');
  });
});
