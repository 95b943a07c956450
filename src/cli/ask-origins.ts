import { createInterface } from 'node:readline';
import { LoadwrightError } from '../errors.js';
import { formatPlural } from '../reporters/format/format-number.js';
import { refuseOrigins } from '../runtime/user/http/allowed-origins.js';

/** Who is asked, and about how much. */
export interface OriginQuestion {
  /** The most users there will be at once. */
  users: number;
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  output: { write(text: string): unknown; isTTY?: boolean };
  /** Ends the question when aborted: as any other answer than yes. */
  signal?: AbortSignal;
}

/**
 * Asks on the terminal whether a run may go to origins that are neither local nor allowed. Without a terminal, where
 * nobody could answer, they are refused at once: a build server must never wait for an answer, nor go on without one.
 *
 * @returns the origins, as entries of `allowedHosts`
 * @throws LoadwrightError `ERR_ORIGIN_REFUSED` for any other answer than `yes`
 */
export async function confirmOrigins(origins: readonly URL[], question: OriginQuestion): Promise<string[]> {
  if (origins.length === 0) return [];
  const { input, output, signal } = question;
  const refusal = refuseOrigins(origins, { inCode: false });
  if (input.isTTY !== true || output.isTTY !== true) throw refusal;
  output.write(formatQuestion(origins, question.users));
  const answer = await readLine(input, signal);
  if (answer?.trim().toLowerCase() === 'yes') return origins.map(({ origin }) => origin);
  // Ctrl-C and Ctrl-D leave the cursor behind the question.
  if (answer === undefined) output.write('\n');
  throw new LoadwrightError('ERR_ORIGIN_REFUSED', {
    message: `The answer was not yes. ${refusal.message}`,
    ...(refusal.hint === undefined ? {} : { hint: refusal.hint }),
  });
}

function formatQuestion(origins: readonly URL[], users: number): string {
  const isOne = origins.length === 1;
  const servers = isOne ? 'a server that is not this machine' : `${origins.length} servers that are not this machine`;
  return [
    `This run would put the load of up to ${formatPlural(users, 'user')} on ${servers}:`,
    '',
    ...origins.map(({ origin }) => `  ${origin}`),
    '',
    `Go on only if whoever runs ${isOne ? 'it' : 'them'} agreed. Type yes to go on: `,
  ].join('\n');
}

/** One line; undefined if there is none. The terminal stays as it is, so Ctrl-C stays a signal. */
function readLine(input: NodeJS.ReadableStream, signal: AbortSignal | undefined): Promise<string | undefined> {
  return new Promise((resolve) => {
    const lines = createInterface({ input, terminal: false });
    const onAbort = () => lines.close();
    let line: string | undefined;
    lines.once('line', (text) => {
      line = text;
      lines.close();
    });
    lines.once('close', () => {
      signal?.removeEventListener('abort', onAbort);
      resolve(line);
    });
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
  });
}
