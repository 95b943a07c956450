import { expect, it } from 'vitest';
import { askShapes } from '../../../src/runtime/conductor/inspect-plan.js';
import { planShape, shapeLoad } from '../../../src/runtime/conductor/shape-load.js';
import { valueAt } from '../../../src/runtime/load/line.js';
import type { PlannedLoad } from '../../../src/runtime/plan.js';
import type { LoadShape } from '../../../src/runtime/user/load-types.js';
import { loadScript, refusalOf } from '../../support/script-harness.js';
import { usersLoad } from '../load/any-load.js';

const EMPTY = usersLoad({ executor: 'shape', line: [{ fromMs: 0, toMs: 0, from: 0, to: 0 }] });

async function fill(shape: LoadShape): Promise<PlannedLoad> {
  const { worker } = await loadScript({ load: { shape } });
  const [filled] = await askShapes(worker, [EMPTY]);
  return filled!;
}

it('ends a shape where its function does', async () => {
  const filled = await fill((second) => (second < 700 ? { users: 5 } : null));
  expect(filled).toMatchObject({ model: 'users', endMs: 700_000 });
  expect(filled.line).toHaveLength(1);
  expect(valueAt(filled.line, 650_000)).toBe(5);
});

it('asks one without an end for an hour', async () => {
  const asked: number[] = [];
  const filled = await fill((second) => {
    asked.push(second);
    return { users: second };
  });
  expect(filled.endMs).toBeUndefined();
  expect(asked).toEqual(Array.from({ length: 3601 }, (_, second) => second));
  expect([0.5, 1, 1799.9, 3599.9, 3600].map((second) => valueAt(filled.line, second * 1000))).toEqual([
    0, 1, 1799, 3599, 3600,
  ]);
});

it('makes a load of starts of one that answers with rates', async () => {
  const filled = await fill((second) => (second < 10 ? { rate: second < 5 ? 2 : 4 } : null));
  expect(filled).toMatchObject({ model: 'starts', endMs: 10_000 });
  expect([0, 4999, 5000, 9999].map((atMs) => valueAt(filled.line, atMs))).toEqual([2, 2, 4, 4]);
});

it('has the line that a run has which is amended every second', async () => {
  const shape: LoadShape = (second) =>
    second === 400
      ? null
      : { users: (second * 7919) % 31, ...(second % 3 === 0 ? {} : { spawnRate: 1 + (second % 5) }) };
  const filled = await fill(shape);
  let amended = planShape(EMPTY, shape(0));
  for (let second = 1; second <= 400; second++) amended = shapeLoad(amended, second, shape(second));
  expect(filled.endMs).toBe(amended.endMs);
  for (let atMs = 0; atMs < 400_000; atMs += 130) {
    expect(valueAt(filled.line, atMs)).toBeCloseTo(valueAt(amended.line, atMs), 6);
  }
});

it('leaves other loads as they are, and passes on what is wrong with a shape', async () => {
  const other = usersLoad({ name: 'other' });
  const { worker } = await loadScript({ load: { shape: () => ({ users: -1 }) } });
  expect(await askShapes(worker, [other])).toEqual([other]);
  expect(await refusalOf(askShapes(worker, [other, EMPTY]))).toMatchObject({ code: 'ERR_SCENARIO_INVALID' });
});
