import { describe, expect, test } from 'vitest';
import type { KindCounts } from '../../../src/metrics/kind-totals.js';
import { planTasks } from '../../../src/runtime/conductor/plan-tasks.js';
import { describeTaskRatios } from '../../../src/runtime/load/task-ratios.js';
import type { Plan, PlannedKind } from '../../../src/runtime/plan.js';
import { type AnyUser, defineUser, sequence } from '../../../src/runtime/user/define-user.js';
import type { Load, Loads } from '../../../src/runtime/user/load-types.js';
import { describeTaskTree } from '../../../src/runtime/user/task-tree.js';
import { kindOf, planOf } from '../../support/planned-loads.js';

const run = () => {};
const OPEN: Load = { executor: 'constant-arrival-rate', rate: 10, duration: '30s', preAllocatedUsers: 10 };

function plannedOf(users: Record<string, AnyUser>, load: Load | { loads: Loads } = { users: 8 }): Plan {
  const kinds = Object.entries(users).map(([name, user]): PlannedKind => {
    const taskTree = planTasks(describeTaskTree(user as never), { tags: [], excludeTags: [] });
    return kindOf(name, { weight: (user as { weight?: number }).weight ?? 1, taskTree });
  });
  const loads = planOf({ kinds, ...('loads' in load ? { loads: load.loads } : { load }) });
  return { kinds, seed: 0, measures: [], revisions: [{ revision: 0, effectiveAtMs: 0, loads }] };
}

function counted(kind: string, starts: Record<string, number>, more: Partial<KindCounts> = {}): KindCounts {
  const tasks = Object.entries(starts).map(([task, started]) => ({ task, started }));
  return { kind, userMs: 0, rounds: 0, tasks, ...more };
}

const READER = defineUser({ weight: 3, tasks: { list: { weight: 3, run }, detail: run } });
const BUYER = defineUser({ tasks: { buy: run } });

describe('wanted and actual', () => {
  test('a kind is compared by the time of its users, its tasks by what was chosen', () => {
    const counts = [
      counted('Reader', { list: 70, detail: 30 }, { userMs: 6000 }),
      counted('Buyer', { buy: 300 }, { userMs: 2000 }),
    ];
    expect(describeTaskRatios(plannedOf({ Reader: READER, Buyer: BUYER }), counts)).toEqual([
      {
        kind: 'Reader',
        shareOf: 'users',
        wantedShare: 0.75,
        actualShare: 0.75,
        started: 100,
        wantedShareOfAll: 0.75,
        actualShareOfAll: 0.25,
        tasks: [
          {
            task: 'list',
            type: 'task',
            shareOf: 'choices',
            wantedShare: 0.75,
            actualShare: 0.7,
            started: 70,
            outOf: 100,
            wantedShareOfAll: 0.5625,
            actualShareOfAll: 0.175,
          },
          {
            task: 'detail',
            type: 'task',
            shareOf: 'choices',
            wantedShare: 0.25,
            actualShare: 0.3,
            started: 30,
            outOf: 100,
            wantedShareOfAll: 0.1875,
            actualShareOfAll: 0.075,
          },
        ],
      },
      expect.objectContaining({ kind: 'Buyer', wantedShare: 0.25, actualShare: 0.25, started: 300 }),
    ]);
  });

  test('nothing is said of what has not begun', () => {
    const [reader] = describeTaskRatios(plannedOf({ Reader: READER, Buyer: BUYER }))!;
    expect(reader).toMatchObject({ wantedShare: 0.75, started: 0 });
    expect(reader).not.toHaveProperty('actualShare');
    expect(reader!.tasks[0]).toMatchObject({ wantedShare: 0.75, started: 0 });
    expect(reader!.tasks[0]).not.toHaveProperty('actualShare');
  });

  test('in an open load kinds are compared by their iterations, and one with more tasks in each has more of all', () => {
    const Flow = defineUser({ tasks: sequence([run, run, run].map((one) => ({ run: one, tags: [] }))) });
    const counts = [
      counted('Flow', { 'task 1': 10, 'task 2': 10, 'task 3': 9 }, { rounds: 10 }),
      counted('Buyer', { buy: 11 }, { rounds: 11 }),
    ];
    const [flow, buyer] = describeTaskRatios(plannedOf({ Flow, Buyer: BUYER }, OPEN), counts)!;
    expect(flow).toMatchObject({
      shareOf: 'iterations',
      wantedShare: 0.5,
      actualShare: 10 / 21,
      started: 29,
      wantedShareOfAll: 0.75,
      actualShareOfAll: 29 / 40,
    });
    expect(flow!.tasks.map(({ shareOf, wantedShare, actualShare }) => [shareOf, wantedShare, actualShare])).toEqual([
      ['rounds', 1, 1],
      ['rounds', 1, 1],
      ['rounds', 1, 0.9],
    ]);
    expect(flow!.tasks.map(({ wantedShareOfAll }) => wantedShareOfAll)).toEqual([0.25, 0.25, 0.25]);
    expect(buyer!.tasks[0]).toMatchObject({ wantedShareOfAll: 0.25, actualShareOfAll: 11 / 40 });
  });
});

