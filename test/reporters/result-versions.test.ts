import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resultJsonSchema } from '../../scripts/format-schema.mjs';
import { LoadwrightError } from '../../src/errors.js';
import { readResultDocument } from '../../src/reporters/result/read-document.js';
import { resultSchema } from '../../src/reporters/result/result-schema.js';
import { writeRun } from '../support/result-files.js';
import { runCli } from '../support/spawn-cli.js';
import { createTemporaryFolder } from '../support/temporary-folder.js';

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  prefixItems?: Schema[];
  additionalProperties?: Schema | boolean;
}

const schema = resultJsonSchema(resultSchema, { isClosed: false }) as unknown as Schema;
/** What every result in format 1 has had from the first one on. This list is never added to. */
const FIRST = new Set(
  JSON.parse(readFileSync(new URL('../support/result-version-1.json', import.meta.url), 'utf8')) as string[],
);

/** The schema itself, or what it refers to. */
const open = (one: Schema): Schema => (one.$ref === undefined ? one : schema.$defs![one.$ref.split('/').at(-1)!]!);

/** Every field by its path, and whether it is required; a list's items are `[]`, a record's values `{}`. */
function listFields(given: Schema, path = ''): { path: string; isRequired: boolean }[] {
  const one = open(given);
  const own = Object.entries(one.properties ?? {}).flatMap(([key, field]) => {
    const fieldPath = path === '' ? key : `${path}.${key}`;
    return [{ path: fieldPath, isRequired: one.required?.includes(key) === true }, ...listFields(field, fieldPath)];
  });
  const { additionalProperties: values } = one;
  return [
    ...own,
    ...(one.anyOf ?? []).flatMap((choice) => listFields(choice, path)),
    ...(one.items === undefined ? [] : listFields(one.items, `${path}[]`)),
    ...(one.prefixItems ?? []).flatMap((item, index) => listFields(item, `${path}[${index}]`)),
    ...(typeof values === 'object' ? listFields(values, `${path}{}`) : []),
  ];
}

function isInside(path: string, outer: string): boolean {
  return path.startsWith(outer) && /^[.[{]/.test(path.slice(outer.length));
}

/** A value with those fields alone that `isKept`. */
function prune(value: unknown, given: Schema, isKept: (path: string) => boolean, path = ''): unknown {
  const one = open(given);
  if (Array.isArray(value)) {
    return one.items === undefined ? value : value.map((item) => prune(item, one.items!, isKept, `${path}[]`));
  }
  const { properties, additionalProperties } = one;
  if (value === null || typeof value !== 'object' || (properties ?? additionalProperties) === undefined) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => {
      if (properties === undefined) return [[key, field]];
      const fieldPath = path === '' ? key : `${path}.${key}`;
      return isKept(fieldPath) ? [[key, prune(field, properties[key] ?? {}, isKept, fieldPath)]] : [];
    }),
  );
}

async function writeResult(name: string, isKept: (path: string) => boolean, more: object = {}): Promise<string> {
  const path = join(createTemporaryFolder(), name);
  await writeRun(path, { seconds: 40, names: [{ name: '목록', perSecond: 30, ms: 20, failedShare: 0.1 }] });
  const kept = prune(JSON.parse(readFileSync(path, 'utf8')), schema, isKept) as object;
  writeFileSync(path, JSON.stringify({ ...kept, ...more }));
  return path;
}

describe('results in format 1 that an earlier build wrote', () => {
  const fields = listFields(schema);
  const allAdded = new Set(fields.map(({ path }) => path).filter((path) => !FIRST.has(path)));
  /** What came into the format together with what it is in is there wherever that is. */
  const added = [...allAdded].filter((path) => ![...allAdded].some((outer) => isInside(path, outer)));

  test('a field that was added is not required, and none that was required has gone', () => {
    expect(fields.length).toBeGreaterThan(250);
    const required = fields.filter(({ isRequired }) => isRequired).map(({ path }) => path);
    expect(required.filter((path) => added.includes(path))).toEqual([]);
    expect([...FIRST].filter((path) => !required.includes(path))).toEqual([]);
    expect(added).toEqual(
      expect.arrayContaining([
        'interruptedIterations',
        'generator.connections.tlsFailures',
        'timeline.bucketWidth',
        'thresholds[].unit',
        'requests[].serverTiming',
        'requests[].slowest',
        'bottlenecks',
      ]),
    );
  });

  test('without any one of those that were added is read', async () => {
    const path = await writeResult('run.json', () => true);
    const document = JSON.parse(readFileSync(path, 'utf8')) as object;
    for (const field of added) {
      writeFileSync(path, JSON.stringify(prune(document, schema, (own) => own !== field)));
      expect((await readResultDocument(path)).total.completed, field).toBe(1200);
    }
  });

  test('with nothing but what the first had are read and compared', async () => {
    const [old, now] = [
      await writeResult('old.json', (path) => FIRST.has(path)),
      await writeResult('now.json', () => true),
    ];
    expect(readFileSync(old, 'utf8')).not.toMatch(/interruptedIterations|tlsFailures|bucketWidth/);
    expect(readFileSync(now, 'utf8')).toMatch(/interruptedIterations.*tlsFailures|tlsFailures.*interruptedIterations/);
    const document = await readResultDocument(old);
    expect(document.timeline.bucketWidth).toBe(1);
    expect(document.interruptedIterations).toBeUndefined();
    for (const pair of [
      [old, now],
      [now, old],
    ]) {
      const { code, stdout, stderr } = await runCli(['compare', ...pair]);
      expect(stderr).toBe('');
      expect(code, stdout).toBe(0);
      expect(stdout).toContain('No change found');
    }
  });
});

test('a recording of an earlier build, of a run that was killed, becomes a result', async () => {
  const folder = createTemporaryFolder();
  const path = await writeRun(join(folder, 'run.ndjson'), { seconds: 3, names: [{ name: 'a', perSecond: 5, ms: 20 }] });
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(0, -1);
  const text = lines.join('\n').replaceAll(/"(?:tlsFailures|interruptedIterations)":\d+,?/g, '');
  expect(text).not.toContain('run-finished');
  writeFileSync(path, `${text}\n`);
  const { code, stderr } = await runCli(['report', path, '--json', join(folder, 'run.json')]);
  expect(code, stderr).toBe(0);
  const { generator, interruptedIterations } = await readResultDocument(join(folder, 'run.json'));
  expect([generator.connections.tlsFailures, interruptedIterations]).toEqual([0, 0]);
});

test('a result in a later format says which version reads it', async () => {
  const refuse = async (version: unknown) => {
    const path = await writeResult('later.json', () => true, { formatVersion: 2, version });
    return await readResultDocument(path).catch((error: unknown) => error as LoadwrightError);
  };
  const error = await refuse('9.1.0');
  expect(error).toBeInstanceOf(LoadwrightError);
  expect(error).toMatchObject({
    code: 'ERR_RESULT_INVALID',
    message: expect.stringContaining(
      'was written by Loadwright 9.1.0 in format 2, but this version reads formats up to 1.',
    ),
    hint: 'npm install --save-dev loadwright@9.1.0',
  });
  expect(await refuse('; rm -rf')).toMatchObject({ hint: 'npm install --save-dev loadwright@latest' });
});
