import { inspect } from 'node:util';
import { LoadwrightError } from '../../errors.js';
import { readUserStack } from './user-stack.js';

/** Code outside the load was not waited for any longer. */
export class CutShort extends Error {
  override readonly name = 'CutShort';
  readonly hint: string | undefined;

  /** @param message what follows `The setup "catalogue" ` */
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

const MAX_CAUSES = 4;

/** What went wrong in a setup or teardown, with the scenario's own stack. */
export function setupFailed(what: string, error: unknown): LoadwrightError {
  const hint = error instanceof CutShort || error instanceof LoadwrightError ? error.hint : undefined;
  const message =
    error instanceof CutShort ? `The ${what} ${error.message}.` : `The ${what} failed.\n\n${describeThrown(error)}`;
  return new LoadwrightError('ERR_SETUP_FAILED', { message, ...(hint === undefined ? {} : { hint }), cause: error });
}

/** What `verify` said against the run. An empty list is nothing. */
export function readVerdict(answer: unknown): string[] {
  if (answer === undefined || answer === null || answer === true) return [];
  if (answer === false) return ['verify returned false'];
  if (typeof answer === 'string') return [answer === '' ? 'verify returned an empty text' : answer];
  if (Array.isArray(answer)) return answer.flatMap((one) => readVerdict(one));
  return [`verify returned ${show(answer)}, which is neither true nor a text that says what is wrong`];
}

/** What `verify` threw, in one line, with the first place of the scenario's own. */
export function describeVerifyFailure(error: unknown): string {
  if (error instanceof CutShort) return `verify ${error.message}`;
  if (!(error instanceof Error)) return `verify threw ${show(error)}`;
  const place = /^\s+at (?:.*\()?([^()]*:\d+:\d+)\)?$/m.exec(readUserStack(error))?.[1];
  const text = error.message || error.name;
  return place === undefined ? text : `${text} (${place})`;
}

/** The stack in the user's own files, and what stands behind it: clients often say there what really happened. */
export function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return `thrown: ${show(error)}`;
  const lines = [readUserStack(error) || `${error.name}: ${error.message}`];
  let causes = causesOf(error);
  for (let depth = 0; depth < MAX_CAUSES && causes.length > 0; depth++) {
    lines.push(...causes.slice(0, MAX_CAUSES).map((cause) => `Caused by: ${describeCause(cause)}`));
    causes = causes.flatMap(causesOf);
  }
  return lines.join('\n');
}

function causesOf(error: unknown): unknown[] {
  if (error instanceof AggregateError) return error.errors;
  return error instanceof Error && error.cause !== undefined ? [error.cause] : [];
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : show(cause);
}

/** Anything can be thrown, also what refuses to become text. */
function show(value: unknown): string {
  try {
    return typeof value === 'string' ? value : inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY });
  } catch {
    return 'something that cannot be shown';
  }
}
