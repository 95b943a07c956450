/**
 * Every failure Loadwright expects, with the exit code it leads to. `docs/errors.md` lists them all, and a test
 * keeps the two in step.
 */
export const ERRORS = {
  ERR_OPTION_UNKNOWN: { exitCode: 2, summary: 'An option, command or configuration key that does not exist.' },
  ERR_OPTION_INVALID: { exitCode: 2, summary: 'An option whose value cannot be read or is out of range.' },
  ERR_OPTION_CONFLICT: { exitCode: 2, summary: 'Options that exclude each other.' },
  ERR_NOT_SUPPORTED: { exitCode: 2, summary: 'Something this version of Loadwright does not do yet.' },
  ERR_SCRIPT_NOT_FOUND: { exitCode: 3, summary: 'The scenario file does not exist or is not a file.' },
  ERR_SCRIPT_BUILD: {
    exitCode: 3,
    summary: 'The scenario does not compile: a syntax error or an import that does not resolve.',
  },
  ERR_SCRIPT_LOAD: { exitCode: 4, summary: 'The scenario threw an error while it was being loaded.' },
  ERR_SCENARIO_INVALID: { exitCode: 3, summary: 'The scenario loads, but what it exports cannot be run.' },
  ERR_DATA_FILE: { exitCode: 3, summary: 'A data file that a feeder reads is missing, has no rows or cannot be read.' },
  ERR_SETUP_FAILED: {
    exitCode: 4,
    summary: 'A setup or a teardown threw, took too long, or returned what cannot be shared.',
  },
  ERR_HOST_MISSING: {
    exitCode: 1,
    summary: 'A request has a relative path and there is no host to send it to. It ends the run.',
  },
  ERR_HOST_UNREACHABLE: { exitCode: 2, summary: 'Nothing accepts connections at the host.' },
  ERR_LIMIT_FILES: { exitCode: 2, summary: 'More users than this process may have files, and so connections, open.' },
  ERR_LIMIT_PORTS: { exitCode: 2, summary: 'More users than there are local ports for connections to the target.' },
  ERR_ORIGIN_REFUSED: {
    exitCode: 2,
    summary: 'Requests would go to a server that is neither this machine nor allowed.',
  },
  ERR_WORKER_LOST: { exitCode: 5, summary: 'A worker ended before its work was done; its last numbers are missing.' },
  ERR_REPORT_FAILED: { exitCode: 5, summary: 'A reporter failed and was switched off; its output is incomplete.' },
  ERR_HTTP_INSIDE_MEASURE: { exitCode: 1, summary: '`http` was used inside `measure`: the time would count twice.' },
  ERR_REQUEST_INVALID: {
    exitCode: 1,
    summary: 'A request was asked for that cannot be sent: a mistake in the scenario.',
  },
  ERR_DATA_EXHAUSTED: {
    exitCode: 1,
    summary: 'A feeder has given all its rows, and the scenario does not say what then.',
  },
  ERR_PAGE_NOT_SERVED: {
    exitCode: 2,
    summary:
      'The page cannot be served: its port is taken, its address is not one of this machine, or its certificate cannot be used.',
  },
  ERR_FILE_EXISTS: { exitCode: 2, summary: 'A file that would be overwritten is already there.' },
  ERR_RECORDING_INVALID: { exitCode: 3, summary: 'A recording that is missing or cannot be read as one.' },
  ERR_RESULT_INVALID: { exitCode: 3, summary: 'A JSON result that is missing or cannot be read as one.' },
  ERR_INTERNAL: { exitCode: 1, summary: 'A mistake in Loadwright itself.' },
} as const satisfies Record<string, { exitCode: number; summary: string }>;

/** The name of an expected failure, such as `ERR_OPTION_INVALID`. */
export type ErrorCode = keyof typeof ERRORS;

/** What a `LoadwrightError` is made of besides its code. */
export interface ErrorParts {
  /** What is wrong, what was found, and where that came from. */
  message: string;
  /** What to type or write next. */
  hint?: string;
  /** The error behind this one, if there is one. */
  cause?: unknown;
}

/**
 * An expected failure: it has a code, the exit code of the command line, and a hint that says what to do next.
 * Its message never needs a stack trace to be understood.
 *
 * @example
 * ```ts
 * import { run, LoadwrightError } from 'loadwright/node';
 * try {
 *   await run({ script: './stock.ts' });
 * } catch (error) {
 *   if (error instanceof LoadwrightError) console.error(error.code, error.message, error.hint);
 * }
 * ```
 */
export class LoadwrightError extends Error {
  override readonly name = 'LoadwrightError';
  readonly code: ErrorCode;
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, parts: ErrorParts) {
    super(parts.message, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.code = code;
    this.exitCode = ERRORS[code].exitCode;
    this.hint = parts.hint;
  }
}

/** A `LoadwrightError` as plain data, to cross from one thread to another. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  hint?: string;
}

/** Makes any thrown value into plain data; what is not a `LoadwrightError` becomes `fallback`. */
export function toErrorRecord(error: unknown, fallback: ErrorCode): ErrorRecord {
  if (error instanceof LoadwrightError) {
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
  return { code: fallback, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

/** The error a record was made from. */
export function fromErrorRecord(record: ErrorRecord): LoadwrightError {
  return new LoadwrightError(record.code, record);
}
