import { inspect } from 'node:util';
import { LoadwrightError } from '../errors.js';
import { redactSecrets } from '../redact-secrets.js';

/** How parts of an error are set off from each other; on anything but a terminal, not at all. */
export interface ErrorPaint {
  code(text: string): string;
  label(text: string): string;
}

const PLAIN: ErrorPaint = { code: (text) => text, label: (text) => text };

/** Prints an error in three parts to standard error; resolves to the exit code. */
export async function printError(error: unknown): Promise<number> {
  const { chalkStderr } = await import('chalk');
  const paint = { code: chalkStderr.red.bold, label: chalkStderr.dim };
  process.stderr.write(formatError(error, paint));
  return error instanceof LoadwrightError ? error.exitCode : 1;
}

/**
 * What is wrong, what to type next, where to read more. What is no `LoadwrightError` is a mistake of ours and comes
 * with its stack.
 */
export function formatError(error: unknown, paint: ErrorPaint = PLAIN): string {
  if (!(error instanceof LoadwrightError)) return formatMistake(error, paint);
  const [first = '', ...rest] = redactSecrets(error.message).trimEnd().split('\n');
  const lines = [`${paint.code(error.code)}  ${first}`, ...rest.map((line) => `  ${line}`.trimEnd())];
  if (error.hint !== undefined) {
    lines.push(`  ${paint.label('Try')}   ${redactSecrets(error.hint).trim().replaceAll('\n', '\n        ')}`);
  }
  lines.push(`  ${paint.label('More')}  docs/errors.md#${error.code.toLowerCase()}`);
  return `${lines.join('\n')}\n`;
}

function formatMistake(error: unknown, paint: ErrorPaint): string {
  const stack = error instanceof Error && typeof error.stack === 'string' ? error.stack : showThrown(error);
  return [
    `${paint.code('ERR_INTERNAL')}  This is a mistake in Loadwright, not in your scenario.`,
    ...redactSecrets(stack)
      .split('\n')
      .map((line) => `  ${line}`),
    `  ${paint.label('Try')}   Report it with the lines above, the command and Node.js ${process.version}.`,
    `  ${paint.label('More')}  docs/errors.md#err_internal`,
    '',
  ].join('\n');
}

/** Whatever it is: a mistake may have thrown anything. */
function showThrown(thrown: unknown): string {
  return inspect(thrown instanceof Error ? { message: thrown.message, stack: thrown.stack } : thrown);
}
