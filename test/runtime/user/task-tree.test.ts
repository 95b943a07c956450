import { describe, expect, it } from 'vitest';
import { type AnyUser, defineUser, sequence, task } from '../../../src/runtime/user/define-user.js';
import {
  buildTaskTree,
  chooseChild,
  describeTasks,
  type TagFilter,
  type TaskBranch,
  type TaskLeaf,
} from '../../../src/runtime/user/task-tree.js';
import { constant } from '../../../src/runtime/user/wait.js';

const run = async () => {};
const NO_TAGS: TagFilter = { tags: [], excludeTags: [] };

function treeOf(user: AnyUser, filter = NO_TAGS): TaskBranch {
  return buildTaskTree(user as never, filter);
}

function leavesOf(branch: TaskBranch): TaskLeaf[] {
  return branch.children.flatMap((child) => (child.type === 'task' ? [child] : leavesOf(child)));
}

const describeUser = (user: AnyUser) => describeTasks(user as never);

/** Tasks written in every way there is. */
const Mixed = defineUser({
  tags: ['all'],
  tasks: {
    home: async () => {},
    list: { weight: 3, tags: ['read'], run },
    shop: {
      weight: 4,
      tags: ['shop'],
      waitTime: constant(1),
      tasks: [async function browse() {}, task(3, async () => {}), { tags: ['pay'], run }],
    },
    order: sequence([async function cart() {}, { weight: 5, run }, { tasks: { inner: run } }], { tags: ['write'] }),
  },
});

describe('names', () => {
  it('are keys, function names or places, with the way down to them', () => {
    expect(leavesOf(treeOf(Mixed)).map(({ name }) => name)).toEqual([
      'home',
      'list',
      'shop > browse',
      'shop > task 2',
      'shop > task 3',
      'order > cart',
      'order > task 2',
      'order > task 3 > inner',
    ]);
  });

  it('in a list of its own are names or places too', () => {
    const user = defineUser({ tasks: [async function first() {}, async () => {}, task(2, async function third() {})] });
    expect(leavesOf(treeOf(user)).map(({ name }) => name)).toEqual(['first', 'task 2', 'third']);
  });
});

describe('numbers', () => {
  it('are the positions in the description, and do not change under tags', () => {
    const described = describeUser(Mixed).map(({ name }) => name);
    for (const filter of [NO_TAGS, { tags: ['pay', 'write'], excludeTags: [] }, { tags: [], excludeTags: ['read'] }]) {
      const leaves = leavesOf(treeOf(Mixed, filter));
      expect(leaves.length).toBeGreaterThan(2);
      for (const { name, number } of leaves) expect(described[number]).toBe(name);
    }
  });

  it('stay right behind a set that nobody can enter', () => {
    const user = defineUser({ tasks: { never: { tasks: { a: { weight: 0, run } } }, home: run } });
    expect(describeUser(user).map(({ name }) => name)).toEqual(['never > a', 'home']);
    expect(leavesOf(treeOf(user)).map(({ name, number }) => [name, number])).toEqual([['home', 1]]);
  });
});

describe('weights', () => {
  it('add up in each set', () => {
    const tree = treeOf(Mixed);
    expect(tree.cumulative).toEqual([1, 4, 8, 9]);
    expect((tree.children[2] as TaskBranch).cumulative).toEqual([1, 4, 5]);
  });

  it('choose by the place of the draw', () => {
    const tree = treeOf(
      defineUser({ tasks: { a: { weight: 1, run }, never: { weight: 0, run }, b: { weight: 3, run } } }),
    );
    const chosen = [0, 0.2499, 0.25, 0.5, 1 - 2 ** -32].map((draw) => chooseChild(tree, draw)?.name);
    expect(chosen).toEqual(['a', 'a', 'b', 'b', 'b']);
  });

  it('of 0 leave nothing to choose', () => {
    const tree = treeOf(defineUser({ tasks: { never: { weight: 0, run } } }));
    expect(tree.children).toEqual([]);
    expect(chooseChild(tree, 0.5)).toBeUndefined();
  });

  it('of 0 all over make a set disappear, so that nobody turns in circles there', () => {
    const tree = treeOf(
      defineUser({ tasks: { deep: { tasks: { deeper: { tasks: { a: { weight: 0, run } } } } }, home: run } }),
    );
    expect(tree.children.map(({ name }) => name)).toEqual(['home']);
    expect(chooseChild(tree, 0)?.name).toBe('home');
  });
});

describe('shares', () => {
  it('are those of the set, 1 in a sequence and 0 for a weight of 0', () => {
    const user = defineUser({
      tasks: {
        a: { weight: 1, run },
        never: { weight: 0, run },
        b: { weight: 3, tasks: [run, run] },
        c: sequence([run]),
      },
    });
    expect(describeUser(user).map(({ name, share, weight }) => [name, share, weight])).toEqual([
      ['a', 0.2, 1],
      ['never', 0, 0],
      ['b > task 1', 0.5, 1],
      ['b > task 2', 0.5, 1],
      ['c > task 1', 1, 1],
    ]);
  });
});

describe('waits', () => {
  it('are the set’s own, or those around it', () => {
    const outer = constant(5);
    const user = defineUser({
      waitTime: outer,
      tasks: { own: { waitTime: constant(1), tasks: [sequence([run])] }, plain: { tasks: [run] } },
    });
    const [own, plain] = treeOf(user).children as TaskBranch[];
    expect(own!.waitTime).not.toBe(outer);
    expect((own!.children[0] as TaskBranch).waitTime).toBe(own!.waitTime);
    expect(plain!.waitTime).toBe(outer);
  });
});

describe('tags', () => {
  const namesWith = (filter: Partial<TagFilter>) =>
    leavesOf(treeOf(Mixed, { ...NO_TAGS, ...filter })).map(({ name }) => name);

  it('are handed down from the user and from sets', () => {
    expect(namesWith({ tags: ['all'] })).toHaveLength(8);
    expect(namesWith({ tags: ['shop'] })).toEqual(['shop > browse', 'shop > task 2', 'shop > task 3']);
    expect(describeUser(Mixed)[4]!.tags).toEqual(['all', 'shop', 'pay']);
  });

  it('choose tasks that have any of them and none of the excluded', () => {
    expect(namesWith({ tags: ['read', 'pay'] })).toEqual(['list', 'shop > task 3']);
    expect(namesWith({ tags: ['shop'], excludeTags: ['pay'] })).toEqual(['shop > browse', 'shop > task 2']);
    expect(namesWith({ excludeTags: ['shop', 'write'] })).toEqual(['home', 'list']);
  });

  it('leave out sets that have become empty, and weigh what is left', () => {
    const tree = treeOf(Mixed, { tags: ['read', 'write'], excludeTags: [] });
    expect(tree.children.map(({ name }) => name)).toEqual(['list', 'order']);
    expect(tree.cumulative).toEqual([3, 4]);
    expect(treeOf(Mixed, { tags: ['none'], excludeTags: [] }).children).toEqual([]);
  });
});

describe('an entry', () => {
  it('runs as a method of its object', async () => {
    const entry = {
      weight: 42,
      run() {
        return this.weight;
      },
    };
    expect(await leavesOf(treeOf(defineUser({ tasks: { entry } })))[0]!.run({} as never)).toBe(42);
  });
});
