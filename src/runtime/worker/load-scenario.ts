import { pathToFileURL } from 'node:url';
import { LoadwrightError } from '../../errors.js';
import type { KindDescription, ScenarioDescription, ScriptReference } from '../protocol.js';
import { optionsOfLoads, readLoads, readProfiles } from '../user/define-loads.js';
import { isTestDefinition, type TestDefinition, type TestOptions } from '../user/define-test.js';
import { type AnyUser, isUserDefinition, type UserDefinition } from '../user/define-user.js';
import { describeFeeders, requireFeederKinds } from '../user/feeder.js';
import { collectFeeders, feedersDefined } from '../user/feeder-registry.js';
import { findInProcessTest } from '../user/in-process-tests.js';
import { metricsDefined } from '../user/metric.js';
import { describeTasks, describeTaskTree } from '../user/task-tree.js';
import { readUserStack } from './user-stack.js';

/** Imports what a reference names and finds the test in it. */
export async function loadScenario(script: ScriptReference): Promise<TestDefinition | TestOptions> {
  if (script.type === 'in-process') return findInProcessTest(script.id);
  const exported = await importScenario(script.url);
  if (isTestDefinition(exported.default)) return exported.default;
  const tests = Object.values(exported).filter(isTestDefinition);
  if (tests.length > 0) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: 'The scenario defines a test but does not export it as default.',
      hint: 'export default defineTest({ … })',
    });
  }
  const users: Record<string, AnyUser> = {};
  for (const [name, value] of Object.entries(exported)) {
    if (isUserDefinition(value) && name !== 'default') users[name] = value;
  }
  const unnamed = exported.default;
  if (isUserDefinition(unnamed) && !Object.values(users).includes(unnamed)) users.User = unnamed;
  if (Object.keys(users).length === 0) {
    throw new LoadwrightError('ERR_SCENARIO_INVALID', {
      message: 'The scenario exports neither a test nor a user.',
      hint: 'export default defineTest({ users: { Visitor } })   or   export const Visitor = defineUser({ … })',
    });
  }
  return { users };
}

async function importScenario(url: string): Promise<Record<string, unknown>> {
  const href = url.startsWith('file:') ? url : pathToFileURL(url).href;
  try {
    return await collectFeeders(href, async () => (await import(href)) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof LoadwrightError) throw error;
    throw findMissingPackage(error) ?? findRequire(error) ?? threwWhileLoading(error);
  }
}

function threwWhileLoading(error: unknown): LoadwrightError {
  return new LoadwrightError('ERR_SCRIPT_LOAD', {
    message: `The scenario threw an error while it was loaded.\n\n${readUserStack(error) || String(error)}`,
    cause: error,
  });
}

/** A scenario becomes an ES module, whatever it was written as. */
function findRequire(error: unknown): LoadwrightError | undefined {
  if (!(error instanceof Error) || !error.message.startsWith('Dynamic require of')) return undefined;
  return new LoadwrightError('ERR_SCRIPT_BUILD', {
    message: 'The scenario calls require(), which a scenario cannot.',
    hint: "import { defineUser } from 'loadwright'",
    cause: error,
  });
}

/** A package that is not installed is only missed when the built scenario is loaded. */
function findMissingPackage(error: unknown): LoadwrightError | undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const name = /Cannot find (?:package|module) '([^']+)'/.exec((error as Error).message)?.[1];
  if (name === undefined) return undefined;
  return new LoadwrightError('ERR_SCRIPT_BUILD', {
    message: `The scenario imports "${name}", which is not installed.`,
    hint: `npm install ${name}`,
    cause: error,
  });
}

/** What a reference names, as data. */
export async function describeScript(script: ScriptReference): Promise<ScenarioDescription> {
  const test = await loadScenario(script);
  return describeScenario(test, script.type === 'file' ? script.url : undefined);
}

/** A test as data: kinds and tasks, and the values of options that it sets. */
export function describeScenario(test: TestDefinition | TestOptions, url?: string): ScenarioDescription {
  const kinds = Object.entries(test.users).map(([name, user]): KindDescription => {
    const definition = user as UserDefinition<never>;
    return {
      name,
      weight: definition.weight ?? 1,
      fixedCount: definition.fixedCount,
      host: definition.host,
      tags: [...(definition.tags ?? [])],
      tasks: describeTasks(definition),
      taskTree: describeTaskTree(definition),
    };
  });
  const loads = readLoads(test);
  const feeders = feedersDefined(url);
  // Those of this process may be of other tests.
  if (url !== undefined) requireFeederKinds(feeders, Object.keys(test.users));
  const given = { host: test.host, ...optionsOfLoads(loads), ...test.http, allowedHosts: test.allowedHosts };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return {
    kinds,
    options,
    loads,
    profiles: readProfiles(test.profiles),
    thresholds: test.thresholds ?? {},
    metrics: metricsDefined().map(({ name, type, unit, by, merge }) => ({
      name,
      type,
      ...(unit === undefined ? {} : { unit }),
      ...(by === undefined ? {} : { by: [...by] }),
      ...(merge === undefined ? {} : { merge }),
    })),
    files: describeFeeders(feeders),
    hasHooks: test.verify !== undefined || Object.keys(test.setup ?? {}).length > 0 || (test.monitors ?? []).length > 0,
    labelKeys: [...(test.labelKeys ?? [])],
  };
}
