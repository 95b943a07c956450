import type { HttpProblem } from '../../server/http-interface.js';

/** What the server said: what was asked for, or why not. */
export type Answered<Value> = { isDone: true; value: Value } | { isDone: false; problem: HttpProblem };

const UNREACHABLE: HttpProblem = {
  error: { code: 'UNREACHABLE', message: 'Loadwright does not answer: it may have ended.' },
};

export function getJson<Value>(path: string): Promise<Answered<Value>> {
  return ask(path, {});
}

/** All that changes something. */
export function postJson<Value>(path: string, body?: unknown): Promise<Answered<Value>> {
  const content =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return ask(path, { method: 'POST', ...content });
}

async function ask<Value>(path: string, init: RequestInit): Promise<Answered<Value>> {
  try {
    const response = await fetch(path, init);
    const value: unknown = await response.json();
    return response.ok ? { isDone: true, value: value as Value } : { isDone: false, problem: value as HttpProblem };
  } catch {
    return { isDone: false, problem: UNREACHABLE };
  }
}
