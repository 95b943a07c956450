import { LoadwrightError } from '../../errors.js';
import { nearestName } from '../../options/nearest-name.js';
import type { LoadDescription } from '../load-description.js';
import type { ExecutorName } from '../plan.js';
import { EXECUTORS, FRAME_KEYS, MODEL_FIELDS, PASTED_EXECUTORS, PASTED_KEYS } from './load-models.js';
import {
  type FieldKind,
  type GivenValue,
  isRecord,
  readLabels,
  readLoadValue,
  readName,
  readTexts,
  refuse,
} from './read-load-value.js';

export interface LoadPlace {
  /** Where it stands: `loads.browse`. */
  path: string;
  name: string;
  source: 'load' | 'loads';
}

/** The values of one load by the names they have here, with the names they were written under. */
interface Reading {
  place: LoadPlace;
  executor: ExecutorName;
  values: Record<string, unknown>;
  /** The written name of each key that has another one here. */
  written: Record<string, string>;
  isPasted: boolean;
}

/** Keys that tell the models without an executor apart. */
const TELLING_KEYS = {
  plain: ['users', 'spawnRate', 'runTime'],
  stages: ['stages', 'startUsers'],
  shape: ['shape'],
} as const;

/** Names of values in a description, where they are other ones than in the scenario. */
const DESCRIBED_AS: Partial<Record<FieldKind, (key: string) => string>> = {
  length: (key) => `${key}Ms`,
  span: (key) => `${key}Ms`,
  shape: () => 'hasShape',
};

/**
 * Reads one load into its description.
 *
 * @throws LoadwrightError `ERR_SCENARIO_INVALID`
 */
export function readLoad(given: unknown, place: LoadPlace): LoadDescription {
  if (!isRecord(given)) {
    throw refuse({ path: place.path, value: given }, 'a load', '{ users: 100, spawnRate: 10 }');
  }
  const reading = startReading(given, place);
  const { executor, values } = reading;
  for (const key of Object.keys(values)) requireKey(key, reading);
  const model: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(MODEL_FIELDS[executor])) {
    // Of the frame: other models have it by another name.
    if (key === 'stopTimeout') continue;
    if (values[key] === undefined && field.isRequired) throw refuseMissing(key, reading);
    const value = values[key] === undefined ? field.default : readLoadValue(givenAt(key, reading), field.kind);
    if (value !== undefined) model[DESCRIBED_AS[field.kind]?.(key) ?? key] = value;
  }
  checkModel(model, reading);
  return { name: place.name, executor, source: place.source, ...readFrame(reading), ...model } as LoadDescription;
}

function startReading(given: Record<string, unknown>, place: LoadPlace): Reading {
  const values: Record<string, unknown> = {};
  const written: Record<string, string> = {};
  let isPasted = typeof given.executor === 'string' && given.executor in PASTED_EXECUTORS;
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const own = place.source === 'loads' && Object.hasOwn(PASTED_KEYS, key) ? PASTED_KEYS[key]! : key;
    if (own !== key) isPasted = true;
    if (Object.hasOwn(values, own)) {
      throw invalid(`"${place.path}" has both "${written[own] ?? own}" and "${key}".`, `Keep "${own}".`);
    }
    if (own !== key) written[own] = key;
    values[own] = value;
  }
  return { place, executor: readExecutor(values, place), values, written, isPasted };
}

function readExecutor({ executor: given, ...values }: Record<string, unknown>, place: LoadPlace): ExecutorName {
  if (given === undefined) return tellModel(values, place);
  const own = EXECUTORS.find((name) => name === given);
  if (own !== undefined) return own;
  const path = `${place.path}.executor`;
  if (given === 'externally-controlled') {
    throw invalid(
      `"${path}" is "externally-controlled", which is not taken: there is nothing to control it with.`,
      `executor: 'ramping-users' with stages`,
    );
  }
  const pasted =
    typeof given === 'string' && Object.hasOwn(PASTED_EXECUTORS, given) ? PASTED_EXECUTORS[given] : undefined;
  if (pasted !== undefined && place.source === 'loads') return pasted;
  const nearest = pasted ?? (typeof given === 'string' ? nearestName(given, EXECUTORS) : undefined);
  throw refuse(
    { path, value: given },
    `one of ${EXECUTORS.join(', ')}`,
    nearest === undefined ? 'Leave "executor" out for users, spawnRate and runTime.' : `executor: '${nearest}'`,
  );
}

function tellModel(values: Record<string, unknown>, { path }: LoadPlace): ExecutorName {
  const told = (Object.keys(TELLING_KEYS) as (keyof typeof TELLING_KEYS)[]).flatMap((model) => {
    const key = TELLING_KEYS[model].find((one) => values[one] !== undefined);
    return key === undefined ? [] : [{ model, key }];
  });
  const [first, second] = told;
  if (second !== undefined) {
    throw invalid(
      `"${path}" has more than one load model: "${first!.key}" and "${second.key}" do not go together.`,
      'Keep one of { users, spawnRate, runTime }, { startUsers, stages } and { shape }; "loads" takes several.',
    );
  }
  return first?.model ?? 'plain';
}

