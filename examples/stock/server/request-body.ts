import type { IncomingMessage } from 'node:http';

export type BodyOutcome =
  | { readonly kind: 'complete'; readonly text: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'aborted' };

const BODY_LIMIT_BYTES = 1_048_576;

/** Reads a body up to the limit. What comes after it is let through unread, so that the answer can reach the client. */
export function readRequestBody(request: IncomingMessage): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (outcome: BodyOutcome): void => {
      request.off('data', collect);
      request.resume();
      resolve(outcome);
    };
    const collect = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > BODY_LIMIT_BYTES) finish({ kind: 'too-large' });
      else chunks.push(chunk);
    };
    if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) {
      finish({ kind: 'too-large' });
      return;
    }
    request.on('data', collect);
    request.once('end', () => resolve({ kind: 'complete', text: Buffer.concat(chunks).toString() }));
    request.once('close', () => resolve({ kind: 'aborted' }));
  });
}
