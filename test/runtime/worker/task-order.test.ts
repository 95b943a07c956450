import { describe, expect, it } from 'vitest';
import { type AnyUser, defineUser, sequence, task } from '../../../src/runtime/user/define-user.js';
import { between } from '../../../src/runtime/user/wait.js';
import { runShare } from '../../support/run-share.js';

/** Tasks that write down their names. */
function noting() {
  const noted: string[] = [];
  const note = (name: string) => () => {
    noted.push(name);
  };
  return { noted, note };
}

async function orderOf(user: AnyUser, noted: string[], iterationsPerUser: number): Promise<string> {
  await runShare({ Visitor: user }, { load: { iterationsPerUser } });
  return noted.join(' ');
}

describe('weights', () => {
  it('are statistical, and the same again with the same seed', async () => {
    const runs: string[][] = [];
    for (const seed of [1, 1, 2]) {
      const { noted, note } = noting();
      const tasks = {
        a: { weight: 1, run: note('a') },
        never: { weight: 0, run: note('never') },
        b: task(3, note('b')),
      };
      await runShare({ Visitor: defineUser({ tasks }) }, { seed, load: { iterationsPerUser: 2000 } });
      runs.push(noted);
    }
    const countOf = (run: string[], name: string) => run.filter((one) => one === name).length;
    for (const run of runs) {
      expect(run).toHaveLength(2000);
      expect(countOf(run, 'never')).toBe(0);
      // Three times the standard deviation of a draw with share 1/4.
      expect(Math.abs(countOf(run, 'a') - 500)).toBeLessThan(3 * Math.sqrt(2000 * 0.25 * 0.75));
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(runs[0]).not.toEqual(runs[2]);
  });

  it('of 0 all over leave a user nothing to do: it ends', async () => {
    const Visitor = defineUser({ tasks: { a: { weight: 0, run: () => expect.fail('chosen') } } });
    const { part, usersStarted } = await runShare({ Visitor }, { load: { users: 2 } });
    expect([part.iterations.count, usersStarted]).toEqual([0, 2]);
  });

  it('of 0 inside a set do not make a user turn in circles', async () => {
    const { noted, note } = noting();
    const Visitor = defineUser({
      tasks: { dead: { weight: 9, tasks: { a: { weight: 0, run: note('a') } } }, b: note('b') },
    });
    expect(await orderOf(Visitor, noted, 3)).toBe('b b b');
  });
});

describe('a sequence', () => {
  it('as the whole of the tasks begins again after its last step', async () => {
    const { noted, note } = noting();
    const user = defineUser({ tasks: sequence([note('a'), { weight: 0, run: note('b') }, note('c')]) });
    expect(await orderOf(user, noted, 7)).toBe('a b c a b c a');
  });

  it('begins again after interrupt()', async () => {
    const { noted, note } = noting();
    const leave = ({ interrupt, iteration }: { interrupt(): never; iteration: number }) => {
      noted.push('b');
      if (iteration < 3) interrupt();
    };
    const user = defineUser({ tasks: sequence([note('a'), leave, note('c')]) });
    expect(await orderOf(user, noted, 7)).toBe('a b a b c a b');
  });

  it('inside a set runs once through, then the set goes on', async () => {
    const { noted, note } = noting();
    const user = defineUser({
      tasks: { ordered: sequence([note('1'), note('2'), note('3')], { weight: 2 }), single: note('s') },
    });
    const order = await orderOf(user, noted, 60);
    expect(order.replaceAll('1 2 3', '123')).toMatch(/^((123|s) ?)+(1 ?2?)?$/);
    expect(order).toContain('s s');
    expect(order).toContain('3 1');
  });

  it('inside a sequence runs once through, then the next step', async () => {
    const { noted, note } = noting();
    const user = defineUser({ tasks: sequence([note('a'), sequence([note('b'), note('c')]), note('d')]) });
    expect(await orderOf(user, noted, 8)).toBe('a b c d a b c d');
  });

  it('left early by interrupt() goes back to what is around it', async () => {
    const { noted, note } = noting();
    const inner = sequence([
      note('b'),
      ({ interrupt }) => {
        noted.push('leave');
        interrupt();
      },
      note('never'),
    ]);
    expect(await orderOf(defineUser({ tasks: sequence([note('a'), inner, note('d')]) }), noted, 8)).toBe(
      'a b leave d a b leave d',
    );
  });
});

describe('a nested set', () => {
  it('goes on until interrupt(), which ends one level', async () => {
    const { noted } = noting();
    let inner = 0;
    const user = defineUser({
      tasks: sequence([
        () => noted.push('a'),
        {
          tasks: {
            deep: {
              tasks: [
                ({ interrupt }) => {
                  noted.push('deep');
                  if (++inner % 3 === 0) interrupt();
                },
              ],
            },
            out: {
              weight: 1,
              run({ interrupt }) {
                noted.push('out');
                interrupt();
              },
            },
          },
        },
        () => noted.push('z'),
      ]),
    });
    const order = await orderOf(user, noted, 200);
    expect(order.replaceAll('deep deep deep', 'D')).toMatch(/^(a (D )*out z ?)+(a ?)?(D ?)*(deep ?)*(out)?$/);
    expect(order).toContain('a out z');
    expect(order).toContain('deep out z');
  });

  it('is left also when the task swallowed what interrupt() threw', async () => {
    const { noted, note } = noting();
    const user = defineUser({
      tasks: sequence([
        {
          tasks: [
            ({ interrupt }) => {
              try {
                interrupt();
              } catch {
                noted.push('swallowed');
              }
            },
          ],
        },
        note('next'),
      ]),
    });
    expect(await orderOf(user, noted, 4)).toBe('swallowed next swallowed next');
  });

  it('at the top interrupt() only ends the task', async () => {
    let calls = 0;
    const user = defineUser({
      tasks: {
        home({ interrupt }) {
          calls++;
          interrupt();
        },
      },
    });
    const { part } = await runShare({ user }, { load: { iterationsPerUser: 3 } });
    expect([calls, part.exceptions]).toEqual([3, []]);
  });

  it('waits as it says itself, and otherwise as the user does', async () => {
    const waits: string[] = [];
    const noteWait = (name: string) => () => {
      waits.push(name);
      return 0;
    };
    const user = defineUser({
      waitTime: noteWait('outer'),
      tasks: sequence([() => {}, { waitTime: noteWait('inner'), tasks: [({ interrupt }) => interrupt()] }]),
    });
    await runShare({ user }, { load: { iterationsPerUser: 5 } });
    expect(waits).toEqual(['outer', 'inner', 'outer', 'inner']);
  });
});

describe('tags', () => {
  it('leave tasks out', async () => {
    const { noted, note } = noting();
    const Visitor = defineUser({
      tasks: { a: { tags: ['x'], run: note('a') }, b: { tags: ['y'], run: note('b') }, c: note('c') },
    });
    await runShare(
      { Visitor },
      { load: { iterationsPerUser: 20 }, settings: { tags: ['x', 'y'], excludeTags: ['y'] } },
    );
    expect(new Set(noted)).toEqual(new Set(['a']));
  });
});

describe('the same seed', () => {
  it('gives each user the same life however users are shared', async () => {
    const livesWith = async (count: number): Promise<Map<number, string>> => {
      const lives = new Map<number, string>();
      const note = (name: string) => (context: { id: number; random(): number }) => {
        lives.set(context.id, `${lives.get(context.id) ?? ''} ${name}:${context.random()}`);
      };
      const tasks = { a: note('a'), b: { weight: 2, run: note('b') }, c: sequence([note('c'), note('d')]) };
      const waitTime = between(0, 0.001);
      const users = { One: defineUser({ waitTime, tasks }), Two: defineUser({ weight: 2, waitTime, tasks }) };
      for (let index = 0; index < count; index++) {
        await runShare(users, { seed: 99, share: { index, count }, load: { users: 9, iterationsPerUser: 12 } });
      }
      return lives;
    };
    const whole = await livesWith(1);
    expect(whole.size).toBe(9);
    expect(new Set(whole.values()).size).toBe(9);
    expect(new Map([...(await livesWith(4))].sort(([one], [other]) => one - other))).toEqual(
      new Map([...whole].sort(([one], [other]) => one - other)),
    );
  });

  it('leaves a share without users nothing to do: it ends', async () => {
    const Visitor = defineUser({ tasks: { a: () => {} } });
    const { usersStarted, snapshots } = await runShare(
      { Visitor },
      { share: { index: 3, count: 4 }, load: { users: 2 } },
    );
    expect(usersStarted).toBe(0);
    expect(snapshots).toHaveLength(1);
  });
});
