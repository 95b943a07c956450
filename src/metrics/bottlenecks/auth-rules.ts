import { showMs, showPercent } from '../show-figures.js';
import { busyNames, createBottleneck, type Rule } from './candidate.js';
import { type Evidence, type NameSum, readEntry, sumEntry } from './evidence.js';
import { LIMITS } from './rule-table.js';

/** `checking tokens takes 62 % of the time`. */
export const findTokenChecking: Rule = (evidence) => {
  const { shareOfRest, meanMs } = LIMITS.tokenChecking;
  const login = findLogin(evidence);
  const names = busyNames(evidence).filter((name) => name !== login && readEntry(name, 'auth') !== undefined);
  const authMs = sumEntry(names, 'auth');
  const requests = names.reduce((sum, { completed }) => sum + completed, 0);
  const accountedMs = names.reduce((sum, name) => sum + sumAccounted(name), 0);
  if (requests === 0 || authMs / requests < meanMs || authMs / accountedMs < shareOfRest) return undefined;
  const serviceMs = names.reduce((sum, name) => sum + name.serviceMs, 0);
  return createBottleneck('token-checking', {
    title: `checking tokens takes ${showMs(authMs / requests)} a request, ${showPercent(authMs / accountedMs)} of what the target does`,
    evidence: [
      `auth is ${showPercent(authMs / serviceMs)} of the response time of ${requests.toLocaleString('en-US')} requests other than the login.`,
    ],
    weight: authMs / evidence.serviceMs,
  });
};

/** `01_jwt_auth: 91 % of the time is hashing passwords`. */
export const findPasswordHashing: Rule = (evidence) => {
  const login = findLogin(evidence);
  if (login === undefined) return undefined;
  const { shareOfName, meanMs } = LIMITS.passwordHashing;
  const authMs = readEntry(login, 'auth')!.totalMs;
  const share = authMs / login.serviceMs;
  const weight = authMs / evidence.serviceMs;
  if (share < shareOfName || authMs / login.completed < meanMs || weight < LIMITS.shareOfRun) return undefined;
  return createBottleneck('password-hashing', {
    title: `${login.name}: ${showPercent(share)} of the time is hashing passwords`,
    evidence: [
      `${showMs(authMs / login.completed)} a login, in ${login.completed.toLocaleString('en-US')} logins.`,
      `That is ${showPercent(weight)} of all response time.`,
    ],
    weight,
    about: login,
  });
};

/** The name whose `auth` is out of all proportion to that of the others. */
function findLogin(evidence: Evidence): NameSum | undefined {
  const names = busyNames(evidence).filter((name) => readEntry(name, 'auth') !== undefined);
  const meanOf = (some: readonly NameSum[]) =>
    sumEntry(some, 'auth') / some.reduce((sum, { completed }) => sum + completed, 0);
  const [login] = [...names].sort((a, b) => meanOf([b]) - meanOf([a]));
  if (login === undefined) return undefined;
  const others = names.filter((name) => name !== login);
  if (others.length === 0) return undefined;
  return meanOf([login]) >= LIMITS.passwordHashing.timesOthers * meanOf(others) ? login : undefined;
}

/** The time that answers of a name say what it was for. */
function sumAccounted({ timings, serviceMs }: NameSum): number {
  let totalMs = 0;
  for (const [name, entry] of timings) if (name !== 'total') totalMs += entry.totalMs;
  return Math.min(totalMs, serviceMs);
}
