import type { Bottleneck } from '../../metrics/bottlenecks/rule-table.js';
import { redactSecrets } from '../../redact-secrets.js';
import { escapeText } from './escape-text.js';
import { wrapText } from './pad-text.js';

const MAX_LINES = 5;
const INDENT = '   ';

/** What held the target up, numbered: each with what was measured of it, and what to try. */
export function formatBottlenecks(bottlenecks: readonly Bottleneck[], maxWidth: number): string[] {
  return bottlenecks.flatMap(({ title, evidence, advice }, index) => [
    ...indent(`${index + 1}. `, title, maxWidth),
    ...evidence.flatMap((sentence) => indent(INDENT, sentence, maxWidth)),
    ...indent(`${INDENT}→ `, advice, maxWidth),
  ]);
}

function indent(head: string, text: string, maxWidth: number): string[] {
  const lines = wrapText(escapeText(redactSecrets(text)), Math.max(1, maxWidth - head.length), MAX_LINES);
  return lines.map((line, index) => `${index === 0 ? head : ' '.repeat(head.length)}${line}`);
}
