/** What a route says back: the body is complete, so its length is known before the first byte leaves. */
export interface Answer {
  readonly status: number;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Error messages by field, the shape in which the real service refuses a form. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export function answerJson(status: number, value: unknown, headers?: Readonly<Record<string, string>>): Answer {
  const body = JSON.stringify(value);
  return headers === undefined ? { status, body } : { status, body, headers };
}

export function answerDetail(status: number, detail: string, headers?: Readonly<Record<string, string>>): Answer {
  return answerJson(status, { detail }, headers);
}

const CHALLENGE = { 'www-authenticate': 'Bearer realm="api"' };

/** A 401. `rest` adds what tells one refusal from another, such as `code` and `messages`. */
export function answerUnauthorized(detail: string, rest: Readonly<Record<string, unknown>> = {}): Answer {
  return answerJson(401, { detail, ...rest }, CHALLENGE);
}
