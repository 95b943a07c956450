import { describe, expect, test } from 'vitest';
import { planTasks } from '../../../src/runtime/conductor/plan-tasks.js';
import { type AnyUser, defineUser, sequence, task } from '../../../src/runtime/user/define-user.js';
import { describeTaskTree, type TagFilter } from '../../../src/runtime/user/task-tree.js';

const run = () => {};
const plan = (user: AnyUser, filter: Partial<TagFilter> = {}) =>
  planTasks(describeTaskTree(user as never), { tags: [], excludeTags: [], ...filter });
/** Name and share of each task, nested ones behind what they are in. */
const sharesOf = (user: AnyUser, filter?: Partial<TagFilter>) => {
  const list = ({ name, share, tasks = [] }: ReturnType<typeof plan>): [string, number][] => [
    [name, share],
    ...tasks.flatMap(list),
  ];
  return list(plan(user, filter)).slice(1);
};

describe('the share of a task', () => {
  test('is its part of the weights of its set', () => {
    const user = defineUser({ tasks: { often: { weight: 3, run }, rarely: run, never: { weight: 0, run } } });
    expect(sharesOf(user)).toEqual([
      ['often', 0.75],
      ['rarely', 0.25],
      ['never', 0],
    ]);
  });

  test('is once a round in a sequence, and in sets inside it that of their own weights', () => {
    const user = defineUser({
      tasks: sequence([run, { weight: 7, tasks: { one: { weight: 4, run }, other: run } }]),
    });
    expect(plan(user)).toMatchObject({ name: '', type: 'sequence' });
    expect(sharesOf(user)).toEqual([
      ['task 1', 1],
      ['task 2', 1],
      ['task 2 > one', 0.8],
      ['task 2 > other', 0.2],
    ]);
  });

  test('is that of all its places where a function is in a list more than once', () => {
    const browse = () => {};
    const buy = () => {};
    expect(sharesOf(defineUser({ tasks: [browse, browse, buy, task(1, buy)] }))).toEqual([
      ['browse', 0.5],
      ['buy', 0.5],
    ]);
    expect(sharesOf(defineUser({ tasks: sequence([browse, buy, browse]) }))).toEqual([
      ['browse', 2],
      ['buy', 1],
    ]);
  });

  test('is of those alone that the tags leave', () => {
    const user = defineUser({
      tasks: {
        a: { weight: 6, tags: ['x'], run },
        b: { weight: 2, tags: ['y'], run },
        c: { tags: ['y'], run },
        inner: { tags: ['x'], tasks: { d: run } },
      },
    });
    expect(sharesOf(user, { tags: ['y'] })).toEqual([
      ['b', 2 / 3],
      ['c', 1 / 3],
    ]);
    expect(sharesOf(user, { excludeTags: ['y'] })).toEqual([
      ['a', 6 / 7],
      ['inner', 1 / 7],
      ['inner > d', 1],
    ]);
    expect(plan(user, { tags: ['z'] }).tasks).toEqual([]);
  });
});
