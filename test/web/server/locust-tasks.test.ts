import { expect, test } from 'vitest';
import type { KindRatio, TaskRatio } from '../../../src/metrics/task-ratio.js';
import { describeLocustTasks } from '../../../src/web/server/locust-tasks.js';

const taskOf = (task: string, wantedShare: number, more: Partial<TaskRatio> = {}): TaskRatio => {
  return { task, type: 'task', shareOf: 'choices', wantedShare, started: 0, outOf: 0, ...more };
};

const KIND: KindRatio = {
  kind: 'Buyer',
  wantedShare: 0.5,
  started: 0,
  tasks: [
    taskOf('look', 0.8),
    taskOf('flow', 0.2, { type: 'sequence' }),
    taskOf('flow > cart', 1, { inside: 'flow', shareOf: 'rounds' }),
    taskOf('flow > pay', 1, { inside: 'flow', shareOf: 'rounds' }),
  ],
};

test('shares are told as Locust tells them: of each class, and of all', () => {
  expect(describeLocustTasks([KIND])).toEqual({
    per_class: {
      Buyer: {
        ratio: 0.5,
        tasks: { look: { ratio: 0.8 }, flow: { ratio: 0.2, tasks: { cart: { ratio: 0.5 }, pay: { ratio: 0.5 } } } },
      },
    },
    total: {
      Buyer: {
        ratio: 0.5,
        tasks: { look: { ratio: 0.4 }, flow: { ratio: 0.1, tasks: { cart: { ratio: 0.05 }, pay: { ratio: 0.05 } } } },
      },
    },
  });
});

test('a class whose share nobody knows has none, and what has weight 0 has 0', () => {
  const { wantedShare, ...kind } = KIND;
  expect(describeLocustTasks([{ ...kind, tasks: [taskOf('never', 0)] }]).total).toEqual({
    Buyer: { ratio: 0, tasks: { never: { ratio: 0 } } },
  });
});
