import { LoadwrightError } from '../../errors.js';
import { redactSecrets } from '../../redact-secrets.js';
import type { FieldProblem, HttpProblem } from './http-interface.js';

/** Codes that only answers over HTTP have, with their statuses. */
export const PROBLEMS = {
  BODY_INVALID: 400,
  TOKEN_NEEDED: 401,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  METHOD_REFUSED: 405,
  RUN_STATE: 409,
  LENGTH_NEEDED: 411,
  BODY_TOO_LARGE: 413,
  RESULT_TOO_LARGE: 413,
  BODY_TYPE: 415,
  HOST_REFUSED: 421,
  START_REFUSED: 422,
  TOO_MANY_READERS: 503,
  BUSY: 503,
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

interface RefusalParts {
  hint?: string;
  fields?: FieldProblem[];
  /** The error behind this one, if there is one. */
  cause?: unknown;
}

/** A request that is not carried out; what it throws is what it is answered. */
export class RefusedRequest extends Error {
  override readonly name = 'RefusedRequest';
  readonly status: number;
  readonly problem: HttpProblem;

  constructor(code: ProblemCode, message: string, more: RefusalParts = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.status = PROBLEMS[code];
    const { hint, fields } = more;
    this.problem = {
      error: { code, message, ...(hint === undefined ? {} : { hint }) },
      ...(fields === undefined ? {} : { fields }),
    };
  }
}

/** Any error as an answer: what was expected says itself, and of what was not nothing leaves the process. */
export function toProblem(error: unknown): { status: number; problem: HttpProblem } {
  if (error instanceof RefusedRequest) return error;
  if (!(error instanceof LoadwrightError)) {
    return { status: 500, problem: { error: { code: 'ERR_INTERNAL', message: 'This is a mistake in Loadwright.' } } };
  }
  return { status: 409, problem: { error: describeError(error) } };
}

export function describeError(error: unknown): HttpProblem['error'] {
  if (!(error instanceof LoadwrightError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'ERR_INTERNAL', message: redactSecrets(message) };
  }
  const { code, message, hint } = error;
  return { code, message: redactSecrets(message), ...(hint === undefined ? {} : { hint: redactSecrets(hint) }) };
}
