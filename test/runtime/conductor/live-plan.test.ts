import { describe, expect, it } from 'vitest';
import { LivePlan } from '../../../src/runtime/conductor/live-plan.js';
import { planShape } from '../../../src/runtime/conductor/shape-load.js';
import type { Fleet } from '../../../src/runtime/fleet.js';
import { usersAt } from '../../../src/runtime/load/users.js';
import type { PlanRevision, UsersLoad } from '../../../src/runtime/plan.js';
import { planOf, VISITOR } from '../../support/planned-loads.js';

function createPlan(first: { users: number } | { rate: number }) {
  const sent: PlanRevision[] = [];
  const fleet = { amend: (revision: PlanRevision) => void sent.push(revision) } as Fleet;
  const [shape] = planOf({ load: { shape: () => null }, kinds: [VISITOR] });
  const load = planShape(shape!, first);
  const revisions = [{ revision: 0, effectiveAtMs: 0, loads: [load] }];
  const plan = new LivePlan({ plan: { revisions, kinds: [VISITOR], seed: 1, measures: [] }, fleet, shares: 1 });
  return { plan, sent };
}

describe('a shape that changes every second', () => {
  it('sends shares what is to come, and keeps the whole line for what is told at the end', () => {
    const { plan, sent } = createPlan({ users: 5 });
    for (let second = 1; second <= 500; second++)
      plan.setShape('default', second, { users: 5 + (second % 7), spawnRate: 2 });
    expect(sent).toHaveLength(500);
    for (const { loads } of sent) expect(loads[0]!.line.length).toBeLessThanOrEqual(3);
    const last = sent.at(-1)!.loads[0] as UsersLoad;
    for (const atMs of [500_000, 500_500, 510_000]) expect(usersAt(last, atMs)).toBe(plan.usersAt(atMs));
    expect(plan.loads[0]!.line.length).toBeGreaterThan(500);
  });

  it('of starts sends all of its line: they are numbered from its beginning', () => {
    const { plan, sent } = createPlan({ rate: 5 });
    for (let second = 1; second <= 50; second++) plan.setShape('default', second, { rate: 5 + (second % 7) });
    expect(sent.at(-1)!.loads[0]!.line).toEqual(plan.loads[0]!.line);
  });
});