function requireKey(key: string, { executor, place, written }: Reading): void {
  const known = [...FRAME_KEYS, ...Object.keys(MODEL_FIELDS[executor])];
  if (known.includes(key)) return;
  const name = written[key] ?? key;
  const takers = (Object.keys(MODEL_FIELDS) as ExecutorName[]).filter((one) => Object.hasOwn(MODEL_FIELDS[one], key));
  const what = `${nameModel(executor)} at "${place.path}"`;
  if (takers.length > 0) {
    throw invalid(
      `"${name}" does not belong to ${what}.`,
      `${listModels(takers)} take${takers.length > 1 ? '' : 's'} it.`,
    );
  }
  const nearest = (Object.hasOwn(PASTED_KEYS, key) ? PASTED_KEYS[key] : undefined) ?? nearestName(key, known);
  throw invalid(`${capitalise(what)} has no key "${name}".`, nearest ?? `It takes: ${known.join(', ')}.`);
}

function refuseMissing(key: string, { executor, place }: Reading): LoadwrightError {
  const { kind } = MODEL_FIELDS[executor][key]!;
  const value = kind === 'length' ? `'5m'` : kind.endsWith('Stages') ? `[{ duration: '30s', target: 100 }]` : '50';
  return invalid(`${capitalise(nameModel(executor))} at "${place.path}" needs "${key}".`, `${key}: ${value}`);
}

/** What single values cannot show. */
function checkModel(model: Record<string, unknown>, { place, executor }: Reading): void {
  if (executor.endsWith('-arrival-rate')) {
    const reserved = model.preAllocatedUsers as number;
    const most = (model.maxUsers ?? reserved) as number;
    model.maxUsers = most;
    if (reserved > most) {
      throw invalid(
        `"preAllocatedUsers" of "${place.path}" is ${reserved}, which is more than "maxUsers", ${most}.`,
        `maxUsers: ${reserved}`,
      );
    }
    if (most === 0)
      throw invalid(`"${place.path}" may have no user at all.`, 'preAllocatedUsers: 10   or   maxUsers: 10');
  }
  const stages = model.stages as { target: number }[] | undefined;
  const start = (model.startUsers ?? model.startRate ?? 0) as number;
  if (stages === undefined || start > 0 || stages.some(({ target }) => target > 0)) return;
  throw invalid(
    `"${place.path}" stays at 0: no stage has a target above it.`,
    `stages: [{ duration: '30s', target: 100 }]`,
  );
}

function readFrame(reading: Reading): Partial<LoadDescription> {
  const { values, place } = reading;
  if (values.startTime !== undefined && values.after !== undefined) {
    throw invalid(`"${place.path}" has both "startTime" and "after".`, 'Keep the one that says when it begins.');
  }
  if (values.after !== undefined && place.source === 'load') {
    throw invalid(`"${place.path}.after" waits for another load, and there is only this one.`, 'Leave "after" out.');
  }
  if (values.stopTimeout !== undefined && values.gracefulStop !== undefined) {
    throw invalid(
      `"${place.path}" has both "stopTimeout" and "gracefulStop", which are the same.`,
      'Keep one of them.',
    );
  }
  const read = <Value>(key: string, reader: (given: GivenValue) => Value): Value | undefined =>
    values[key] === undefined ? undefined : reader(givenAt(key, reading));
  const readSpan = (given: GivenValue) => readLoadValue(given, 'span') as number;
  const startTimeMs = read('startTime', readSpan);
  const after = read('after', (given) => readName(given, 'first'));
  const gracefulStopMs = read('gracefulStop', readSpan) ?? read('stopTimeout', readSpan);
  const user = read('user', (given) => readName(given, 'Visitor'));
  return {
    ...(user === undefined ? {} : { user }),
    ...(startTimeMs === undefined ? {} : { startTimeMs }),
    ...(after === undefined ? {} : { after }),
    ...(gracefulStopMs === undefined ? {} : { gracefulStopMs }),
    env: read('env', readTexts) ?? {},
    labels: read('labels', readLabels) ?? {},
  };
}

function givenAt(key: string, { values, written, place, isPasted }: Reading): GivenValue {
  return { path: `${place.path}.${written[key] ?? key}`, value: values[key], isPasted };
}

function nameModel(executor: ExecutorName): string {
  if (executor === 'plain') return 'a load of users, spawnRate and runTime';
  return executor.includes('-') ? `executor "${executor}"` : `a load with "${executor}"`;
}

function listModels(executors: readonly ExecutorName[]): string {
  const names = executors.map(nameModel);
  return capitalise(names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function invalid(message: string, hint: string): LoadwrightError {
  return new LoadwrightError('ERR_SCENARIO_INVALID', { message, hint });
}
