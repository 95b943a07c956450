import { inspect } from 'node:util';
import { LoadwrightError } from '../../errors.js';
import type { Tally } from '../../metrics/tally.js';
import { NotJson } from '../user/http/response.js';
import { isCountedByMeasure } from '../user/measurement.js';
import { RequiredRequestFailed, TaskInterrupted, UserEnded, UserStopped } from '../user/user-signals.js';
import { readUserStack } from './user-stack.js';

/** Where and when something was thrown. */
export interface ThrownAt {
  /** Kind and task, or what else it was. */
  where: string;
  /** Milliseconds since the run's start. */
  atMs: number;
  node: string;
}

/**
 * Counts what a scenario threw, by where it was and what it says. Reading a stack costs more than many requests, so it
 * is read for the first of each only. What is a signal, or is already counted as a failed request, is left out.
 */
export function countException(tally: Tally, error: unknown, at: ThrownAt): void {
  if (isSignal(error) || isCounted(error)) return;
  const message = `${at.where}: ${describeThrown(error)}`;
  const traceback = tally.knowsException(message) ? '' : readUserStack(error);
  tally.addException({
    message,
    traceback,
    nodes: [at.node],
    count: 1,
    firstSeenMs: at.atMs,
    lastSeenMs: at.atMs,
  });
}

function isSignal(error: unknown): boolean {
  return error instanceof TaskInterrupted || error instanceof UserEnded || comesFromStop(error);
}

/** `UserStopped`, also in what scenarios and clients wrap around it (`cause`, `Promise.any`). */
function comesFromStop(error: unknown, depth = 0): boolean {
  if (error instanceof UserStopped) return true;
  if (!(error instanceof Error) || depth > 8) return false;
  if (error instanceof AggregateError) return error.errors.some((inner) => comesFromStop(inner, depth + 1));
  return comesFromStop(error.cause, depth + 1);
}

function isCounted(error: unknown): boolean {
  if (error instanceof RequiredRequestFailed || isCountedByMeasure(error)) return true;
  return error instanceof NotJson && !error.response.ok;
}

/** Anything can be thrown, also what refuses to become text. */
function describeThrown(error: unknown): string {
  try {
    if (error instanceof LoadwrightError) return describeExpected(error);
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    return `thrown: ${typeof error === 'string' ? error : inspect(error, { depth: 1, breakLength: Infinity })}`;
  } catch {
    return 'thrown: something that cannot be shown';
  }
}

/** In its three parts: what is wrong, what to type next, where to read more. */
function describeExpected({ code, message, hint }: LoadwrightError): string {
  const more = `More  docs/errors.md#${code.toLowerCase()}`;
  return [`${code}: ${message}`, ...(hint === undefined ? [] : [`Try   ${hint}`]), more].join('\n');
}
