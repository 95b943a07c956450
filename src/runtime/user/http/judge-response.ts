import { STATUS_CODES } from 'node:http';
import { LoadwrightError } from '../../../errors.js';
import type { Expectation, ExpectFunction, HttpResponse } from './http-types.js';

/** Why a response is not what was expected; undefined if it is. */
export function judgeResponse(response: HttpResponse, expect: Expectation | undefined): string | undefined {
  if (expect === undefined) return judgeStatus(response.status, undefined);
  if (typeof expect === 'function') return judgeStatus(response.status, undefined) ?? judgeBody(response, expect);
  if (typeof expect === 'number' || Array.isArray(expect)) {
    return judgeStatus(response.status, expect as number | readonly number[]);
  }
  const { status, body } = expect as { status?: number | readonly number[]; body?: ExpectFunction };
  return judgeStatus(response.status, status) ?? (body === undefined ? undefined : judgeBody(response, body));
}

function judgeStatus(status: number, wanted: number | readonly number[] | undefined): string | undefined {
  if (wanted === undefined) {
    if (status >= 200 && status < 400) return undefined;
    const phrase = STATUS_CODES[status];
    return phrase === undefined ? `status ${status}` : `status ${status} ${phrase}`;
  }
  if (typeof wanted === 'number' ? status === wanted : wanted.includes(status)) return undefined;
  return `expected status ${typeof wanted === 'number' ? wanted : wanted.join(' or ') || 'none'}, got ${status}`;
}

function judgeBody(response: HttpResponse, body: ExpectFunction): string | undefined {
  let verdict: unknown;
  try {
    verdict = body(response);
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
  if (verdict === undefined || verdict === true) return undefined;
  if (typeof verdict === 'string') return verdict;
  if (verdict instanceof Promise) {
    verdict.catch(() => {});
    throw new LoadwrightError('ERR_REQUEST_INVALID', {
      message: '"expect" returned a promise, but it decides before the request is recorded and cannot wait.',
      hint: 'Return true, false or a reason; do asynchronous checks with check() afterwards.',
    });
  }
  return 'the answer is not as expected';
}
