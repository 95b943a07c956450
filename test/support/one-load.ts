import { now } from '../../src/metrics/clock.js';
import type { PlannedLoad } from '../../src/runtime/plan.js';
import { defineUser } from '../../src/runtime/user/define-user.js';
import { type Given, kindOf, planOf } from './planned-loads.js';

export const VISITORS = [kindOf('Visitor')];

/** One load as the planner makes it of what a scenario says. */
export function loadOf(load: Given['load']): PlannedLoad {
  return planOf({ load, kinds: VISITORS })[0]!;
}

/** A visitor whose iterations note when they begin, and take `seconds`. */
export function createVisitor(seconds: number) {
  const begunAtMs: number[] = [];
  const indexes: number[] = [];
  const Visitor = defineUser({
    tasks: {
      async home({ iteration, sleep }) {
        begunAtMs.push(now());
        indexes.push(iteration);
        await sleep(seconds);
      },
    },
  });
  return { Visitor, begunAtMs, indexes };
}

export const range = (count: number) => Array.from({ length: count }, (_, index) => index);

export const byNumber = (a: number, b: number) => a - b;
