import type { AnyFeeder } from './feeder.js';

interface FeederRegistry {
  /** Made while a scenario's file was loaded, by its URL: a module is evaluated once, however often it is imported. */
  byModule: Map<string, AnyFeeder[]>;
  /** Of the module that is being loaded. */
  current: AnyFeeder[] | undefined;
  /** Made at any other time: tests that are given as objects. */
  outside: AnyFeeder[];
  lastLoad: Promise<unknown>;
}

const REGISTRY = Symbol.for('loadwright.feeders');

/** One for each thread, also where two copies of the library are loaded. */
function findRegistry(): FeederRegistry {
  const place = globalThis as { [REGISTRY]?: FeederRegistry };
  place[REGISTRY] ??= { byModule: new Map(), current: undefined, outside: [], lastLoad: Promise.resolve() };
  return place[REGISTRY];
}

/**
 * Numbers a feeder and remembers it. Numbers of a scenario's file count from 0, so that they and all that is derived from
 * them are the same in every thread and every run; the others count down from -1, so that they are never taken for one.
 */
export function registerFeeder(create: (number: number) => AnyFeeder): AnyFeeder {
  const { current, outside } = findRegistry();
  const made = create(current === undefined ? -1 - outside.length : current.length);
  (current ?? outside).push(made);
  return made;
}

/**
 * Loads a module; the feeders that are made meanwhile are its own. One load after another, because feeders do not know
 * which file they are made in.
 */
export function collectFeeders<T>(url: string, load: () => Promise<T>): Promise<T> {
  const registry = findRegistry();
  const collect = async () => {
    if (registry.byModule.has(url)) return await load();
    const feeders: AnyFeeder[] = [];
    registry.current = feeders;
    try {
      const loaded = await load();
      registry.byModule.set(url, feeders);
      return loaded;
    } finally {
      registry.current = undefined;
    }
  };
  const loading = registry.lastLoad.then(collect);
  registry.lastLoad = loading.catch(() => {});
  return loading;
}

/** The feeders of a module that `collectFeeders` has loaded; without `url` those that were made outside of one. */
export function feedersDefined(url?: string): readonly AnyFeeder[] {
  const { byModule, outside } = findRegistry();
  return url === undefined ? outside : (byModule.get(url) ?? []);
}