describe('sets and sequences inside others', () => {
  const User = defineUser({
    tasks: {
      alone: { weight: 2, run },
      flow: sequence([{ run }, { run }, { tasks: { one: run, other: { weight: 3, run } } }]),
    },
  });

  test('are rows of their own, and count as no task', () => {
    const starts = { alone: 60, flow: 30, 'flow > task 1': 30, 'flow > task 2': 30, 'flow > task 3': 29 };
    const counts = [counted('User', { ...starts, 'flow > task 3 > one': 9, 'flow > task 3 > other': 20 })];
    const [user] = describeTaskRatios(plannedOf({ User }, OPEN), counts)!;
    expect(user!.started).toBe(60 + 30 + 30 + 29);
    expect(user!.tasks.map(({ inside }) => inside)).toEqual([
      undefined,
      undefined,
      'flow',
      'flow',
      'flow',
      'flow > task 3',
      'flow > task 3',
    ]);
    expect(user!.tasks.map(({ outOf }) => outOf)).toEqual([90, 90, 30, 30, 30, 29, 29]);
    const rows = user!.tasks.map(({ task, type, wantedShare, actualShare, wantedShareOfAll }) => {
      return [task, type, wantedShare, actualShare, wantedShareOfAll];
    });
    expect(rows).toEqual([
      ['alone', 'task', 2 / 3, 2 / 3, expect.closeTo(2 / 5, 12)],
      ['flow', 'sequence', 1 / 3, 1 / 3, undefined],
      ['flow > task 1', 'task', 1, 1, expect.closeTo(1 / 5, 12)],
      ['flow > task 2', 'task', 1, 1, expect.closeTo(1 / 5, 12)],
      ['flow > task 3', 'set', 1, 29 / 30, undefined],
      ['flow > task 3 > one', 'task', 0.25, 9 / 29, expect.closeTo(1 / 20, 12)],
      ['flow > task 3 > other', 'task', 0.75, 20 / 29, expect.closeTo(3 / 20, 12)],
    ]);
  });

  test('in a closed load only the code of a nested set decides how much of all it is', () => {
    const [user] = describeTaskRatios(plannedOf({ User }), [])!;
    expect(user).toMatchObject({ wantedShare: 1, wantedShareOfAll: 1 });
    for (const task of user!.tasks) expect(task).not.toHaveProperty('wantedShareOfAll');
  });
});

test('with loads of both models only what is inside a kind is compared', () => {
  const loads: Loads = {
    read: { executor: 'constant-users', users: 10, duration: '60s', user: 'Reader' },
    buy: { ...OPEN, user: 'Buyer' } as Loads[string],
  };
  const counts = [counted('Reader', { list: 3, detail: 1 }, { userMs: 5 }), counted('Buyer', { buy: 4 })];
  const [reader] = describeTaskRatios(plannedOf({ Reader: READER, Buyer: BUYER }, { loads }), counts)!;
  const { tasks, ...kind } = reader!;
  expect(kind).toEqual({ kind: 'Reader', started: 4, actualShareOfAll: 0.5 });
  expect(tasks[0]).toMatchObject({ wantedShare: 0.75, actualShare: 0.75, actualShareOfAll: 0.375 });
});

test('of a plan of an earlier version nothing is said', () => {
  const plan = plannedOf({ Reader: READER });
  const kinds = plan.kinds.map(({ taskTree, ...kind }) => kind);
  expect(describeTaskRatios({ ...plan, kinds }, [])).toBeUndefined();
});
