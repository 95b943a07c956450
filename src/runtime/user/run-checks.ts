import type { Check } from './user-context-types.js';

/** Runs named checks on a value; a check that throws has failed. A promise only if one of them is async. */
export function runChecks<T>(
  value: T,
  checks: Record<string, Check<T>>,
  record: (name: string, hasPassed: boolean) => void,
): boolean | Promise<boolean> {
  let haveAllPassed = true;
  const waiting: Promise<boolean>[] = [];
  for (const [name, check] of Object.entries(checks)) {
    const outcome = tryCheck(() => check(value));
    if (outcome instanceof Promise) {
      waiting.push(settleCheck(outcome, (hasPassed) => record(name, hasPassed)));
      continue;
    }
    record(name, outcome);
    haveAllPassed &&= outcome;
  }
  if (waiting.length === 0) return haveAllPassed;
  return Promise.all(waiting).then((results) => haveAllPassed && results.every(Boolean));
}

function tryCheck(check: () => boolean | Promise<boolean>): boolean | Promise<boolean> {
  try {
    const outcome = check();
    return outcome instanceof Promise ? outcome : Boolean(outcome);
  } catch {
    return false;
  }
}

async function settleCheck(outcome: Promise<boolean>, record: (hasPassed: boolean) => void): Promise<boolean> {
  const hasPassed = await outcome.then(Boolean, () => false);
  record(hasPassed);
  return hasPassed;
}
